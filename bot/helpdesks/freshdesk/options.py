"""The options of a Freshdesk in the settings file, under `options` of its helpdesk."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from bot.helpdesks.budget import SHARE
from bot.settings_values import SettingsTable, Words, explain, one_of
from kpi.events import Status

Folded = AfterValidator(lambda words: {name.casefold(): value for name, value in words.items()})
StatusWord = Annotated[Status, one_of([status.value for status in Status])]


class Options(SettingsTable):
    """What differs from one Freshdesk to the next; docs/en/freshdesk.md describes each.

    `statuses` and `channels` are by Freshdesk's names, `bots` by the numbers of users. `merge_notes` are the words
    that stand before the other ticket's number in the note on a merged one. `rate_share` is the part of the account's
    requests that the bot takes.
    """

    statuses: Annotated[dict[str, StatusWord], Folded] = Field(default_factory=dict)
    channels: Annotated[dict[str, str], Folded] = Field(default_factory=dict)
    bots: Words = ()
    merge_notes: Words = ("This ticket is closed and merged into ticket",)
    rate_share: float = Field(default=SHARE, gt=0, le=1)


def read_options(given: Mapping[str, Any], helpdesk: str) -> Options:
    """Return the options of this helpdesk; raises SettingsError that names what is unknown or not accepted."""
    try:
        return Options.model_validate(dict(given))
    except ValidationError as error:
        raise explain(error, lambda place: ".".join(["helpdesks", helpdesk, "options", *map(str, place)])) from None

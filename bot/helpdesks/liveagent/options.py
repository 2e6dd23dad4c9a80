"""The options of a LiveAgent in the settings file, under `options` of its helpdesk."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from bot.helpdesks.budget import SHARE
from bot.settings_values import SettingsTable, Words, Zone, explain, one_of
from kpi.events import Status

StatusWord = Annotated[Status, one_of([status.value for status in Status])]


class Options(SettingsTable):
    """What differs from one LiveAgent to the next; docs/en/liveagent.md describes each.

    `timezone` is the zone of the dates that LiveAgent gives. `statuses` and `channels` are by LiveAgent's letters,
    `bots` and `agents` by its identifiers of users. `rate_share` is the part of the account's requests that the bot
    takes.
    """

    timezone: Zone = "UTC"
    statuses: dict[str, StatusWord] = Field(default_factory=dict)
    channels: dict[str, str] = Field(default_factory=dict)
    type_field: str | None = None
    bots: Words = ()
    agents: Words = ()
    rate_share: float = Field(default=SHARE, gt=0, le=1)


def read_options(given: Mapping[str, Any], helpdesk: str) -> Options:
    """Return the options of this helpdesk; raises SettingsError that names what is unknown or not accepted."""
    try:
        return Options.model_validate(dict(given))
    except ValidationError as error:
        raise explain(error, lambda place: ".".join(["helpdesks", helpdesk, "options", *map(str, place)])) from None

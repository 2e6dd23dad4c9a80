"""The options of a Help Scout in the settings file, under `options` of its helpdesk."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from bot.helpdesks.budget import SHARE
from bot.settings_values import SettingsTable, Words, explain

Folded = AfterValidator(lambda words: {name.casefold(): value for name, value in words.items()})


class Options(SettingsTable):
    """What differs from one Help Scout to the next; docs/en/help-scout.md describes each.

    `app_id` is the app's, whose secret is the helpdesk's token. `channels` are by the type of Help Scout's sources,
    `bots` by the numbers of users. `rate_share` is the part of the account's requests that the bot takes.
    """

    app_id: str = Field(min_length=1)
    channels: Annotated[dict[str, str], Folded] = Field(default_factory=dict)
    bots: Words = ()
    rate_share: float = Field(default=SHARE, gt=0, le=1)


def read_options(given: Mapping[str, Any], helpdesk: str) -> Options:
    """Return the options of this helpdesk; raises SettingsError that names what is missing or not accepted."""
    try:
        return Options.model_validate(dict(given))
    except ValidationError as error:
        raise explain(error, lambda place: ".".join(["helpdesks", helpdesk, "options", *map(str, place)])) from None

"""The options of an Intercom in the settings file, under `options` of its helpdesk."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from bot.helpdesks.budget import SHARE
from bot.settings_values import SettingsTable, Words, explain, one_of
from kpi.events import Status

SNOOZED = (Status.PENDING, Status.HOLD, Status.OPEN)


class Options(SettingsTable):
    """What differs from one Intercom to the next; docs/en/intercom.md describes each.

    `snoozed` is what a snoozed conversation counts as. `channels` are by Intercom's source types, `bots` by the numbers
    of admins. `rate_share` is the part of the app's requests that the bot takes.
    """

    snoozed: Annotated[Status, one_of([status.value for status in SNOOZED])] = Status.PENDING
    channels: dict[str, str] = Field(default_factory=dict)
    bots: Words = ()
    rate_share: float = Field(default=SHARE, gt=0, le=1)


def read_options(given: Mapping[str, Any], helpdesk: str) -> Options:
    """Return the options of this helpdesk; raises SettingsError that names what is unknown or not accepted."""
    try:
        return Options.model_validate(dict(given))
    except ValidationError as error:
        raise explain(error, lambda place: ".".join(["helpdesks", helpdesk, "options", *map(str, place)])) from None

"""The options of an Intercom in the settings file, under `options` of its helpdesk."""

from typing import Annotated

from pydantic import Field

from bot.helpdesks.budget import SHARE
from bot.helpdesks.options import ConnectorOptions, Share
from bot.settings_values import Words, one_of
from kpi.events import Status

SNOOZED = (Status.PENDING, Status.HOLD, Status.OPEN)


class Options(ConnectorOptions):
    """What differs from one Intercom to the next; docs/en/intercom.md describes each.

    `snoozed` is what a snoozed conversation counts as. `channels` are by Intercom's source types, `bots` by the numbers
    of admins. `rate_share` is the part of the app's requests that the bot takes.
    """

    snoozed: Annotated[Status, one_of([status.value for status in SNOOZED])] = Status.PENDING
    channels: dict[str, str] = Field(default_factory=dict)
    bots: Words = ()
    rate_share: Share = SHARE

"""The options of a LiveAgent in the settings file, under `options` of its helpdesk."""

from pydantic import Field

from bot.helpdesks.budget import SHARE
from bot.helpdesks.options import ConnectorOptions, Share, StatusWord
from bot.settings_values import Duration, Words, Zone


class Options(ConnectorOptions):
    """What differs from one LiveAgent to the next; docs/en/liveagent.md describes each.

    `timezone` is the zone of the dates that LiveAgent gives. `statuses` and `channels` are by LiveAgent's letters,
    `bots` and `agents` by its identifiers of users. `sla_unit` is what one of the numbers of SLA levels stands for, in
    seconds. `rate_share` is the part of the account's requests that the bot takes.
    """

    timezone: Zone = "UTC"
    statuses: dict[str, StatusWord] = Field(default_factory=dict)
    channels: dict[str, str] = Field(default_factory=dict)
    type_field: str | None = None
    sla_unit: Duration | None = None
    bots: Words = ()
    agents: Words = ()
    rate_share: Share = SHARE

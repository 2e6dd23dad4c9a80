"""The options of a Zendesk in the settings file, under `options` of its helpdesk."""

from typing import Annotated

from pydantic import Field

from bot.helpdesks.budget import SHARE
from bot.helpdesks.options import ConnectorOptions, Folded, Share
from bot.settings_values import Words


class Options(ConnectorOptions):
    """What differs from one Zendesk to the next; docs/en/zendesk.md describes each.

    `email` is whose API token it is; without one the token is an OAuth access token. `channels` are by Zendesk's via
    channels, `bots` and `agents` by the numbers of users. `rate_share` is the part of the account's requests that the
    bot takes.
    """

    email: str | None = None
    channels: Annotated[dict[str, str], Folded] = Field(default_factory=dict)
    bots: Words = ()
    agents: Words = ()
    ai_agent_tickets: bool = False
    rate_share: Share = SHARE

"""The options of a Help Scout in the settings file, under `options` of its helpdesk."""

from typing import Annotated

from pydantic import Field

from bot.helpdesks.budget import SHARE
from bot.helpdesks.options import ConnectorOptions, Folded, Share
from bot.settings_values import Words


class Options(ConnectorOptions):
    """What differs from one Help Scout to the next; docs/en/help-scout.md describes each.

    `app_id` is the app's, whose secret is the helpdesk's token. `channels` are by the type of Help Scout's sources,
    `bots` by the numbers of users. `rate_share` is the part of the account's requests that the bot takes.
    """

    app_id: str = Field(min_length=1)
    channels: Annotated[dict[str, str], Folded] = Field(default_factory=dict)
    bots: Words = ()
    rate_share: Share = SHARE

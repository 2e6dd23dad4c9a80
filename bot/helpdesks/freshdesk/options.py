"""The options of a Freshdesk in the settings file, under `options` of its helpdesk."""

from typing import Annotated

from pydantic import Field

from bot.helpdesks.budget import SHARE
from bot.helpdesks.options import ConnectorOptions, Folded, Share, StatusWord
from bot.settings_values import Words


class Options(ConnectorOptions):
    """What differs from one Freshdesk to the next; docs/en/freshdesk.md describes each.

    `statuses` and `channels` are by Freshdesk's names, `bots` by the numbers of users. `merge_notes` are the words
    that stand before the other ticket's number in the note on a merged one. `rate_share` is the part of the account's
    requests that the bot takes.
    """

    statuses: Annotated[dict[str, StatusWord], Folded] = Field(default_factory=dict)
    channels: Annotated[dict[str, str], Folded] = Field(default_factory=dict)
    bots: Words = ()
    merge_notes: Words = ("This ticket is closed and merged into ticket",)
    rate_share: Share = SHARE

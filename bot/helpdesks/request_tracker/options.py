"""The options of a Request Tracker in the settings file, under `options` of its helpdesk."""

from typing import Annotated

from pydantic import Field

from bot.helpdesks.options import ConnectorOptions, Folded, StatusWord
from bot.settings_values import Words


class Options(ConnectorOptions):
    """What differs from one Request Tracker to the next; docs/en/request-tracker.md describes each.

    `priorities` name the number from which each word holds. `bots` and `agents` are login names.
    """

    channel_field: str = "Channel"
    type_field: str = "Category"
    csat_field: str = "CSAT"
    csat_lowest: float = 1
    csat_highest: float | None = None
    priorities: dict[str, int] = Field(default={"low": 0, "normal": 50, "high": 100}, min_length=1)
    statuses: Annotated[dict[str, StatusWord], Folded] = Field(default_factory=dict)
    channels: Annotated[dict[str, str], Folded] = Field(default_factory=dict)
    bots: Words = ()
    agents: Words = ()

    def priority(self, number: int) -> str:
        """Return the word of the greatest threshold that is not above `number`; below all, the lowest one's."""
        by_threshold = sorted((threshold, word) for word, threshold in self.priorities.items())
        reached = [word for threshold, word in by_threshold if threshold <= number]
        return reached[-1] if reached else by_threshold[0][1]

"""The options of a Request Tracker in the settings file, under `options` of its helpdesk."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from bot.settings_values import SettingsTable, Words, explain, one_of
from kpi.events import Status

Folded = AfterValidator(lambda words: {name.casefold(): value for name, value in words.items()})
StatusWord = Annotated[Status, one_of([status.value for status in Status])]


class Options(SettingsTable):
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


def read_options(given: Mapping[str, Any], helpdesk: str) -> Options:
    """Return the options of this helpdesk; raises SettingsError that names what is unknown or not accepted."""
    try:
        return Options.model_validate(dict(given))
    except ValidationError as error:
        raise explain(error, lambda place: ".".join(["helpdesks", helpdesk, "options", *map(str, place)])) from None

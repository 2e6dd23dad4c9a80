"""The options of a Zammad in the settings file, under `options` of its helpdesk."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from bot.settings_values import Duration, SettingsTable, Words, explain, one_of
from kpi.events import Status

Folded = AfterValidator(lambda words: {name.casefold(): value for name, value in words.items()})
StatusWord = Annotated[Status, one_of([status.value for status in Status])]


class Options(SettingsTable):
    """What differs from one Zammad to the next; docs/en/zammad.md describes each.

    `statuses` are by the names of states, `channels` by those of article types, `bots` by the numbers of users.
    `type_field` is the attribute of tickets that holds their type. `time_unit` is what one accounted unit stands for,
    in seconds. `requests_a_minute` is how much Zammad is asked at most.
    """

    statuses: Annotated[dict[str, StatusWord], Folded] = Field(default_factory=dict)
    channels: Annotated[dict[str, str], Folded] = Field(default_factory=dict)
    bots: Words = ()
    type_field: str = "type"
    time_unit: Duration = 60
    requests_a_minute: int = Field(default=600, gt=0)


def read_options(given: Mapping[str, Any], helpdesk: str) -> Options:
    """Return the options of this helpdesk; raises SettingsError that names what is unknown or not accepted."""
    try:
        return Options.model_validate(dict(given))
    except ValidationError as error:
        raise explain(error, lambda place: ".".join(["helpdesks", helpdesk, "options", *map(str, place)])) from None

"""The options of a Zammad in the settings file, under `options` of its helpdesk."""

from typing import Annotated

from pydantic import Field

from bot.helpdesks.options import ConnectorOptions, Folded, StatusWord
from bot.settings_values import Duration, Words


class Options(ConnectorOptions):
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

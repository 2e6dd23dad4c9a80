"""Who may see figures about persons, in the settings file."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from bot.settings_values import Duration, SettingsTable, Words, refusal

RESPONDENTS_FROM = 5
"""Fewer would be recognised in their answers (KPIS.md rule 14), so the setting can only ask for more."""

USER_GROUP = "S"
"""What the identifier of a user group begins with."""

_PEOPLE = re.compile(r"[UWS][A-Z0-9_]+", re.ASCII)
_USER = re.compile(r"[UW][A-Z0-9_]+", re.ASCII)
_CHANNEL = re.compile(r"[CG][A-Z0-9_]+", re.ASCII)


def _identifiers(pattern: re.Pattern[str], key: str) -> AfterValidator:
    """Return a validator of words that Slack's identifiers must look like; names change, identifiers don't."""

    def check(words: tuple[str, ...]) -> tuple[str, ...]:
        for word in words:
            if not pattern.fullmatch(word):
                raise refusal(key, value=word)
        return words

    return AfterValidator(check)


def _by_user(people: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    for user in people:
        if not _USER.fullmatch(user):
            raise refusal("setting_not_a_slack_user", value=user, inside=(user,))
    return people


def _group_size(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= RESPONDENTS_FROM:
        return value
    raise refusal("setting_not_a_group_size", value=str(value), fewest=RESPONDENTS_FROM)


People = Annotated[Words, _identifiers(_PEOPLE, "setting_not_slack_people")]
Channels = Annotated[Words, _identifiers(_CHANNEL, "setting_not_a_slack_channel")]


class AccessTable(SettingsTable):
    """Who may see figures about persons.

    `leads` and `teams` hold users and user groups of Slack, `people` the agents that a user of Slack is, `channels`
    those in which figures about persons may stand. `smallest_group` is the fewest that an opinion, or a rate or time of
    one person, may rest on; `keep_audit` seconds.
    """

    leads: People = ()
    teams: Mapping[str, People] = {}
    people: Annotated[Mapping[str, Words], AfterValidator(_by_user)] = {}
    channels: Channels = ()
    smallest_group: Annotated[int, BeforeValidator(_group_size)] = RESPONDENTS_FROM
    keep_audit: Duration = 365 * 86_400

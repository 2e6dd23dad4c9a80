"""The schedules and policies that helpdesks have themselves: kept as they were told, each version from its day on."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, select

from bot.database import upsert
from bot.tables import told_rules
from kpi.events import Status
from kpi.hours import Schedule, Week
from kpi.policies import Assignment, Condition, Metric, OwnRules, Policy, Target

FROM_THE_BEGINNING = 0
"""Since when the first rules found are taken to hold: nobody tells what was there before."""


def plain(value: Any) -> Any:  # noqa: ANN401  # any part of a rulebook ─▶ JSON, the same in every process
    """Return rules, or any part of them, as JSON has them."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value) if field.compare}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return value if value is None or isinstance(value, str | int | float) else str(value)


def store_own_rules(connection: Connection, helpdesk: str, rules: OwnRules, now: int) -> None:
    """Keep the rules that a helpdesk tells at an instant, when they differ from those it told last."""
    text = json.dumps(plain(rules), sort_keys=True)
    told = _versions(connection, helpdesk)
    if not told or told[-1][1] != text:
        since = max(now, told[-1][0]) if told else FROM_THE_BEGINNING  # our clock may have been put back
        upsert(connection, told_rules, [{"helpdesk": helpdesk, "since": since, "rules": text}])


def own_rules(connection: Connection, helpdesk: str) -> OwnRules:
    """Return all rules that a helpdesk ever told, each in force from when it was first seen until it was replaced."""
    return _in_force(_versions(connection, helpdesk))


def _versions(connection: Connection, helpdesk: str) -> tuple[tuple[int, str], ...]:
    told = told_rules.c
    query = select(told.since, told.rules).where(told.helpdesk == helpdesk).order_by(told.since)
    return tuple((row.since, row.rules) for row in connection.execute(query))


@lru_cache(maxsize=64)  # asked for with every page and every look at alerts, and schedules are costly to lay out
def _in_force(versions: tuple[tuple[int, str], ...]) -> OwnRules:
    schedules: list[Assignment] = []
    policies: list[Policy] = []
    for (since, text), following in zip_longest(versions, versions[1:]):
        until = None if following is None else following[0]
        rules = read_rules(text)
        schedules += [replace(rule, since=since or None, until=until) for rule in rules.schedules]
        policies += [replace(rule, since=since or None, until=until) for rule in rules.policies]
    return OwnRules(schedules=tuple(schedules), policies=tuple(policies))


@lru_cache(maxsize=64)  # a schedule that was laid out once is the same object in the next version's rules
def read_rules(text: str) -> OwnRules:
    """Return rules from what `plain` made of them, as JSON text."""
    told = json.loads(text)
    return OwnRules(
        schedules=tuple(
            Assignment(**rule | {"schedule": rule["schedule"] and _schedule(**rule["schedule"]), **_when(**rule)})
            for rule in told["schedules"]
        ),
        policies=tuple(
            Policy(
                **rule
                | {
                    "targets": tuple(
                        Target(**target | {"metric": Metric(target["metric"])}) for target in rule["targets"]
                    ),
                    "pauses": frozenset(map(Status, rule["pauses"])),
                    **_when(**rule),
                }
            )
            for rule in told["policies"]
        ),
    )


def _when(*, when: list[dict[str, Any]], **_: object) -> dict[str, Any]:
    return {"when": tuple(Condition(field=each["field"], values=tuple(each["values"])) for each in when)}


def _schedule(*, weeks: list[dict[str, Any]], holidays: list[str], **others: Any) -> Schedule:  # noqa: ANN401  # its fields
    return Schedule(
        weeks=tuple(
            Week(
                days=tuple(tuple((opens, closes) for opens, closes in day) for day in week["days"]),
                since=date.fromisoformat(week["since"]),
            )
            for week in weeks
        ),
        holidays=frozenset(map(date.fromisoformat, holidays)),
        **others,
    )

"""LiveAgent's SLA levels ─▶ the rules of facts."""

from collections.abc import Callable, Iterator
from datetime import date

from bot.helpdesks.liveagent.client import Record
from bot.helpdesks.own_rules import Found, Warning_, opening, own_rules, schedule
from kpi.hours import WEEKDAYS, Schedule
from kpi.policies import Assignment, Condition, Metric, OwnRules, Target

METRICS = {"first_answer": Metric.FIRST_REPLY, "next_answer": Metric.NEXT_REPLY}

SPOKEN = Condition(field="channel", values=("chat", "phone"))
"""Chats and calls have promises of their own, of how soon somebody picks up."""


def level_rules(read: Callable[[], list[Record]], unit: int | None) -> tuple[OwnRules | None, list[Warning_]]:
    """Return the rules of the levels that are read, and warnings about what can't be told; raises HelpdeskError.

    One of their numbers stands for `unit` seconds; as LiveAgent doesn't say which, nothing is told until it is set.
    """
    if unit is None:
        return None, [("liveagent_sla_unit", {})]
    return own_rules(lambda found: _read(read(), unit, found))


def _read(levels: list[Record], unit: int, found: Found) -> None:
    for level in levels:
        name = str(level["name"])
        of_level = Condition(field="level", values=(name,))
        hours, promised = level.get("business_hours"), level.get("values") or {}
        if hours:
            found.schedules.append(Assignment(schedule=_schedule(name, hours), when=(of_level,)))
        found.targets_left_out(name, [key for key in promised if promised[key] and key not in METRICS])
        found.policy(name, [of_level, SPOKEN], ())
        found.policy(name, [of_level], _targets(promised, unit, business=bool(hours)))


def _schedule(name: str, hours: Record) -> Schedule:
    days = [hours.get(day) or {} for day in WEEKDAYS]
    openings = [[opening(day["start"], day["end"])] if day.get("start") else [] for day in days]
    closed = (date.fromisoformat(str(day)[:10]) for day in hours.get("exclude_holidays") or ())
    return schedule(name, str(hours["timezone"]), openings, closed)


def _targets(promised: Record, unit: int, *, business: bool) -> Iterator[Target]:
    for name, metric in METRICS.items():
        if promised.get(name):
            yield Target(metric=metric, seconds=int(promised[name]) * unit, business=business)

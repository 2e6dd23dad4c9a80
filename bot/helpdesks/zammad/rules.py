"""Zammad's SLAs and calendars ─▶ the rules of facts.

Which SLA a ticket falls under: `Sla.for_ticket` in https://github.com/zammad/zammad; how a calendar is counted:
`app/models/calendar.rb` there.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from bot.helpdesks.own_rules import Found, Untold, opening, schedule, told, values
from bot.helpdesks.zammad.client import ApiClient
from bot.helpdesks.zammad.mapping import Mapper, Record
from kpi.hours import WEEKDAYS, Schedule
from kpi.policies import Assignment, Condition, Metric, Target

METRICS = {
    "first_response_time": Metric.FIRST_REPLY,
    "response_time": Metric.NEXT_REPLY,
    "solution_time": Metric.RESOLUTION,
}
"""In minutes of the SLA's calendar; `update_time` meant different things from version to version."""

ONE_OF = frozenset({"is", "is any of"})

LAST_MINUTE = "23:59"
"""How people write, and Zammad counts, the end of the day."""


def read_rules(client: ApiClient, mapper: Mapper, found: Found) -> None:
    """Read the SLAs in the order in which they are tried, and the calendar of each.

    Raises HelpdeskError, and whatever a record raises that isn't made as it should be.
    """
    slas = _in_order(client.slas())
    calendars = {row["id"]: row for row in client.calendars()}
    default = [row["id"] for row in calendars.values() if row.get("default")]
    hours = {name: _schedule(calendars[name]) for name in {*default, *(sla["calendar_id"] for sla in slas)}}
    for sla in slas:
        name, when = str(sla["name"]), list(_conditions(sla.get("condition") or {}, mapper))
        found.targets_left_out(name, ["update_time"] if sla.get("update_time") else [])
        found.policy(name, when, _targets(sla))
        if len(hours) > 1:
            # Tickets that may be under this SLA are under its calendar or another: nobody knows.
            known = None if len(told(when)) < len(when) else hours[sla["calendar_id"]]
            found.schedules.append(Assignment(schedule=known, when=told(when)))
    found.schedules += [Assignment(schedule=hours[name]) for name in default]


def _in_order(slas: list[Record]) -> list[Record]:
    """Return the SLAs with conditions by name, then the last of those without: it is for all other tickets."""
    ordered = sorted(slas, key=lambda sla: (str(sla["name"]), str(sla["created_at"])))
    return [sla for sla in ordered if sla.get("condition")] + [sla for sla in ordered if not sla.get("condition")][-1:]


def _schedule(record: Record) -> Schedule:
    hours, days = record["business_hours"], record.get("public_holidays") or {}
    openings = [
        [
            opening(start, "24:00" if end == LAST_MINUTE else end)
            for start, end in hours.get(day[:3], {}).get("timeframes") or ()
            if hours[day[:3]].get("active")
        ]
        for day in WEEKDAYS
    ]
    closed = (date.fromisoformat(day) for day, said in days.items() if said.get("active") and not said.get("removed"))
    return schedule(str(record["name"]), str(record["timezone"]), openings, closed)


def _targets(sla: Record) -> Iterator[Target]:
    for name, metric in METRICS.items():
        if sla.get(name):
            yield Target(metric=metric, seconds=int(sla[name]) * 60)


def _conditions(said: Mapping[str, Any], mapper: Mapper) -> Iterator[Condition | Untold]:
    """Yield conditions that must all hold: each under its attribute, or as a list of them."""
    if "conditions" in said:
        for each in said["conditions"]:
            yield (
                _condition(str(each.get("name")), each, mapper) if said["operator"] == "AND" else str(said["operator"])
            )
    else:
        for name, each in said.items():
            yield _condition(name, each, mapper)


def _condition(name: str, said: Mapping[str, Any], mapper: Mapper) -> Condition | Untold:
    asked = values(said.get("value"))
    if said.get("operator") not in ONE_OF or said.get("pre_condition") or not all(asked):
        return name
    if name == "ticket.group_id":
        return Condition(field="team", values=asked)
    if name == f"ticket.{mapper.options.type_field}":
        return Condition(field="type", values=asked)
    words = [mapper.priority(number) for number in asked] if name == "ticket.priority_id" else [None]
    return name if None in words else Condition(field="priority", values=tuple(map(str, words)))

"""Freshdesk's SLA policies and business hours ─▶ the rules of facts."""

from calendar import isleap
from collections.abc import Iterator
from datetime import date

from bot.helpdesks.freshdesk.client import ApiClient
from bot.helpdesks.freshdesk.mapping import Mapper, Record
from bot.helpdesks.own_rules import Found, Untold, opening, schedule, values
from kpi.hours import WEEKDAYS, Schedule
from kpi.policies import Assignment, Condition, Metric, Target

METRICS = {
    "respond_within": Metric.FIRST_REPLY,
    "next_respond_within": Metric.NEXT_REPLY,
    "resolve_within": Metric.RESOLUTION,
}

LEAP_DAY = (2, 29)
YEARS = range(2000, 2101)
"""Those for which a holiday is told that has no year, since it comes in each."""


def read_rules(client: ApiClient, mapper: Mapper, found: Found) -> None:
    """Read the hours of groups and of all others, and the active policies in the order in which they are tried.

    Raises HelpdeskError, and whatever a record raises that isn't made as it should be.
    """
    policies = client.sla_policies()
    rows = client.business_hours()
    hours = {row["id"]: _schedule(row) for row in rows}
    default = next((row["id"] for row in rows if row["is_default"]), None)
    for group in client.groups() if len(hours) > 1 else ():
        own = group.get("business_hour_id")
        if own in hours and own != default:
            of_group = Condition(field="team", values=(str(group["id"]),))
            found.schedules.append(Assignment(schedule=hours[own], when=(of_group,)))
    if default is not None:
        found.schedules.append(Assignment(schedule=hours[default]))
    for row in sorted(policies, key=lambda row: (bool(row["is_default"]), int(row["position"]))):
        if row["active"]:
            found.policy(str(row["name"]), list(_conditions(row, mapper)), list(_targets(row, mapper)))


def _schedule(record: Record) -> Schedule:
    hours = record["business_hours"]
    days = [[opening(hours[day]["start_time"], hours[day]["end_time"])] if hours.get(day) else [] for day in WEEKDAYS]
    closed = (day for holiday in record.get("list_of_holidays") or () for day in _dates(str(holiday["holiday_date"])))
    return schedule(str(record["name"]), str(record["time_zone"]), days, closed)


def _dates(said: str) -> Iterator[date]:
    """Yield the date of a holiday such as `2026-12-24`; of one such as `--12-24`, that of each year."""
    if not said.startswith("--"):
        yield date.fromisoformat(said)
        return
    month, day = map(int, said.removeprefix("--").split("-"))
    for year in YEARS:
        if (month, day) != LEAP_DAY or isleap(year):
            yield date(year, month, day)


def _targets(record: Record, mapper: Mapper) -> Iterator[Target]:
    for key, promised in record["sla_target"].items():
        priority = mapper.priority(int(key.removeprefix("priority_")))
        for name, metric in METRICS.items():
            if promised.get(name):
                business = bool(promised["business_hours"])
                yield Target(metric=metric, seconds=int(promised[name]), business=business, priority=priority)


def _conditions(record: Record, mapper: Mapper) -> Iterator[Condition | Untold]:
    for name, said in record["applicable_to"].items():
        if not said:
            continue
        if name == "group_ids":
            yield Condition(field="team", values=values(said))
        elif name == "ticket_types":
            yield Condition(field="type", values=values(said))
        elif name == "product_ids":
            yield Condition(field="brand", values=tuple(mapper.brand(number) for number in said))
        else:
            yield name

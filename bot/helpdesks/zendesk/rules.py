"""Zendesk's SLA policies and schedules ─▶ the rules of facts."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from bot.helpdesks.own_rules import Found, Untold, schedule, values
from bot.helpdesks.zendesk.client import ApiClient, Record
from bot.helpdesks.zendesk.mapping import Directory
from kpi.events import WAITING, Status
from kpi.hours import DAY, WEEKDAYS, Opening, Schedule
from kpi.policies import Assignment, Condition, Metric, Target

FIELDS = {"group_id": "team", "brand_id": "brand", "type": "type", "priority": "priority"}
"""Conditions: https://developer.zendesk.com/documentation/ticketing/reference-guides/conditions-reference/."""

ONE_OF = frozenset({"is", "includes"})

REPLIES = {"first_reply_time": Metric.FIRST_REPLY, "next_reply_time": Metric.NEXT_REPLY}

RESOLUTIONS = {
    "requester_wait_time": frozenset({Status.PENDING}),
    "total_resolution_time": frozenset[Status](),
    "agent_work_time": WAITING,
}
"""The metrics that end with the solve, and the statuses in which each stands still; the first one promised counts."""


def read_rules(client: ApiClient, directory: Directory, found: Found) -> None:
    """Read the schedule of all tickets and the policies, in the order in which they are tried.

    Of several schedules none is told: triggers choose among them, which no list tells. Raises HelpdeskError, and
    whatever a record raises that isn't made as it should be.
    """
    schedules = client.schedules()
    if len(schedules) == 1:
        found.schedules.append(Assignment(schedule=_schedule(schedules[0], client.holidays(schedules[0]["id"]))))
    elif schedules:
        found.warnings.append(("zendesk_schedules", {"schedules": [str(row["name"]) for row in schedules]}))
    for row in sorted(client.sla_policies(), key=lambda row: int(row["position"])):
        _policy(row, directory, found)


def _schedule(record: Record, holidays: Iterable[Record]) -> Schedule:
    """Return a schedule: its intervals are in minutes since Sunday 00:00 and end on the day they begin on."""
    days: list[list[Opening]] = [[] for _ in WEEKDAYS]
    for interval in record["intervals"]:
        day, opens = divmod(interval["start_time"] * 60, DAY)
        days[day - 1].append((opens, interval["end_time"] * 60 - day * DAY))
    closed = (day for holiday in holidays for day in _dates(holiday["start_date"], holiday["end_date"]))
    return schedule(str(record["name"]), str(record["time_zone"]), days, closed)


def _dates(first: str, last: str) -> Iterator[date]:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        yield day
        day += timedelta(days=1)


def _policy(record: Record, directory: Directory, found: Found) -> None:
    name = str(record["title"])
    promised = {str(row["metric"]) for row in record["policy_metrics"]}
    resolution = next((metric for metric in RESOLUTIONS if metric in promised), None)
    found.targets_left_out(name, promised - REPLIES.keys() - {resolution})
    targets = [
        Target(
            metric=REPLIES.get(row["metric"], Metric.RESOLUTION),
            seconds=int(row.get("target_in_seconds") or row["target"] * 60),
            business=bool(row["business_hours"]),
            priority=str(row["priority"]),
        )
        for row in record["policy_metrics"]
        if row["metric"] in {*REPLIES, resolution}
    ]
    must = [_condition(each, directory) for each in record["filter"].get("all") or ()]
    either = [_condition(each, directory) for each in record["filter"].get("any") or ()]
    pauses = RESOLUTIONS.get(str(resolution), WAITING)
    # What is either way is told as the same policy for one way after the other.
    for way in _ways(either):
        found.policy(name, [*must, *way], targets, pauses)


def _ways(either: list[Condition | Untold]) -> list[list[Condition | Untold]]:
    """Return the ways in which one of these conditions can hold; with one that can't be told, nobody knows them."""
    untold: list[Condition | Untold] = [each for each in either if isinstance(each, Untold)]
    return [untold] if untold or not either else [[each] for each in either]


def _condition(record: Mapping[str, object], directory: Directory) -> Condition | Untold:
    said, untold = values(record.get("value")), str(record["field"])
    field = FIELDS.get(untold)
    # A blank value asks for tickets without any.
    if field is None or record["operator"] not in ONE_OF or not all(said):
        return untold
    return Condition(field=field, values=tuple(map(directory.brand, said)) if field == "brand" else said)

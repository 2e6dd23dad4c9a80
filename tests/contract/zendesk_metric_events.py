"""What the small Zendesk's clocks tell: its metric events, as their reference describes them.

https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-metric-event-types-reference/. The event
of a breach is there before it happens, and deleted when it doesn't; instance 0 is no clock, each reply has its own.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

Row = dict[str, Any]
Sla = tuple[int, bool]
"""A target in minutes, and whether they are those of business time."""

Step = tuple[int, str]
Told = tuple[int, str, Row]
"""When something became of a clock, what, and what is told of it."""

ENDED = frozenset({"solved", "closed", "deleted"})
STANDS_STILL = {
    "requester_wait_time": frozenset({"pending"}),
    "agent_work_time": frozenset({"pending", "hold"}),
    "resolution_time": frozenset[str](),
}


@dataclass(frozen=True, kw_only=True)
class Life:
    """What a ticket's clocks follow: moments of agents' replies and customers' messages, statuses as they came."""

    ticket: int
    began_at: int
    replied_at: list[int]
    asked_at: list[int]
    statuses: list[tuple[int, str]]


def metric_events(life: Life, slas: Mapping[str, Sla], business: Callable[[int], int]) -> dict[str, list[Row]]:
    """Return a ticket's events by metric; `business` gives the business minutes of so many calendar minutes."""
    numbers = count(life.ticket * 1000)

    def told(metric: str, instance: int, clock: Iterator[Told]) -> Iterator[Row]:
        for at, kind, values in clock:
            time = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            number = {"id": next(numbers), "ticket_id": life.ticket, "instance_id": instance}
            yield {**number, "metric": metric, "type": kind, "time": time, "deleted": False} | values

    found = {"reply_time": list(told("reply_time", 0, iter([(life.began_at, "measure", {})])))}
    for instance, steps in enumerate(_waits(life), 1):
        sla = slas.get("reply_time" if instance == 1 else "next_reply_time")
        found["reply_time"] += told("reply_time", instance, _clock(steps, sla, business))
    for metric, still in STANDS_STILL.items():
        found[metric] = list(told(metric, 1, _clock(_steps(life, still), slas.get(metric), business)))
    return found


def _waits(life: Life) -> Iterator[list[Step]]:
    """Yield from when to when each reply was waited for."""
    start: int | None = life.began_at
    while start is not None:
        stop = next((at for at in life.replied_at if at > start), None)
        yield [(start, "activate"), *([] if stop is None else [(stop, "fulfill")])]
        start = None if stop is None else next((at for at in life.asked_at if at > stop), None)


def _steps(life: Life, still: frozenset[str]) -> list[Step]:
    """Return when a clock that follows the status began to run, stood still and was fulfilled."""
    steps: list[Step] = []
    for at, status in life.statuses:
        kind = "fulfill" if status in ENDED else "pause" if status in still else "activate"
        if not steps or steps[-1][1] != kind:
            steps.append((at, kind))
    return steps


def _clock(steps: list[Step], sla: Sla | None, business: Callable[[int], int]) -> Iterator[Told]:
    ran = 0
    target = None if sla is None else sla[0] * 60
    for number, (at, kind) in enumerate(steps):
        yield at, kind, {}
        if sla is not None and number == 0:
            policy = {"id": 25, "title": "Incidents", "description": None}
            promise = {"target": sla[0], "target_in_seconds": target, "business_hours": sla[1], "policy": policy}
            yield at, "apply_sla", {"sla": promise}
        if kind == "activate":
            end = steps[number + 1][0] if number + 1 < len(steps) else None
            if target is not None and ran <= target:
                due_at = at + target - ran
                yield due_at, "breach", {"deleted": end is not None and end <= due_at}
            ran += 0 if end is None else end - at
        if kind == "fulfill":
            yield at, "update_status", {"status": {"calendar": ran // 60, "business": business(ran // 60)}}

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

    def told(metric: str, instance: int, clock: Iterator[tuple[int, str, Row]]) -> Iterator[Row]:
        for at, kind, values in clock:
            time = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            number = {"id": next(numbers), "ticket_id": life.ticket, "instance_id": instance}
            yield {**number, "metric": metric, "type": kind, "time": time, "deleted": False} | values

    found: dict[str, list[Row]] = {"reply_time": list(told("reply_time", 0, iter([(life.began_at, "measure", {})])))}
    for instance, (start, stop) in enumerate(_waits(life), 1):
        sla = slas.get("reply_time" if instance == 1 else "next_reply_time")
        found["reply_time"] += told("reply_time", instance, _clock([(start, stop)], stop, sla, business))
    for metric, still in STANDS_STILL.items():
        runs, stopped_at = _runs(life, still)
        found[metric] = list(told(metric, 1, _clock(runs, stopped_at, slas.get(metric), business)))
    return found


def _waits(life: Life) -> Iterator[tuple[int, int | None]]:
    """Yield from when to when each reply was waited for."""
    start: int | None = life.began_at
    while start is not None:
        stop = next((at for at in life.replied_at if at > start), None)
        yield start, stop
        start = None if stop is None else next((at for at in life.asked_at if at > stop), None)


def _runs(life: Life, still: frozenset[str]) -> tuple[list[tuple[int, int | None]], int | None]:
    """Return the stretches in which a clock ran, and when it was fulfilled, if it is."""
    runs: list[tuple[int, int | None]] = []
    for (at, status), (until, _) in zip(life.statuses, [*life.statuses[1:], (None, "")], strict=True):
        if status not in ENDED | still:
            joined = runs and runs[-1][1] == at
            runs[-1:] = [(runs[-1][0], until)] if joined else [*runs[-1:], (at, until)]
    at, status = life.statuses[-1]
    return runs, at if status in ENDED else None


def _clock(
    runs: list[tuple[int, int | None]], stopped_at: int | None, sla: Sla | None, business: Callable[[int], int]
) -> Iterator[tuple[int, str, Row]]:
    left = None if sla is None else sla[0] * 60
    for number, (start, end) in enumerate(runs):
        yield start, "activate", {}
        if sla is not None and number == 0:
            policy = {"id": 25, "title": "Incidents", "description": None}
            promise = {"target": sla[0], "target_in_seconds": sla[0] * 60, "business_hours": sla[1], "policy": policy}
            yield start, "apply_sla", {"sla": promise}
        if left is not None and left >= 0:
            yield start + left, "breach", {"deleted": end is not None and end <= start + left}
            left -= 0 if end is None else end - start
        if end is not None:
            yield end, "fulfill" if end == stopped_at else "pause", {}
    if stopped_at is not None:
        minutes = sum((end or stopped_at) - start for start, end in runs) // 60
        yield stopped_at, "update_status", {"status": {"calendar": minutes, "business": business(minutes)}}

"""A ticket's metrics and metric events ─▶ what Zendesk says of it itself."""

from collections.abc import Iterator

import structlog

from bot.helpdesks.reading import UNREADABLE, figures, instant
from bot.helpdesks.zendesk.client import Record
from bot.helpdesks.zendesk.rules import RESOLUTIONS
from kpi.events import Figure, Quantity

MINUTE = 60

# https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_metrics/: whole minutes, null until then.
TIMES = {
    "reply_time": Quantity.FIRST_REPLY_S,
    "first_resolution_time": Quantity.FIRST_RESOLUTION_S,
    "full_resolution_time": Quantity.FULL_RESOLUTION_S,
    "requester_wait_time": Quantity.REQUESTER_WAIT_S,
    "agent_wait_time": Quantity.AGENT_WAIT_S,
    "on_hold_time": Quantity.ON_HOLD_S,
}

FIRST = 1
"""The instance of `reply_time` that is the first reply; the next replies have those after it, 0 is no clock."""

log = structlog.get_logger(__name__)


def read_figures(record: Record) -> tuple[Figure, ...] | None:
    """Return the figures of a ticket, in calendar and in business time; None where its metrics were not told."""
    metrics = record.get("metric_set")
    if not metrics:
        return None
    counts = {Quantity.REPLIES: metrics.get("replies"), Quantity.REOPENS: metrics.get("reopens")}
    calendar = {name: _seconds(metrics, time, "calendar") for time, name in TIMES.items()}
    business = {name: _seconds(metrics, time, "business") for time, name in TIMES.items()}
    return (*figures(counts | calendar), *figures(business, business=True), *_promises(record))


def _seconds(metrics: Record, time: str, kind: str) -> int | None:
    """Return a time in seconds: to the second where that is told, as of the first reply in messaging."""
    exact = (metrics.get(f"{time}_in_seconds") or {}).get(kind)
    minutes = (metrics.get(f"{time}_in_minutes") or {}).get(kind)
    if exact is not None:
        return int(exact)
    return None if minutes is None else int(minutes) * MINUTE


def _promises(record: Record) -> tuple[Figure, ...]:
    """Return what became of a ticket's SLA; nothing where no event tells of one, or none can be read."""
    try:
        events = _events(record)
        replies = [event for event in events.get("reply_time", ()) if event["instance_id"] == FIRST]
        resolutions = (events.get(name.removeprefix("total_"), []) for name in RESOLUTIONS)
        resolution = next((found for found in resolutions if _sla(found)), [])
        reply = (Quantity.FIRST_REPLY_TARGET_S, Quantity.FIRST_REPLY_DUE_AT, Quantity.FIRST_REPLY_BREACHED)
        solve = (Quantity.RESOLUTION_TARGET_S, Quantity.RESOLUTION_DUE_AT, Quantity.RESOLUTION_BREACHED)
        until = instant(record.get("updated_at")) or 0
        return (*_promise(replies, until, *reply), *_promise(resolution, until, *solve))
    except UNREADABLE as error:  # they count in no KPI, so they cost no ticket
        log.warning("metric_events_unreadable", ticket=record.get("id"), error=type(error).__name__)
        return ()


def _events(record: Record) -> dict[str, list[Record]]:
    """Return the events of each metric in their order."""
    told = (record.get("metric_events") or {}).items()
    return {metric: sorted(rows, key=lambda row: (row["time"], row["id"])) for metric, rows in told}


def _sla(events: list[Record]) -> Record | None:
    """Return the promise that holds; None when there is none, or none any more."""
    return next((event.get("sla") for event in reversed(events) if event["type"] == "apply_sla"), None)


def _promise(events: list[Record], until: int, target: Quantity, due: Quantity, breached: Quantity) -> Iterator[Figure]:
    """Yield what was promised, when that is or was broken, and whether it was, as far as that is known.

    An event tells of a breach before it happens, and is marked as deleted when it doesn't:
    https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-metric-event-types-reference/.
    """
    sla = _sla(events)
    if sla is None:
        return
    seconds = int(sla.get("target_in_seconds") or sla["target"] * MINUTE)
    yield Figure(name=target, value=seconds, business=bool(sla["business_hours"]))
    ends = [event for event in events if event["type"] in {"activate", "pause", "fulfill"}][-1:]
    fulfilled_at = next((instant(event["time"]) for event in ends if event["type"] == "fulfill"), None)
    breaches = [event for event in events if event["type"] == "breach" and not event.get("deleted")]
    due_at = instant(breaches[-1]["time"]) if breaches else None
    is_late = due_at is not None and due_at < (fulfilled_at or until)
    known = None if fulfilled_at is None and not is_late else int(is_late)
    yield from figures({due: due_at, breached: known})

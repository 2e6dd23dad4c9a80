"""A ticket's metrics ─▶ what Zendesk says of it itself."""

from bot.helpdesks.reading import figures
from bot.helpdesks.zendesk.client import Record
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


def read_figures(record: Record) -> tuple[Figure, ...] | None:
    """Return the figures of a ticket, in calendar and in business time; None where its metrics were not told."""
    metrics = record.get("metric_set")
    if not metrics:
        return None
    counts = {Quantity.REPLIES: metrics.get("replies"), Quantity.REOPENS: metrics.get("reopens")}
    calendar = {name: _seconds(metrics, time, "calendar") for time, name in TIMES.items()}
    business = {name: _seconds(metrics, time, "business") for time, name in TIMES.items()}
    return (*figures(counts | calendar), *figures(business, business=True))


def _seconds(metrics: Record, time: str, kind: str) -> int | None:
    """Return a time in seconds: to the second where that is told, as of the first reply in messaging."""
    exact = (metrics.get(f"{time}_in_seconds") or {}).get(kind)
    minutes = (metrics.get(f"{time}_in_minutes") or {}).get(kind)
    if exact is not None:
        return int(exact)
    return None if minutes is None else int(minutes) * MINUTE

"""A ticket's own attributes ─▶ what Zammad says of it itself.

Read in its source, `lib/escalation.rb`: minutes are those of the SLA's calendar, without those in states that stop
the clock, and rounded down; `…_diff_in_min` is what was left of the target; a date of escalation is gone once what it
was for has happened.
"""

from bot.helpdesks.reading import figures
from bot.helpdesks.zammad.mapping import Record, instant
from kpi.events import Figure, Quantity

MINUTE = 60


def read_figures(record: Record) -> tuple[Figure, ...]:
    """Return the figures of a ticket; times only where an SLA applies."""
    told = {
        Quantity.FIRST_REPLIED_AT: instant(record.get("first_response_at")),
        Quantity.FIRST_SOLVED_AT: instant(record.get("close_at")),
        Quantity.LAST_SOLVED_AT: instant(record.get("last_close_at")),
        Quantity.FIRST_REPLY_DUE_AT: instant(record.get("first_response_escalation_at")),
        Quantity.RESOLUTION_DUE_AT: instant(record.get("close_escalation_at")),
    }
    reply, close = record.get("first_response_in_min"), record.get("close_in_min")
    timed = {
        Quantity.FIRST_REPLY_S: _seconds(reply),
        Quantity.FIRST_RESOLUTION_S: _seconds(close),
        Quantity.FIRST_REPLY_TARGET_S: _seconds(reply, record.get("first_response_diff_in_min")),
        Quantity.RESOLUTION_TARGET_S: _seconds(close, record.get("close_diff_in_min")),
    }
    return (*figures(told), *figures(timed, business=True))


def _seconds(*minutes: int | None) -> int | None:
    """Return the sum of minutes in seconds; None when one is missing."""
    known = [part for part in minutes if part is not None]
    return sum(known) * MINUTE if len(known) == len(minutes) else None

"""Overdue: each stretch of time in which an SLA clock ran and was late."""

from collections.abc import Callable

from kpi.history.rows import Row
from kpi.history.story import State, Story


def overdue(story: Story, late_after: Callable[[State], int | None], stopped_at: int | None) -> list[Row]:
    """Return the rows of overdue_facts of one clock, without its name.

    A row starts at the last instant in time, as `late_after` of the clock does: at an instant t the clock was overdue
    when started_at < t ≤ ended_at, or started_at < t and it has no end. A clock that is going to be late has its row
    already. Each moment is judged by what was promised for the priority of that moment (KPIS.md rule 11). Rows are
    parted where team, agent or priority change, and none is there while the ticket was ended: it was not overdue then,
    even if a reopen made its clock run on from the original start.

    Args:
        story: the ticket's.
        late_after: once which instant has passed the clock is late in a state; None where it doesn't run.
        stopped_at: when it stopped for good; None while it may go on.
    """
    rows: list[Row] = []
    before: Row = {}
    for segment in story.segments:
        end = segment.end if stopped_at is None or segment.end is None else min(segment.end, stopped_at)
        end = stopped_at if end is None else end
        late = late_after(segment.state)
        if late is None:
            continue
        start = max(segment.start, late)
        if end is not None and end <= start:
            continue
        whose: Row = {name: getattr(segment.state, name) for name in ("team", "agent", "priority")}
        if whose == before and rows[-1]["ended_at"] == start:
            rows[-1]["ended_at"] = end
        else:
            rows.append(whose | {"started_at": start, "ended_at": end})
        before = whose
    return [{"stretch": number} | row for number, row in enumerate(rows, 1)]

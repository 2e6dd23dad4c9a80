"""Promises that are late, or due soon: SLA clocks that run, the same rows that the SLA percentages count."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from kpi.filters import choose
from kpi.frames import Frames, Reference
from kpi.period import Span
from kpi.policies import Metric
from kpi.question import Filter
from kpi.rows import collected

COLUMNS = ("helpdesk", "ticket_id", "metric", "team", "due_at", "late_after", "left_out", "opened_by_agent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A running clock.

    Attributes:
        ticket: where it is found; None of one that the helpdesk has removed since.
        metric: what was promised, of `kpi.policies.Metric`.
        team: the name of its team.
        due_at: epoch second.
    """

    ticket: Reference | None
    metric: str
    team: str | None
    due_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """Running clocks: how many are late and how many come due until an instant, and the most urgent of each."""

    late: int = 0
    coming: int = 0
    latest: tuple[Promise, ...] = ()
    soonest: tuple[Promise, ...] = ()


def promises(filters: Sequence[Filter], frames: Frames, now: int, until: int, limit: int) -> Promises | None:
    """Return what is late, the longest first, and what is due before `until`, the soonest first; `limit` of each.

    None where nobody has promised anything. Raises QuestionError as `kpi.filters.choose`.
    """
    chosen = choose(filters, frames)
    if "sla_policies" not in frames.available():
        return None
    columns = {*COLUMNS, *(column for one in chosen for column in one.dimension.columns(""))}
    running = frames.window("clock_facts", columns, "due_at", Span(0, max(until, now)), {"state": "running"})
    nobody_waits = (nw.col("metric") == Metric.FIRST_REPLY.value) & (nw.col("opened_by_agent") == 1)
    running = running.filter(nw.col("left_out").is_null(), ~nobody_waits)
    for one in chosen:
        running = running.filter(one.condition(""))
    rows = sorted(collected(running.select(*COLUMNS)), key=lambda row: (row["due_at"], row["ticket_id"]))
    late = [row for row in rows if row["late_after"] < now]
    coming = [row for row in rows if row["late_after"] >= now]
    return Promises(
        late=len(late),
        coming=len(coming),
        latest=_named(late[:limit], frames),
        soonest=_named(coming[:limit], frames),
    )


def _named(rows: Sequence[dict[str, Any]], frames: Frames) -> tuple[Promise, ...]:
    tickets = frames.tickets({int(row["ticket_id"]) for row in rows})
    teams = frames.labels("teams", {row["team"] for row in rows if row["team"] is not None})
    return tuple(
        Promise(
            ticket=tickets.get(int(row["ticket_id"])),
            metric=row["metric"],
            team=teams.get((row["helpdesk"], row["team"]), row["team"]),
            due_at=int(row["due_at"]),
        )
        for row in rows
    )

"""The ten KPIs read row by row in plain Python, from KPIS.md and apart from `kpi`: what an answer must say."""

from dataclasses import dataclass, field
from math import floor
from typing import Any

WEEK_S = 7 * 86_400

Row = dict[str, Any]

EVENT, COHORT = "event", "cohort"


@dataclass
class Read:
    """What one KPI makes of the rows of one stretch of time."""

    counted: list[Row] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)

    def leave_out(self, reason: str) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def note(self, name: str, n: int = 1) -> None:
        if n:
            self.notes[name] = self.notes.get(name, 0) + n


def rows_of(kpi: str, facts: dict[str, list[Row]]) -> list[Row]:
    match kpi:
        case "volume" | "solved" | "resolution_time" | "fcr" | "csat":
            return facts["ticket_facts"]
        case "frt":
            return [row for row in facts["turn_facts"] if row["turn"] == 1]
        case "reply_time":
            return facts["turn_facts"]
        case "frt_sla":
            return [row for row in facts["clock_facts"] if row["metric"] == "first_reply"]
        case "resolution_sla":
            return [row for row in facts["clock_facts"] if row["metric"] == "resolution"]
        case _:
            return facts["span_facts"]


INSTANT = {
    "volume": "created_at",
    "solved": "last_solved_at",
    "resolution_time": "last_solved_at",
    "fcr": "last_solved_at",
    "csat": "rated_at",
    "frt": "replied_at",
    "reply_time": "replied_at",
    "frt_sla": "stopped_at",
    "resolution_sla": "stopped_at",
}
KNOWN = frozenset({*INSTANT, "backlog"})
"""The KPIs that this reading knows."""

PREFIX = {"volume": "created_", "solved": "solved_", "resolution_time": "solved_", "fcr": "solved_", "csat": "rated_"}


def team_column(kpi: str, reading: str) -> str:
    if kpi in PREFIX:
        at_creation = reading == COHORT and kpi in ("volume", "fcr")
        return "created_team" if at_creation else f"{PREFIX[kpi]}team"
    return "team"


def is_late(row: Row, now: int) -> bool:
    if row["state"] == "running":
        return row["late_after"] < now
    return row["state"] == "paused" and row["breached"] == 1


def counts(kpi: str, reading: str, row: Row, now: int) -> bool:
    """Tell whether a row is one of those that the KPI is about."""
    if kpi in ("frt_sla", "resolution_sla"):
        done = row["stopped_by"] == ("reply" if kpi == "frt_sla" else "solve")
        return done or (reading == COHORT and (row["breached"] == 1 or is_late(row, now)))
    needed = {"resolution_time": "is_solved", "csat": "rating_positive", "frt": "replied_at"}.get(kpi)
    if needed is None:
        return True
    return row[needed] == 1 if kpi == "resolution_time" else row[needed] is not None


def succeeds(kpi: str, row: Row) -> bool:
    if kpi == "csat":
        return row["rating_positive"] == 1
    if kpi in ("frt_sla", "resolution_sla"):
        return row["state"] == "stopped" and row["breached"] == 0
    solved = row["last_solved_at"]
    if solved is None or (row["replies"] != 1 and not row["solved_in_contact"]):
        return False
    if row["teams"] > 1 or row["customer_messages"]:
        return False
    if row["fastest_reopen_s"] is not None and row["fastest_reopen_s"] <= WEEK_S:
        return False
    return row["next_contact_at"] is None or row["next_contact_at"] - solved > WEEK_S


def read(kpi: str, reading: str, facts: dict[str, list[Row]], span: tuple[int, int], now: int) -> Read:
    """Return what a KPI counts between two instants, what it leaves out and what it notes."""
    start, end = span
    found = Read()
    for row in rows_of(kpi, facts):
        if kpi == "backlog":
            inside = row["started_at"] < end and (row["ended_at"] is None or row["ended_at"] >= end)
        else:
            at = row["created_at" if reading == COHORT else INSTANT[kpi]]
            inside = at is not None and start <= at < end
        if not inside:
            continue
        wanted = counts(kpi, reading, row, now)
        if row["left_out"]:
            if wanted:
                found.leave_out(row["left_out"])
        elif kpi in ("frt", "fcr", "frt_sla") and row["opened_by_agent"]:
            if wanted:
                found.leave_out("agent_opened")
        else:
            _note(found, kpi, row, now)
            if wanted:
                found.counted.append(row)
    return found


def _note(found: Read, kpi: str, row: Row, now: int) -> None:
    if kpi == "fcr":
        found.note("provisional", row["last_solved_at"] is not None and row["last_solved_at"] > now - WEEK_S)
        found.note("automatic_reopens", row["automatic_reopens"])
    if kpi in ("frt_sla", "resolution_sla"):
        found.note("still_running", row["state"] != "stopped" and not is_late(row, now))
    if kpi == "resolution_sla":
        found.note("closed_unsolved", row["stopped_by"] == "closed")
    if kpi == "frt_sla":
        found.note("ended_without_reply", row["stopped_by"] in {"solve", "closed"})


def percentile(ordered: list[int], share: float) -> float:
    """Return a percentile by linear interpolation, type 7."""
    place = (len(ordered) - 1) * share
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def seconds_of(kpi: str, row: Row, *, calendar: bool) -> int:
    name = "resolution" if kpi == "resolution_time" else "reply"
    business = row.get(f"{name}_s")
    return row[f"{name}_calendar_s"] if calendar or business is None else business


def figure(kpi: str, rows: list[Row], *, calendar: bool = False) -> dict[str, Any]:
    """Return the numbers that a figure of these rows must carry."""
    n = len(rows)
    if kpi in ("volume", "solved", "backlog"):
        return {"value": n, "n": n}
    if kpi in ("frt", "reply_time", "resolution_time"):
        ordered = sorted(seconds_of(kpi, row, calendar=calendar) for row in rows)
        if not ordered:
            return {"value": None, "n": 0}
        median = percentile(ordered, 0.5)
        mean = sum(ordered) / n
        p90 = percentile(ordered, 0.9)
        return {"value": median, "n": n, "median": median, "p90": p90, "mean": mean, "maximum": ordered[-1]}
    numerator = sum(succeeds(kpi, row) for row in rows)
    return {"value": numerator / n if n else None, "n": n, "numerator": numerator, "denominator": n}

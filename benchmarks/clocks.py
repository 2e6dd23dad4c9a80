"""Lives ─▶ their SLA clocks and when those were overdue, as columns of numbers."""

import numpy as np
from desk import END, TARGETS, Hours, Ints
from facts import (
    BY_CLOSING,
    BY_GOING,
    BY_REPLY,
    BY_SOLVE,
    METRICS,
    PAUSED,
    RUNNING,
    STOPPED,
    Columns,
    common,
    end,
    first_of,
    first_stop_of,
    of_tickets,
    whose,
)
from lives import NEVER, Lives

from kpi.policies import Metric


def reply_clocks(lives: Lives, turns: Columns, hours: Hours) -> Columns:
    """Return the rows of clock_facts that belong to turns."""
    first = (turns["turn"] == 1) & (turns["opened_by_agent"] == 0)
    promised = np.array([[s or NEVER for s in TARGETS[m]] for m in (Metric.FIRST_REPLY, Metric.NEXT_REPLY)])
    target = promised[np.where(first, 0, 1), turns["priority"]]
    keep = np.flatnonzero(target != NEVER)
    turns, target, first = of_tickets(turns, keep), target[keep], first[keep]
    stopping = np.select([lives.solved != NEVER, lives.gone != NEVER], [BY_SOLVE, BY_GOING], BY_CLOSING)
    by = np.where(turns["replied_at"] != NEVER, BY_REPLY, stopping[lives.turn_ticket[keep]])
    stopped = np.maximum(turns["replied_at"], turns["ended_at"])
    started = turns["started_at"]
    elapsed = np.where(stopped == NEVER, NEVER, hours.elapsed(started, stopped))
    dropped = {"turn", "replied_at", "ended_at", "reply_s", "reply_calendar_s"}
    return {
        **{name: values for name, values in turns.items() if name not in dropped},
        "metric": np.where(first, 0, 1),
        "instance": turns["turn"],
        "target_s": target,
        "started_at": started,
        "stopped_at": stopped,
        "stopped_by": np.where(stopped == NEVER, NEVER, by),
        "state": np.where(stopped == NEVER, RUNNING, STOPPED),
        "elapsed_s": elapsed,
        "due_at": hours.add(started, target),
        "late_after": hours.last(started, target),
        "late": hours.last(started, target),
        "breached": np.where(stopped == NEVER, NEVER, elapsed > target),
    }


def resolution_clocks(lives: Lives, hours: Hours) -> Columns:
    """Return the rows of clock_facts that tickets have; their clock stands while pending, and while solved."""
    end_at, end_by = end(lives)
    target = np.array(TARGETS[Metric.RESOLUTION])[lives.priority]
    due, late, elapsed = np.full(len(target), NEVER), np.full(len(target), NEVER), np.zeros_like(target)
    running = np.zeros(len(target), bool)
    stretches = _stretches(lives)
    for number, (start, until) in enumerate(stretches):
        there = start != NEVER
        is_last = there & ~np.any([later[0] != NEVER for later in stretches[number + 1 :]], axis=0)
        left = target - elapsed
        passed = np.where(until == NEVER, np.iinfo(np.int64).max, hours.elapsed(start, until))
        from_here = np.where(there, start, lives.created)
        short = np.maximum(left, 0)
        due = np.where(
            there & (due == NEVER) & ((passed >= left) | is_last),
            np.where(left > 0, hours.add(from_here, short), start),
            due,
        )
        late = np.where(there & (late == NEVER) & ((passed > left) | is_last), hours.last(from_here, short), late)
        elapsed += np.where(there & (until != NEVER), passed, 0)
        running |= there & (until == NEVER)
    paused = (end_at == NEVER) & ~running
    owners = whose(lives, "", np.where(end_at == NEVER, END, end_at))
    measured = np.where(running, NEVER, elapsed)
    return {
        **common(lives),
        **owners,
        "metric": np.full(len(target), METRICS.index(Metric.RESOLUTION.value)),
        "instance": np.ones(len(target), np.int64),
        "target_s": target,
        "started_at": lives.created,
        "stopped_at": end_at,
        "stopped_by": end_by,
        "state": np.select([running, paused], [RUNNING, PAUSED], STOPPED),
        "elapsed_s": measured,
        "due_at": np.where(paused, NEVER, due),
        "late_after": np.where(paused, NEVER, late),
        "late": late,
        "breached": np.where(running, NEVER, measured > target),
    }


def _stretches(lives: Lives) -> list[tuple[Ints, Ints]]:
    """Return when a ticket was open and not pending: starts and ends."""
    stop = first_stop_of(lives)
    again = np.where(lives.reopened == NEVER, NEVER, lives.solved_again)
    return [
        (lives.created, first_of(lives.pending, stop)),
        (lives.resumed, np.where(lives.resumed == NEVER, NEVER, stop)),
        (lives.reopened, again),
    ]


def overdue_facts(lives: Lives, clocks: Columns) -> Columns:
    """Return the rows of overdue_facts: while a clock runs and is late, apart for each team and agent."""
    tickets = clocks["ticket_id"] - lives.first - 1
    assigned_later = np.where(lives.assigned > lives.created, lives.assigned, NEVER)
    stop = first_stop_of(lives)
    first_end = first_of(lives.pending, stop)
    again = np.where(lives.reopened == NEVER, NEVER, lives.solved_again)
    pieces = (
        (lives.created, first_of(lives.transferred, assigned_later, first_end)),
        (lives.transferred, first_of(assigned_later, first_end)),
        (assigned_later, first_end),
        (lives.resumed, stop),
        (lives.reopened, again),
    )
    found = []
    for start, until in pieces:
        begins = np.maximum(start[tickets], clocks["late"])
        ends = np.where(until[tickets] == NEVER, clocks["stopped_at"], until[tickets])
        ends = np.where(clocks["stopped_at"] == NEVER, ends, np.minimum(ends, clocks["stopped_at"]))
        rows = np.flatnonzero(
            (start[tickets] != NEVER) & (clocks["late"] != NEVER) & ((ends == NEVER) | (ends > begins))
        )
        owners = of_tickets(whose(lives, "", start), tickets[rows])
        found.append(
            {**of_tickets(clocks, rows), **owners, "clock": rows, "started_at": begins[rows], "ended_at": ends[rows]}
        )
    columns = {name: np.concatenate([rows[name] for rows in found]) for name in found[0]}
    columns = dict(of_tickets(columns, np.lexsort((columns["started_at"], columns["clock"]))))
    columns["stretch"] = np.arange(len(columns["clock"])) - np.searchsorted(columns["clock"], columns["clock"]) + 1
    return columns

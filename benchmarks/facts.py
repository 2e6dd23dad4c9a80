"""Lives ─▶ what `kpi.history` would make of them, as columns of numbers; `NEVER` stands for NULL.

`check.py` folds the events of some tickets with the product and compares.
"""

from collections.abc import Mapping

import numpy as np
from desk import END, TARGETS, Hours, Ints
from lives import MERGED, NEVER, SPAM, TEST, Lives

from kpi.policies import Metric

Columns = Mapping[str, Ints]

OPEN, PENDING, SOLVED, CLOSED, GONE_DELETED, GONE_SPAM, GONE_MERGED = range(7)
STATUSES = ("open", "pending", "solved", "closed", "deleted", "spam", "merged")
LEFT_OUT = (None, "deleted", "spam", "merged", "merged", "deleted", "test")
"""By fate."""

BY_REPLY, BY_SOLVE, BY_CLOSING, BY_GOING, BY_CHANGE = range(5)
ENDED_BY = ("reply", "solve", "closed", "gone", "change")
OPENED, REOPENED, CHANGED = range(3)
STARTED_BY = ("opened", "reopened", "change")
RUNNING, PAUSED, STOPPED = range(3)
STATES = ("running", "paused", "stopped")
METRICS = tuple(metric.value for metric in Metric)
SATISFIED_FROM = 4


def gone_status(fate: Ints) -> Ints:
    """Return the status of a ticket that is gone."""
    return np.select([fate == SPAM, np.isin(fate, (MERGED, MERGED + 1))], [GONE_SPAM, GONE_MERGED], GONE_DELETED)


def end(lives: Lives) -> tuple[Ints, Ints]:
    """Return when each ticket stopped being open for good and by what; NEVER while it is open."""
    solved, again = lives.solved, lives.solved_again
    gone, fate_ends = lives.gone, lives.gone != NEVER
    is_solved = (np.where(lives.reopened == NEVER, solved, again) != NEVER) & ~fate_ends
    at = np.select([fate_ends, is_solved], [gone, lives.last_solved], lives.closed)
    by = np.select([fate_ends, is_solved, lives.closed != NEVER], [BY_GOING, BY_SOLVE, BY_CLOSING], NEVER)
    return at, by


def status(lives: Lives) -> Ints:
    """Return each ticket's present status."""
    is_solved = np.where(lives.reopened == NEVER, lives.solved, lives.solved_again) != NEVER
    pending = (lives.pending != NEVER) & (lives.resumed == NEVER)
    return np.select(
        [lives.gone != NEVER, lives.closed != NEVER, is_solved, pending],
        [gone_status(lives.fate), CLOSED, SOLVED, PENDING],
        OPEN,
    )


def common(lives: Lives) -> Columns:
    """Return what every fact row tells of its ticket."""
    return {
        "ticket_id": np.arange(len(lives.created)) + lives.first + 1,
        "created_at": lives.created,
        "left_out": lives.left_out,
        "opened_by_agent": lives.by_agent,
        "channel": lives.channel,
        "type": lives.kind,
        "brand": lives.brand,
        "status": status(lives),
        "customer": lives.customer,
        "tagged": (lives.fate == TEST).astype(np.int64),
    }


def _agent(lives: Lives, at: Ints) -> Ints:
    return np.where((lives.assigned != NEVER) & (at >= lives.assigned), lives.agent, NEVER)


def _team(lives: Lives, at: Ints) -> Ints:
    return np.where((lives.transferred != NEVER) & (at >= lives.transferred), lives.later_team, lives.team)


def _whose(lives: Lives, prefix: str, at: Ints) -> Columns:
    """Return whose each ticket was at a moment; NEVER where the moment never came."""
    values = {"team": _team(lives, at), "agent": _agent(lives, at), "priority": lives.priority}
    return {f"{prefix}{name}": np.where(at == NEVER, NEVER, value) for name, value in values.items()}


def ticket_facts(lives: Lives, contacts: Columns, hours: Hours) -> Columns:
    """Return the rows of ticket_facts; `contacts` tell when each customer wrote before and after."""
    last = lives.last_solved
    end_at, end_by = end(lives)
    counted_until = np.where(last == NEVER, END + 1, last)
    within = lives.asked <= counted_until[lives.turn_ticket]
    opening = (lives.turn_number == 1) & (lives.by_agent[lives.turn_ticket] == 0)
    reopen = np.where(lives.reopened == NEVER, NEVER, lives.reopened - lives.solved)
    count = len(lives.created)
    replied = (lives.replied != NEVER) & (lives.replied <= counted_until[lives.turn_ticket])
    first_reply = np.full(count, NEVER)
    first_turn = lives.turn_number == 1
    first_reply[lives.turn_ticket[first_turn]] = lives.replied[first_turn]
    left = (lives.transferred != NEVER).astype(np.int64)
    gap = np.where(lives.resumed == NEVER, 0, lives.pending)
    return {
        **common(lives),
        **_whose(lives, "created_", lives.created),
        **_whose(lives, "first_solved_", lives.solved),
        **_whose(lives, "solved_", last),
        **_whose(lives, "rated_", np.where(lives.rated == NEVER, NEVER, last)),
        "replies": np.bincount(lives.turn_ticket[replied], minlength=count),
        "customer_messages": np.bincount(lives.turn_ticket[within & ~opening], minlength=count),
        "teams": 1 + left,
        "transfers": np.where(lives.transferred <= counted_until, left, 0),
        "first_replied_at": first_reply,
        "first_solved_at": lives.solved,
        "last_solved_at": last,
        "automation_acted": (lives.acknowledged != NEVER) | ((lives.closed != NEVER) & (lives.solved == NEVER)),
        "closed_at": np.where((lives.closed != NEVER) & (lives.solved == NEVER), lives.closed, NEVER),
        "is_solved": ((end_by == BY_SOLVE) & (end_at != NEVER)).astype(np.int64),
        "solves": (lives.solved != NEVER).astype(np.int64) + (lives.solved_again != NEVER),
        "reopens": (lives.reopened != NEVER).astype(np.int64),
        "fastest_reopen_s": reopen,
        "first_reopen_s": reopen,
        "asked_again_at": np.where(lives.solved_again == NEVER, lives.reopened, NEVER),
        **contacts,
        **_resolution(lives, "resolution", last, gap, lives.resumed, hours),
        **_resolution(lives, "full_resolution", last, np.zeros(count, np.int64), np.full(count, NEVER), hours),
        **_resolution(lives, "first_resolution", lives.solved, gap, lives.resumed, hours),
        "rated_at": lives.rated,
        "rating": np.where(lives.rated == NEVER, NEVER, lives.score),
        "rating_positive": np.where(lives.rated == NEVER, NEVER, lives.score >= SATISFIED_FROM),
    }


def _resolution(  # noqa: PLR0917  # what a resolution depends on
    lives: Lives, name: str, until: Ints, pending: Ints, resumed: Ints, hours: Hours
) -> Columns:
    """Return business and calendar seconds from creation to a solve, without a pending stretch.

    The time a ticket was solved before it was reopened counts, as it does in the product.
    """
    paused = resumed != NEVER
    business = hours.elapsed(lives.created, until) - np.where(paused, hours.elapsed(pending, resumed), 0)
    calendar = until - lives.created - np.where(paused, resumed - pending, 0)
    return {
        f"{name}_s": np.where(until == NEVER, NEVER, business),
        f"{name}_calendar_s": np.where(until == NEVER, NEVER, calendar),
    }


def of_tickets(columns: Columns, rows: Ints) -> Columns:
    """Return the columns of the tickets in these rows."""
    return {name: values[rows] for name, values in columns.items()}


def turn_facts(lives: Lives, hours: Hours) -> Columns:
    """Return the rows of turn_facts."""
    rows, asked, replied = lives.turn_ticket, lives.asked, lives.replied
    open_ = replied == NEVER
    ended = np.where(open_ & (asked != lives.reopened[rows]), _stop(lives)[rows], NEVER)
    moment = np.select([~open_, ended != NEVER], [replied, ended], END)
    assigned, transferred = lives.assigned[rows], lives.transferred[rows]
    return {
        **of_tickets(common(lives), rows),
        "turn": lives.turn_number,
        "team": np.where((transferred != NEVER) & (moment >= transferred), lives.later_team[rows], lives.team[rows]),
        "agent": np.where((assigned != NEVER) & (moment >= assigned), lives.agent[rows], NEVER),
        "priority": lives.priority[rows],
        "started_at": asked,
        "replied_at": replied,
        "ended_at": ended,
        "reply_s": np.where(open_, NEVER, hours.elapsed(asked, replied)),
        "reply_calendar_s": np.where(open_, NEVER, replied - asked),
    }


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
    whose = _whose(lives, "", np.where(end_at == NEVER, END, end_at))
    measured = np.where(running, NEVER, elapsed)
    return {
        **common(lives),
        **whose,
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


def _first(*moments: Ints) -> Ints:
    """Return the earliest of moments that come in this order if they come."""
    return np.select([moment != NEVER for moment in moments], moments, NEVER)


def _stretches(lives: Lives) -> list[tuple[Ints, Ints]]:
    """Return when a ticket was open and not pending: starts and ends."""
    stop = _stop(lives)
    again = np.where(lives.reopened == NEVER, NEVER, lives.solved_again)
    return [
        (lives.created, _first(lives.pending, stop)),
        (lives.resumed, np.where(lives.resumed == NEVER, NEVER, stop)),
        (lives.reopened, again),
    ]


def span_facts(lives: Lives) -> Columns:
    """Return the rows of span_facts: what a ticket was from each moment on, where it differs from before."""
    first_stop = _stop(lives)
    assigned_later = np.where(lives.assigned > lives.created, lives.assigned, NEVER)
    moments = (lives.created, lives.transferred, assigned_later, lives.pending, lives.resumed, first_stop)
    here = [np.flatnonzero(at != NEVER) for at in (*moments, lives.reopened, lives.solved_again)]
    ats = [at[rows] for at, rows in zip((*moments, lives.reopened, lives.solved_again), here, strict=True)]
    replied = lives.replied != NEVER
    tickets = np.concatenate([*here, lives.turn_ticket, lives.turn_ticket[replied]])
    keys = np.unique(_key(tickets, np.concatenate([*ats, lives.asked, lives.replied[replied]])))
    tickets, at = keys >> KEY_BITS, keys & (1 << KEY_BITS) - 1

    there = {name: getattr(lives, name)[tickets] for name in ("pending", "resumed", "reopened", "solved_again")}
    stop = first_stop[tickets]
    back = (there["reopened"] != NEVER) & (at >= there["reopened"])
    again = (there["solved_again"] != NEVER) & (at >= there["solved_again"])
    is_open = ((stop == NEVER) | (at < stop) | back) & ~again
    pending = (
        (there["pending"] != NEVER) & (at >= there["pending"]) & ((there["resumed"] == NEVER) | (at < there["resumed"]))
    )
    moved = (lives.transferred[tickets] != NEVER) & (at >= lives.transferred[tickets])
    held = (lives.assigned[tickets] != NEVER) & (at >= lives.assigned[tickets])
    state = {
        "open": is_open.astype(np.int64),
        "status": np.where(pending, PENDING, OPEN),
        "team": np.where(moved, lives.later_team[tickets], lives.team[tickets]),
        "agent": np.where(held, lives.agent[tickets], NEVER),
        "waiting_since": _waiting(lives, tickets, at),
    }
    shown = np.where(is_open, np.stack(list(state.values())), NEVER)
    differs = np.ones(len(at), bool)
    differs[1:] = (tickets[1:] != tickets[:-1]) | np.any(shown[:, 1:] != shown[:, :-1], axis=0)
    kept = np.flatnonzero(differs)
    tickets, at, is_open = tickets[kept], at[kept], is_open[kept]
    state = of_tickets(state, kept)
    follows = np.append(tickets[1:] == tickets[:-1], False)
    ends = np.where(follows, np.append(at[1:], NEVER), NEVER)
    goes_on = np.append(is_open[1:], False)
    solving = (ends == lives.solved[tickets]) | (ends == lives.solved_again[tickets])
    going = ends == lives.gone[tickets]
    by = np.select([ends == NEVER, goes_on, solving, going], [NEVER, BY_CHANGE, BY_SOLVE, BY_GOING], BY_CLOSING)

    rows = np.flatnonzero(is_open)
    tickets, at = tickets[rows], at[rows]
    numbers = np.arange(len(tickets)) - np.searchsorted(tickets, tickets) + 1
    started = np.select([numbers == 1, at == lives.reopened[tickets]], [OPENED, REOPENED], CHANGED)
    own = {name: values for name, values in of_tickets(state, rows).items() if name != "open"}
    return {
        **of_tickets(common(lives), tickets),
        **own,
        "span": numbers,
        "priority": lives.priority[tickets],
        "started_at": at,
        "ended_at": ends[rows],
        "started_by": started,
        "ended_by": by[rows],
    }


KEY_BITS = 33


def _key(ticket: Ints, at: Ints) -> Ints:
    """Return one number that sorts by ticket, then by instant."""
    return ticket << KEY_BITS | at


def _waiting(lives: Lives, tickets: Ints, at: Ints) -> Ints:
    """Return since when each ticket's customer waits at a moment."""
    turn = np.searchsorted(_key(lives.turn_ticket, lives.asked), _key(tickets, at), side="right") - 1
    turn = np.maximum(turn, 0)
    replied = lives.replied[turn]
    asked = (lives.turn_ticket[turn] == tickets) & (lives.asked[turn] <= at)
    return np.where(asked & ((replied == NEVER) | (replied > at)), lives.asked[turn], NEVER)


def _stop(lives: Lives) -> Ints:
    """Return when each ticket first stopped being open."""
    return np.where(lives.solved != NEVER, lives.solved, _first(lives.gone, lives.closed))


def overdue_facts(lives: Lives, clocks: Columns) -> Columns:
    """Return the rows of overdue_facts: while a clock runs and is late, apart for each team and agent."""
    tickets = clocks["ticket_id"] - lives.first - 1
    assigned_later = np.where(lives.assigned > lives.created, lives.assigned, NEVER)
    stop = _stop(lives)
    first_end = _first(lives.pending, stop)
    again = np.where(lives.reopened == NEVER, NEVER, lives.solved_again)
    pieces = (
        (lives.created, _first(lives.transferred, assigned_later, first_end)),
        (lives.transferred, _first(assigned_later, first_end)),
        (assigned_later, first_end),
        (lives.resumed, stop),
        (lives.reopened, again),
    )
    found = []
    for start, end in pieces:
        begins = np.maximum(start[tickets], clocks["late"])
        ends = np.where(end[tickets] == NEVER, clocks["stopped_at"], end[tickets])
        ends = np.where(clocks["stopped_at"] == NEVER, ends, np.minimum(ends, clocks["stopped_at"]))
        rows = np.flatnonzero(
            (start[tickets] != NEVER) & (clocks["late"] != NEVER) & ((ends == NEVER) | (ends > begins))
        )
        whose = of_tickets(_whose(lives, "", start), tickets[rows])
        found.append(
            {**of_tickets(clocks, rows), **whose, "clock": rows, "started_at": begins[rows], "ended_at": ends[rows]}
        )
    columns = {name: np.concatenate([rows[name] for rows in found]) for name in found[0]}
    columns = dict(of_tickets(columns, np.lexsort((columns["started_at"], columns["clock"]))))
    columns["stretch"] = np.arange(len(columns["clock"])) - np.searchsorted(columns["clock"], columns["clock"]) + 1
    return columns


def solve_facts(lives: Lives) -> Columns:
    """Return the rows of solve_facts."""
    numbered = []
    for number, moment in enumerate((lives.solved, lives.solved_again), 1):
        rows = np.flatnonzero(moment != NEVER)
        whose = of_tickets(_whose(lives, "", moment), rows)
        numbered.append(
            {
                **of_tickets(common(lives), rows),
                **whose,
                "solve": np.full(len(rows), number),
                "solved_at": moment[rows],
            }
        )
    return {name: np.concatenate([rows[name] for rows in numbered]) for name in numbered[0]}

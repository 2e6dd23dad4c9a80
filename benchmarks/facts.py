"""Lives ─▶ what `kpi.history` would make of them, as columns of numbers; `NEVER` stands for NULL.

`check.py` folds the events of some tickets with the product and compares.
"""

from collections.abc import Mapping

import numpy as np
from desk import END, Hours, Ints
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


def whose(lives: Lives, prefix: str, at: Ints) -> Columns:
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
        **whose(lives, "created_", lives.created),
        **whose(lives, "first_solved_", lives.solved),
        **whose(lives, "solved_", last),
        **whose(lives, "rated_", np.where(lives.rated == NEVER, NEVER, last)),
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
    ended = np.where(open_ & (asked != lives.reopened[rows]), first_stop_of(lives)[rows], NEVER)
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


def first_of(*moments: Ints) -> Ints:
    """Return the earliest of moments that come in this order if they come."""
    return np.select([moment != NEVER for moment in moments], moments, NEVER)


def span_facts(lives: Lives) -> Columns:
    """Return the rows of span_facts: what a ticket was from each moment on, where it differs from before."""
    first_stop = first_stop_of(lives)
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


def first_stop_of(lives: Lives) -> Ints:
    """Return when each ticket first stopped being open."""
    return np.where(lives.solved != NEVER, lives.solved, first_of(lives.gone, lives.closed))


def solve_facts(lives: Lives) -> Columns:
    """Return the rows of solve_facts."""
    numbered = []
    for number, moment in enumerate((lives.solved, lives.solved_again), 1):
        rows = np.flatnonzero(moment != NEVER)
        owners = of_tickets(whose(lives, "", moment), rows)
        numbered.append(
            {
                **of_tickets(common(lives), rows),
                **owners,
                "solve": np.full(len(rows), number),
                "solved_at": moment[rows],
            }
        )
    return {name: np.concatenate([rows[name] for rows in numbered]) for name in numbered[0]}

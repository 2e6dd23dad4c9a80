"""Lives ─▶ what a helpdesk would have told of them: tickets, messages, changes, ratings, as columns of numbers."""

import numpy as np
from desk import Ints
from facts import CLOSED, OPEN, PENDING, SOLVED, Columns, common, gone_status, of_tickets
from lives import GONE_EARLY, MERGED, MERGED_LATE, NEVER, Lives

CUSTOMER, AGENT, BOT, SYSTEM = range(4)
AUTHORS = ("customer", "agent", "bot", "system")
STATUS, TEAM, ASSIGNEE = range(3)
FIELDS = ("status", "team", "agent")


def tickets(lives: Lives) -> Columns:
    """Return the rows of tickets."""
    shown = common(lives)
    merged = np.isin(lives.fate, (MERGED, MERGED_LATE)) & (lives.gone != NEVER)
    return {
        **{name: values for name, values in shown.items() if name not in {"ticket_id", "left_out"}},
        "id": shown["ticket_id"],
        "team": np.where(lives.transferred == NEVER, lives.team, lives.later_team),
        "agent": np.where(lives.assigned == NEVER, NEVER, lives.agent),
        "priority": lives.priority,
        "merged_into": np.where(merged, np.maximum(shown["ticket_id"] - 1, 1), NEVER),
    }


def _together(rows: list[tuple[Ints, dict[str, Ints | int]]], lives: Lives) -> Columns:
    """Return rows of several kinds as one table, each ticket's in order of time; `position` breaks ties."""
    columns = {
        name: np.concatenate([np.broadcast_to(values[name], len(ticket)) for ticket, values in rows])
        for name in rows[0][1]
    }
    ticket = np.concatenate([ticket for ticket, _ in rows])
    order = np.lexsort((columns["position"], columns["at"], ticket))
    ticket = ticket[order]
    number = np.arange(len(ticket)) - np.searchsorted(ticket, ticket) + 1
    return {
        **of_tickets(columns, order),
        "ticket_id": ticket + lives.first + 1,
        "external_id": number,
    }


def messages(lives: Lives) -> Columns:
    """Return the rows of messages: openings, questions, replies, acknowledgements, private notes."""
    everyone = np.arange(len(lives.created))
    later = np.flatnonzero((lives.turn_number > 1) | (lives.by_agent[lives.turn_ticket] == 1))
    replied = np.flatnonzero(lives.replied != NEVER)
    acknowledged, noted = np.flatnonzero(lives.acknowledged != NEVER), np.flatnonzero(lives.noted != NEVER)
    customer = {"author_kind": CUSTOMER, "public": 1, "automatic": 0}
    agent = {"author_kind": AGENT, "public": 1, "automatic": 0}
    asking, answering = lives.turn_ticket[later], lives.turn_ticket[replied]
    return _together(
        [
            (
                everyone,
                customer
                | {
                    "at": lives.created,
                    "position": 0,
                    "author": np.where(lives.by_agent == 1, lives.agent, lives.customer),
                    "author_kind": np.where(lives.by_agent == 1, AGENT, CUSTOMER),
                },
            ),
            (asking, customer | {"at": lives.asked[later], "position": 1, "author": lives.customer[asking]}),
            (answering, agent | {"at": lives.replied[replied], "position": 1, "author": lives.agent[answering]}),
            (
                acknowledged,
                {"at": lives.acknowledged[acknowledged], "position": 1, "author": NEVER}
                | {"author_kind": BOT, "public": 1, "automatic": 1},
            ),
            (
                noted,
                {"at": lives.noted[noted], "position": 1, "author": lives.agent[noted]}
                | {"author_kind": AGENT, "public": 0, "automatic": 0},
            ),
        ],
        lives,
    )


def changes(lives: Lives) -> Columns:
    """Return the rows of ticket_changes."""
    before_gone = np.where(np.isin(lives.fate, GONE_EARLY), OPEN, SOLVED)
    before_closed = np.where(lives.solved == NEVER, OPEN, SOLVED)
    moments = (
        (lives.pending, OPEN, PENDING, AGENT),
        (lives.resumed, PENDING, OPEN, CUSTOMER),
        (lives.solved, OPEN, SOLVED, AGENT),
        (lives.reopened, SOLVED, OPEN, CUSTOMER),
        (lives.solved_again, OPEN, SOLVED, AGENT),
        (lives.closed, before_closed, CLOSED, SYSTEM),
        (lives.gone, before_gone, gone_status(lives.fate), AGENT),
    )
    assigned_later = np.where(lives.assigned > lives.created, lives.assigned, NEVER)
    never = np.full(len(lives.created), NEVER)
    fields = (
        *((at, STATUS, old, new, kind) for at, old, new, kind in moments),
        (lives.transferred, TEAM, lives.team, lives.later_team, AGENT),
        (assigned_later, ASSIGNEE, never, lives.agent, AGENT),
    )
    rows = []
    for at, field, old, new, kind in fields:
        there = np.flatnonzero(at != NEVER)
        values = {"old": np.broadcast_to(old, len(at))[there], "new": np.broadcast_to(new, len(at))[there]}
        actor = lives.agent[there] if kind == AGENT else NEVER
        rows.append(
            (
                there,
                {"at": at[there], "position": 2, "field": field} | values | {"actor": actor, "actor_kind": kind},
            )
        )
    return _together(rows, lives)


def ratings(lives: Lives) -> Columns:
    """Return the rows of ratings."""
    rated = np.flatnonzero(lives.rated != NEVER)
    return {
        "ticket_id": rated + lives.first + 1,
        "at": lives.rated[rated],
        "score": lives.score[rated],
        "customer": lives.customer[rated],
    }

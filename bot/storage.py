"""A connector's page ─▶ the database: what happened, the facts that follow and the cursor, in one transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, or_, select, update

from bot.awaited import link_awaited
from bot.database import upsert
from bot.event_rows import event_row, store_apart, store_events
from bot.facts import Rules, batches, bump, has_tickets, refold, remember_rules, rules_of, store_own_rules
from bot.helpdesks.connector import Apart, Gone, Moved, Page, Refused, TicketResult, Told
from bot.observing import GONE_CHANGE, with_observed_changes
from bot.tables import refused_tickets, sync_cursors
from kpi import schema
from kpi.events import GONE, Author, Field, History, Person, Status, Team, Ticket
from kpi.needs import ALL_MESSAGES
from kpi.policies import Rulebook

RETRY_FIRST_S = 300
RETRY_AT_MOST_S = 86_400

_LAST_IN_ITS_SECOND = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a page belongs: a helpdesk, its rules given what is stored of it, and whether subjects are kept.

    `messages` says which of its messages it tells: `all`, or only the `first` reply to each ticket.
    """

    key: str
    kind: str
    rulebook: Rules
    keep_subjects: bool = False
    messages: str = ALL_MESSAGES

    def rules(self, connection: Connection) -> Rulebook:
        """Return the rules for what is stored of the helpdesk at this moment."""
        return rules_of(connection, self.key, self.rulebook)


def store_page(connection: Connection, desk: Desk, page: Page, now: int) -> int:
    """Store a page with the facts of every ticket it touches, and its cursor; return the number of tickets told.

    Storing it again changes nothing. `now` is the epoch second, for retries and the cursor's date.
    """
    _store_helpdesk(connection, desk, page, now)
    if page.rules is not None:
        store_own_rules(connection, desk.key, page.rules, now)
    store_told(connection, desk, page, now)
    cursor = json.dumps(page.cursor, sort_keys=True)
    if cursor != read_cursor_text(connection, desk.key):
        upsert(connection, sync_cursors, [{"helpdesk": desk.key, "cursor": cursor, "updated_at": now}])
    return sum(not isinstance(result, Refused) for result in page.tickets)


def store_told(connection: Connection, desk: Desk, told: Told, now: int) -> None:
    """Store tickets with the people and teams they name, and the facts that follow."""
    _store_named(connection, schema.agents, desk, told.agents)
    _store_named(connection, schema.customers, desk, told.customers)
    _store_named(connection, schema.teams, desk, told.teams)
    store_tickets(connection, desk, told.tickets, now, told.apart)


def store_tickets(
    connection: Connection, desk: Desk, results: Iterable[TicketResult], now: int, apart: Sequence[Apart] = ()
) -> None:
    """Store what became of tickets and make their facts again; a ticket told twice is as told last.

    `apart` is what happened to any tickets, these or others.
    """
    latest = {_external_id(result): result for result in results}
    histories = [result for result in latest.values() if isinstance(result, History)]
    refused = [result for result in latest.values() if isinstance(result, Refused)]
    if any(history.messages for history in histories):
        _remember_messages(connection, desk)
    if not has_tickets(connection, desk.key):
        remember_rules(connection, desk.key, desk.rules(connection))
    histories = with_observed_changes(connection, desk.key, histories)
    upsert(
        connection,
        schema.tickets,
        [_ticket_row(desk, history.ticket) for history in histories],
        key=("helpdesk", "external_id"),
    )
    ids = ticket_ids(connection, desk.key, latest)
    touched = {ids[history.ticket.external_id] for history in histories}
    touched |= store_events(connection, desk.key, histories, ids)
    touched |= link_awaited(connection, desk.key, ids)
    touched |= store_apart(
        connection, desk.key, apart, ticket_ids(connection, desk.key, {one.ticket for one in apart if one.ticket})
    )
    touched |= _store_gone(connection, [result for result in latest.values() if isinstance(result, Gone)], ids)
    touched |= _store_moved(connection, [result for result in latest.values() if isinstance(result, Moved)], ids)
    _store_refused(connection, desk, refused, now)
    told = [key for key, result in latest.items() if not isinstance(result, Refused)]
    for batch in batches(told):
        mine = refused_tickets.c.helpdesk == desk.key
        connection.execute(delete(refused_tickets).where(mine, refused_tickets.c.external_id.in_(batch)))
    failed = refold(connection, desk.rules(connection), touched)
    _store_refused(connection, desk, [Refused(external_id=name, reason="facts_failed") for name in failed], now)


def refused_again(connection: Connection, desk: Desk, refused: Refused, attempts: int, now: int) -> None:
    """Record that a retry failed too; the next one waits twice as long, at most a day."""
    wait = min(RETRY_FIRST_S * 2 ** min(attempts, 20), RETRY_AT_MOST_S)
    row = {"reason": refused.reason, "attempts": attempts + 1, "next_try_at": now + wait}
    upsert(connection, refused_tickets, [{"helpdesk": desk.key, "external_id": refused.external_id, **row}])


def read_cursor_text(connection: Connection, helpdesk: str) -> str | None:
    """Return the cursor of the last stored page as JSON text; None before the first."""
    return connection.scalar(select(sync_cursors.c.cursor).where(sync_cursors.c.helpdesk == helpdesk))


def ticket_ids(connection: Connection, helpdesk: str, external_ids: Iterable[str]) -> dict[str, int]:
    """Return the ids of the tickets that are stored, by the helpdesk's own."""
    tickets = schema.tickets.c
    found: dict[str, int] = {}
    for batch in batches(external_ids):
        query = select(tickets.external_id, tickets.id).where(tickets.helpdesk == helpdesk)
        found |= {row.external_id: row.id for row in connection.execute(query.where(tickets.external_id.in_(batch)))}
    return found


def forget_subjects(connection: Connection, helpdesk: str) -> None:
    """Delete the subjects kept while the setting allowed it."""
    tickets = schema.tickets
    kept = update(tickets).where(tickets.c.helpdesk == helpdesk, tickets.c.subject.is_not(None))
    connection.execute(kept.values(subject=None))


def _external_id(result: TicketResult) -> str:
    return result.ticket.external_id if isinstance(result, History) else result.external_id


def _store_helpdesk(connection: Connection, desk: Desk, page: Page, now: int) -> None:
    """Store what the data covers; its end never moves back, since nothing that was read is deleted.

    Of fields that are only observed nothing is sure before the first page, however often all is read again.
    """
    helpdesks = schema.helpdesks.c
    query = select(helpdesks.history_start, helpdesks.synced_at).where(helpdesks.key == desk.key)
    known = connection.execute(query).first()
    start, synced_at = page.history_start, page.seen_until
    if page.observes:
        start = min(at for at in (known.history_start if known else None, start, now) if at is not None)
    if known is not None and known.synced_at is not None:
        synced_at = max(known.synced_at, synced_at or known.synced_at)
    row = {"key": desk.key, "kind": desk.kind, "history_start": start, "synced_at": synced_at}
    upsert(connection, schema.helpdesks, [row])


def _remember_messages(connection: Connection, desk: Desk) -> None:
    """Record what the helpdesk tells of conversations; what it told once in full it tells."""
    helpdesks = schema.helpdesks
    mine = update(helpdesks).where(helpdesks.c.key == desk.key, func.coalesce(helpdesks.c.messages, "") != ALL_MESSAGES)
    connection.execute(mine.where(helpdesks.c.messages.is_distinct_from(desk.messages)).values(messages=desk.messages))


def _store_named(connection: Connection, table: Table, desk: Desk, named: Sequence[Person | Team]) -> None:
    rows = [{"helpdesk": desk.key, **event_row(one)} for one in named]
    if upsert(connection, table, rows, keep=("name", "joined_at")):
        bump(connection, table.name)


def _ticket_row(desk: Desk, ticket: Ticket) -> dict[str, Any]:
    tags = "".join(f"|{tag}" for tag in sorted(set(ticket.tags))) + "|" * bool(ticket.tags)
    return event_row(ticket) | {
        "helpdesk": desk.key,
        "tags": tags,
        "subject": ticket.subject if desk.keep_subjects else None,
    }


def _store_gone(connection: Connection, gone: Sequence[Gone], ids: Mapping[str, int]) -> set[int]:
    """Mark tickets as deleted, with the change at its instant where that is known; return them.

    One that was never stored needs no mark.
    """
    known = {ids[result.external_id]: result for result in gone if result.external_id in ids}
    tickets, changes = schema.tickets, schema.ticket_changes
    for batch in batches(known):
        before = dict(connection.execute(select(tickets.c.id, tickets.c.status).where(tickets.c.id.in_(batch))).all())
        said = select(changes.c.ticket_id, changes.c.old)
        said = said.where(changes.c.ticket_id.in_(batch), changes.c.external_id == GONE_CHANGE)
        before |= dict(connection.execute(said).all())
        rows = [
            _gone_change(ticket_id, known[ticket_id].at, before[ticket_id])
            for ticket_id in batch
            if known[ticket_id].at is not None and before[ticket_id] not in GONE
        ]
        upsert(connection, changes, rows)
        marked = update(tickets).where(tickets.c.id.in_(batch), tickets.c.status != Status.DELETED.value)
        connection.execute(marked.values(status=Status.DELETED.value))
    return set(known)


def _gone_change(ticket_id: int, at: int | None, old: str | None) -> dict[str, Any]:
    return {
        "ticket_id": ticket_id,
        "external_id": GONE_CHANGE,
        "at": at,
        "position": _LAST_IN_ITS_SECOND,
        "field": Field.STATUS.value,
        "old": old,
        "new": Status.DELETED.value,
        "actor": None,
        "actor_kind": Author.SYSTEM.value,
    }


def _store_moved(connection: Connection, moved: Sequence[Moved], ids: Mapping[str, int]) -> set[int]:
    """Mark tickets as merged into others; return them."""
    known = {ids[result.external_id]: result.into for result in moved if result.external_id in ids}
    if known:
        tickets = schema.tickets
        differs = or_(
            tickets.c.status != Status.MERGED.value, tickets.c.merged_into.is_distinct_from(bindparam("_into"))
        )
        statement = update(tickets).where(tickets.c.id == bindparam("_id"), differs)
        merged = {"status": Status.MERGED.value, "merged_into": bindparam("_into")}
        rows = [{"_id": ticket_id, "_into": into} for ticket_id, into in known.items()]
        connection.execute(statement.values(merged), rows)
    return set(known)


def _store_refused(connection: Connection, desk: Desk, refused: Sequence[Refused], now: int) -> None:
    """Record tickets that could not be read; one that is recorded already keeps its place in the queue."""
    for batch in batches(refused):
        mine = select(refused_tickets.c.external_id).where(refused_tickets.c.helpdesk == desk.key)
        known = mine.where(refused_tickets.c.external_id.in_([result.external_id for result in batch]))
        recorded = set(connection.scalars(known))
        rows = [
            {
                "helpdesk": desk.key,
                "external_id": result.external_id,
                "reason": result.reason,
                "attempts": 1,
                "next_try_at": now + RETRY_FIRST_S,
            }
            for result in batch
            if result.external_id not in recorded
        ]
        upsert(connection, refused_tickets, rows)

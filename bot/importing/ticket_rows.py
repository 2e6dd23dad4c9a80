"""Rows of ticket histories: kept as they are told, then folded ticket by ticket.

The rows of a ticket can be anywhere in a file of any size, and in several files: this month's export goes on where the
one before ended, a corrected row comes alone. So they are kept in the database itself, in `imported_rows`, and a
history is always made of all rows of its ticket, in pages, through the store that helpdesks use. A row that is new or
changed is marked as pending until that is done, so an import that was killed is finished by the next one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, select, update

from bot.database import upsert
from bot.facts import batches
from bot.helpdesks.connector import Told
from bot.importing.columns import Values
from bot.importing.events import Content
from bot.importing.histories import ImportedRow, history, rating_key
from bot.importing.records import Differences, stored_rows
from bot.storage import Desk, store_told, ticket_ids
from bot.tables import imported_rows
from kpi import schema
from kpi.events import Author, History, Person, Team

PAGE = 500
"""Tickets that are folded in one transaction."""

_KEY = ("helpdesk", "ticket", "kind", "key")
_SAID = ("told", "subject")
Row = dict[str, Any]


def staged(desk: Desk, ticket: str, content: Content, said: Mapping[str, Any]) -> Row:
    """Return a row as it is kept; `said` are its kind, key, line and subject."""
    return {
        "helpdesk": desk.key,
        "ticket": ticket,
        "told": json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        **said,
        "subject": said["subject"] if desk.keep_subjects else None,
        "pending": 1,
    }


def summary(values: Values) -> Content:
    """Return what a row of `tickets` tells."""
    return {name: value for name, value in values.items() if value is not None and name not in {"ticket", "subject"}}


def compare(connection: Connection, rows: Sequence[Row]) -> Differences:
    """Return the rows that aren't kept as they are, of several with one key the last."""
    latest = {tuple(row[name] for name in _KEY): row for row in rows}
    stored = stored_rows(connection, imported_rows, _KEY, list(latest))
    found = Differences(rows=[], before={})
    for key, row in latest.items():
        before = stored.get(key)
        if before is None:
            found.tally.new += 1
        elif all(before[name] == row[name] for name in _SAID):
            continue
        else:
            found.tally.changed += 1
            found.before[key] = before
        found.rows.append(row)
    found.tally.unchanged = len(rows) - len(found.rows)
    return found


def keep(connection: Connection, rows: Sequence[Row]) -> Differences:
    """Keep rows that are new or changed, to be folded."""
    found = compare(connection, rows)
    upsert(connection, imported_rows, found.rows)
    return found


def pending_tickets(connection: Connection, helpdesk: str) -> int:
    """Return how many tickets have rows that their history has not been made of."""
    rows = imported_rows.c
    query = select(func.count(rows.ticket.distinct())).where(rows.helpdesk == helpdesk, rows.pending == 1)
    return connection.scalar(query) or 0


def fold_page(connection: Connection, desk: Desk, now: int) -> int:
    """Make the histories of some tickets with pending rows, with all that follows; return how many they were."""
    rows = imported_rows
    waiting = select(rows.c.ticket).where(rows.c.helpdesk == desk.key, rows.c.pending == 1).distinct()
    tickets = list(connection.scalars(waiting.order_by(rows.c.ticket).limit(PAGE)))
    if not tickets:
        return 0
    histories = _histories(connection, desk, tickets)
    _forget_others(connection, desk, histories)
    store_told(connection, desk, _told(connection, desk, histories), now)
    mine = rows.c.helpdesk == desk.key, rows.c.ticket.in_(tickets), rows.c.pending == 1
    connection.execute(update(rows).where(*mine).values(pending=0))
    return len(tickets)


def forget_kept_subjects(connection: Connection, helpdesk: str) -> None:
    """Delete the subjects kept while the setting allowed it."""
    rows = imported_rows
    kept = update(rows).where(rows.c.helpdesk == helpdesk, rows.c.subject.is_not(None))
    connection.execute(kept.values(subject=None))


def _histories(connection: Connection, desk: Desk, tickets: Sequence[str]) -> list[History]:
    found: dict[str, list[ImportedRow]] = {ticket: [] for ticket in tickets}
    rows = imported_rows.c
    for row in connection.execute(select(imported_rows).where(rows.helpdesk == desk.key, rows.ticket.in_(tickets))):
        kept = ImportedRow(kind=row.kind, key=row.key, line=row.line, content=json.loads(row.told), subject=row.subject)
        found[row.ticket].append(kept)
    return [history(desk.key, ticket, kept) for ticket, kept in found.items()]


def _forget_others(connection: Connection, desk: Desk, histories: Sequence[History]) -> None:
    """Delete what corrected rows no longer say; a history is told whole."""
    ids = ticket_ids(connection, desk.key, [each.ticket.external_id for each in histories])
    told = {ids[each.ticket.external_id]: each for each in histories if each.ticket.external_id in ids}
    for table, name in ((schema.ticket_changes, "changes"), (schema.messages, "messages")):
        wanted = {(ticket_id, event.external_id) for ticket_id, each in told.items() for event in getattr(each, name)}
        for batch in batches(told):
            query = select(table.c.ticket_id, table.c.external_id).where(table.c.ticket_id.in_(batch))
            stored = [tuple(row) for row in connection.execute(query)]
            _delete(connection, table, [key for key in stored if key not in wanted])
    unrated = [rating_key(each.ticket.external_id) for each in told.values() if not each.ratings]
    for some in batches(unrated):
        mine = schema.ratings.c.helpdesk == desk.key, schema.ratings.c.external_id.in_(some)
        connection.execute(delete(schema.ratings).where(*mine))


def _delete(connection: Connection, table: Table, keys: Sequence[tuple[Any, ...]]) -> None:
    if keys:
        one = and_(table.c.ticket_id == bindparam("_ticket"), table.c.external_id == bindparam("_event"))
        connection.execute(delete(table).where(one), [{"_ticket": key[0], "_event": key[1]} for key in keys])


def _told(connection: Connection, desk: Desk, histories: Sequence[History]) -> Told:
    """Return histories with the teams and people that they mention and that aren't known yet, named as they are."""
    teams, agents, customers = set[str](), set[str](), set[str]()
    for each in histories:
        teams |= _named(each, "team")
        agents |= _named(each, "agent") | _authors(each)
        customers |= {each.ticket.customer} if each.ticket.customer else set()
    return Told(
        tickets=tuple(histories),
        teams=tuple(Team(external_id=name, name=name) for name in _unknown(connection, schema.teams, desk, teams)),
        agents=tuple(Person(external_id=name, name=name) for name in _unknown(connection, schema.agents, desk, agents)),
        customers=tuple(
            Person(external_id=name, name=name) for name in _unknown(connection, schema.customers, desk, customers)
        ),
    )


def _authors(each: History) -> set[str]:
    said = {message.author for message in each.messages if message.author_kind is Author.AGENT}
    return {name for name in said if name}


def _named(each: History, field: str) -> set[str]:
    present = getattr(each.ticket, field)
    changed = {value for change in each.changes if change.field == field for value in (change.old, change.new)}
    return {name for name in (changed | {present}) if name}


def _unknown(connection: Connection, table: Table, desk: Desk, names: Iterable[str]) -> list[str]:
    wanted = sorted(names)
    known: set[str] = set()
    for batch in batches(wanted):
        query = select(table.c.external_id).where(table.c.helpdesk == desk.key, table.c.external_id.in_(batch))
        known |= set(connection.scalars(query))
    return [name for name in wanted if name not in known]

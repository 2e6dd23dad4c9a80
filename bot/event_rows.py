"""What happened to tickets, as the tables hold it."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, select

from bot.awaited import await_tickets
from bot.database import upsert
from bot.facts import batches, bump
from bot.helpdesks.connector import Apart
from bot.observing import GONE_CHANGE
from kpi import schema
from kpi.events import GONE, Contact, Figure, History, Rating, Work


def storable(text: str) -> str:
    """Return a text without what a database refuses: NUL in PostgreSQL, halves of a character in both."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def event_row(event: Any, **others: object) -> dict[str, Any]:  # noqa: ANN401  # any dataclass of kpi.events
    """Return an event as its table holds it: flags as 0 or 1, words as plain text."""
    return {name: _stored(getattr(event, name)) for name in _names(event.__class__)} | others


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _stored(value: object) -> object:
    if value is None or value.__class__ is int:  # most are
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return storable(value)
    return int(value) if isinstance(value, bool) else value


def store_events(
    connection: Connection, helpdesk: str, histories: Sequence[History], ids: Mapping[str, int]
) -> set[int]:
    """Store everything that happened to tickets; return the tickets that something was taken from."""
    told = [(ids[history.ticket.external_id], history) for history in histories]
    changes = schema.ticket_changes
    back = [ticket_id for ticket_id, history in told if history.ticket.status not in GONE]
    for batch in batches(back):  # the helpdesk tells its history itself again
        connection.execute(delete(changes).where(changes.c.ticket_id.in_(batch), changes.c.external_id == GONE_CHANGE))
    upsert(
        connection, schema.ticket_changes, [event_row(c, ticket_id=i) for i, history in told for c in history.changes]
    )
    upsert(connection, schema.messages, [event_row(m, ticket_id=i) for i, history in told for m in history.messages])
    _store_figures(connection, {i: history.figures for i, history in told if history.figures is not None})
    moved: set[int] = set()
    for table, name in ((schema.ratings, "ratings"), (schema.contacts, "contacts"), (schema.work, "work")):
        rows = [
            event_row(event, ticket_id=ticket_id, helpdesk=helpdesk)
            for ticket_id, history in told
            for event in getattr(history, name)
        ]
        moved |= _owners(connection, table, helpdesk, [row["external_id"] for row in rows])
        if upsert(connection, table, rows):
            bump(connection, table.name)
    return moved


def _store_figures(connection: Connection, told: Mapping[int, Sequence[Figure]]) -> None:
    """Store what helpdesks say of tickets themselves in place of what they said before, where that differs."""
    table = schema.vendor_figures
    keys = [column == bindparam(f"_{column.name}") for column in table.primary_key]
    for batch in batches(told):
        said = {
            (i, figure.name.value, int(figure.business)): event_row(figure, ticket_id=i)
            for i in batch
            for figure in told[i]
        }
        stored = connection.execute(select(*table.primary_key, table.c.value).where(table.c.ticket_id.in_(batch)))
        known = {tuple(key): value for *key, value in stored.all()}
        gone = [dict(zip(("_ticket_id", "_name", "_business"), key, strict=True)) for key in known.keys() - said.keys()]
        if gone:
            connection.execute(delete(table).where(*keys), gone)
        upsert(connection, table, [row for key, row in said.items() if known.get(key) != row["value"]])


def store_apart(connection: Connection, helpdesk: str, apart: Sequence[Apart], ids: Mapping[str, int]) -> set[int]:
    """Store what was told without its ticket, which may come later; return the tickets whose facts may change."""
    touched: set[int] = set()
    for table, kind in ((schema.ratings, Rating), (schema.contacts, Contact), (schema.work, Work)):
        told = {one.event.external_id: one for one in apart if isinstance(one.event, kind)}
        rows = [event_row(one.event, ticket_id=ids.get(one.ticket or ""), helpdesk=helpdesk) for one in told.values()]
        before = _owners(connection, table, helpdesk, list(told))
        if upsert(connection, table, rows):
            bump(connection, table.name)
            touched |= before | {row["ticket_id"] for row in rows if row["ticket_id"] is not None}
        await_tickets(connection, helpdesk, table.name, {name: one.ticket for name, one in told.items()}, ids)
    return touched


def _owners(connection: Connection, table: Table, helpdesk: str, external_ids: Sequence[str]) -> set[int]:
    """Return the tickets that these things belong to so far: a merge moves them, and both tickets' facts change."""
    found: set[int] = set()
    for batch in batches(external_ids):
        query = select(table.c.ticket_id).where(table.c.helpdesk == helpdesk, table.c.external_id.in_(batch))
        found |= {ticket_id for ticket_id in connection.scalars(query) if ticket_id is not None}
    return found

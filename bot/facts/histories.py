"""What the database holds of tickets ─▶ their histories, as a connector would have told them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import fields
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, select

from kpi import schema
from kpi.events import Author, Change, Contact, Field, History, Message, Rating, Status, Ticket, Work

BATCH = 500
"""Older SQLites allow 999 variables in a statement."""

Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Yield the items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def team_names(connection: Connection, helpdesk: str) -> dict[str, str]:
    """Return the names of a helpdesk's teams by identifier."""
    teams = schema.teams
    found = connection.execute(select(teams.c.external_id, teams.c.name).where(teams.c.helpdesk == helpdesk))
    return {row.external_id: row.name for row in found}


def read_histories(connection: Connection, ids: Collection[int]) -> dict[int, History]:
    """Return everything stored of these tickets by their id, whether it was synced or imported."""
    tables = {
        "changes": (schema.ticket_changes, Change),
        "messages": (schema.messages, Message),
        "ratings": (schema.ratings, Rating),
        "contacts": (schema.contacts, Contact),
        "work": (schema.work, Work),
    }
    found: dict[str, dict[int, list[Any]]] = {}
    for name, (table, kind) in tables.items():
        found[name] = defaultdict(list)
        for row in connection.execute(select(table).where(table.c.ticket_id.in_(ids))).mappings().all():
            found[name][row["ticket_id"]].append(_event(kind, row))
    rows = connection.execute(select(schema.tickets).where(schema.tickets.c.id.in_(ids))).mappings()
    return {
        row["id"]: History(
            ticket=_event(Ticket, row), **{name: tuple(events[row["id"]]) for name, events in found.items()}
        )
        for row in rows
    }


_READ: dict[str, Callable[[Any], Any]] = {
    "status": Status,
    "field": Field,
    "actor_kind": Author,
    "author_kind": Author,
    "opened_by_agent": bool,
    "public": bool,
    "automatic": bool,
    "abandoned": bool,
    "tags": lambda text: tuple(text.strip("|").split("|")) if text else (),
}


def _event(kind: Callable[..., Item], row: RowMapping) -> Item:
    """Return a row as the event it was stored from."""
    return kind(**{name: read(row[name]) if read else row[name] for name, read in _readers(kind)})


@cache
def _readers(kind: Callable[..., object]) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    return tuple((field.name, _READ.get(field.name)) for field in fields(kind))  # type: ignore[arg-type]  # a dataclass

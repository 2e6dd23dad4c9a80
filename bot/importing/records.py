"""Rows of things that happened ─▶ their table, in batches that are stored whole or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import Column as TableColumn
from sqlalchemy import ColumnElement, Connection, Table, select

from bot.awaited import MAKE_FACTS, await_tickets
from bot.database import upsert
from bot.facts import batches, bump, refold
from bot.importing.columns import Kind, Values
from bot.importing.header import Header
from bot.storage import Desk, ticket_ids

LOOKED_UP_AT_ONCE = 400
"""Each takes up to two variables, and older SQLites allow 999 in a statement."""

Row = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def add(self, other: "Tally") -> None:
        """Count those of another, too."""
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged


@dataclass(slots=True, kw_only=True)
class Differences:
    """Rows compared with those that are stored: `before` holds the stored ones that will be replaced."""

    rows: list[Row]
    before: dict[Key, Row]
    tally: Tally = field(default_factory=Tally)
    known_tickets: dict[str, int] = field(default_factory=dict)


class Records:
    """Stores the rows of one file in the table of its kind.

    A column that the file doesn't have keeps what is stored, unless the table wants a value.
    """

    def __init__(self, kind: Kind, table: Table, header: Header, desk: Desk) -> None:
        self._kind, self._table, self._desk = kind, table, desk
        self._stored = {name.name: name.stored or name.name for name in kind.columns}
        told = {self._stored[bound.column.name] for bound in header.bound}
        self._links = "ticket_id" in told and "ticket_id" in table.c
        self._told = told | set(kind.defaults) | {"external_id", "helpdesk"}
        self._parts = [(part.name, self._is_told(part)) for part in table.columns]
        self._key = tuple(part.name for part in table.primary_key)

    def row(self, said: Values, identifier: str) -> Row:
        """Return a row of the table; `identifier` is for one that has none of its own. `ticket` is still a name."""
        values = {self._stored.get(name, name): value for name, value in said.items()}
        values["helpdesk"] = self._desk.key
        values["external_id"] = values.get("external_id") or identifier
        if values.get("source") is None:
            values["source"] = self._desk.key
        return {name: values.get(name) for name, told in self._parts if told or values.get(name) is not None}

    def _is_told(self, part: TableColumn[Any]) -> bool:
        if part.name == "ticket_id":
            return self._links
        return part.name in self._told and bool(part.nullable)

    def compare(self, connection: Connection, rows: Sequence[Row]) -> Differences:
        """Return the rows that aren't stored as they are, of several with one key the last."""
        latest = {self._key_of(row): row for row in rows}
        stored = stored_rows(connection, self._table, self._key, list(latest))
        found = Differences(rows=[], before={})
        if self._links:
            names = {row["ticket_id"] for row in latest.values()} - {None}
            found.known_tickets = ticket_ids(connection, self._desk.key, names)
        for key, told in latest.items():
            row = told | {"ticket_id": found.known_tickets.get(told["ticket_id"])} if self._links else told
            before = stored.get(key)
            if before is None:
                found.tally.new += 1
            elif row.items() <= before.items():
                found.tally.unchanged += 1
                continue
            else:
                found.tally.changed += 1
                found.before[key] = before
            found.rows.append(row)
        found.tally.unchanged += len(rows) - len(latest)
        return found

    def store(self, connection: Connection, rows: Sequence[Row]) -> Tally:
        """Store rows with what follows for their tickets."""
        found = self.compare(connection, rows)
        for alike in _with_the_same_columns(found.rows):
            upsert(connection, self._table, alike)
        if found.rows:
            bump(connection, self._table.name)
        if self._links:
            names = {row["external_id"]: row["ticket_id"] for row in rows}
            await_tickets(connection, self._desk.key, self._table.name, names, found.known_tickets)
        if self._table.name in MAKE_FACTS:
            owners = [row.get("ticket_id") for row in [*found.rows, *found.before.values()]]
            refold(connection, self._desk.rules(connection), {owner for owner in owners if owner is not None})
        return found.tally

    def _key_of(self, row: Row) -> Key:
        return tuple(row[name] for name in self._key)


def _with_the_same_columns(rows: Sequence[Row]) -> list[list[Row]]:
    """Return the rows by the columns they have: a statement has the same for all."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row), []).append(row)
    return list(groups.values())


def stored_rows(connection: Connection, table: Table, key: Sequence[str], keys: Sequence[Key]) -> dict[Key, Row]:
    """Return the rows that are stored under these keys."""
    found: dict[Key, Row] = {}
    for batch in batches(keys, LOOKED_UP_AT_ONCE):
        wanted = set(batch)
        result = connection.execute(select(table).where(*_near(table, key, batch)))
        names = list(result.keys())
        key_of = itemgetter(*map(names.index, key))
        for row in result:
            if (its_key := key_of(row)) in wanted:
                found[its_key] = dict(zip(names, row, strict=True))
    return found


def _near(table: Table, key: Sequence[str], keys: Sequence[Key]) -> Iterator[ColumnElement[bool]]:
    """Yield conditions that few other rows meet, in a form whose statement is compiled once for all batches.

    One column is looked up in the index, the first in which a batch differs; the others only narrow that down, since
    SQLite would look up every combination of several.
    """
    looked_up = False
    for name, values in zip(key, zip(*keys, strict=True), strict=True):
        column, distinct = table.c[name], set(values)
        if len(distinct) == 1:
            yield column == values[0]
        elif not looked_up:
            looked_up = True
            yield column.in_(sorted(distinct))
        elif isinstance(values[0], int):
            yield column.between(min(distinct), max(distinct))
        else:
            yield column.concat("").in_(sorted(distinct))

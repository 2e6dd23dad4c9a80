"""Where facts are read from. KPI definitions see only `Frames`, so they run on every engine."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import narwhals as nw
import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Executable,
    Row,
    and_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.types import Float, Integer, TypeEngine

from kpi import schema
from kpi.dimensions import Identity, dimension
from kpi.events import ENDED, UNSOLVED
from kpi.known import Freshness, Known
from kpi.needs import NEEDS, untold
from kpi.period import Span
from kpi.rows import Frame, Reader, Rows, Window
from kpi.sources import SOURCES

__all__ = ["DatabaseFrames", "Frames", "Freshness"]

IMPORTED = "import"
"""The kind of a helpdesk whose data comes from files."""

AT_ONCE = 400
"""Identifiers in one statement: older SQLites allow 999 variables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where a ticket is found in its helpdesk; a subject only where subjects are kept."""

    helpdesk: str
    external_id: str
    url: str | None = None
    subject: str | None = None


class Frames(Protocol):
    """A source of facts."""

    def snapshot(self) -> AbstractContextManager["Frames"]:
        """Give the facts as they are at this moment, whatever is written while an answer is made of them."""
        ...

    def window(
        self, fact: str, columns: Collection[str], instant: str, span: Span, where: Mapping[str, str | int]
    ) -> Frame:
        """Return rows of `fact` whose `instant` falls in a span and whose columns have the values of `where`.

        The frame has at least `columns`.
        """
        ...

    def stretches(
        self, fact: str, columns: Collection[str], edges: tuple[str, str], span: Span, where: Mapping[str, str | int]
    ) -> Frame:
        """Return rows of `fact` that went on at some instant of a span or at its end.

        `edges` are the columns of their start and their end. Without an end a row still goes on; without a start it
        never began.
        """
        ...

    def rows(self, window: Window) -> Rows:
        """Return the rows of a window, not read yet."""
        ...

    def available(self) -> frozenset[str]:
        """Return which data there is: `tickets`, `messages`, `ratings`, `sla_policies`."""
        ...

    def untold(self) -> Mapping[str, frozenset[str]]:
        """Return by need the helpdesks that don't tell it."""
        ...

    def freshness(self, helpdesks: Collection[str] = (), data: Collection[str] = ()) -> Freshness:
        """Return what the data of these helpdesks covers, or of all: only what every one of them covers.

        Of what is imported apart from tickets (`contacts`, …), `data` says which is meant too.
        """
        ...

    def helpdesks(self) -> tuple[str, ...]:
        """Return the keys of the helpdesks that are read."""
        ...

    def labels(self, table: str, identifiers: Collection[str]) -> Mapping[Identity, str]:
        """Return the names in `teams`, `agents` or `customers` of those known by these identifiers."""
        ...

    def values(self, key: str) -> Mapping[str, str]:
        """Return the known values of a dimension with their labels, for filters and suggestions."""
        ...

    def tickets(self, identifiers: Collection[int]) -> Mapping[int, Reference]:
        """Return where the tickets of these `ticket_id` are found in their helpdesk; what is unknown is missing."""
        ...


class DatabaseFrames(Reader):
    """Facts read from the database into pandas: only the columns and the window that a question needs."""

    def __init__(self, source: Engine | Connection, helpdesks: Collection[str] | None = None) -> None:
        self._source = source
        self._only = None if helpdesks is None else sorted(helpdesks)
        self._known: dict[str, tuple[object, dict[str, str]]] = {}

    @contextmanager
    def snapshot(self) -> Iterator["DatabaseFrames"]:
        """Give the facts as they are at this moment: all that is read comes from one transaction."""
        with self.connect() as connection:
            if connection.dialect.name == "postgresql" and not connection.in_transaction():
                connection.execution_options(isolation_level="REPEATABLE READ")
            frames = DatabaseFrames(connection, self._only)
            frames._known = self._known  # read once for all
            yield frames

    def connect(self) -> AbstractContextManager[Connection]:
        """Give a connection: in a snapshot its only one."""
        return self._source.connect() if isinstance(self._source, Engine) else nullcontext(self._source)

    def _counted(self, helpdesk: ColumnElement[str]) -> ColumnElement[bool]:
        """Return that a row is of a helpdesk that counts, or of none.

        One that was renamed or removed has its rows still. What was imported always counts.
        """
        if self._only is None:
            return true()
        imported = select(schema.helpdesks.c.key).where(schema.helpdesks.c.kind == IMPORTED)
        return or_(helpdesk.is_(None), helpdesk.in_(self._only), helpdesk.in_(imported))

    def window(
        self, fact: str, columns: Collection[str], instant: str, span: Span, where: Mapping[str, str | int]
    ) -> Frame:
        """Return rows of `fact` whose `instant` falls in a span and whose columns have the values of `where`."""
        table = SOURCES[fact].c
        matching = self._matching(fact, where)
        return self._frame(fact, columns, [(table[instant] >= span.start, table[instant] < span.end, *matching)])

    def stretches(
        self, fact: str, columns: Collection[str], edges: tuple[str, str], span: Span, where: Mapping[str, str | int]
    ) -> Frame:
        """Return rows of `fact` that went on at some instant of a span or at its end."""
        table = SOURCES[fact].c
        since, until = edges
        begun = and_(table[since] < span.end, *self._matching(fact, where))
        # Two selections instead of one with OR: each can use the index on the end.
        return self._frame(fact, columns, [(begun, table[until].is_(None)), (begun, table[until] >= span.start)])

    def _matching(self, fact: str, where: Mapping[str, str | int]) -> list[ColumnElement[bool]]:
        table = SOURCES[fact].c
        return [self._counted(table.helpdesk), *(table[name] == value for name, value in where.items())]

    def _frame(self, fact: str, columns: Collection[str], selections: Sequence[Sequence[ColumnElement[bool]]]) -> Frame:
        chosen = [SOURCES[fact].c[name] for name in sorted(columns)]
        statements = [select(*chosen).where(*conditions) for conditions in selections]
        with self.connect() as connection:
            rows = connection.execute(union_all(*statements) if len(statements) > 1 else statements[0]).all()
        return nw.from_native(_table(chosen, rows)).lazy()

    def available(self) -> frozenset[str]:
        """Return which data there is."""
        with self.connect() as connection:
            found = connection.execute(select(*NEEDS.values())).one()
        return frozenset(name for name, there in zip(NEEDS, found, strict=True) if there)

    def untold(self) -> Mapping[str, frozenset[str]]:
        """Return by need the helpdesks that don't tell it; one that was never read says nothing yet."""
        table = schema.helpdesks.c
        read = select(table.key, table.messages).where(self._counted(table.key), table.synced_at.is_not(None))
        return untold({row.key: row.messages for row in self._rows(read)})

    def freshness(self, helpdesks: Collection[str] = (), data: Collection[str] = ()) -> Freshness:
        """Return what the data covers: only what every helpdesk covers, and every import of data asked for."""
        return self._covered().freshness(helpdesks, data)

    def known(self) -> Known:
        """Return what is known of the data as a whole."""
        stored = self._rows(select(schema.helpdesks.c.key))
        covered = self._covered()
        uncounted = frozenset(row.key for row in stored) - covered.synced.keys()
        return replace(covered, available=self.available(), untold=self.untold(), uncounted=uncounted)

    def _covered(self) -> Known:
        synced, imported = schema.helpdesks.c, schema.coverage.c
        read = select(synced.key, synced.history_start, synced.synced_at).where(self._counted(synced.key))
        brought = select(imported.helpdesk, imported.data, imported.covered_from, imported.covered_until)
        return Known(
            synced={row.key: (row.history_start, row.synced_at) for row in self._rows(read)},
            imported={
                (row.helpdesk, row.data): (row.covered_from, row.covered_until)
                for row in self._rows(brought.where(self._counted(imported.helpdesk)))
            },
        )

    def helpdesks(self) -> tuple[str, ...]:
        """Return the keys of the helpdesks that are read."""
        table = schema.helpdesks.c
        return tuple(row.key for row in self._rows(select(table.key).where(self._counted(table.key)).order_by("key")))

    def labels(self, table: str, identifiers: Collection[str]) -> dict[Identity, str]:
        """Return the names of those known by these identifiers; of one without a name, the identifier."""
        named = schema.metadata.tables[table].c
        helpdesks, wanted = self.helpdesks(), sorted(identifiers)
        found: dict[Identity, str] = {}
        for first in range(0, len(wanted), AT_ONCE):
            some = wanted[first : first + AT_ONCE]
            # The helpdesks are named so that the primary key serves as the index.
            found |= self._names(table, named.helpdesk.in_(helpdesks), named.external_id.in_(some))
        return found

    def _names(self, table: str, *conditions: ColumnElement[bool]) -> dict[Identity, str]:
        named = schema.metadata.tables[table].c
        rows = self._rows(
            select(named.helpdesk, named.external_id, named.name).where(self._counted(named.helpdesk), *conditions)
        )
        return {(row.helpdesk, row.external_id): row.name or row.external_id for row in rows}

    def values(self, key: str) -> dict[str, str]:
        """Return the known values of a dimension with their labels; read again only after a sync."""
        table = schema.helpdesks.c
        read = tuple(map(tuple, self._rows(select(table.key, table.synced_at).order_by(table.key))))
        known = self._known.get(key)
        if known is None or known[0] != read:
            known = self._known[key] = (read, self._read_values(key))
        return known[1]

    def _read_values(self, key: str) -> dict[str, str]:
        kind = dimension(key)
        if kind.labels:
            helpdesks = self.helpdesks()
            return {
                kind.name(owner, value, helpdesks) or "": name
                for (owner, value), name in self._names(kind.labels).items()
            }
        if key == "helpdesk":
            return {helpdesk: helpdesk for helpdesk in self.helpdesks()}
        if key == "status":
            return {status: status for status in sorted(UNSOLVED | ENDED)}
        return {value: value for value in sorted(self._distinct(key, many=kind.many))}

    def _distinct(self, key: str, *, many: bool) -> set[str]:
        """Return the values that tickets have or, of a priority, had; channels also those of contacts and costs."""
        tickets = schema.tickets.c
        ours = self._counted(tickets.helpdesk)
        if many:
            return {
                tag
                for row in self._rows(select(tickets.tags).where(ours).distinct())
                for tag in row.tags.split("|")
                if tag
            }
        statements = [select(tickets[key]).where(ours).distinct()]
        if key == "channel":
            contacts = schema.contacts.c
            statements.append(select(contacts.channel).where(self._counted(contacts.helpdesk)).distinct())
            statements.append(select(schema.costs.c.channel).distinct())
        if key == "priority":
            facts, spans = schema.ticket_facts.c, schema.span_facts.c
            at_events = [facts[f"{event}_priority"] for event in ("created", "first_solved", "solved", "rated")]
            statements.append(select(*at_events).where(self._counted(facts.helpdesk)).distinct())
            statements.append(select(spans.priority).where(self._counted(spans.helpdesk)).distinct())
        return {value for statement in statements for row in self._rows(statement) for value in row if value}

    def tickets(self, identifiers: Collection[int]) -> dict[int, Reference]:
        """Return where the tickets of these `ticket_id` are found in their helpdesk."""
        ticket, wanted = schema.tickets.c, sorted(identifiers)
        columns = (ticket.id, ticket.helpdesk, ticket.external_id, ticket.url, ticket.subject)
        found: dict[int, Reference] = {}
        for first in range(0, len(wanted), AT_ONCE):
            for row in self._rows(select(*columns).where(ticket.id.in_(wanted[first : first + AT_ONCE]))):
                found[row.id] = Reference(
                    helpdesk=row.helpdesk, external_id=row.external_id, url=row.url, subject=row.subject
                )
        return found

    def _rows(self, statement: Executable) -> Sequence[Row[Any]]:
        with self.connect() as connection:
            return connection.execute(statement).all()


def _table(columns: Sequence[ColumnElement[Any]], rows: Sequence[Row[Any]]) -> pd.DataFrame:
    """Return rows as a table whose types know NULL: no integer becomes a float, no comparison with NULL is true."""
    values = zip(*rows, strict=True) if rows else [() for _ in columns]
    return pd.DataFrame(
        {
            column.name: pd.Series(list(found), dtype=_dtype(column.type))
            for column, found in zip(columns, values, strict=True)
        }
    )


def _dtype(kind: TypeEngine[Any]) -> Literal["Int64", "Float64", "string[python]"]:
    if isinstance(kind, Integer):
        return "Int64"
    return "Float64" if isinstance(kind, Float) else "string[python]"

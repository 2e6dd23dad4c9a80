"""Facts held in the memory of the process, in a DuckDB that follows the database."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock

import duckdb
from sqlalchemy import Connection, FromClause, Table, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.visitors import iterate

from kpi import schema
from kpi.columnar import HOLDING, NAMED, ColumnarFrames, counted, distinct
from kpi.copying import copy_rows, create_table, quoted
from kpi.dimensions import DIMENSIONS
from kpi.frames import DatabaseFrames, Reference
from kpi.known import Known
from kpi.queries import ROWS_KEPT, Results, Texts
from kpi.sources import ACROSS_TICKETS, SOURCES

CATALOG = "facts"
"""Compressed, a million tickets take a tenth of the memory, and a question a fifth more of the processor's time."""

BYTES_PER_TICKET = 450
"""What a ticket with 2.5 turns, 3 clocks and 5 spans takes of the process.

The process had grown by 450 for each of 200,000 that were loaded from a database, 15 seconds later; of these, DuckDB's
tables were 375 (`bytes_used`), and 414 with 50,000. While they were loaded, it was at most 2,900.
"""

KEPT = 8
"""How many states of the data are remembered for readers that have begun and not yet looked."""

REORDERED_AFTER = 0.1
"""Which share of new rows at the end of a table makes it worth to be put in order again, from a block of rows on."""

BLOCK = 122_880
"""How many rows DuckDB knows the first and last instant of; they are read together."""

HAPPENED_AT = {
    "ticket_facts": "last_solved_at",
    "turn_facts": "replied_at",
    "clock_facts": "stopped_at",
    "solve_facts": "solved_at",
}
"""The instant that places most questions about a fact; it follows the creation by days, of a few rows by months."""

LATE_S = 30 * 86_400

RECORDS = {name: source for name, source in SOURCES.items() if name not in {*schema.FACTS, *ACROSS_TICKETS}}

CHANGED = "new_of_tickets"
"""The tickets of which something is brought in or removed."""

IS_CHANGED = f"ticket_id IN (FROM {CHANGED})"

Refused = Callable[[Connection, Collection[str]], Collection[str]]
"""Tells those of some helpdesks whose facts may not be shown as they are in a transaction."""


def _read_by(source: FromClause) -> frozenset[Table]:
    """Return the tables, facts apart, that a source of records reads."""
    found = {part for part in iterate(source) if isinstance(part, Table)}
    return frozenset(table for table in found if table.name not in schema.FACTS)


READS = {name: _read_by(source) for name, source in RECORDS.items()}
BESIDE = {table.name: table for source in SOURCES.values() for table in _read_by(source)}
BESIDE |= {name: schema.metadata.tables[name] for name in NAMED}
"""The tables apart from facts: things that happened, and names."""

OF_TICKETS = {name for name, source in (RECORDS | BESIDE).items() if "ticket_id" in source.c}
"""Those of records and of what they read whose rows are of a ticket, or of none."""


def _text(name: str) -> str:
    """Return the query of a source as DuckDB reads it."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # as SQLAlchemy has it
    return str(select(SOURCES[name]).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def order(name: str) -> str:
    """Return what the rows of a fact are ordered by: those that happened late stand apart.

    Each block of rows knows its first and last instants. Among the others, a ticket that was solved after a year
    would have every window of that year read its block.
    """
    late = f"{HAPPENED_AT[name]} > created_at + {LATE_S}, " if name in HAPPENED_AT else ""
    return f"{late}created_at, ticket_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a transaction saw of the database, short of the rows: when it is the same, so are the rows.

    Attributes:
        known: what is known of the data.
        versions: what counts up when rows are written.
        refused: helpdesks whose facts were made with other rules than asked for, so that none may be shown.
    """

    known: Known
    versions: Mapping[str, int]
    refused: frozenset[str]

    def moved(self, before: "State", name: str) -> bool:
        """Tell whether rows of a name were written since."""
        return self.versions.get(name) != before.versions.get(name)


@dataclass(frozen=True, slots=True)
class Held:
    """A state whose rows are in memory, with the values of dimensions and the results that were read from them."""

    state: State
    results: Results
    values: dict[str, dict[str, str]]


def _values(
    writer: duckdb.DuckDBPyConnection, before: Held | None, state: State, brought: Mapping[str, FromClause]
) -> dict[str, dict[str, str]]:
    """Return the values of dimensions that rows hold: to find them in all rows takes longer than most answers.

    To those that were found before come those of what was `brought` in, unless a helpdesk that is here begins or ends
    to count.
    """
    same = before is not None and before.state.known.uncounted == state.known.uncounted
    known, tables = (before.values, brought) if before is not None and same else ({}, HOLDING)
    conditions = counted(state.known)
    found = {}
    for kind in DIMENSIONS.values():
        if kind.in_rows:
            more = distinct(writer, kind.key, tables, conditions, many=kind.many)
            found[kind.key] = {value: value for value in sorted({*known.get(kind.key, ()), *more})}
    return found


class MemorySnapshot(ColumnarFrames):
    """Facts as they were in memory when an answer began."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, held: Held, database: DatabaseFrames, texts: Texts
    ) -> None:
        super().__init__(connection, held.state.known, held.values, texts, held.results)
        self._database = database
        self.refused = held.state.refused
        """Helpdesks whose facts were made with other rules."""

    def tickets(self, identifiers: Collection[int]) -> Mapping[int, Reference]:
        """Return where tickets are found in their helpdesk, of which memory holds nothing: few are ever asked for."""
        return self._database.tickets(identifiers)


class MemoryFrames:
    """Facts mirrored from the database: nothing until the first `refresh`, then what the last one found.

    Readers never wait: each sees, in a transaction of its own, what was there when it began. All that an answer
    rests on, what is known of the data included, is of one state of the database.

    Args:
        database: where facts are read from, by the process that holds this memory and by any other.
        refused: tells the helpdesks whose facts may not be shown as they are.
        remembered: how many rows of results are remembered until other facts come.
    """

    def __init__(
        self, database: DatabaseFrames, refused: Refused = lambda *_: (), *, remembered: int = ROWS_KEPT
    ) -> None:
        self._database, self._refused, self._remembered = database, refused, remembered
        self._duckdb = duckdb.connect()
        self._duckdb.execute(f"ATTACH ':memory:' AS {CATALOG} (COMPRESS)")
        self._duckdb.execute(f"CREATE TABLE {CATALOG}.held (number BIGINT)")
        self._held: dict[int, Held] = {}
        self._is_loaded = False
        self._added: dict[str, int] = {}
        self._texts = Texts()
        self._writing = Lock()

    @property
    def is_ready(self) -> bool:
        """Whether there is anything to answer from."""
        return self._is_loaded

    @property
    def bytes_used(self) -> int:
        """How much memory the facts take."""
        rows = self._duckdb.cursor().execute("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchall()
        return int(rows[0][0])

    def close(self) -> None:
        """Give the memory back."""
        with self._writing:
            self._is_loaded = False
            self._held.clear()
            self._duckdb.close()

    @contextmanager
    def snapshot(self) -> Iterator[MemorySnapshot]:
        """Give the facts as they are in memory at this moment, whatever a refresh brings meanwhile."""
        with self._cursor() as reader:
            reader.begin()
            ((number,),) = reader.execute("FROM held").fetchall()
            yield MemorySnapshot(reader, self._held[number], self._database, self._texts)

    def refresh(self) -> bool:
        """Bring in what changed in the database since the last time; tell whether anything did.

        A few small queries find out. Another refresh that is under way is waited for. When it fails, memory stays as
        it was, and the next one tries again.
        """
        with self._writing, self._database.snapshot() as facts, facts.connect() as connection:
            state = self._look(facts, connection)
            number, held = max(self._held.items(), default=(0, None))
            if held is not None and held.state == state:
                return False
            with self._cursor() as writer:
                if held is None:
                    self._load(connection, writer)
                writer.begin()
                brought = HOLDING if held is None else self._follow(connection, writer, held.state, state)
                values = _values(writer, held, state, brought)
                for name in ("here", "of_tickets", *schema.FACTS, *BESIDE, *RECORDS):
                    writer.execute(f"DROP TABLE IF EXISTS new_{name}")
                self._publish(writer, number + 1, Held(state, Results(self._remembered), values))
                self._compress(writer)
            return True

    @staticmethod
    def _compress(writer: duckdb.DuckDBPyConnection) -> None:
        with suppress(duckdb.TransactionException):  # while somebody reads; there will be another time
            writer.execute("CHECKPOINT")

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._duckdb.cursor()
        cursor.execute(f"USE {CATALOG}")
        return cursor

    def _look(self, facts: DatabaseFrames, connection: Connection) -> State:
        known = facts.known()
        versions = connection.execute(select(schema.versions.c.name, schema.versions.c.version))
        return State(
            versions={name: version for name, version in versions},  # noqa: C416  # rows are no pairs to mypy
            known=known,
            refused=frozenset(self._refused(connection, known.helpdesks)),
        )

    def _publish(self, writer: duckdb.DuckDBPyConnection, number: int, held: Held) -> None:
        """Make a state the one that readers see; they look it up by the number that their transaction sees."""
        self._held[number] = held
        try:
            writer.execute("DELETE FROM held")
            writer.execute("INSERT INTO held VALUES (?)", [number])
            writer.commit()
        except duckdb.Error:
            del self._held[number]
            raise
        self._is_loaded = True  # not before: a reader must find the number of what it reads
        for old in sorted(self._held)[:-KEPT]:
            del self._held[old]

    # --- Rows ----------------------------------------------------------------------------------------------------

    def _load(self, connection: Connection, writer: duckdb.DuckDBPyConnection) -> None:
        """Read everything; nobody reads here before the end, so each table is there for good once it is read."""
        for name, table in (schema.FACTS | BESIDE).items():
            self._reload(connection, writer, name, table)
            self._compress(writer)
        for name in RECORDS:
            self._join(writer, name)
        for name in ACROSS_TICKETS:
            writer.execute(f"CREATE VIEW {quoted(name)} AS {_text(name)}")

    def _follow(
        self, connection: Connection, writer: duckdb.DuckDBPyConnection, before: State, state: State
    ) -> dict[str, FromClause]:
        """Bring in what changed between two states, and return the tables that hold it.

        What tells of tickets is made again for those alone of which anything was written.
        """
        brought: dict[str, FromClause] = {}
        writer.execute(f"CREATE OR REPLACE TABLE {CHANGED} (ticket_id BIGINT)")
        if state.moved(before, "facts"):
            self._bring(connection, writer, before.versions.get("facts", 0))
            brought = {f"new_{name}": table for name, table in schema.FACTS.items()}
        if state.moved(before, "facts_removed"):
            self._remove(connection, writer)
        written = {name for name in BESIDE if state.moved(before, name)}
        for name in written:
            if name in OF_TICKETS:
                self._renew(connection, writer, name)
            else:
                self._reload(connection, writer, name, BESIDE[name])
        for name, tables in READS.items():
            own = written & {table.name for table in tables}
            if own - OF_TICKETS or (own and name not in OF_TICKETS):
                self._join(writer, name)
                brought[name] = RECORDS[name]
            elif name in OF_TICKETS:
                of_none = " OR ticket_id IS NULL" if own else ""
                writer.execute(
                    f"CREATE OR REPLACE TABLE new_{name} AS FROM ({_text(name)}) WHERE {IS_CHANGED}{of_none}"
                )
                self._replace(writer, name, f"FROM new_{name}", of_none)
                brought[f"new_{name}"] = RECORDS[name]
        return brought

    def _reload(self, connection: Connection, writer: duckdb.DuckDBPyConnection, name: str, table: Table) -> None:
        create_table(writer, name, table)
        copy_rows(connection, table, writer, name)
        if name in schema.FACTS:
            self._put_in_order(writer, name)

    def _bring(self, connection: Connection, writer: duckdb.DuckDBPyConnection, version: int) -> None:
        """Replace all rows of the tickets whose facts were written since a version."""
        facts = schema.ticket_facts.c
        written = select(facts.ticket_id).where(facts.version > version)
        for name, table in schema.FACTS.items():
            create_table(writer, f"new_{name}", table)
            copy_rows(connection, select(table).where(table.c.ticket_id.in_(written)), writer, f"new_{name}")
        writer.execute(f"INSERT INTO {CHANGED} SELECT ticket_id FROM new_ticket_facts")
        for name in schema.FACTS:
            self._replace(writer, name, f"FROM new_{name} ORDER BY {order(name)}")

    def _remove(self, connection: Connection, writer: duckdb.DuckDBPyConnection) -> None:
        """Remove the rows of tickets that have no facts any more."""
        here = select(schema.ticket_facts.c.ticket_id)
        create_table(writer, "new_here", here)
        copy_rows(connection, here, writer, "new_here")
        gone = "ticket_id NOT IN (FROM new_here)"
        writer.execute(f"INSERT INTO {CHANGED} SELECT ticket_id FROM ticket_facts WHERE {gone}")
        for name in schema.FACTS:
            writer.execute(f"DELETE FROM {name} WHERE {gone}")

    def _renew(self, connection: Connection, writer: duckdb.DuckDBPyConnection, name: str) -> None:
        """Read a table of things that happened again, and note the tickets of those that are others than before."""
        new = f"new_{name}"
        create_table(writer, new, BESIDE[name])
        copy_rows(connection, BESIDE[name], writer, new)
        others = f"(FROM {new} EXCEPT ALL FROM {name}) UNION ALL (FROM {name} EXCEPT ALL FROM {new})"
        writer.execute(f"INSERT INTO {CHANGED} SELECT ticket_id FROM ({others}) WHERE ticket_id IS NOT NULL")
        writer.execute(f"CREATE OR REPLACE TABLE {name} AS FROM {new}")

    def _replace(self, writer: duckdb.DuckDBPyConnection, name: str, rows: str, also: str = "") -> None:
        """Put rows in place of all that a table has of the changed tickets, and of what else is told."""
        writer.execute(f"DELETE FROM {name} WHERE {IS_CHANGED}{also}")
        writer.execute(f"INSERT INTO {name} {rows}")
        ((added,),) = writer.fetchall()
        self._added[name] += added
        ((total,),) = writer.execute(f"SELECT count(*) FROM {name}").fetchall()
        if self._added[name] > max(BLOCK, REORDERED_AFTER * total):
            (self._put_in_order if name in schema.FACTS else self._join)(writer, name)

    def _put_in_order(self, writer: duckdb.DuckDBPyConnection, name: str) -> None:
        """Order a table by time, so that a window reads little more than the rows it holds."""
        writer.execute(f"CREATE OR REPLACE TABLE {name} AS FROM {name} ORDER BY {order(name)}")
        self._added[name] = 0

    def _join(self, writer: duckdb.DuckDBPyConnection, name: str) -> None:
        """Make a source of records again from the tables that it reads, which are all here."""
        writer.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS {_text(name)}")
        self._added[name] = 0

"""Opening a database, bringing it up to date, and writing rows so that twice is the same as once."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from operator import itemgetter
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    URL,
    ColumnDefault,
    Connection,
    Dialect,
    Engine,
    ExceptionContext,
    FromClause,
    Table,
    Text,
    bindparam,
    cast,
    column,
    create_engine,
    event,
    func,
    make_url,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.types import TypeEngine

from kpi.errors import StorageError

_MIGRATION_LOCK = 0x6B70692D626F74
"""PostgreSQL's advisory lock for migrations: the letters kpi-bot."""

BUSY_TIMEOUT_MS = 15_000
"""How long a writer waits for another before the database counts as locked."""

LOOKS_AGAIN_S = 0.02

ROWS = "rows"
"""What the parameter is called that holds all rows as JSON."""

DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}

_SQLITE_FAULTS = {
    sqlite3.SQLITE_BUSY: "database_locked",
    sqlite3.SQLITE_LOCKED: "database_locked",
    sqlite3.SQLITE_READONLY: "database_read_only",
    sqlite3.SQLITE_NOTADB: "not_a_database",
    sqlite3.SQLITE_CORRUPT: "database_damaged",
    sqlite3.SQLITE_FULL: "database_full",
    sqlite3.SQLITE_IOERR: "database_unreachable",
    sqlite3.SQLITE_CANTOPEN: "database_unreachable",
    sqlite3.SQLITE_PERM: "database_unreachable",
    sqlite3.SQLITE_AUTH: "database_unreachable",
}

_POSTGRESQL_FAULTS = {
    "55P03": "database_locked",
    "40P01": "database_locked",
    "25006": "database_read_only",
    "42501": "database_read_only",
    "53100": "database_full",
    "42P01": "database_not_migrated",
}


def open_database(url: str, *, create: bool = True) -> Engine:
    """Return an engine for a database that was reached once.

    Every failure of the database that a person can mend, here or in any later statement, is raised as a StorageError.

    Args:
        url: ``sqlite:///path``, ``postgresql://…`` or ``postgres://…``.
        create: whether a missing SQLite file is made; where nothing could be in it, say no.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        _check_file(address, create=create)
    try:
        engine = create_engine(address, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError as error:
        raise StorageError("driver_missing", driver=error.name or address.drivername) from error
    event.listen(engine, "handle_error", _translate)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return engine


@contextmanager
def writing(engine: Engine, patience_ms: int | None = None) -> Iterator[Connection]:
    """Give a connection in a transaction that will write: committed at the end, undone by an error.

    SQLite takes the write lock at once, since a reader that turns writer fails at random when another was faster.
    `patience_ms` is how long to wait for another writer, by default `BUSY_TIMEOUT_MS`.
    """
    patience_ms = BUSY_TIMEOUT_MS if patience_ms is None else patience_ms
    with engine.connect().execution_options(kpi_bot_writes=True) as connection:
        _wait_at_most(connection, patience_ms)
        try:
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SET LOCAL lock_timeout = {patience_ms}"))
                yield connection
        finally:
            _wait_at_most(connection, BUSY_TIMEOUT_MS)


def _wait_at_most(connection: Connection, patience_ms: int) -> None:
    """Tell SQLite how long to wait for the lock that a transaction begins with."""
    driver = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
    if driver is not None:
        driver.execute(f"PRAGMA busy_timeout = {patience_ms}")


def migrate(engine: Engine) -> None:
    """Bring the database to this version's tables; do nothing, and lock nothing, when it is there already.

    Several processes may start at once: one migrates and the others wait for it. Raises StorageError
    `database_newer` when a later version of the bot has migrated it.
    """
    if is_current(engine):
        return
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        if _current(connection) != _head(connection):
            command.upgrade(configuration(connection), "head")


def is_current(engine: Engine) -> bool:
    """Tell whether the database has this version's tables; raises StorageError `database_newer`."""
    with engine.connect() as connection:
        return _current(connection) == _head(connection)


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration for the packaged migrations on this connection."""
    config = Config(attributes={"connection": connection})
    with as_file(files("migrations")) as directory:
        config.set_main_option("script_location", str(directory).replace("%", "%%"))
    return config


def _head(connection: Connection) -> str | None:
    return ScriptDirectory.from_config(configuration(connection)).get_current_head()


def _current(connection: Connection) -> str | None:
    """Return the database's revision; raises StorageError for one that this version doesn't know."""
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(configuration(connection)).walk_revisions()}
    if revision is not None and revision not in known:
        raise StorageError("database_newer", database=shown(connection.engine.url), revision=revision)
    return revision


Row = Mapping[str, Any]


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    *,
    key: Collection[str] | None = None,
    keep: Collection[str] = (),
    first: Collection[str] = (),
) -> int:
    """Insert rows, or update those whose `key` is there and that differ; return how many were written.

    Args:
        connection: in a transaction of `writing`.
        table: where to.
        rows: all with the same columns; other columns get their default, or stay as they are.
        key: the columns of a unique constraint; the primary key by default.
        keep: columns where NULL means "not told" and leaves what is known.
        first: columns that stay as they were inserted.
    """
    if not rows:
        return 0
    unique = tuple(column.name for column in table.primary_key) if key is None else tuple(key)
    kept = [name for name in rows[0] if name not in unique and name not in first]
    conflict = _Conflict(key=unique, told=tuple(kept), keep=frozenset(keep))
    # One statement writes no row twice; one after the other, the last wins.
    at_once = _takes_all(connection) and len({tuple(row[name] for name in unique) for row in rows}) == len(rows)
    return _insert(connection, table, _whole(table, rows), conflict, at_once=at_once)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that are not there, all with the same columns; other columns get their default."""
    if rows:
        _insert(connection, table, _whole(table, rows), None, at_once=_takes_all(connection))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conflict:
    """What becomes of a row that is there already: of its `told` columns, NULL leaves those to `keep` as they are."""

    key: tuple[str, ...]
    told: tuple[str, ...]
    keep: frozenset[str]


def _whole(table: Table, rows: Sequence[Row]) -> Sequence[Row]:
    """Return rows with the defaults of columns that they don't tell."""
    untold = [column for column in table.columns if column.name not in rows[0]]
    defaults = {column.name: default.arg for column in untold if isinstance(default := column.default, ColumnDefault)}
    return [{**defaults, **row} for row in rows] if defaults else rows


def _takes_all(connection: Connection) -> bool:
    """Tell whether all rows had better be told at once: PostgreSQL is asked from afar, SQLite is in the process."""
    return connection.dialect.name == "postgresql"


def _insert(
    connection: Connection, table: Table, rows: Sequence[Row], conflict: _Conflict | None, *, at_once: bool
) -> int:
    """Insert rows straight through the driver, and return how many were written.

    Of plain numbers and words nothing is to be converted. All rows are told `at_once`, as one text, or one after the
    other. Neither limits how many there are.
    """
    statement, order = _insert_statement(connection.dialect, table, tuple(rows[0]), conflict, at_once=at_once)
    parameters: Any = rows if order is None else list(map(order, rows))
    if at_once:
        parameters = {ROWS: json.dumps(rows)}
    return connection.exec_driver_sql(statement, parameters, execution_options={"preserve_rowcount": True}).rowcount


@lru_cache(maxsize=256)  # making it takes longer than running it; there are as many as calls in the code
def _insert_statement(
    dialect: Dialect, table: Table, names: tuple[str, ...], conflict: _Conflict | None, *, at_once: bool
) -> tuple[str, Callable[[Row], tuple[Any, ...]] | None]:
    """Return a statement as the driver takes it, and what puts a row's values in its order, if it goes by that."""
    types = {name: table.c[name].type for name in names}
    insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    statement: postgresql.Insert | sqlite.Insert = insert(table)
    if at_once:
        statement = statement.from_select(names, select(*told_rows(dialect, types).c))
    else:
        statement = statement.values({name: bindparam(name, type_=types[name]) for name in names})
    if conflict is not None:
        statement = _resolved(statement, table, conflict)
    compiled = statement.compile(dialect=dialect)
    return str(compiled), None if compiled.positiontup is None else itemgetter(*compiled.positiontup)


def told_rows(dialect: Dialect, types: Mapping[str, TypeEngine[Any]]) -> FromClause:
    """Return rows that are told at once, by name as JSON in the parameter `ROWS`, as a table to select from.

    However many there are, the statement is the same, and is put together once.
    """
    rows = bindparam(ROWS, type_=Text)
    if dialect.name == "postgresql":
        columns = [column(name, kind) for name, kind in types.items()]
        table = func.json_to_recordset(cast(rows, postgresql.JSON)).table_valued(*columns)
        return table.render_derived(with_types=True)
    row = func.json_each(rows).table_valued("value").c.value
    return select(
        *(func.json_extract(row, f"$.{name}", type_=kind).label(name) for name, kind in types.items())
    ).subquery()


def _resolved(
    statement: postgresql.Insert | sqlite.Insert, table: Table, conflict: _Conflict
) -> postgresql.Insert | sqlite.Insert:
    excluded = statement.excluded
    told = {
        name: func.coalesce(excluded[name], table.c[name]) if name in conflict.keep else excluded[name]
        for name in conflict.told
    }
    if not told:
        return statement.on_conflict_do_nothing(index_elements=conflict.key)
    differs = or_(*(table.c[name].is_distinct_from(value) for name, value in told.items()))
    return statement.on_conflict_do_update(index_elements=conflict.key, set_=told, where=differs)


def shown(url: URL) -> str:
    """Return the address as people write it, without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        driver = DRIVERS[address.drivername]
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise StorageError("database_url") from error
    except KeyError as error:
        raise StorageError("database_kind", kind=address.drivername) from error
    return address.set(drivername=driver)


def _check_file(address: URL, *, create: bool) -> None:
    """Refuse a path that SQLite would only call unable to open."""
    if address.database in {None, "", ":memory:"} or "mode" in address.query:
        return
    path = Path(str(address.database))
    if not path.parent.is_dir():
        raise StorageError("database_directory_missing", directory=str(path.parent), path=str(path))
    if path.is_dir():
        raise StorageError("not_a_database", database=str(path))
    if not create and not path.exists():
        raise StorageError("database_missing", path=str(path))


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would open transactions by itself, too late for reads and for tables; _begin_sqlite does it instead.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    _keep_a_log(connection)


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Have readers and a writer not wait for each other: SQLite keeps a log, once for all who open the file.

    Of several that ask for it of a new file at once, SQLite refuses some without letting them wait.
    """
    until = monotonic() + BUSY_TIMEOUT_MS / 1000
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",) and not _read_only(connection):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(LOOKS_AGAIN_S)
        else:
            return


def _read_only(connection: sqlite3.Connection) -> bool:
    """Tell whether the file can't be written, in which case it is still good to read."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if _primary(error) == sqlite3.SQLITE_READONLY:
            return True
        raise
    return False


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("kpi_bot_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _primary(error: sqlite3.Error) -> int | None:
    """Return SQLite's result code without its extension."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _translate(context: ExceptionContext) -> None:
    """Raise what a person can mend as a StorageError; let everything else pass as the defect it is."""
    error = context.original_exception
    key = _fault(error)
    if key is None:
        return
    address = context.engine.url if context.engine is not None else None
    first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    raise StorageError(key, database=shown(address) if address else "?", reason=first_line) from error


def _fault(error: BaseException) -> str | None:
    if isinstance(error, sqlite3.Error):
        if "no such table" in str(error):
            return "database_not_migrated"
        return _SQLITE_FAULTS.get(_primary(error) or 0)
    state: Any = getattr(error, "sqlstate", "")
    if state in _POSTGRESQL_FAULTS:
        return _POSTGRESQL_FAULTS[state]
    # Connections that were refused or broke: class 08, 57P (the server goes down), 28 (login), 3D (no such database).
    if type(error).__name__ == "OperationalError" and (
        not state or state[:2] in {"08", "28", "3D"} or state[:3] == "57P"
    ):
        return "database_unreachable"
    return None

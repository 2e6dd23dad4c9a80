"""Rows of the database ─▶ tables of a DuckDB.

They travel as CSV, which both databases write by themselves as fast as they read and DuckDB reads in C: half the
time of rows that pass through Python objects, and no driver besides the one that the bot has anyway.
"""

import csv
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from sqlalchemy import Connection, FromClause, Select, func, literal, select
from sqlalchemy.types import Float, Integer, TypeEngine

NULL = "\\N"
ROWS_AT_ONCE = 10_000
FILE_BYTES = 64_000_000
"""A file on its way is about as long: that much of a disk is needed, and hardly any memory."""

Told = Callable[[int], object]
"""Called with a number of rows that have arrived."""


def column_type(kind: TypeEngine[Any]) -> str:
    """Return the DuckDB type of a column."""
    if isinstance(kind, Integer):
        return "BIGINT"
    return "DOUBLE" if isinstance(kind, Float) else "VARCHAR"


def columns(source: FromClause | Select[Any]) -> dict[str, str]:
    """Return the columns of a table or a query with their DuckDB types."""
    chosen = source.selected_columns if isinstance(source, Select) else source.c
    return {column.name: column_type(column.type) for column in chosen}


def quoted(name: str) -> str:
    """Return a name as it stands in SQL."""
    return '"' + name.replace('"', '""') + '"'


def written(value: str | int | Path) -> str:
    """Return a value as it stands in SQL."""
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def create_table(target: duckdb.DuckDBPyConnection, name: str, source: FromClause | Select[Any]) -> None:
    """Make an empty table for the rows of a source, in place of the one of this name."""
    listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns(source).items())
    target.execute(f"CREATE OR REPLACE TABLE {quoted(name)} ({listed})")


def copy_rows(
    connection: Connection,
    source: FromClause | Select[Any],
    target: duckdb.DuckDBPyConnection,
    table: str,
    told: Told | None = None,
) -> int:
    """Insert the rows of a table or a query of the database into a table of the DuckDB; return how many there were.

    They are what the connection's transaction sees. Memory stays the same however many there are.
    """
    statement = source if isinstance(source, Select) else select(source)
    kinds = columns(statement)
    total = 0
    with TemporaryDirectory(prefix="kpi-bot-") as directory:
        path = Path(directory) / "rows.csv"
        for _ in _files(connection, statement, path):
            listed = ", ".join(f"{written(column)}: {written(kind)}" for column, kind in kinds.items())
            read = (
                f"read_csv({written(path)}, columns = {{{listed}}}, auto_detect = false, header = false, delim = ',',"
                # It would take the first carriage return that a word holds for the end of a line.
                f" quote = '\"', escape = '\"', nullstr = {written(NULL)}, new_line = '\\n')"
            )
            target.execute(f"INSERT INTO {quoted(table)} FROM {read}")
            ((count,),) = target.fetchall()
            total += count
            if told is not None:
                told(count)
    return total


def _files(connection: Connection, statement: Select[Any], path: Path) -> Iterator[None]:
    """Write the rows to a file, and again, each time about as long, until all were in one."""
    blocks = _postgresql if connection.dialect.name == "postgresql" else _sqlite
    file = path.open("wb")
    try:
        for block in blocks(connection, statement):
            file.write(block)
            if file.tell() >= FILE_BYTES:
                file.close()
                yield
                file = path.open("wb")
        written_rows = file.tell() > 0
    finally:
        file.close()
    if written_rows:
        yield


def _postgresql(connection: Connection, statement: Select[Any]) -> Iterator[bytes]:
    driver: Any = connection.connection.driver_connection
    query = _compiled(connection, statement).replace("%%", "%")  # doubled for a driver that is given parameters
    with driver.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, NULL '{NULL}')") as rows:
        yield from rows


def _sqlite(connection: Connection, statement: Select[Any]) -> Iterator[bytes]:
    rows = statement.subquery()
    marked = select(*(func.ifnull(column, literal(NULL)) for column in rows.c))
    result = connection.exec_driver_sql(_compiled(connection, marked))
    try:
        while some := result.cursor.fetchmany(ROWS_AT_ONCE):
            block = StringIO(newline="")
            csv.writer(block, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC).writerows(some)  # it forgets CR
            yield block.getvalue().encode()
    finally:
        result.close()


def _compiled(connection: Connection, statement: Select[Any]) -> str:
    return str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))

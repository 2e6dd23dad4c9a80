"""The product's engine over generated facts, as the running bot holds them in memory."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import databases
import duckdb
from sqlalchemy import Engine

from kpi.columnar import HOLDING
from kpi.frames import DatabaseFrames
from kpi.memory import CATALOG, MemoryFrames, _values
from kpi.queries import ROWS_KEPT

READ = ("ticket_facts", "turn_facts", "span_facts")
"""The facts that the questions read."""

PARTS_AT_ONCE = 4
"""Files between two checkpoints: rows are compressed by them, so that loading takes little more memory than holding."""


@contextmanager
def engine(place: Path, tables: Collection[str] = READ) -> Iterator[tuple[MemoryFrames, duckdb.DuckDBPyConnection]]:
    """Give the product's frames over a database of two tickets, and a connection of one's own to the same tables.

    They remember no results: each round works everything out.
    """
    with databases.sqlite() as database:
        databases.name_people(database)
        databases.fill_some(database, place, 2)
        with following(database, place, tables, remembered=0) as frames:
            yield frames, _cursor(frames)


@contextmanager
def following(
    database: Engine, place: Path, tables: Collection[str] = READ, *, remembered: int = ROWS_KEPT
) -> Iterator[MemoryFrames]:
    """Give the product's frames, which follow a database of a few tickets, so that they know what there is.

    Then the facts come from files straight into their tables, in the order in which the product keeps them. Ten million
    tickets would take an hour by way of a database.
    """
    frames = MemoryFrames(DatabaseFrames(database), remembered=remembered)
    try:
        frames.refresh()
        connection = _cursor(frames)
        for name in tables:
            _load(connection, name, place / name)
            frames._put_in_order(connection, name)  # noqa: SLF001  # as the product does
            connection.execute("CHECKPOINT")
        (held,) = frames._held.values()  # noqa: SLF001  # as the product does
        held.values.update(_values(connection, None, held.state, HOLDING))
        yield frames
    finally:
        frames.close()


def _cursor(frames: MemoryFrames) -> duckdb.DuckDBPyConnection:
    connection = frames._duckdb.cursor()  # noqa: SLF001  # the same tables, for both sides
    connection.execute(f"USE {CATALOG}")
    return connection


def _load(connection: duckdb.DuckDBPyConnection, name: str, folder: Path) -> None:
    connection.execute(f"TRUNCATE {name}")
    for number, part in enumerate(sorted(folder.glob("*.parquet")), 1):
        connection.execute(f"INSERT INTO {name} BY NAME FROM '{part}'")
        if number % PARTS_AT_ONCE == 0:
            connection.execute("CHECKPOINT")
    connection.execute("CHECKPOINT")

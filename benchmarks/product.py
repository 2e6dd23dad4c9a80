"""The product's engine over generated facts: the tables that the running bot holds in memory, filled from files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import desk
import duckdb

from kpi import schema
from kpi.columnar import NAMED, ColumnarFrames
from kpi.copying import create_table
from kpi.known import Known

READ = ("ticket_facts", "turn_facts", "span_facts")
"""The facts that the questions read; the others would only fill memory."""

PARTS_AT_ONCE = 4


@contextmanager
def engine(place: Path, tables: tuple[str, ...] = READ) -> Iterator[tuple[ColumnarFrames, duckdb.DuckDBPyConnection]]:
    """Give the product's frames, and a connection of one's own to the same tables."""
    with duckdb.connect() as connection:
        for name in (*NAMED, *schema.FACTS):
            create_table(connection, name, schema.metadata.tables[name])
        for name in tables:
            for number, part in enumerate(sorted((place / name).glob("*.parquet"))):
                connection.execute(f"INSERT INTO {name} BY NAME FROM '{part}'")
                if number % PARTS_AT_ONCE == PARTS_AT_ONCE - 1:
                    connection.execute("CHECKPOINT")
        connection.execute("CHECKPOINT")  # a tenth of the memory: tables are compressed only now
        connection.execute(
            "INSERT INTO teams BY NAME SELECT 'desk' AS helpdesk, 't' || range AS external_id, 'Team ' || range AS name"
            f" FROM range({desk.TEAMS})"
        )
        connection.execute(
            "INSERT INTO agents BY NAME SELECT 'desk' AS helpdesk, 'a' || range AS external_id,"
            f" 'Agent ' || range AS name FROM range({desk.AGENTS})"
        )
        known = Known(
            available=frozenset({"tickets", "messages", "ratings", "sla_policies"}),
            synced={"desk": (desk.START, desk.END)},
        )
        yield ColumnarFrames(connection, known), connection.cursor()

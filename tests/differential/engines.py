"""The engines that answer questions, each as it is started on a database that holds a world."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from slow.world import World
from sqlalchemy import Engine

from kpi.frames import DatabaseFrames, Frames
from kpi.memory import MemoryFrames


@contextmanager
def pandas(database: Engine, world: World) -> Iterator[Frames]:
    yield DatabaseFrames(database, world.read)


@contextmanager
def duckdb(database: Engine, world: World) -> Iterator[Frames]:
    frames = MemoryFrames(DatabaseFrames(database, world.read))
    frames.refresh()
    yield frames
    frames.close()


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
}

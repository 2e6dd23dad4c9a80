"""Processes that do some work on a database and are killed, -9, before a given statement of it.

Each is forked from a process that has imported everything: a program that calls `nurse`, as this one does.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from scripted_desk import DESK, NOW, ScriptedDesk, settings, story
from sqlalchemy import Engine, event

from bot.database import migrate, open_database
from bot.sync import refresh, sync
from kpi.hours import AROUND_THE_CLOCK, Schedule
from kpi.policies import Assignment

HERE = Path(__file__)
SEED = 20261124
STORY = story(SEED, pages=15)
ALWAYS = Assignment(schedule=Schedule(key="always", zone="UTC", weeks=(AROUND_THE_CLOCK,)))
CHANGED = replace(settings(), schedules=(ALWAYS,), test_tags=frozenset({"test"}))


def run_sync(engine: Engine) -> None:
    sync(engine, ScriptedDesk(STORY), settings(), DESK, clock=lambda: NOW)


def run_refresh(engine: Engine) -> None:
    refresh(engine, CHANGED, DESK)


WORKS = {work.__name__: work for work in (migrate, run_sync, run_refresh)}


def count(work: str, engine: Engine) -> int:
    """Do some work and return how many statements and ends of transactions it took."""
    moments = 0

    def note(*_: object) -> None:
        nonlocal moments
        moments += 1

    _at_each_moment(engine, note)
    WORKS[work](engine)
    return moments


def _at_each_moment(engine: Engine | type[Engine], do: object) -> None:
    for name in ("before_cursor_execute", "commit", "rollback"):
        event.listen(engine, name, do)


class Lives:
    """Starts processes that die."""

    def __init__(self, nursery: subprocess.Popen[bytes]) -> None:
        self._nursery = nursery

    def is_cut_short(self, *words: object) -> bool:
        """Let a process do what the words say to the program; tell whether it was killed before that was done."""
        self._nursery.stdin.write(f"{' '.join(map(str, words))}\n".encode())
        ended = int(self._nursery.stdout.readline())
        assert ended in {0, -signal.SIGKILL}
        return ended != 0


@contextmanager
def lives(program: Path = HERE) -> Iterator[Lives]:
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, "-u", str(program)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, bufsize=0, env=environment) as nursery:
        yield Lives(nursery)
        nursery.stdin.close()


def die_at(moment: int, target: Engine | type[Engine]) -> None:
    """Have this process killed at a moment of what it does with an engine, or with any."""
    left = moment

    def die_in_time(*_: object) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    _at_each_moment(target, die_in_time)


def _live(work: str, url: str, moment: str) -> None:
    engine = open_database(url)
    die_at(int(moment), engine)
    WORKS[work](engine)


def nurse(live: Callable[..., None]) -> None:
    """Fork one process per line of the input, that calls a function with its words; write how each ended."""
    import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401, PLC0415  # before the fork, not after it
    import structlog  # noqa: PLC0415

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whoever reads this output wants the endings alone
            live(*line.split())
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    nurse(_live)

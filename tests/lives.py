"""Processes that do some work on a database and can be killed at any moment.

Run as a program it has imported everything and forks one process per line of its input, so that most of a process's
life is spent in the database.
"""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from scripted_desk import DESK, NOW, ScriptedDesk, settings, story
from sqlalchemy import Engine

from bot.database import migrate, open_database
from bot.sync import refresh, sync
from kpi.hours import AROUND_THE_CLOCK, Schedule
from kpi.policies import Assignment

SEED = 20261124
STORY = story(SEED, pages=15)
ALWAYS = Assignment(schedule=Schedule(key="always", zone="UTC", weeks=(AROUND_THE_CLOCK,)))
CHANGED = replace(settings(), schedules=(ALWAYS,), test_tags=frozenset({"test"}))


def run_sync(engine: Engine) -> None:
    sync(engine, ScriptedDesk(STORY), settings(), DESK, clock=lambda: NOW)


def run_refresh(engine: Engine) -> None:
    refresh(engine, CHANGED, DESK)


WORKS = {work.__name__: work for work in (migrate, run_sync, run_refresh)}


class Lives:
    """Starts a process and kills it."""

    def __init__(self, nursery: subprocess.Popen[bytes]) -> None:
        self._nursery = nursery

    def is_cut_short(self, work: str, url: str, seconds: float) -> bool:
        """Let a process do some work and kill -9 it after some seconds; tell whether that came before it was done."""
        self._nursery.stdin.write(f"{work} {url}\n".encode())
        pid = int(self._read("alive"))
        select.select([self._nursery.stdout], [], [], seconds)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        ended = int(self._read("ended"))
        assert ended in {0, -signal.SIGKILL}
        return ended != 0

    def _read(self, word: str) -> str:
        said, _, value = self._nursery.stdout.readline().decode().partition(" ")
        assert said == word
        return value


@contextmanager
def lives() -> Iterator[Lives]:
    here = Path(__file__)
    environment = os.environ | {"PYTHONPATH": str(here.parent)}
    command = [sys.executable, "-u", str(here)]
    pipe = subprocess.PIPE
    # Read line by line and unbuffered: select has to see whatever was not read yet.
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, bufsize=0, env=environment) as nursery:
        yield Lives(nursery)
        nursery.stdin.close()


def _tell(word: str, value: int) -> None:
    sys.stdout.write(f"{word} {value}\n")
    sys.stdout.flush()


def _live(work: str, url: str) -> None:
    engine = open_database(url)
    _tell("alive", os.getpid())
    WORKS[work](engine)


def main() -> None:
    import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401, PLC0415  # before the fork, not after it
    import structlog  # noqa: PLC0415

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(*line.split())
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        _tell("ended", os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()

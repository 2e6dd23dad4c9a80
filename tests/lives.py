"""Processes that do some work on a database and are killed, -9, before a given statement of it.

Run as a program it has imported everything and forks one process per line of its input.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from scripted_desk import DESK, NOW, ScriptedDesk, settings, story
from sqlalchemy import Engine, event

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


def count(work: str, engine: Engine) -> int:
    """Do some work and return how many statements and ends of transactions it took."""
    moments = 0

    def note(*_: object) -> None:
        nonlocal moments
        moments += 1

    _at_each_moment(engine, note)
    WORKS[work](engine)
    return moments


def _at_each_moment(engine: Engine, do: object) -> None:
    for name in ("before_cursor_execute", "commit", "rollback"):
        event.listen(engine, name, do)


class Lives:
    """Starts processes that die."""

    def __init__(self, nursery: subprocess.Popen[bytes]) -> None:
        self._nursery = nursery

    def is_cut_short(self, work: str, url: str, moment: int) -> bool:
        """Let a process do some work until it is killed at a moment; tell whether that came before it was done."""
        self._nursery.stdin.write(f"{work} {moment} {url}\n".encode())
        ended = int(self._nursery.stdout.readline())
        assert ended in {0, -signal.SIGKILL}
        return ended != 0


@contextmanager
def lives() -> Iterator[Lives]:
    here = Path(__file__)
    environment = os.environ | {"PYTHONPATH": str(here.parent)}
    command = [sys.executable, "-u", str(here)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, bufsize=0, env=environment) as nursery:
        yield Lives(nursery)
        nursery.stdin.close()


def _live(work: str, moment: str, url: str) -> None:
    engine = open_database(url)
    left = int(moment)

    def die_in_time(*_: object) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    _at_each_moment(engine, die_in_time)
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
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

"""What the running bot does by itself, again and again; whatever fails is tried again the next time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Event
from time import monotonic

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine

from bot.helpdesks.connector import Connector
from bot.settings import HelpdeskSettings, Settings
from bot.sync import sync
from kpi.errors import KpiError
from kpi.memory import MemoryFrames

FOLLOWED_EVERY_S = 5
"""How soon this process's memory has what another process wrote."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """What is done once the ticker starts, and then every `every_s` seconds, but never twice at a time.

    What `run` raises is logged under `name`; it should return soon once the ticker's `stopping` is set.
    """

    name: str
    run: Callable[[], None]
    every_s: float


class Ticker:
    """Runs each job in a thread of its own.

    Args:
        jobs: what to do, each with a name of its own.
        stopping: is set when it stops, so that jobs can end what they are at.
    """

    def __init__(self, jobs: Sequence[Job], stopping: Event) -> None:
        self._stopping = stopping
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(max(1, len(jobs)))}, timezone=UTC
        )
        for job in jobs:
            self._scheduler.add_job(
                self._run,
                "interval",
                seconds=job.every_s,
                args=(job,),
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,  # late is better than left out
                next_run_time=datetime.now(UTC),
            )

    def start(self) -> None:
        """Start in the background."""
        self._scheduler.start()

    def stop(self) -> None:
        """Start nothing more, and wait until each running job has ended what it was at."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)

    def _run(self, job: Job) -> None:
        if self._stopping.is_set():
            return
        with structlog.contextvars.bound_contextvars(job=job.name):
            try:
                job.run()
            except KpiError as error:
                log.warning("job failed", error=error.key, values=error.values)
            except Exception:
                log.exception("job failed")


def sync_jobs(
    engine: Engine,
    settings: Settings,
    connect: Callable[[HelpdeskSettings], Connector],
    stopping: Event,
    memory: MemoryFrames | None = None,
) -> Iterator[Job]:
    """Yield a job for each helpdesk of the settings, which reads what is new there.

    Args:
        engine: a migrated database.
        settings: which helpdesks, and how often.
        connect: makes a helpdesk's connector.
        stopping: ends a sync after the page that it is at.
        memory: has what was read as soon as it was.
    """

    def read(helpdesk: HelpdeskSettings) -> None:
        try:
            sync(engine, connect(helpdesk), settings, helpdesk.key, stopping=stopping.is_set)
        finally:  # the pages before a failure are stored
            if memory is not None and not stopping.is_set():
                _follow(memory)

    for helpdesk in settings.helpdesks:
        yield Job(f"sync {helpdesk.key}", partial(read, helpdesk), settings.sync_every_s)


def memory_job(memory: MemoryFrames) -> Job:
    """Return the job that loads the facts into memory and then follows what any process writes."""
    return Job("memory", partial(_follow, memory), FOLLOWED_EVERY_S)


def _follow(memory: MemoryFrames) -> None:
    first, started = not memory.is_ready, monotonic()
    if memory.refresh() and first:
        megabytes = round(memory.bytes_used / 1e6)
        log.info("facts in memory", seconds=round(monotonic() - started, 1), megabytes=megabytes)

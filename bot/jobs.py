"""What the running bot does by itself, again and again; whatever fails is tried again the next time."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Condition, Event, Thread
from time import monotonic
from typing import Any

import structlog
from apscheduler.executors.base import BaseExecutor, run_job
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine

from bot import metrics
from bot.helpdesks.connector import Connector
from bot.settings import HelpdeskSettings, Settings
from bot.sync import read_heard, sync
from kpi.errors import KpiError, StorageError
from kpi.memory import MemoryFrames

FOLLOWED_EVERY_S = 5
"""How soon this process's memory has what another process wrote."""

HEARD_EVERY_S = 5
"""How soon a ticket is read that a webhook told of."""

STOPPED_WITHIN_S = 8
"""How long the end waits for a job: a helpdesk may have asked for a pause of minutes. What it stores is whole or not
there, so it can be left."""

log = structlog.get_logger(__name__)

# That a job is still at it when its time comes again is nothing to warn of.
logging.getLogger("apscheduler").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Job:
    """What is done once the ticker starts, and then every `every_s` seconds, but never twice at a time.

    What `run` raises is logged under `name`; it should return soon once the ticker's `stopping` is set.
    """

    name: str
    run: Callable[[], None]
    every_s: float


class DaemonExecutor(BaseExecutor):  # type: ignore[misc]  # APScheduler has no type hints
    """Runs each job in a daemon thread: the process must be able to end while one of them waits."""

    def _do_submit_job(self, job: Any, run_times: Sequence[datetime]) -> None:  # noqa: ANN401  # APScheduler's job
        def run() -> None:
            events = run_job(job, job._jobstore_alias, run_times, self._logger.name)  # noqa: SLF001  # as its own do
            self._run_job_success(job.id, events)

        Thread(target=run, name=job.id, daemon=True).start()


class Ticker:
    """Runs each job at once and then at its interval, never twice at a time.

    Args:
        jobs: what to do.
        stopping: is set when it stops, so that jobs can end what they are at.
    """

    def __init__(self, jobs: Sequence[Job], stopping: Event) -> None:
        self._stopping = stopping
        self._running: set[str] = set()
        self._changed = Condition()
        self._scheduler = BackgroundScheduler(executors={"default": DaemonExecutor()}, timezone=UTC)
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

    def stop(self, within_s: float = STOPPED_WITHIN_S) -> None:
        """Start nothing more, and wait so many seconds for running jobs to end what they are at."""
        self._stopping.set()
        self._scheduler.shutdown(wait=False)
        with self._changed:
            self._changed.wait_for(lambda: not self._running, within_s)
            for name in sorted(self._running):
                log.warning("job left", job=name)

    def _run(self, job: Job) -> None:
        with self._changed:
            if self._stopping.is_set():
                return
            self._running.add(job.name)
        try:
            with structlog.contextvars.bound_contextvars(job=job.name):
                self._do(job)
        finally:
            with self._changed:
                self._running.discard(job.name)
                self._changed.notify_all()

    def _do(self, job: Job) -> None:
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
        started, outcome = monotonic(), "failed"
        try:
            sync(engine, connect(helpdesk), settings, helpdesk.key, stopping=stopping.is_set)
            outcome = "done"
        except StorageError as error:
            if error.key != "sync_running":
                raise
            outcome = "elsewhere"
        finally:
            metrics.synced(helpdesk.key, outcome, monotonic() - started)
            if memory is not None and not stopping.is_set():  # after a failure too: the pages before are stored
                _follow(memory)

    for helpdesk in settings.helpdesks:
        yield Job(f"sync {helpdesk.key}", partial(read, helpdesk), settings.sync_every_s)


def heard_jobs(
    engine: Engine,
    settings: Settings,
    connect: Callable[[HelpdeskSettings], Connector],
    stopping: Event,
    memory: MemoryFrames | None = None,
) -> Iterator[Job]:
    """Yield a job for each helpdesk of the settings, which reads the tickets that were heard of; as `sync_jobs`."""

    def read(helpdesk: HelpdeskSettings) -> None:
        try:
            found = read_heard(engine, partial(connect, helpdesk), settings, helpdesk.key, stopping=stopping.is_set)
        except StorageError as error:
            if error.key != "sync_running":  # that reads them itself, between two pages
                raise
        else:
            if found and memory is not None:
                _follow(memory)

    for helpdesk in settings.helpdesks:
        yield Job(f"heard {helpdesk.key}", partial(read, helpdesk), HEARD_EVERY_S)


def memory_job(memory: MemoryFrames) -> Job:
    """Return the job that loads the facts into memory and then follows what any process writes."""
    return Job("memory", partial(_follow, memory), FOLLOWED_EVERY_S)


def _follow(memory: MemoryFrames) -> None:
    first, started = not memory.is_ready, monotonic()
    if memory.refresh() and first:
        megabytes = round(memory.bytes_used / 1e6)
        log.info("facts in memory", seconds=round(monotonic() - started, 1), megabytes=megabytes)

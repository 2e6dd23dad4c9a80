"""What the running bot does by itself, again and again; whatever fails is tried again the next time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread
from time import monotonic

import structlog
from sqlalchemy import Engine

from bot import metrics
from bot.helpdesks.connector import Connector
from bot.settings import HelpdeskSettings, Settings
from bot.sync import sync
from kpi.errors import KpiError, StorageError
from kpi.memory import MemoryFrames

FOLLOWED_EVERY_S = 5
"""How soon this process's memory has what another process wrote."""

STOPPED_WITHIN_S = 8
"""How long the end waits for a job: a helpdesk may have asked for a pause of minutes. What it stores is whole or not
there, so it can be left."""

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
        jobs: what to do.
        stopping: is set when it stops, so that jobs can end what they are at.
    """

    def __init__(self, jobs: Sequence[Job], stopping: Event) -> None:
        self._stopping = stopping
        # Daemons, as the process must be able to end while one of them waits.
        self._threads = [Thread(target=self._repeat, args=(job,), name=job.name, daemon=True) for job in jobs]

    def start(self) -> None:
        """Start in the background."""
        for thread in self._threads:
            thread.start()

    def stop(self, within_s: float = STOPPED_WITHIN_S) -> None:
        """Start nothing more, and wait so many seconds for running jobs to end what they are at."""
        self._stopping.set()
        until = monotonic() + within_s
        for thread in self._threads:
            thread.join(max(0, until - monotonic()))
            if thread.is_alive():
                log.warning("job left", job=thread.name)

    def _repeat(self, job: Job) -> None:
        structlog.contextvars.bind_contextvars(job=job.name)
        while not self._stopping.is_set():
            started = monotonic()
            try:
                job.run()
            except KpiError as error:
                log.warning("job failed", error=error.key, values=error.values)
            except Exception:
                log.exception("job failed")
            self._stopping.wait(max(0, started + job.every_s - monotonic()))


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


def memory_job(memory: MemoryFrames) -> Job:
    """Return the job that loads the facts into memory and then follows what any process writes."""
    return Job("memory", partial(_follow, memory), FOLLOWED_EVERY_S)


def _follow(memory: MemoryFrames) -> None:
    first, started = not memory.is_ready, monotonic()
    if memory.refresh() and first:
        megabytes = round(memory.bytes_used / 1e6)
        log.info("facts in memory", seconds=round(monotonic() - started, 1), megabytes=megabytes)

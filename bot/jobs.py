"""The ticker: reads every helpdesk every few minutes, and outlives whatever fails."""

from collections.abc import Callable
from datetime import UTC, datetime
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

log = structlog.get_logger()


class Ticker:
    """Syncs each helpdesk at once and then at the interval of the settings; a sync never overlaps itself.

    Args:
        engine: a migrated database.
        settings: which helpdesks, and how often.
        connect: makes a helpdesk's connector; what it raises counts as a failed sync.
        memory: the facts in this process, which follow what any process writes.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        connect: Callable[[HelpdeskSettings], Connector],
        memory: MemoryFrames | None = None,
    ) -> None:
        self._engine, self._settings, self._connect = engine, settings, connect
        self._memory = memory
        self._stopping = Event()
        workers = ThreadPoolExecutor(len(settings.helpdesks) + 1)
        self._scheduler = BackgroundScheduler(executors={"default": workers}, timezone=UTC)
        for helpdesk in settings.helpdesks:
            self._scheduler.add_job(
                self._sync,
                "interval",
                seconds=settings.sync_every_s,
                args=(helpdesk,),
                id=helpdesk.key,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,  # late is better than left out
                next_run_time=datetime.now(UTC),
            )

        if memory is not None:
            self._scheduler.add_job(
                self._follow,
                "interval",
                seconds=FOLLOWED_EVERY_S,
                args=(memory,),
                id="memory",
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=datetime.now(UTC),
            )

    def start(self) -> None:
        """Start in the background."""
        self._scheduler.start()

    def stop(self) -> None:
        """Start nothing more, and wait until each running sync has stored the page it is at."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)

    def _sync(self, helpdesk: HelpdeskSettings) -> None:
        try:
            sync(
                self._engine,
                self._connect(helpdesk),
                self._settings,
                helpdesk.key,
                stopping=self._stopping.is_set,
            )
        except KpiError as error:
            log.warning("sync failed", helpdesk=helpdesk.key, error=error.key, values=error.values)
        except Exception:
            log.exception("sync failed", helpdesk=helpdesk.key)
        if self._memory is not None:
            self._follow(self._memory)

    def _follow(self, memory: MemoryFrames) -> None:
        if self._stopping.is_set():
            return
        first, started = not memory.is_ready, monotonic()
        try:
            changed = memory.refresh()
        except KpiError as error:
            log.warning("memory not refreshed", error=error.key, values=error.values)
        except Exception:
            log.exception("memory not refreshed")
        else:
            if first and changed:
                megabytes = round(memory.bytes_used / 1e6)
                log.info("facts in memory", seconds=round(monotonic() - started, 1), megabytes=megabytes)

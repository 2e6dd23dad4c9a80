"""Reading a helpdesk: pages ─▶ the database, each whole or not at all, so that a killed sync goes on where it was."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from zlib import crc32

import structlog
from sqlalchemy import Connection, Engine, Select, select, text

from bot.database import writing
from bot.facts import Progress, needs_rebuild, rebuild, rules_of
from bot.helpdesks.connector import Connector, Cursor, Refused
from bot.settings import Settings
from bot.storage import Desk, forget_subjects, read_cursor_text, refused_again, store_page, store_told
from bot.tables import refused_tickets
from kpi.errors import StorageError

RETRIES_AT_ONCE = 100
"""How many refused tickets one sync tries again, so that they don't hold up what is new."""

LOCK_PATIENCE_S = 5.0
_LOCK_SPACE = 0x6B706962
"""PostgreSQL's advisory locks of the bot; the second number tells the helpdesk."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What one sync did.

    Attributes:
        helpdesk: its key.
        tickets: how many were told; one told on two pages counts twice.
        pages: how many were stored.
        refused: how many tickets could not be read and wait for another try.
        rebuilt: how many tickets' facts were made again because schedules or policies had changed.
        seen_until: everything before this instant has been read; None when the helpdesk didn't say.
        duration_s: seconds it took.
    """

    helpdesk: str
    tickets: int
    pages: int
    refused: int
    rebuilt: int
    seen_until: int | None
    duration_s: float


def sync(
    engine: Engine,
    connector: Connector,
    settings: Settings,
    helpdesk: str,
    *,
    full: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.time,
    stopping: Callable[[], bool] = lambda: False,
) -> SyncReport:
    """Read what happened since the last sync, or everything when `full`, and return what was done.

    1. Facts that were made with other schedules or policies are made again.
    2. Each page is stored in one transaction with the facts that follow from it and its cursor.
    3. Tickets that were refused earlier are tried again.

    Once `stopping` says so it ends after a whole page; the next sync goes on from there.

    Raises:
        HelpdeskError: the helpdesk failed; all pages before are stored, and the next sync goes on from there.
        StorageError: the database failed, or `sync_running` when another process syncs this helpdesk.
    """
    started = time.monotonic()
    desk = Desk(key=helpdesk, kind=connector.kind, rulebook=settings.rulebook, keep_subjects=settings.keep_subjects)
    with helpdesk_lock(engine, helpdesk) as still_held:
        run = _Run(
            engine=engine,
            connector=connector,
            desk=desk,
            progress=progress,
            clock=clock,
            stopping=stopping,
            still_held=still_held,
        )
        rebuilt = _refresh(engine, helpdesk, settings, force=False, progress=progress)
        run.read(run.start(full=full))
        run.retry_refused()
        # A team that came late may be one that a rule asks for.
        rebuilt += _refresh(engine, helpdesk, settings, force=False, progress=progress)
    report = SyncReport(
        helpdesk=helpdesk,
        tickets=run.tickets,
        pages=run.pages,
        refused=run.still_refused(),
        rebuilt=rebuilt,
        seen_until=run.seen_until,
        duration_s=time.monotonic() - started,
    )
    log.info(
        "synced",
        helpdesk=helpdesk,
        tickets=report.tickets,
        pages=report.pages,
        refused=report.refused,
        rebuilt=rebuilt,
        seconds=round(report.duration_s, 1),
    )
    return report


@dataclass(kw_only=True)
class _Run:
    """One sync under way."""

    engine: Engine
    connector: Connector
    desk: Desk
    progress: Progress | None
    clock: Callable[[], float]
    stopping: Callable[[], bool]
    still_held: Callable[[], None]
    tickets: int = 0
    pages: int = 0
    seen_until: int | None = None

    def start(self, *, full: bool) -> Cursor | None:
        """Return where to go on from; None for the beginning."""
        with writing(self.engine) as connection:
            if not self.desk.keep_subjects:
                forget_subjects(connection, self.desk.key)
            stored = read_cursor_text(connection, self.desk.key)
        cursor: Cursor | None = None if stored is None or full else json.loads(stored)
        return cursor

    def read(self, cursor: Cursor | None) -> None:
        """Store page after page."""
        for told in self.connector.pages(cursor):
            self.still_held()
            now = int(self.clock())
            # A helpdesk whose clock is ahead would have the data look fresh until ours has caught up.
            page = told if told.seen_until is None else replace(told, seen_until=min(told.seen_until, now))
            with writing(self.engine) as connection:
                self.tickets += store_page(connection, self.desk, page, now)
            self.pages += 1
            self.seen_until = page.seen_until if page.seen_until is not None else self.seen_until
            if self.progress is not None:
                self.progress(self.tickets, page.remaining)
            if self.stopping():
                break

    def retry_refused(self) -> None:
        """Try refused tickets again whose time has come."""
        now = int(self.clock())
        with self.engine.connect() as connection:
            waiting = _refused(self.desk.key).where(refused_tickets.c.next_try_at <= now).limit(RETRIES_AT_ONCE)
            due = connection.execute(waiting).all()
        for external_id, attempts in due:
            if self.stopping():
                break
            told = self.connector.ticket(external_id)
            self.still_held()
            with writing(self.engine) as connection:
                again = [result for result in told.tickets if isinstance(result, Refused)]
                for refused in again:
                    refused_again(connection, self.desk, refused, attempts, now)
                if not again:
                    store_told(connection, self.desk, told, now)
                    self.tickets += 1

    def still_refused(self) -> int:
        """Return how many tickets wait for another try."""
        with self.engine.connect() as connection:
            return len(connection.execute(_refused(self.desk.key)).all())


def refresh(
    engine: Engine,
    settings: Settings,
    helpdesk: str,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> int:
    """Make facts again that were made with other schedules or policies, or all when `force`; return how many tickets.

    Raises StorageError `sync_running` when there is something to do and another process is at it.
    """
    with engine.connect() as connection:
        if not force and not needs_rebuild(connection, helpdesk, settings):
            return 0
    with helpdesk_lock(engine, helpdesk):
        return _refresh(engine, helpdesk, settings, force=force, progress=progress)


@contextmanager
def helpdesk_lock(engine: Engine, helpdesk: str) -> Iterator[Callable[[], None]]:
    """Hold the lock that lets one process at a time write a helpdesk's data; it ends with the process, however it ends.

    Gives a function that raises StorageError when the lock was lost. Raises StorageError `sync_running` when another
    process has held it for some seconds.
    """
    if engine.dialect.name == "postgresql":
        with _advisory_lock(engine, helpdesk) as still_held:
            yield still_held
        return
    path = engine.url.database
    if path in {None, "", ":memory:"}:
        yield lambda: None
        return
    # A file of its own next to the database, locked by SQLite's own means, which work alike on every system.
    with closing(sqlite3.connect(f"{path}.{helpdesk}.lock", timeout=LOCK_PATIENCE_S, isolation_level=None)) as held:
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise StorageError("sync_running", helpdesk=helpdesk) from error
            raise StorageError("database_read_only", database=path, reason=str(error)) from error
        yield lambda: None


@contextmanager
def _advisory_lock(engine: Engine, helpdesk: str) -> Iterator[Callable[[], None]]:
    key = {"space": _LOCK_SPACE, "helpdesk": crc32(helpdesk.encode()) - 2**31}
    take = text("SELECT pg_try_advisory_lock(:space, CAST(:helpdesk AS integer))")
    deadline = time.monotonic() + LOCK_PATIENCE_S
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(take, key):
            if time.monotonic() > deadline:
                raise StorageError("sync_running", helpdesk=helpdesk)
            time.sleep(0.1)
        try:
            yield lambda: _ping(connection)
        finally:
            if not connection.invalidated:
                connection.execute(text("SELECT pg_advisory_unlock(:space, CAST(:helpdesk AS integer))"), key)


def _ping(connection: Connection) -> None:
    connection.execute(text("SELECT 1"))


def _refresh(engine: Engine, helpdesk: str, settings: Settings, *, force: bool, progress: Progress | None) -> int:
    with engine.connect() as connection:
        stale = needs_rebuild(connection, helpdesk, settings)
        rules = rules_of(connection, helpdesk, settings.rulebook)
    if not stale and not force:
        return 0
    log.info("rebuilding facts", helpdesk=helpdesk, rules_changed=stale)
    return rebuild(engine, helpdesk, rules, progress)


def _refused(helpdesk: str) -> Select[str, int]:
    refused = refused_tickets.c
    query = select(refused.external_id, refused.attempts).where(refused.helpdesk == helpdesk)
    return query.order_by(refused.next_try_at, refused.external_id)

"""Reading a helpdesk: pages ─▶ the database, each whole or not at all, so that a killed sync goes on where it was."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from zlib import crc32

import structlog
from sqlalchemy import Connection, Engine, text

from bot.database import writing
from bot.facts import Progress, needs_rebuild, rebuild, rules_of
from bot.heard import marked
from bot.helpdesks.connector import Connector, Cursor, Page
from bot.rereading import Rereader, refused_of
from bot.settings import Settings
from bot.storage import Desk, forget_subjects, read_cursor_text, store_page
from bot.turns import give_way
from kpi.errors import StorageError

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


def sync(  # noqa: PLR0913  # one for each option
    engine: Engine,
    connector: Connector,
    settings: Settings,
    helpdesk: str,
    *,
    full: bool = False,
    accept_deletions: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.time,
    stopping: Callable[[], bool] = lambda: False,
) -> SyncReport:
    """Read what happened since the last sync, or everything when `full`, and return what was done.

    1. Facts that were made with other schedules or policies are made again.
    2. Each page is stored in one transaction with the facts that follow from it and its cursor. Between two, people who
       wait for answers go first, and tickets that were heard of are read.
    3. Tickets that were refused earlier are tried again, and sweeps go on.

    Once `stopping` says so it ends after a whole page; the next sync goes on from there.

    Raises:
        HelpdeskError: the helpdesk failed; all pages before are stored, and the next sync goes on from there. Or most
            tickets aren't found any more (`tickets_vanished`) and that is not to be accepted.
        StorageError: the database failed, or `sync_running` when another process syncs this helpdesk.
    """
    started = time.monotonic()
    with _rereading(engine, connector, settings, helpdesk, clock, stopping) as again:
        run = _Run(again=again, progress=progress)
        rebuilt = _refresh(engine, helpdesk, settings, force=False, progress=progress)
        run.read(run.start(full=full))
        again.refused()
        if run.done:
            again.sweep(accept_deletions=accept_deletions)
        # A team that came late may be one that a rule asks for, and the helpdesk may have told other rules.
        rebuilt += _refresh(engine, helpdesk, settings, force=False, progress=progress)
    report = SyncReport(
        helpdesk=helpdesk,
        tickets=run.tickets + again.tickets,
        pages=run.pages,
        refused=_count_refused(engine, helpdesk),
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
    """One walk through what is new, with what reads single tickets on the way."""

    again: Rereader
    progress: Progress | None
    tickets: int = 0
    pages: int = 0
    seen_until: int | None = None
    done: bool = False
    _first: tuple[int, int] | None = None  # how far the first page saw, and the tickets up to there

    def start(self, *, full: bool) -> Cursor | None:
        """Return where to go on from; None for the beginning."""
        desk = self.again.desk
        with writing(self.again.engine) as connection:
            if not desk.keep_subjects:
                forget_subjects(connection, desk.key)
            stored = read_cursor_text(connection, desk.key)
        cursor: Cursor | None = None if stored is None or full else json.loads(stored)
        return cursor

    def read(self, cursor: Cursor | None) -> None:
        """Store page after page."""
        for told in self.again.connector.pages(cursor):
            self.again.still_held()
            now = int(self.again.clock())
            # A helpdesk whose clock is ahead would have the data look fresh until ours has caught up.
            page = told if told.seen_until is None else replace(told, seen_until=min(told.seen_until, now))
            with writing(self.again.engine) as connection:
                self.tickets += store_page(connection, self.again.desk, page, now)
            self.pages += 1
            self.seen_until = page.seen_until if page.seen_until is not None else self.seen_until
            if self.progress is not None:
                self.progress(self.tickets, self._left(page, now))
            if self.again.stopping():
                return
            give_way()
            self.again.heard()
        self.done = True

    def _left(self, page: Page, now: int) -> int | None:
        """Return how many tickets are left to read; where the helpdesk doesn't say, as many a day as there were so far.

        None while that can't be told.
        """
        if page.done or page.remaining is not None:
            return page.remaining or 0
        if page.seen_until is None:
            return None
        if self._first is None:
            self._first = page.seen_until, self.tickets
        since, before = self._first
        passed = page.seen_until - since
        return round((self.tickets - before) / passed * (now - page.seen_until)) if passed else None


def read_heard(
    engine: Engine,
    connect: Callable[[], Connector],
    settings: Settings,
    helpdesk: str,
    *,
    clock: Callable[[], float] = time.time,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Read the tickets of a helpdesk that were heard of since they were last read, and return how many.

    While a sync is under way, that one does. Facts follow the rules afterwards, as in a sync. Raises as `sync`.
    """
    if not marked(engine, helpdesk):
        return 0
    with _rereading(engine, connect(), settings, helpdesk, clock, stopping) as again:
        again.heard()
        _refresh(engine, helpdesk, settings, force=False, progress=None)
    return again.tickets


@contextmanager
def _rereading(  # noqa: PLR0917  # the arguments of those above
    engine: Engine,
    connector: Connector,
    settings: Settings,
    helpdesk: str,
    clock: Callable[[], float],
    stopping: Callable[[], bool],
) -> Iterator[Rereader]:
    """Give what reads single tickets of a helpdesk while no other process writes its data."""
    desk = Desk(key=helpdesk, kind=connector.kind, rulebook=settings.rulebook, keep_subjects=settings.keep_subjects)
    with helpdesk_lock(engine, helpdesk) as still_held:
        yield Rereader(
            engine=engine, connector=connector, desk=desk, clock=clock, stopping=stopping, still_held=still_held
        )


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


def _count_refused(engine: Engine, helpdesk: str) -> int:
    """Return how many tickets wait for another try."""
    with engine.connect() as connection:
        return len(connection.execute(refused_of(helpdesk)).all())

"""A helpdesk's whole past read over HTTP: tickets per second, where the time goes, memory; then with ten kills.

The helpdesk is the fake of the contract suite, in a process of its own; what it answers is made beforehand, so that
its own time doesn't count.
"""

import logging
import multiprocessing
import re
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import wraps
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from threading import Thread
from time import perf_counter, sleep
from typing import Any

import databases
import httpx2
from history import Clock
from measure import table
from pydantic import SecretStr
from sqlalchemy import Engine
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from bot.database import migrate, open_database
from bot.facts import refolding
from bot.helpdesks.budget import RateLimit
from bot.helpdesks.zendesk import EXPORTS, Zendesk
from bot.logs import configure
from bot.settings import HelpdeskSettings, Settings
from bot.sync import sync
from kpi import schema

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from contract.fake_zendesk import ALICE, BOB, DAY, EMAIL, KEY, FakeZendesk

TICKETS = 100_000
TIMES_ZENDESK = 20
"""So many times faster than Zendesk lets anybody read: ten exports a minute of a thousand tickets."""
ZENDESK_A_SECOND = 10 * 1000 / 60
KILLS = 10
SCALE = 120
"""For the kills a minute of Zendesk's limits lasts half a second."""

spawned = multiprocessing.get_context("spawn")


# --- The helpdesk, in a process of its own -------------------------------------------------------------------------


def helpdesk(tickets: int) -> FakeZendesk:
    """Return a helpdesk with so many tickets: two customers' messages, three replies, changes, some rated."""
    zd = FakeZendesk(now=1_700_000_000)
    customers, groups = list(zd.customers), list(zd.groups)
    for number in range(tickets):
        agent = (ALICE, BOB)[number % 2]
        ticket = zd.create(customers[number % 2], type="question", group_id=groups[number % 2])
        zd.reply(ticket, agent, assignee_id=agent, status="open")
        zd.reply(ticket, agent, status="pending")
        zd.ask(ticket)
        if number % 5 == 0:
            zd.set(ticket, agent, group_id=groups[(number + 1) % 2])
        zd.reply(ticket, agent, status="solved")
        if number % 40 == 0:
            zd.rate(ticket, "good")
    zd.tick(DAY)
    return zd


def serve(tickets: int, reader: Connection) -> None:
    """Answer until told to end; each answer is made once. Limits hold for every request, made or not."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    zd = helpdesk(tickets)
    made: dict[str, tuple[bytes, int, dict[str, str]]] = {}

    @Request.application
    def application(request: Request) -> Response:
        too_many = zd._too_many() if re.search("incremental", request.path) else None  # noqa: SLF001  # as it counts
        if too_many is not None:
            return too_many
        where = request.full_path
        if where not in made:
            limit, zd.exports = zd.exports, None
            answer = zd(request)
            zd.exports = limit
            made[where] = answer.get_data(), answer.status_code, dict(answer.headers)
        body, status, headers = made[where]
        return Response(body, status, headers)

    server = make_server("127.0.0.1", 0, application, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    reader.send(f"http://127.0.0.1:{server.port}")
    while (wanted := reader.recv()) is not None:
        zd.exports, zd.window_s, zd.refused, before = *wanted, 0, zd.refused
        reader.send(before)
    server.shutdown()


class Helpdesk:
    """The helpdesk as the reader sees it: its address, and its limit of exports in so many seconds."""

    def __init__(self, url: str, process: Connection) -> None:
        self.url, self._process = url, process

    def limit(self, exports: int | None, window_s: float = 1) -> int:
        """Allow so many exports in a window, and return how many were refused so far."""
        self._process.send((exports, window_s))
        refused: int = self._process.recv()
        return refused


@contextmanager
def running(tickets: int) -> Iterator[Helpdesk]:
    """Give a helpdesk that answers."""
    here, there = spawned.Pipe()
    process = spawned.Process(target=serve, args=(tickets, there), daemon=True)
    process.start()
    try:
        yield Helpdesk(here.recv(), here)
    finally:
        here.send(None)
        process.join(10)
        process.terminate()


# --- The reader ----------------------------------------------------------------------------------------------------


def connector(url: str, exports: RateLimit) -> Zendesk:
    """Return what reads it."""
    settings = HelpdeskSettings(
        key="zd", kind="zendesk", url=url, token=SecretStr(KEY), options={"email": EMAIL, "rate_share": 1}
    )
    return Zendesk(settings, limit=RateLimit(requests=1_000_000), exports=exports)


UNLIMITED = RateLimit(requests=1_000_000)
SCALED = RateLimit(requests=EXPORTS.requests * SCALE)
"""Zendesk's limit of a minute, so many times as quick."""


class Watch:
    """Counts the seconds that functions take."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def on(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that is counted."""

        @wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  # whatever it takes and returns
            started = perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds += perf_counter() - started

        return timed


def read(url: str, database: str, result: Connection) -> None:
    """Read everything, and send where the time went, and how much memory it took after a quarter and at the end."""
    configure(as_json=True, level=logging.ERROR)
    engine = open_database(database)
    migrate(engine)
    http, fold, pages = Watch(), Watch(), Watch()
    httpx2.Client.send = http.on(httpx2.Client.send)  # type: ignore[method-assign]  # counted as it is called
    refolding.fold = fold.on(refolding.fold)
    zendesk = connector(url, UNLIMITED)
    walk = zendesk.pages
    zendesk.pages = lambda cursor: _counted(walk(cursor), pages)  # type: ignore[method-assign]
    memory: list[tuple[int, int]] = []
    started = perf_counter()
    with Clock().watching(engine) as clock:
        report = sync(
            engine,
            zendesk,
            Settings(database_url=database, timezone="UTC"),
            "zd",
            progress=lambda done, _: memory.append((done, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)),
        )
    took = perf_counter() - started
    quarter = next(used for done, used in memory if done >= report.tickets / 4)
    written = _changes(engine)
    sync(engine, connector(url, UNLIMITED), Settings(database_url=database, timezone="UTC"), "zd")
    result.send(
        {
            "tickets": report.tickets,
            "seconds": took,
            "http": http.seconds,
            "mapping": pages.seconds - http.seconds,
            "fold": fold.seconds,
            "database": clock.read + clock.write,
            "memory": (quarter / 1024, memory[-1][1] / 1024),
            "again": _changes(engine) - written,
        }
    )


def _counted(pages: Iterator[Any], watch: Watch) -> Iterator[Any]:
    following = watch.on(lambda: next(pages, None))
    while (page := following()) is not None:
        yield page


def _changes(engine: Engine) -> int:
    """Return a number that grows with every transaction that writes facts or what happened."""
    with engine.connect() as connection:
        return sum(row.version for row in connection.execute(schema.versions.select()))


def measure_backfill(tickets: int = TICKETS) -> None:
    """Print how fast everything is read, and that ten kills on the way change nothing."""
    with running(tickets) as helpdesk_there:
        _warm(helpdesk_there)
        rows = []
        for name, opened in (("SQLite", databases.sqlite), ("PostgreSQL", databases.postgresql)):
            with opened() as engine:
                rows.append(_row(name, _apart(helpdesk_there.url, engine.url.render_as_string(hide_password=False))))
        head = (
            "All tickets over HTTP into",
            "tickets/s",
            "times Zendesk's limit",
            "HTTP",
            "mapping",
            "fold",
            "database",
            "the rest",
            "MB after a quarter",
            "MB at the end",
        )
        table(f"{tickets:,} tickets with their messages and events", head, rows)
        print(f"\naimed at: {TIMES_ZENDESK} times what Zendesk's limit of exports allows")
        _killed(helpdesk_there)


def _warm(there: Helpdesk) -> None:
    """Have every answer made."""
    for _ in connector(there.url, UNLIMITED).pages(None):
        pass


def _apart(url: str, database: str) -> dict[str, Any]:
    here, result = spawned.Pipe()
    process = spawned.Process(target=read, args=(url, database, result), daemon=True)
    process.start()
    found: dict[str, Any] = here.recv()
    process.join()
    return found


def _row(name: str, found: dict[str, Any]) -> list[str]:
    assert not found["again"], "a sync that brings nothing new writes nothing"
    took, parts = found["seconds"], [found[part] for part in ("http", "mapping", "fold", "database")]
    shares = [f"{part / took:.0%}" for part in (*parts, took - sum(parts))]
    rate = found["tickets"] / took
    return [name, f"{rate:,.0f}", f"{rate / ZENDESK_A_SECOND:.1f}", *shares, *(f"{mb:,.0f}" for mb in found["memory"])]


# --- Ten kills -----------------------------------------------------------------------------------------------------


def backfill(url: str, database: str) -> None:
    """Read what is left to read, within the limits."""
    configure(as_json=True, level=logging.ERROR)
    engine = open_database(database)
    migrate(engine)
    sync(engine, connector(url, SCALED), Settings(database_url=database, timezone="UTC"), "zd")


def _killed(there: Helpdesk) -> None:
    """Read within the limits, undisturbed and killed ten times on the way; print whether the same rows came of it."""
    with tempfile.TemporaryDirectory(prefix="kpi-bot-benchmark-") as directory:
        whole, cut = Path(directory) / "whole.db", Path(directory) / "cut.db"
        there.limit(EXPORTS.requests, EXPORTS.window_s / SCALE)
        started = perf_counter()
        _process(there.url, whole).join()
        took = perf_counter() - started
        random, kills = Random(1), 0  # noqa: S311  # no secret
        for number in count():
            process = _process(there.url, cut)
            if number < KILLS:
                sleep(random.uniform(0.5, 1.5) * took / (KILLS + 1))
                kills += process.is_alive()
                process.kill()
            process.join()
            if number >= KILLS:
                break
        refused = there.limit(None)
        print(f"\nwithin the limits, a minute of which lasts {60 / SCALE} s: {took:.0f} s, {refused} exports refused")
        print(f"killed {kills} times on the way: {_differing(whole, cut)} rows differ")


def _process(url: str, path: Path) -> Any:  # noqa: ANN401  # a process of the context's own kind
    process = spawned.Process(target=backfill, args=(url, f"sqlite:///{path}"), daemon=True)
    process.start()
    return process


def _differing(one: Path, other: Path) -> int:
    """Return how many rows only one of two databases has, apart from when they were written."""
    with closing(sqlite3.connect(one)) as connection:
        connection.execute("ATTACH ? AS other", [str(other)])
        found = 0
        for name, held in schema.metadata.tables.items():
            kept = [c.name for c in held.columns if c.name not in {"updated_at", "version", "synced_at", "began_at"}]
            if name == "versions" or not kept:
                continue
            columns = ", ".join(f'"{column}"' for column in kept)
            for here, there in (("main", "other"), ("other", "main")):
                query = f"SELECT {columns} FROM {here}.{name} EXCEPT SELECT {columns} FROM {there}.{name}"
                found += len(connection.execute(query).fetchall())
    return found

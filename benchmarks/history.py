"""From events to stored facts: tickets per second, where the time goes, and business time per call."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import desk
import numpy as np
from check import sample
from databases import postgresql, sqlite
from lives import SEED
from measure import interleaved, shown, table
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, registry

from bot.database import upsert, writing
from bot.storage import Desk, store_tickets
from kpi import schema
from kpi.events import History
from kpi.history import Facts, fold
from kpi.hours import Schedule

PAGE = 1000
NAIVE = 500
"""Tickets that the slow baselines get."""
CALLS = 20_000


@dataclass
class Clock:
    """The seconds that an engine spent in the database: reading and writing, commits included."""

    read: float = 0
    write: float = 0
    _since: list[float] = field(default_factory=list)

    @contextmanager
    def watching(self, engine: Engine) -> Iterator["Clock"]:
        """Count what the engine does meanwhile."""

        def before(*_: object) -> None:
            self._since.append(perf_counter())

        def after(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            took = perf_counter() - self._since.pop()
            if statement.lstrip().startswith("SELECT"):
                self.read += took
            else:
                self.write += took

        event.listen(engine, "before_cursor_execute", before)
        event.listen(engine, "after_cursor_execute", after)
        try:
            yield self
        finally:
            event.remove(engine, "before_cursor_execute", before)
            event.remove(engine, "after_cursor_execute", after)


def measure_history(place: Path) -> None:
    """Print how fast tickets are folded and stored."""
    histories = [history for _, history, _ in sample(place, 1)]
    rules = desk.rulebook()
    folded = interleaved({"fold": lambda: [fold(history, rules) for history in histories[:NAIVE]]})["fold"] / NAIVE
    rows: list[list[str]] = []
    databases: dict[str, Callable[[], AbstractContextManager[Engine]]] = {"SQLite": sqlite, "PostgreSQL": postgresql}
    for name, opened in databases.items():
        with opened() as engine:
            rows.append(_stored(f"{name}: {len(histories):,} tickets, pages of {PAGE:,}", engine, histories, folded))
            rows.append(_stored(f"{name}: the same again, nothing changed", engine, histories, folded))
        with opened() as engine:
            title = f"{name}: baseline, {NAIVE:,} tickets, one transaction each"
            rows.append(_stored(title, engine, histories[:NAIVE], folded, page=1))
        with opened() as engine:
            rows.append(_merged(f"{name}: baseline, ORM merge of the same rows", engine, histories[:NAIVE], folded))
    head = ("History fold and write", "tickets/s", "fold", "database reads", "database writes", "the rest")
    table("History", head, rows)


def _stored(title: str, engine: Engine, histories: Sequence[History], folded: float, page: int = PAGE) -> list[str]:
    rules = desk.rulebook()
    place = Desk(key="desk", kind="made_up", rulebook=lambda *_: rules)
    with writing(engine) as connection:
        upsert(connection, schema.helpdesks, [{"key": "desk", "kind": "made_up"}])
    with Clock().watching(engine) as clock:
        started = perf_counter()
        for first in range(0, len(histories), page):
            with writing(engine) as connection:
                store_tickets(connection, place, histories[first : first + page], desk.END)
        took = perf_counter() - started
    return _row(title, len(histories), took, folded, clock)


def _row(title: str, count: int, took: float, folded: float, clock: Clock) -> list[str]:
    parts = (folded * count, clock.read, clock.write)
    shares = [f"{part / took:.0%}" for part in (*parts, max(took - sum(parts), 0))]
    return [title, f"{count / took:,.0f}", *shares]


def _merged(title: str, engine: Engine, histories: Sequence[History], folded: float) -> list[str]:
    """Return how fast an ORM stores the same rows: each merged into a session, a commit a page."""
    kinds = _mapped()
    rules = desk.rulebook()
    with writing(engine) as connection:
        upsert(connection, schema.helpdesks, [{"key": "desk", "kind": "made_up"}])
    with Clock().watching(engine) as clock:
        started = perf_counter()
        for first in range(0, len(histories), PAGE):
            with Session(engine, autoflush=False) as session, session.begin():
                some = enumerate(histories[first : first + PAGE], first + 1)
                rows = [row for number, history in some for row in _rows(number, history, fold(history, rules))]
                for is_ticket in (True, False):  # tickets first: the others refer to them
                    for name, row in rows:
                        if (name == "tickets") is is_ticket:
                            session.merge(kinds[name](**row))
                    session.flush()
        took = perf_counter() - started
    return _row(title, len(histories), took, folded, clock)


def _mapped() -> dict[str, Any]:
    """Return an ORM class of each table."""
    names = ("tickets", "messages", "ticket_changes", "ratings", *schema.FACTS)
    mapped = {name: type(name, (), {}) for name in names}
    maps = registry(metadata=schema.metadata)
    for name, kind in mapped.items():
        maps.map_imperatively(kind, schema.metadata.tables[name])
    return mapped


def _rows(number: int, history: History, facts: Facts) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a ticket's rows with the tables they belong to."""
    owned = {"ticket_id": number}
    tags = "".join(f"|{tag}" for tag in history.ticket.tags) + "|" * bool(history.ticket.tags)
    yield "tickets", _plain(history.ticket) | {"id": number, "tags": tags}
    for name, events in (("messages", history.messages), ("ticket_changes", history.changes)):
        for told in events:
            yield name, _plain(told) | owned
    for rating in history.ratings:
        yield "ratings", _plain(rating) | owned | {"helpdesk": "desk"}
    yield "ticket_facts", facts.ticket | owned
    for name in schema.FACTS:
        for row in getattr(facts, name.removesuffix("_facts") + "s", ()):
            yield name, row | owned


def _plain(told: Any) -> dict[str, Any]:  # noqa: ANN401  # any dataclass of kpi.events
    values = {part.name: getattr(told, part.name) for part in fields(told)}
    return {name: _stored_value(value) for name, value in values.items()}


def _stored_value(value: object) -> object:
    return value.value if isinstance(value, Enum) else int(value) if isinstance(value, bool) else value


# --- Business time -----------------------------------------------------------------------------------------------


def measure_hours() -> None:
    """Print what one business duration costs, against loops that walk it."""
    schedule = desk.rulebook().schedules[0].schedule
    rng = np.random.default_rng(SEED)
    starts = rng.integers(desk.START, desk.END - 30 * desk.DAY, CALLS)
    lengths = np.minimum(rng.lognormal(np.log(desk.DAY), 1, CALLS), 30 * desk.DAY).astype(np.int64)
    pairs = [(int(start), int(start + length)) for start, length in zip(starts, lengths, strict=True)]
    few = pairs[: CALLS // 100]
    for start, end in few:
        found = schedule.elapsed(start, end)
        assert found == by_day(start, end) == by_minute(start, end, schedule)
    times = interleaved(
        {
            "ours": lambda: [schedule.elapsed(start, end) for start, end in pairs],
            "day": lambda: [by_day(start, end) for start, end in few],
            "minute": lambda: [by_minute(start, end, schedule) for start, end in few],
        }
    )
    ours = times["ours"] / len(pairs)
    rows = [["`Schedule.elapsed`", shown(ours), "1"]]
    for name, title in (("day", "baseline: a loop over days"), ("minute", "baseline: a loop over minutes")):
        each = times[name] / len(few)
        rows.append([title, shown(each), f"{each / ours:,.0f}"])
    table(f"Business time of {shown_days(lengths)} on average", ("Way", "per call", "times ours"), rows)


def shown_days(lengths: np.ndarray) -> str:
    """Return a mean length in days."""
    return f"{lengths.mean() / desk.DAY:.1f} days"


def by_day(start: int, end: int) -> int:
    """Return the open seconds by walking the local days."""
    zone = ZoneInfo(desk.ZONE)
    day, last = (datetime.fromtimestamp(at, zone).date() for at in (start, end))
    total = 0
    while day <= last:
        if day.weekday() < 5:
            opens, closes = (_local(day, second, zone) for second in (desk.OPENS, desk.CLOSES))
            total += max(0, min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total


def _local(day: date, second: int, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(second // 3600), zone).timestamp())


def by_minute(start: int, end: int, schedule: Schedule) -> int:
    """Return the open seconds by walking the minutes and asking of each whether it is open."""
    zone = ZoneInfo(schedule.zone)
    total = 0
    while start < end:
        until = min(end, start - start % 60 + 60)
        wall = datetime.fromtimestamp(start, zone)
        if wall.weekday() < 5 and desk.OPENS <= wall.hour * 3600 < desk.CLOSES:
            total += until - start
        start = until
    return total

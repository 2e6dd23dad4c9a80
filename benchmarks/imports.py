"""A file of calls ─▶ the table of contacts: the import, and a loop that checks nothing."""

import csv
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import desk
from databases import postgresql, sqlite
from lives import SEED
from measure import Side, interleaved, shown, table
from sqlalchemy import Engine, select, text

from bot.database import upsert, writing
from bot.facts import batches
from bot.importing.kinds import CONTACTS
from bot.importing.run import Request, run_import
from bot.importing.sinks import BATCH
from bot.settings import load_settings
from bot.text import Text
from kpi import schema

ROWS = 100_000
TITLES = ("id", "channel", "queued_at", "answered_at", "ended_at", "talk", "wrap_up", "agent", "team", "customer")
"""Dates are of UTC and durations in seconds, so that a loop can read them without looking for what they mean."""


def measure_imports(directory: Path, rows: int = ROWS) -> None:
    """Print how fast a file is imported, for the first time and again."""
    path = directory / f"contacts-{rows}.csv"
    _write(path, rows)
    lines = []
    databases: dict[str, Callable[[], AbstractContextManager[Engine]]] = {"SQLite": sqlite, "PostgreSQL": postgresql}
    for name, opened in databases.items():
        with opened() as engine:
            again: dict[str, Side] = {"loop": partial(_loop, engine, path), "import": partial(_import, engine, path)}
            first: dict[str, Side] = {side: partial(_afresh, engine, run) for side, run in again.items()}
            by_loop, by_import = (_stored_by(engine, run) for run in first.values())
            assert by_loop == by_import
            for title, sides in (("for the first time", first), ("again, nothing changes", again)):
                lines.append(_line(f"{name}: {rows:,} contacts, {title}", rows, interleaved(sides)))
    table("Import", ("File ─▶ table", "rows/s", "import", "loop", "import ÷ loop"), lines)


def _line(title: str, rows: int, seconds: dict[str, float]) -> list[str]:
    ours, loop = seconds["import"], seconds["loop"]
    return [title, f"{rows / ours:,.0f}", shown(ours), shown(loop), f"{ours / loop:.2f}"]


def _import(engine: Engine, path: Path) -> None:
    settings = load_settings({"KPI_BOT_TIMEZONE": "UTC"})
    report = run_import(engine, settings, Request(kind=CONTACTS, path=path, source="desk"), Text("en"), now=desk.END)
    assert not report.rejected


def _loop(engine: Engine, path: Path) -> None:
    """Do what a script would: take every cell for what it should be, and upsert the same batches."""
    with writing(engine) as connection:
        upsert(connection, schema.helpdesks, [{"key": "desk", "kind": "import"}])
    with path.open(encoding="utf-8", newline="") as file:
        for rows in batches(map(_contact, csv.DictReader(file)), BATCH):
            with writing(engine) as connection:
                upsert(connection, schema.contacts, rows)


def _contact(row: dict[str, str]) -> dict[str, object]:
    return {
        "helpdesk": "desk",
        "external_id": row["id"],
        "channel": row["channel"],
        "queued_at": _instant(row["queued_at"]),
        "answered_at": _instant(row["answered_at"]) if row["answered_at"] else None,
        "ended_at": _instant(row["ended_at"]),
        "direction": "in",
        "talk_s": int(row["talk"]) if row["talk"] else None,
        "wrap_up_s": int(row["wrap_up"]) if row["wrap_up"] else None,
        "abandoned": int(not row["answered_at"]),
        "agent": row["agent"] or None,
        "team": row["team"],
        "customer": row["customer"],
    }


def _instant(cell: str) -> int:
    return int(datetime.fromisoformat(cell).replace(tzinfo=UTC).timestamp())


def _afresh(engine: Engine, run: Side) -> None:
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM contacts" if engine.dialect.name == "sqlite" else "TRUNCATE contacts"))
    run()


def _stored_by(engine: Engine, run: Side) -> list[tuple[object, ...]]:
    run()
    with engine.connect() as connection:
        rows = connection.execute(select(schema.contacts).order_by(schema.contacts.c.external_id))
        return [tuple(row) for row in rows]


def _write(path: Path, rows: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([TITLES, *_calls(rows)])


def _calls(rows: int) -> Iterator[tuple[object, ...]]:
    """Yield three years of calls, of which one in fifteen is abandoned."""
    chance = random.Random(SEED)  # noqa: S311  # nothing secret
    for number in range(rows):
        queued = desk.START + number * (desk.END - desk.START) // rows
        answered = queued + chance.randrange(1, 200) if chance.randrange(15) else None
        talk = chance.randrange(20, 900) if answered else None
        ended = (answered or queued) + (talk or 60)
        moments = (datetime.fromtimestamp(at, UTC).strftime("%F %T") if at else "" for at in (queued, answered, ended))
        agent = f"a{chance.randrange(desk.AGENTS)}" if answered else ""
        who = agent, f"t{chance.randrange(desk.TEAMS)}", f"c{chance.randrange(rows // 2)}"
        yield number, "phone", *moments, talk or "", 45 if answered else "", *who

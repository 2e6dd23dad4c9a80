"""Facts and events of as many tickets as asked for, as Parquet files; the same for the same number."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import clocks
import desk
import duckdb
import events
import facts
import lives
import numpy as np
import pandas as pd
from desk import Hours, Ints
from lives import NEVER, Lives, Openings
from sqlalchemy import BigInteger, Double, SmallInteger, Table

from kpi import schema

CHUNK = 250_000
LAYOUT = 1
"""Counted up when the files say something else than before, so that old ones are made again."""

FACTS = ("ticket_facts", "turn_facts", "clock_facts", "span_facts", "overdue_facts", "solve_facts")
EVENTS = ("tickets", "messages", "ticket_changes", "ratings")


def files(count: int, directory: Path, *, with_events: bool = True) -> Path:
    """Return the directory with a folder of Parquet files per table; made unless it is there already.

    Without events there are only facts: ten million tickets are quicker made.
    """
    tables = (*FACTS, *EVENTS) if with_events else FACTS
    columns = {name: list(schema.metadata.tables[name].c.keys()) for name in tables}
    mark = {"layout": LAYOUT, "columns": columns}
    place, made = directory / str(count), directory / str(count) / "made.json"
    if made.exists() and json.loads(made.read_text()) == mark:
        return place
    shutil.rmtree(place, ignore_errors=True)
    for name in tables:
        (place / name).mkdir(parents=True)
    hours, openings = Hours.laid_out(), Openings.draw(count)
    firsts = range(0, count, CHUNK)
    contacts = Contacts(openings, lambda: (lives.draw(openings, first, CHUNK, hours) for first in firsts))

    def write(first: int) -> None:
        some = lives.draw(openings, first, CHUNK, hours)
        for name, columns in _tables(some, contacts, hours):
            if name in tables:
                _write(name, columns, place / name / f"{first:09}.parquet")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, firsts))
    made.write_text(json.dumps(mark))
    return place


class Contacts:
    """When the customer of each ticket wrote before, and again about the same after its last solve."""

    def __init__(self, openings: Openings, every: Callable[[], Iterator[Lives]]) -> None:
        parts = [(some.last_solved, some.left_out == lives.NORMAL) for some in every()]
        last_solved, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
        created = openings.created
        same = openings.customer * len(desk.TYPES) + openings.kind
        self._next = _following(same[counts], created[counts], same, last_solved)
        self._previous = _before(openings.customer, created)

    def of(self, first: int, count: int) -> Mapping[str, Ints]:
        """Return the columns of some tickets."""
        part = slice(first, first + count)
        return {"next_contact_at": self._next[part], "previous_contact_at": self._previous[part]}


def _following(groups: Ints, moments: Ints, group: Ints, after: Ints) -> Ints:
    """Return the first moment of each group that lies after an instant."""
    keys = np.sort(groups << 33 | moments)
    found = np.searchsorted(keys, group << 33 | np.maximum(after, 0), side="right")
    key = keys[np.minimum(found, len(keys) - 1)]
    return np.where((after != NEVER) & (found < len(keys)) & (key >> 33 == group), key & (1 << 33) - 1, NEVER)


def _before(group: Ints, moments: Ints) -> Ints:
    """Return when the same customer had written last, before each ticket."""
    order = np.lexsort((moments, group))
    earlier = np.full(len(group), NEVER)
    same = group[order][1:] == group[order][:-1]
    earlier[order[1:]] = np.where(same, moments[order][:-1], NEVER)
    return earlier


def _tables(some: Lives, contacts: Contacts, hours: Hours) -> Iterator[tuple[str, Mapping[str, Ints]]]:
    """Yield each table's rows as numbers, one after the other so that they needn't all be held."""
    yield "ticket_facts", facts.ticket_facts(some, contacts.of(some.first, len(some.created)), hours)
    turns = facts.turn_facts(some, hours)
    yield "turn_facts", turns
    ticking = _joined(clocks.reply_clocks(some, turns, hours), clocks.resolution_clocks(some, hours))
    yield "clock_facts", ticking
    yield "overdue_facts", clocks.overdue_facts(some, ticking)
    yield "span_facts", facts.span_facts(some)
    yield "solve_facts", facts.solve_facts(some)
    yield "tickets", events.tickets(some)
    yield "messages", events.messages(some)
    yield "ticket_changes", events.changes(some)
    yield "ratings", events.ratings(some)


def _write(name: str, columns: Mapping[str, Ints], path: Path) -> None:
    with duckdb.connect() as connection:
        connection.register("numbers", pd.DataFrame(columns))
        rows = connection.sql(f"SELECT {', '.join(_said(schema.metadata.tables[name], columns))} FROM numbers")
        rows.write_parquet(str(path), compression="zstd")


def _joined(*parts: Mapping[str, Ints]) -> Mapping[str, Ints]:
    """Return the rows of several parts, each ticket's together, as they were stored one ticket after the other."""
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return facts.of_tickets(columns, np.argsort(columns["ticket_id"], kind="stable"))


# --- Numbers ─▶ words --------------------------------------------------------------------------------------------

WORDS: dict[str, Sequence[str | None]] = {
    "left_out": facts.LEFT_OUT,
    "channel": desk.CHANNELS,
    "type": desk.TYPES,
    "brand": desk.BRANDS,
    "status": facts.STATUSES,
    "priority": desk.PRIORITIES,
    "metric": facts.METRICS,
    "state": facts.STATES,
    "stopped_by": facts.ENDED_BY,
    "started_by": facts.STARTED_BY,
    "ended_by": facts.ENDED_BY,
    "author_kind": events.AUTHORS,
    "actor_kind": events.AUTHORS,
    "field": events.FIELDS,
}
NUMBERED = {"team": "t", "agent": "a", "customer": "c", "actor": "a"}
FIXED = {
    "helpdesk": "'desk'",
    "policy": "'standard'",
    "business": "1",
    "survey": "'csat'",
    "lowest": "1",
    "highest": "5",
    "rating_lowest": "CASE WHEN rating <> -1 THEN 1 END",
    "rating_highest": "CASE WHEN rating <> -1 THEN 5 END",
    "tags": "CASE WHEN tagged = 1 THEN '|test|' ELSE '' END",
}
OWN = {
    ("tickets", "external_id"): "id::VARCHAR",
    ("tickets", "merged_into"): "NULLIF(merged_into, -1)::VARCHAR",
    ("ratings", "external_id"): "'r' || ticket_id",
    ("messages", "external_id"): "'m' || external_id",
    ("ticket_changes", "external_id"): "'c' || external_id",
    ("messages", "author"): "CASE WHEN author <> -1 THEN CASE author_kind WHEN 0 THEN 'c' ELSE 'a' END || author END",
    **{
        ("ticket_changes", column): f"CASE WHEN {column} <> -1 THEN CASE field "
        f"WHEN 0 THEN {list(facts.STATUSES)}[{column} + 1] WHEN 1 THEN 't' || {column} ELSE 'a' || {column} END END"
        for column in ("old", "new")
    },
}


def _said(table: Table, given: Mapping[str, Ints]) -> Iterator[str]:
    """Yield the columns of a table as SQL over columns of numbers; what is not given is 0 or NULL."""
    for column in table.columns:
        name, kind = column.name, type_name(column.type)
        yield f'CAST({_expression(table.name, name, name in given, column.nullable)} AS {kind}) AS "{name}"'


def _expression(table: str, name: str, given: bool, nullable: bool | None) -> str:  # noqa: FBT001
    if (table, name) in OWN:
        return OWN[table, name]
    if name in FIXED and not given:
        return FIXED[name]
    if not given:
        return "NULL" if nullable else "0"
    stem = name.rsplit("_", 1)[-1] if name not in WORDS else name
    if stem in WORDS:
        words = "[" + ", ".join("NULL" if word is None else f"'{word}'" for word in WORDS[stem]) + "]"
        return f'{words}[NULLIF("{name}", -1) + 1]'
    if stem in NUMBERED and name != "opened_by_agent":
        return f"'{NUMBERED[stem]}' || NULLIF({name}, -1)"
    return f'NULLIF("{name}", -1)'


def type_name(kind: object) -> str:
    """Return DuckDB's name of a column's type."""
    if isinstance(kind, SmallInteger):
        return "SMALLINT"
    return "BIGINT" if isinstance(kind, BigInteger) else "DOUBLE" if isinstance(kind, Double) else "VARCHAR"

"""What the bot said of periods that are over: a figure that is another one later is told as restated (KPIS.md rule 12).

A figure is remembered under a digest of its question, and only the last that was said: so there is one row for each
question that was ever asked of a past period. Rows that nothing was said of for 25 months are dropped.
"""

import json
from dataclasses import replace
from hashlib import sha256
from math import isclose
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from bot.database import writing
from bot.tables import shown_figures
from kpi.errors import StorageError
from kpi.period import midnight
from kpi.question import Answer, Figure, Kind, Question, Said

log = structlog.get_logger(__name__)

KEPT_S = 760 * 86_400
"""For how long a figure is remembered that nobody asks for again: two years and a month."""

PATIENCE_MS = 500
"""How long an answer waits for another writer: one that is not remembered this time is remembered the next."""

ROUNDING = 1e-9
"""Engines add up in different orders: values that differ by less are the same."""


def with_restatement(answer: Answer, engine: Engine) -> Answer:
    """Return the answer with what was last said of the same, when that was something else; remembers what it says.

    Only figures of periods that are over and that the data covers whole; any other may change without a word. A
    database that can't be read or written takes nothing from the answer but this.
    """
    if not _is_final(answer) or answer.figure is None:
        return answer
    key = digest(answer.question)
    try:
        with engine.connect() as connection:
            before = _last_said(connection, key)
    except (StorageError, SQLAlchemyError) as error:
        log.warning("said_unreadable", error=str(error))
        return answer
    if before is not None and (before.at > answer.now or _same(before.figure, answer.figure)):
        return answer
    try:
        _remember(engine, key, before, Said(figure=answer.figure, at=answer.now))
    except (StorageError, SQLAlchemyError) as error:
        log.info("said_not_remembered", error=str(error))
    return answer if before is None else replace(answer, restated=before)


def digest(question: Question) -> str:
    """Return what a question's figure is remembered under, the same however the question was put.

    A breakdown, a trend or a comparison shows the same figure.
    """
    period = question.period
    filters = sorted((chosen.dimension, sorted(set(chosen.values))) for chosen in question.filters)
    asked = [question.kpi, question.reading, question.calendar, question.of, filters]
    where = [period.start.isoformat(), period.end.isoformat(), period.zone]
    return sha256(json.dumps([asked, where], ensure_ascii=False).encode()).hexdigest()


def _is_final(answer: Answer) -> bool:
    """Tell whether nothing that is still to come belongs to the figure."""
    period = answer.question.period
    over = midnight(period.end, period.zone) <= answer.now
    return over and answer.kind is Kind.MEASURED and answer.uncovered is None and answer.available


def _same(one: Figure, other: Figure) -> bool:
    if one.value is None or other.value is None:
        return one.value is other.value and one.n == other.n
    return one.n == other.n and isclose(one.value, other.value, rel_tol=ROUNDING, abs_tol=ROUNDING)


def _last_said(connection: Connection, key: str) -> Said | None:
    table = shown_figures.c
    row = connection.execute(select(table.figure, table.shown_at).where(table.question == key)).one_or_none()
    return None if row is None else Said(figure=_figure(json.loads(row.figure)), at=row.shown_at)


def _figure(told: dict[str, Any]) -> Figure:
    scale = told.pop("scale")
    return Figure(**told, scale=None if scale is None else (scale[0], scale[1]))


def _told(figure: Figure) -> str:
    """Return what a figure is said with: its value and what decides how much of it may be shown."""
    names = ("value", "n", "numerator", "denominator", "median", "mean", "scale", "currency")
    return json.dumps({name: getattr(figure, name) for name in names})


def _remember(engine: Engine, key: str, before: Said | None, now: Said) -> None:
    """Store what is said now; where another process was faster, what that one said stays."""
    values = {"question": key, "figure": _told(now.figure), "shown_at": now.at}
    table = shown_figures.c
    with writing(engine, PATIENCE_MS) as connection:
        if before is not None:
            told = update(shown_figures).where(table.question == key, table.shown_at == before.at)
            connection.execute(told.values(values))
            return
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(shown_figures).values(values).on_conflict_do_nothing())
        connection.execute(delete(shown_figures).where(table.shown_at < now.at - KEPT_S))

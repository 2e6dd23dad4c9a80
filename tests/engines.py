"""Two engines side by side: the rows they have, and the answers they give."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace

import pytest
from sqlalchemy import Engine, select

from kpi.answer import answer
from kpi.catalogue import CATALOGUE
from kpi.copying import quoted
from kpi.dimensions import BREAKDOWNS
from kpi.errors import QuestionError
from kpi.period import Grain, Period
from kpi.question import Question
from kpi.sources import SOURCES


def stored_rows(engine: Engine) -> dict[str, Counter]:
    """Return how often each row stands in each source of the database."""
    with engine.connect() as connection:
        return {
            name: Counter(tuple(row) for row in connection.execute(select(*source.c)))
            for name, source in SOURCES.items()
        }


def held_rows(frames) -> dict[str, Counter]:
    """Return how often each row stands in each source that a DuckDB reads."""
    return {
        name: Counter(
            frames._connection.execute(f"SELECT {', '.join(map(quoted, source.c.keys()))} FROM {name}").fetchall()  # noqa: S608
        )
        for name, source in SOURCES.items()
    }


def questions(period: Period) -> Iterable[Question]:
    """Yield every KPI in every reading: with a series, and by a dimension, of which all have their turn."""
    for number, kpi in enumerate(CATALOGUE.values()):
        for reading in kpi.readings:
            by = BREAKDOWNS[number % len(BREAKDOWNS)]
            told_apart = kpi.dimensions is None or by in kpi.dimensions
            yield Question(kpi=kpi.key, period=period, reading=reading, per=Grain.WEEK, by=(by,) if told_apart else ())


def by_or_per(period: Period) -> list[Question]:
    """Return every KPI in every reading, by turns with a breakdown and with a series: each takes its time."""
    return [
        replace(one, per=None) if number % 2 and one.by else replace(one, by=())
        for number, one in enumerate(questions(period))
    ]


def told(question: Question, frames, now: int) -> object:
    """Return what an engine answers, floating-point numbers compared within their precision; or its refusal."""
    try:
        return _near(asdict(answer(question, frames, now)))
    except QuestionError as error:
        return error.key


def _near(value: object) -> object:
    if isinstance(value, dict):
        return {key: _near(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_near(each) for each in value]
    return pytest.approx(value, rel=1e-12) if isinstance(value, float) else value

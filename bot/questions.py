"""What was asked, complete enough to be asked again: what words are read into, and what buttons go back to."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Engine, Row, and_, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from bot.database import writing
from bot.tables import asked_questions
from kpi.behind import Order
from kpi.catalogue import CATALOGUE
from kpi.errors import StorageError
from kpi.period import Grain, Period, local_day
from kpi.question import Question

log = structlog.get_logger(__name__)

KEPT_S = 90 * 86_400
"""For how long the buttons of an answer work."""

PATIENCE_MS = 1_000
"""How long an answer waits for another writer: without its buttons it is still an answer."""

READ_BACK = 50
"""Among so many of a person's last questions those that differ are looked for."""


class About(StrEnum):
    """What is asked for about a KPI."""

    NUMBER = "number"
    TICKETS = "tickets"  # the tickets behind the number
    WHY = "why"  # what its change is made of
    ANOMALIES = "anomalies"  # whether its last week is out of the ordinary
    DEFINITION = "definition"  # what it means


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, whatever it was asked with; absolute, so that it can be stored and asked again.

    Attributes:
        question: the question.
        about: what of it is asked for.
        watched: of anomalies, the KPIs that are looked at.
        first: of a list, how many rows come before those that are shown.
        order: of a list, what was asked to come first; None for what is usual.
        origin: what was asked in words, when this followed from it by buttons.
    """

    question: Question
    about: About = About.NUMBER
    watched: tuple[str, ...] = ()
    first: int = 0
    order: Order | None = None
    origin: "Asked | None" = None


_JSON = TypeAdapter(Asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A question as it was asked: in which language, where, by whom, and when (epoch second)."""

    id: str
    asked: Asked
    language: str
    team_id: str
    channel: str
    asker: str
    asked_at: int


class Questions:
    """The questions that were asked in Slack, in the database: every replica knows them, and so does a later start."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, asked: Asked, *, language: str, team_id: str, channel: str, asker: str, now: int) -> str | None:
        """Store a question; return what its buttons carry, None when the database takes nothing at the moment."""
        row = {
            "id": secrets.token_urlsafe(12),
            "team_id": team_id,
            "channel": channel,
            "asker": asker,
            "language": language,
            "kpi": asked.question.kpi,
            "asked": _JSON.dump_json(asked).decode(),
            "asked_at": now,
        }
        try:
            with writing(self._engine, PATIENCE_MS) as connection:
                connection.execute(insert(asked_questions).values(row))
                connection.execute(delete(asked_questions).where(asked_questions.c.asked_at < now - KEPT_S))
        except (StorageError, SQLAlchemyError) as error:
            log.warning("question_not_kept", error=str(error))
            return None
        return str(row["id"])

    def find(self, team_id: str, key: str) -> Stored | None:
        """Return a question of a workspace; None when it was forgotten, or is of a version that asked otherwise."""
        table = asked_questions.c
        with self._engine.connect() as connection:
            row = connection.execute(
                select(asked_questions).where(table.id == key, table.team_id == team_id)
            ).one_or_none()
        return None if row is None else _stored(row)

    def recent(self, team_id: str, asker: str, limit: int) -> list[Stored]:
        """Return the last questions that a person asked in words, the latest first, each once."""
        table = asked_questions.c
        query = select(asked_questions).where(table.team_id == team_id, table.asker == asker)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(table.asked_at.desc()).limit(READ_BACK)).all()
        found: dict[Asked, Stored] = {}
        for stored in map(_stored, rows):
            if stored is not None and stored.asked.origin is None:
                found.setdefault(stored.asked, stored)
        return list(found.values())[:limit]

    def usual(self, team_id: str, limit: int, *, channel: str | None = None, asker: str | None = None) -> list[str]:
        """Return the KPIs that are asked for most in a channel, or by a person."""
        table = asked_questions.c
        where: list[ColumnElement[bool]] = [table.team_id == team_id]
        where += [] if channel is None else [table.channel == channel]
        where += [] if asker is None else [table.asker == asker]
        often = func.count().label("often")
        query = select(table.kpi, often).where(and_(*where)).group_by(table.kpi).order_by(often.desc(), table.kpi)
        with self._engine.connect() as connection:
            rows: Sequence[Row[Any]] = connection.execute(query.limit(limit)).all()
        return [row.kpi for row in rows if row.kpi in CATALOGUE]


def renewed(asked: Asked, then: int, now: int) -> Asked:
    """Return what was asked at an instant as it would be asked now: this week is another week by then.

    A calendar unit that was running, or the last one, stays that; days up to that day become as many up to now. Any
    other period was meant by its dates.
    """
    question = asked.question
    period = _renewed(question.period, then, now)
    versus = question.versus
    if versus is not None:
        if versus != question.period.moved(Grain.YEAR, -1):
            return asked
        versus = period.moved(Grain.YEAR, -1)
    return replace(asked, question=replace(question, period=period, versus=versus))


def _renewed(period: Period, then: int, now: int) -> Period:
    before, today = local_day(then, period.zone), local_day(now, period.zone)
    if period.grain is not None:
        running, coming = (Period.of(day, period.grain, period.zone, period.start.weekday()) for day in (before, today))
        for units in (0, -1, 1):
            if period == running.moved(period.grain, units):
                return coming.moved(period.grain, units)
    elif period.end - before == timedelta(days=1):
        return replace(period, start=period.start + (today - before), end=period.end + (today - before))
    return period


def _stored(row: Row[Any]) -> Stored | None:
    try:
        asked = _JSON.validate_json(row.asked)
    except ValidationError:
        return None
    if asked.question.kpi not in CATALOGUE:
        return None
    return Stored(
        id=row.id,
        asked=asked,
        language=row.language,
        team_id=row.team_id,
        channel=row.channel,
        asker=row.asker,
        asked_at=row.asked_at,
    )

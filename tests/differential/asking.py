"""Questions about a world: every KPI in every reading, each with a breakdown, a trend and filters of its own."""

from datetime import date, timedelta
from random import Random

from cast import ALICE, BOB, CHLOE, DINA
from slow.answers import EFFECT, FORECAST, KEYS, KNOWN, READINGS
from slow.world import World

from kpi.events import UNSOLVED
from kpi.period import Grain, Period
from kpi.question import Filter, Question, Reading

DIMENSIONS = ("team", "agent", "priority", "channel", "type", "status", "brand", "customer", "helpdesk")
ZONES = ("Europe/Paris", "Europe/Paris", "America/New_York", "Asia/Kolkata")
FIRST, LAST = date(2026, 3, 1), date(2026, 4, 21)

SUBJECTS = (None, "frt", "reply_time", "aht", "qa_score", "fcr", "nps", "volume", "agent_satisfaction")


def questions(world: World, seed: int) -> list[Question]:
    """Return a question about every KPI in each of its readings."""
    draw = Random(seed)  # noqa: S311  # questions, not secrets
    readings = [(key, Reading.EVENT) for key in sorted(KEYS)] + [(key, Reading.COHORT) for key in sorted(READINGS)]
    return [_question(world, draw, key, reading) for key, reading in readings]


def _question(world: World, draw: Random, key: str, reading: Reading) -> Question:
    zone = draw.choice(ZONES)
    known = getattr(KNOWN.get(key), "dimensions", None)
    possible = [kind for kind in DIMENSIONS if known is None or kind in known]
    filters = _filters(world, draw, [*possible, "tag"] if known is None else possible)
    if key == FORECAST:
        return Question(kpi=key, period=_days(draw, zone, date(2026, 4, 20)), filters=filters)
    if key == EFFECT:
        return Question(kpi=key, period=_days(draw, zone, FIRST), filters=filters, of=draw.choice(SUBJECTS))
    is_cost = key == "cost_per_contact"
    period = Period.of(draw.choice((FIRST, LAST)), Grain.MONTH, zone) if is_cost else _period(draw, zone)
    pers = (None, Grain.MONTH) if is_cost else (None, None, Grain.DAY, Grain.WEEK, Grain.MONTH)
    return Question(
        kpi=key,
        period=period,
        reading=reading,
        calendar=draw.random() < 0.3,
        by=tuple(draw.sample(possible, min(len(possible), draw.choice((0, 1, 1, 2))))),
        per=draw.choice(pers),
        filters=filters,
        versus=_period(draw, zone) if draw.random() < 0.2 and not is_cost else None,
    )


def _period(draw: Random, zone: str) -> Period:
    if draw.random() < 0.3:
        return Period.of(_day(draw), draw.choice((Grain.DAY, Grain.WEEK, Grain.MONTH)), zone)
    return _days(draw, zone, _day(draw))


def _day(draw: Random) -> date:
    return FIRST + timedelta(days=draw.randint(0, (LAST - FIRST).days))


def _days(draw: Random, zone: str, start: date) -> Period:
    return Period(start=start, end=start + timedelta(days=draw.choice((1, 7, 30, 45))), zone=zone)


def _filters(world: World, draw: Random, possible: list[str]) -> tuple[Filter, ...]:
    """Return none mostly, or one or two of values that are known."""
    kinds = draw.sample(possible, min(len(possible), draw.choice((0, 0, 0, 1, 2))))
    found = {kind: _values(world, kind) for kind in kinds}
    return tuple(
        Filter(dimension=kind, values=tuple(draw.sample(values, min(len(values), draw.choice((1, 2))))))
        for kind, values in found.items()
        if values
    )


def _values(world: World, kind: str) -> list[str]:
    """Return what can be filtered on: people and teams by helpdesk where there are several."""
    named = {"team": ("support", "billing"), "agent": (ALICE, BOB, CHLOE), "customer": (DINA, "elias")}
    if kind in named:
        desks = [f"{desk}/" for desk in world.read] if len(world.read) > 1 else [""]
        return [f"{desk}{name}" for desk in desks for name in named[kind]]
    known = {"helpdesk": set(world.read), "status": {"new", "open", "solved"}}
    return sorted(known[kind] if kind in known else _had(world, kind) - {None})


def _had(world: World, kind: str) -> set[str | None]:
    """Return what tickets are or, of priorities, were while they were open; channels also of costs."""
    told = [told for (desk, _), told in world.told.items() if desk in world.read]
    if kind == "tag":
        return {tag for ticket in told for tag in ticket.ticket.tags}
    if kind == "priority":
        states = [moment.after for ticket in told for moment in ticket.lasting]
        return {state[kind] for state in states if state["status"] in UNSOLVED}
    costs = {row[kind] for row in world.beside["costs"]} if kind == "channel" else set()
    return costs | {getattr(ticket.ticket, kind) for ticket in told}

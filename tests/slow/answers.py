"""A question answered slowly: everything that an answer must show."""

from dataclasses import replace
from typing import Any

from kpi.question import Question
from slow import ahead
from slow.days import Stretch, before, buckets, midnight, stretch
from slow.figures import Numbers, RefusalError
from slow.made import MADE
from slow.promises import OVERDUE_NOW, PROMISED
from slow.reading import Asked, Desk, Kpi, Made, available, is_missing
from slow.records import RECORDS
from slow.reviews import QUALITY
from slow.tickets import HANDLING, SATISFACTION, TICKETS
from slow.world import World

KNOWN: dict[str, Kpi | Made] = {**TICKETS, **PROMISED, **RECORDS, **QUALITY, **MADE}
FORECAST, EFFECT = "volume_forecast", "training_effect"
READINGS = {name: f"{name} cohort" for name in KNOWN if f"{name} cohort" in KNOWN}
KEYS = {name for name in KNOWN if not name.endswith(" cohort")} | {FORECAST, EFFECT}

ADDS_UP = ("backlog", "actionable", "unanswered", "overdue", "volume", "solved", "resolutions", "assisted_sales")
"""What a training can't have an effect on, with cost_per_contact and channel_performance: counts and money."""


def expected(world: World, question: Question, now: int, synced: int, desk: Desk) -> dict[str, Any]:
    """Return what an answer must show; raises RefusalError when there is none."""
    period = (question.period.start, question.period.end)
    time = stretch(*period, now, question.period.zone)
    filters = tuple((chosen.dimension, chosen.values) for chosen in question.filters)
    asked = Asked(world, time, question.calendar, filters, question.by, desk)
    _refuse(question, now)
    if question.kpi == FORECAST:
        figure, notes = ahead.forecast(HANDLING["volume"], asked, period, synced)
        return {"figure": figure, "notes": notes}
    if question.kpi == EFFECT:
        return _effect(asked, question, period)
    kpi = KNOWN[_name(question)]
    if is_missing(kpi, asked):
        return {"figure": None}
    is_cost = question.kpi == "cost_per_contact"
    whole = Stretch.whole_months if is_cost else lambda stretch: stretch
    if is_cost and whole(time).start == whole(time).end:
        raise RefusalError("no_whole_month_yet")
    asked = replace(asked, by=question.by or getattr(kpi, "by", ()))
    other = _other(question, is_cost=is_cost)
    read = kpi.read(asked.within(whole(time)))
    return {
        "figure": read.figure,
        "left_out": read.left_out,
        "notes": read.notes,
        "groups": read.groups,
        "compared": kpi.read(asked.within(whole(before(*period, now, time.zone, other)))).figure,
        "buckets": [kpi.read(asked.within(whole(part))).figure for part in _parts(question, period, now)],
        "beside": _beside(question, asked),
    }


def _refuse(question: Question, now: int) -> None:
    """Raise when a period has not begun; only a forecast may be asked of one."""
    for period in (question.period, question.versus):
        if period is not None and question.kpi != FORECAST and midnight(period.start, period.zone) > now:
            raise RefusalError("period_in_future")


def _name(question: Question) -> str:
    return READINGS[question.kpi] if question.reading.value == "cohort" else question.kpi


def _other(question: Question, *, is_cost: bool):
    if question.versus is not None:
        return question.versus.start, question.versus.end
    start, end = question.period.start, question.period.end
    if question.period.grain == "month" or is_cost:
        number = 2 * (start.year * 12 + start.month - 1) - (end.year * 12 + end.month - 1)
        return start.replace(year=number // 12, month=number % 12 + 1), start
    return start - (end - start), start


def _parts(question: Question, period, now: int) -> list[Stretch]:
    if question.per is None:
        return []
    found = [stretch(*part, now, question.period.zone) for part in buckets(*period, question.per.value)]
    return [part for part in found if part.start < now] or found[:1]


def _beside(question: Question, asked: Asked) -> dict[str, Numbers]:
    found = {}
    if question.kpi in READINGS:
        is_event = question.reading.value == "event"
        name = READINGS[question.kpi] if is_event else question.kpi
        found["cohort" if is_event else "event"] = KNOWN[name].read(asked).figure
    if question.kpi in OVERDUE_NOW:
        found["running_overdue"] = OVERDUE_NOW[question.kpi].read(asked).figure
    return found


def _effect(asked: Asked, question: Question, period) -> dict[str, Any]:
    subject = KNOWN[question.of] if question.of else SATISFACTION["csat"]
    if question.of in (*ADDS_UP, "channel_performance", "cost_per_contact"):
        raise RefusalError("no_effect_on")
    if subject.dimensions is not None and "agent" not in subject.dimensions:
        raise RefusalError("dimension_unknown_here")
    if "trainings" not in available(asked.world) or is_missing(subject, asked):
        return {"figure": None}
    figure, notes = ahead.effect(subject, asked, period)
    return {"figure": figure, "notes": notes}

"""How much of a count the days to come will bring: the same rows as the count itself, laid out by day."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from kpi.checked import Checked
from kpi.errors import QuestionError
from kpi.forecast import Forecast, forecast
from kpi.hours import Schedule
from kpi.period import Grain, Period, Span, local_day, midnight
from kpi.question import Answer, Figure, Kind, Unit

Holidays = Callable[[date], bool]
"""Tells whether a day is a holiday of the desk."""

HISTORY = timedelta(weeks=104)
"""How far back the days reach that a forecast and its band are made of: what is older tells of another desk."""
BAND = 0.8


def no_holidays(_: date) -> bool:
    """Return that no day is a holiday."""
    return False


def shared_holidays(schedules: Iterable[Schedule | None]) -> Holidays:
    """Return which days are holidays: those that every schedule with holidays has, as then the whole desk rests."""
    observing = [schedule for schedule in schedules if schedule is not None and schedule.has_holidays]
    return lambda day: bool(observing) and all(schedule.is_holiday(day) for schedule in observing)


def project(checked: Checked, holidays: Holidays = no_holidays) -> Answer:
    """Return the forecast of a count as an answer, made from the days that are known whole.

    Its interval is the 80 % band. Parts of the figure: `so_far`, what the period has brought already, and
    `typical_error`, by how much earlier forecasts were wrong as a part of the value. Notes: `history_days`, `origins`
    (earlier forecasts that were checked) and `holidays_ahead`.

    Raises:
        QuestionError: `forecast_alone` with a breakdown, trend or comparison, `forecast_of_past`,
            `forecast_needs_history`.
    """
    question, asking = checked.question, checked.asking
    if question.by or question.per or question.versus:
        raise QuestionError("forecast_alone")
    period, zone = question.period, question.period.zone
    span = Span(midnight(period.start, zone), midnight(period.end, zone))
    synced, started = checked.coverage.freshness.synced_at, checked.coverage.freshness.history_start
    given = replace(checked.given(span), kind=Kind.FORECAST, target=None)
    if given.uncovered == "not_synced" and synced is not None:
        given = replace(given, uncovered=None)  # days to come never are
    if not given.available:
        return given
    as_of = local_day(asking.now if synced is None else min(asking.now, synced), zone)
    if period.end <= as_of:
        raise QuestionError("forecast_of_past", last=period.end - timedelta(days=1))
    daily = _daily(checked, as_of, started)
    free = {day for day in _days(min(daily, default=as_of), period.end) if holidays(day)}
    made = forecast(daily, period.start, period.end, free, as_of)
    known = {"history_days": made.history_days, "origins": made.origins, "holidays_ahead": made.holidays_ahead}
    return replace(
        given,
        figure=_figure(made, sum(daily.values())),
        notes={name: number for name, number in known.items() if number},
    )


def _daily(checked: Checked, as_of: date, started: int | None) -> Mapping[date, int]:
    """Return the count of each day from the beginning of the history, at most two years, up to `as_of`."""
    question, zone = checked.question, checked.question.period.zone
    first = min(as_of - HISTORY, question.period.start)
    if started is not None:
        begun = local_day(started, zone)
        first = max(first, begun if midnight(begun, zone) == started else begun + timedelta(days=1))
    if first > as_of:
        return {}
    days = Period(start=first, end=as_of + timedelta(days=1), zone=zone).buckets(Grain.DAY)
    figures = checked.asked().trend(days, [day.span(checked.asking.now) for day in days])
    daily = {day.start: figure.n for day, figure in zip(days, figures, strict=True)}
    if started is not None:
        return daily
    # Nobody knows since when tickets are kept: not before the first of them.
    since = min((day for day, n in daily.items() if n), default=as_of)
    return {day: n for day, n in daily.items() if day >= since}


def _days(start: date, end: date) -> Iterable[date]:
    return (start + timedelta(days=number) for number in range((end - start).days))


def _figure(made: Forecast, n: int) -> Figure:
    parts = {}
    if made.so_far:
        parts["so_far"] = Figure(value=made.so_far, n=made.so_far, unit=Unit.COUNT)
    if made.typical_error is not None:
        parts["typical_error"] = Figure(value=made.typical_error, n=made.origins, unit=Unit.RATIO)
    band = None if made.low is None or made.high is None else (made.low, made.high)
    return Figure(value=made.value, n=n, interval=band, level=BAND, parts=parts)

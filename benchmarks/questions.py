"""What is asked, and how an answer is told so that two sides can be compared."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from desk import ZONE

from kpi.intervals import median_ranks
from kpi.period import Grain, Period, Span
from kpi.question import Answer, Figure, Question, Unit

Told = dict[str, float]
"""Every number of an answer by where it stands: `figure.median`, `left_out.test`, `buckets.17.n`, …"""

WEEK = Period.of(date(2025, 9, 10), Grain.WEEK, ZONE)
MONTH = Period.of(date(2025, 9, 10), Grain.MONTH, ZONE)
YEAR = Period.of(date(2025, 6, 1), Grain.YEAR, ZONE)


ASKED = {
    name: Question(kpi=kpi, period=period, per=per, by=by)
    for name, kpi, period, per, by in (
        ("fcr-week", "fcr", WEEK, Grain.DAY, ()),
        ("fcr-month", "fcr", MONTH, Grain.DAY, ()),
        ("fcr-year", "fcr", YEAR, Grain.MONTH, ()),
        ("fcr-by-agent", "fcr", YEAR, Grain.MONTH, ("agent",)),
        ("frt-month", "frt", MONTH, Grain.DAY, ()),
        ("frt-year", "frt", YEAR, Grain.MONTH, ()),
        ("frt-by-team", "frt", YEAR, Grain.MONTH, ("team",)),
        ("backlog-year", "backlog", YEAR, Grain.DAY, ()),
    )
}
"""By the name each has in the table; all come with the period before, what is left out, and a series."""


def told(answer: Answer) -> Told:
    """Return every number of an answer."""
    parts: dict[str, Figure | None] = {"figure": answer.figure, "compared": answer.compared_figure}
    parts |= {f"beside.{name}": figure for name, figure in answer.beside.items()}
    parts |= {f"groups.{'/'.join(map(str, group.keys))}": group.figure for group in answer.groups}
    parts |= {f"buckets.{number}": bucket.figure for number, bucket in enumerate(answer.buckets)}
    found = {}
    for place, figure in parts.items():
        if figure is not None:
            found |= numbers(place, figure, answer.unit)
    found |= {f"left_out.{reason}": n for reason, n in answer.left_out.items()}
    found |= {f"notes.{name}": n for name, n in answer.notes.items()}
    return found


def numbers(place: str, figure: Figure, unit: Unit) -> Told:
    """Return the numbers of a figure."""
    names = {
        Unit.COUNT: ("n",),
        Unit.RATIO: ("n", "numerator", "denominator", "value"),
        Unit.SECONDS: ("n", "median", "p90", "mean", "maximum"),
    }[unit]
    values: dict[str, Any] = {name: getattr(figure, name, None) for name in names}
    if figure.interval:
        values |= dict(zip(("low", "high"), figure.interval, strict=True))
    return {f"{place}.{name}": value for name, value in values.items() if value is not None}


def differences(one: Mapping[str, float], other: Mapping[str, float]) -> list[str]:
    """Return what two sides say differently."""
    return [
        f"{place}: {one.get(place)} and {other.get(place)}"
        for place in sorted({*one, *other})
        if place not in one or place not in other or abs(one[place] - other[place]) > 1e-9 * max(abs(one[place]), 1)
    ]


def spans(question: Question, now: int) -> tuple[Span, Span]:
    """Return the instants of a question's period and of the one before."""
    return question.period.span(now), question.period.previous().span(now)


def series(question: Question) -> list[date]:
    """Return the first day of each bucket of the series."""
    assert question.per is not None
    return [bucket.start for bucket in question.period.buckets(question.per)]


def durations(place: str, n: int, values: Sequence[float], ordered: Sequence[float]) -> Told:
    """Return the numbers of a duration: median, p90, mean, longest; the interval stands in the sorted seconds."""
    ranks = median_ranks(n)
    bounds = (ordered[ranks[0] - 1], ordered[ranks[1] - 1]) if ranks else None
    median, p90, mean, longest = values
    figure = Figure(value=median, n=n, median=median, p90=p90, mean=mean, maximum=longest, interval=bounds)
    return numbers(place, figure, Unit.SECONDS)

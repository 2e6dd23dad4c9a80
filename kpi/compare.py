"""Comparing a figure with another period's, and knowing what the data covers."""

from dataclasses import dataclass, replace

from kpi.frames import Freshness
from kpi.intervals import Interval, difference, poisson
from kpi.period import Grain, Period, Span, whole_units
from kpi.question import Change, Figure, Question, Unit

SYNC_LAG_S = 3600
"""How old a sync may be while a period runs before the answer calls the period uncovered."""


def compared_span(question: Question, now: int, unit: Grain | None = None) -> tuple[Period, Span]:
    """Return the period that a question compares with and the part of it that is comparable.

    While the asked period runs this is as much of the other as has passed of it; never what lies after `now`, and
    with a `unit` only whole ones.
    """
    other = question.versus or question.period.previous(unit)
    part = other.elapsed_part(question.period, now)
    return other, whole_units(Span(part.start, max(part.start, min(part.end, now))), unit, other.zone)


def change(current: Figure, other: Figure, unit: Unit) -> Change | None:
    """Return current minus other; None when either has no value, or when they are on different scales.

    It is clear when the 95 % interval of the difference leaves zero out, never when a figure has no interval.
    """
    if current.value is None or other.value is None or current.scale != other.scale:
        return None
    gap = current.value - other.value
    around, around_other = _interval(current, unit), _interval(other, unit)
    if around is None or around_other is None:
        return Change(value=gap, clear=False)
    bounds = difference(current.value, around, other.value, around_other)
    return Change(value=gap, clear=bounds[0] > 0 or bounds[1] < 0, interval=bounds)


def _interval(figure: Figure, unit: Unit) -> Interval | None:
    return poisson(figure.n) if unit is Unit.COUNT else figure.interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What of time the data covers, seen at `now`."""

    freshness: Freshness
    now: int

    def uncovered(self, span: Span) -> str | None:
        """Return why part of a span is not covered: `before_history`, `not_synced`, or None when all is."""
        start, synced = self.freshness.history_start, self.freshness.synced_at
        if start is not None and span.start < start:
            return "before_history"
        lag = SYNC_LAG_S if span.end == self.now else 0
        if synced is None or synced < span.end - lag:
            return "not_synced"
        return None

    def honest(self, figure: Figure, span: Span) -> Figure:
        """Return the figure, without a value when nothing was counted because nothing of the span is covered."""
        start, synced = self.freshness.history_start, self.freshness.synced_at
        unknown = synced is None or synced <= span.start or (start is not None and span.end <= start)
        return replace(figure, value=None) if unknown and figure.n == 0 else figure

"""Whether a week is out of the ordinary, on control charts. Weeks only: a single day varies too much with the calendar.

A week out of the limits is the one signal. A run of weeks on one side of the middle is none: a desk that grows or calms
down has one every week, and the trend shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import expm1, log1p, sqrt
from statistics import fmean

WEEKS_NEEDED = 12
WEEKS_USED = 26
"""At most half a year of weeks is the baseline; older ones tell of another desk."""
ENOUGH_A_WEEK = 5
"""Below this many a week, counts are too small for a chart on logs, and ratios are not shown (KPIS.md rule 7)."""

# d₂ for ranges of two: the mean moving range of normal values is 1.128 σ, so 3 σ are 2.66 mean ranges. NIST/SEMATECH
# e-Handbook of Statistical Methods, 6.3.2.2 (https://www.itl.nist.gov/div898/handbook/pmc/section3/pmc322.htm).
_D2 = 1.128
_SIGMAS = 3


class Direction(StrEnum):
    """On which side of the limits a week lies."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A week against the weeks before it, in the KPI's unit.

    Attributes:
        value: the week's.
        expected: the middle of the chart.
        low, high: the limits; a week on a limit is ordinary.
        weeks: how many weeks the chart rests on.
    """

    value: float
    expected: float
    low: float
    high: float
    weeks: int

    @property
    def direction(self) -> Direction | None:
        """Where it lies outside the limits; None when it lies inside."""
        if self.value > self.high:
            return Direction.ABOVE
        return Direction.BELOW if self.value < self.low else None

    @property
    def is_anomaly(self) -> bool:
        """Whether it lies outside the limits."""
        return self.direction is not None


def judge_count(weeks: Sequence[int], week: int) -> Judgement | None:
    """Return a week's count against those of the complete weeks before it, oldest first.

    None when it can't be told: fewer than twelve weeks, fewer than five a week on average, or all the same.
    """
    used = weeks[-WEEKS_USED:]
    if not used or fmean(used) < ENOUGH_A_WEEK:
        return None
    return _individuals(used, week)


def judge_duration(weeks: Sequence[float | None], week: float | None) -> Judgement | None:
    """Return a week's duration, such as its median, against those of the complete weeks before it, oldest first.

    Seconds; None for weeks without one, or with too few tickets to show one, which are passed over. None when it can't
    be told: the week has none, fewer than twelve weeks before have one, or those are all the same.
    """
    used = [seconds for seconds in weeks if seconds is not None][-WEEKS_USED:]
    return None if week is None else _individuals(used, week)


def _individuals(weeks: Sequence[float], week: float) -> Judgement | None:
    """Return the judgement of an XmR chart on logarithms.

    On those a week at half and one at twice the usual are as far off. One is added first, as a count may be 0; to a
    duration a second makes no difference.
    """
    logs = [log1p(value) for value in weeks]
    spread = _moving_range(logs)
    if len(logs) < WEEKS_NEEDED or spread == 0:
        return None
    middle, reach = fmean(logs), _SIGMAS * spread / _D2
    return Judgement(
        value=week,
        expected=expm1(middle),
        low=max(0.0, expm1(middle - reach)),
        high=expm1(middle + reach),
        weeks=len(logs),
    )


def judge_ratio(weeks: Sequence[tuple[int, int]], week: tuple[int, int]) -> Judgement | None:
    """Return a week's (numerator, denominator) against those of the complete weeks before it, oldest first.

    Laney's p′ chart: limits as wide as the week's own denominator asks for, times how much more, or less, the weeks
    vary than by chance alone. Laney, Quality Engineering 14 (2002) 531–537. Weeks with a denominator below five are
    passed over. None when it can't be told: the week is such a one, fewer than twelve others before, or all the same.
    """
    used = [(yes, n) for yes, n in weeks if n >= ENOUGH_A_WEEK][-WEEKS_USED:]
    yes, n = week
    if len(used) < WEEKS_NEEDED or n < ENOUGH_A_WEEK:
        return None
    middle = sum(yes for yes, _ in used) / sum(n for _, n in used)
    sigma = sqrt(middle * (1 - middle))
    if sigma == 0:
        return None
    excess = _moving_range([(yes / n - middle) / (sigma / sqrt(n)) for yes, n in used]) / _D2
    if excess == 0:
        return None
    reach = _SIGMAS * sigma / sqrt(n) * excess
    return Judgement(
        value=yes / n,
        expected=middle,
        low=max(0.0, middle - reach),
        high=min(1.0, middle + reach),
        weeks=len(used),
    )


def _moving_range(values: Sequence[float]) -> float:
    """Return the mean distance from one value to the next; 0 of fewer than two."""
    distances = [abs(later - earlier) for earlier, later in pairwise(values)]
    return fmean(distances) if distances else 0.0

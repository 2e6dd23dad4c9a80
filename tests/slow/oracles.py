"""The intervals of figures by scipy and statsmodels, and percentiles by their definition."""

from collections.abc import Sequence
from functools import cache
from math import floor, sqrt

from scipy import stats
from statsmodels.stats.proportion import proportion_confint

Interval = tuple[float, float]
Z = float(stats.norm.ppf(0.975))


@cache
def wilson(yes: int, n: int) -> Interval | None:
    if not n:
        return None
    low, high = proportion_confint(yes, n, method="wilson")
    return float(low), float(high)


@cache
def quotient(count: int, other: int) -> Interval | None:
    """Return the interval of the quotient of two counts: the odds of the bounds of the first one's share of both."""
    if not other:
        return None
    low, high = proportion_confint(count, count + other, method="wilson")
    return float(low / (1 - low)), float(high / (1 - high))


@cache
def poisson(count: int) -> Interval:
    """Return the score interval of a count: the means whose distance from it is 1.96 of their standard deviations."""
    middle, half = count + Z * Z / 2, Z * sqrt(count + Z * Z / 4)
    return max(0.0, middle - half), middle + half


def median(values: Sequence[float]) -> Interval | None:
    """Return the order statistics that hold the median of any distribution 95 times of 100."""
    n, ordered = len(values), sorted(values)
    ranks = [rank for rank in range(1, n // 2 + 1) if stats.binom.cdf(rank - 1, n, 0.5) <= 0.025]
    return (ordered[ranks[-1] - 1], ordered[n - ranks[-1]]) if ranks and n >= 6 else None


def mean(values: Sequence[float], scale: Interval) -> Interval | None:
    """Return Student's interval, cut at the ends of the scale; none below six values or when all are the same."""
    if len(values) < 6 or len(set(values)) == 1:
        return None
    low, high = stats.t.interval(0.95, len(values) - 1, loc=stats.tmean(values), scale=stats.sem(values))
    return max(scale[0], float(low)), min(scale[1], float(high))


def net(promoters: int, passives: int, detractors: int) -> Interval:
    """Return the interval of a net score: below 50 answers, or when all are alike, with three made-up answers more."""
    n, alike = promoters + passives + detractors, sum(map(bool, (promoters, passives, detractors))) == 1
    weights = [float(promoters), float(passives), float(detractors)]
    if n < 50 or alike:
        weights = [promoters + 0.75, passives + 1.5, detractors + 0.75]
    total = sum(weights)
    middle = (weights[0] - weights[2]) / total
    variance = sum(weight * (value - middle) ** 2 for weight, value in zip(weights, (1, 0, -1), strict=True)) / total
    half, score = Z * sqrt(variance / total), (promoters - detractors) / n
    return 100 * max(-1.0, min(score, middle - half)), 100 * min(1.0, max(score, middle + half))


def percentile(values: Sequence[float], share: float) -> float:
    """Return a percentile by linear interpolation, type 7."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])

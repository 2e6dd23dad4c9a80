"""95 % intervals: of a ratio, of a median, of a count, and of the difference between two figures."""

from functools import lru_cache
from math import exp, lgamma, log, sqrt
from statistics import NormalDist

Interval = tuple[float, float]

TAIL = 0.025
Z = NormalDist().inv_cdf(1 - TAIL)


def wilson(successes: int, n: int) -> Interval | None:
    """Return the Wilson score interval of a ratio; None when `n` is 0. Wilson, JASA 22 (1927) 209–212."""
    if n == 0:
        return None
    ratio, correction = successes / n, Z * Z / n
    middle = (ratio + correction / 2) / (1 + correction)
    half = sqrt(ratio * (1 - ratio) * correction + correction * correction / 4) / (1 + correction)
    # At 0 and n the bound is exact, and rounding must not move it past the ratio.
    return (0.0 if successes == 0 else middle - half, 1.0 if successes == n else middle + half)


def poisson(count: int) -> Interval:
    """Return the score interval of the expectation behind a count."""
    half = Z * sqrt(count + Z * Z / 4)
    return (max(0.0, count + Z * Z / 2 - half), count + Z * Z / 2 + half)


@lru_cache(maxsize=4096)
def median_ranks(n: int) -> tuple[int, int] | None:
    """Return the ranks, from 1, of the sorted values that bound the median; None when `n` is below 6.

    The lower is the greatest rank r for which a fair coin thrown n times shows fewer than r heads with a
    probability of at most 2.5 %; the upper is its mirror. No distribution is assumed.
    """
    rank = int(n / 2 - Z * sqrt(n) / 2) + 1
    while rank > 0 and _fewer_heads(n, rank) > TAIL:
        rank -= 1
    while _fewer_heads(n, rank + 1) <= TAIL:
        rank += 1
    return (rank, n + 1 - rank) if rank > 0 else None


def _fewer_heads(n: int, rank: int) -> float:
    """Return the probability that a fair coin thrown `n` times shows fewer than `rank` heads."""
    heads = rank - 1
    if heads < 0:
        return 0.0
    term = exp(lgamma(n + 1) - lgamma(heads + 1) - lgamma(n - heads + 1) - n * log(2))
    total = 0.0
    while heads >= 0 and term > total * 1e-17:
        total += term
        term *= heads / (n - heads + 1)
        heads -= 1
    return total


def difference(value: float, interval: Interval, other: float, other_interval: Interval) -> Interval:
    """Return the interval of `value - other` from the interval of each ("square-and-add").

    For two ratios with Wilson intervals this is Newcombe's method 10: Statistics in Medicine 17 (1998) 873–890.
    Zou and Donner, Statistics in Medicine 27 (2008) 1693–1702, extend it to any figure with an interval.
    """
    gap = value - other
    return (
        gap - sqrt((value - interval[0]) ** 2 + (other_interval[1] - other) ** 2),
        gap + sqrt((interval[1] - value) ** 2 + (other - other_interval[0]) ** 2),
    )

"""95 % intervals: of ratios, counts, net scores, means and medians, and of the difference between two figures."""

from functools import lru_cache
from math import atan, cos, exp, inf, lgamma, log, pi, sin, sqrt
from statistics import NormalDist

Interval = tuple[float, float]

TAIL = 0.025
Z = NormalDist().inv_cdf(1 - TAIL)

NET_PLAIN_FROM = 50
"""From this many answers on, the interval of a net score needs no adjustment."""
MEAN_FROM = 6
"""The fewest values whose mean has an interval; the same as for a median."""

# Sums of squares are floats: what is left of them below this part is rounding, not spread.
_ROUNDING = 1e-13
# Where the expansion of Student's quantile is exact to ten digits.
_EXPANSION_FROM = 100


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


def quotient(count: int, other: int) -> Interval | None:
    """Return the interval of one count divided by another, such as solved ÷ received; None when `other` is 0.

    Given their sum, the first of two Poisson counts is binomial; Wilson's interval of that share, as odds, is the
    score interval of the quotient: Graham, Mengersen and Morton, Statistics in Medicine 22 (2003) 2071–2083. Counts
    that rise and fall together, as received and solved do, make it somewhat wider than need be.
    """
    share = wilson(count, count + other)
    if other == 0 or share is None:
        return None
    return (share[0] / (1 - share[0]), share[1] / (1 - share[1]))


def net(promoters: int, passives: int, detractors: int) -> Interval | None:
    """Return the interval of a net score, −100 to 100; None of no answers.

    Variance (p + d − (p − d)²) ÷ n. Below 50 answers, 0.75 promoters, 0.75 detractors and 1.5 passives are added
    first: Rocks, The American Statistician 70 (2016) 365–372. The same where all answers are of one kind, since
    those would leave no variance. The interval always holds the score itself, which is never adjusted.
    """
    n = promoters + passives + detractors
    if n == 0:
        return None
    score = (promoters - detractors) / n
    adjusted = n < NET_PLAIN_FROM or n in (promoters, passives, detractors)
    added, total = (0.75, n + 3.0) if adjusted else (0.0, float(n))
    up, down = (promoters + added) / total, (detractors + added) / total
    half = Z * sqrt((up + down - (up - down) ** 2) / total)
    low, high = up - down - half, up - down + half
    return (100 * max(-1.0, min(low, score)), 100 * min(1.0, max(high, score)))


def mean(n: int, total: float, squares: float, scale: Interval = (-inf, inf)) -> Interval | None:
    """Return Student's interval of a mean from the number, the sum and the sum of squares of its values.

    None below 6 values, where it would rest on the shape of their distribution, and for values that are all the
    same: they don't tell how much values vary. It is cut at the ends of `scale`, which no value can leave.
    """
    if n < MEAN_FROM:
        return None
    spread = n * squares - total * total
    if spread <= _ROUNDING * n * squares:
        return None
    half = student(n - 1) * sqrt(spread / (n - 1)) / n
    return (max(scale[0], total / n - half), min(scale[1], total / n + half))


@lru_cache(maxsize=4096)
def student(freedom: int) -> float:
    """Return the 97.5 % quantile of Student's t with so many degrees of freedom.

    Newton's steps on the exact distribution from an expansion around the normal quantile, which alone is enough for
    many degrees: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.3–5.
    """
    t = _student_expansion(freedom)
    if freedom >= _EXPANSION_FROM:
        return t
    height = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * pi)
    for _ in range(50):
        density = height * (1 + t * t / freedom) ** (-(freedom + 1) / 2)
        step = (_student_within(t, freedom) - (1 - 2 * TAIL)) / (2 * density)
        t -= step
        if abs(step) < 1e-13 * t:
            break
    return t


def _student_expansion(freedom: int) -> float:
    terms = (
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
        (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92_160,
    )
    return Z + sum(term / float(freedom) ** power for power, term in enumerate(terms, start=1))


def _student_within(t: float, freedom: int) -> float:
    """Return the probability that Student's t lies within ±`t`: a finite sum for whole degrees of freedom."""
    angle = atan(t / sqrt(freedom))
    odd = freedom % 2
    term = cos(angle) if odd else 1.0
    total = 0.0
    for power in range(odd, freedom - 1, 2):
        total += term
        term *= (power + 1) / (power + 2) * cos(angle) ** 2
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total


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

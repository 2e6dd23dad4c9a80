"""What a row adds to the figure of each kind of measure, and which rows come first when people look for the trouble."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import singledispatch

import narwhals as nw

from kpi.catalogue import Kpi
from kpi.durations import Bands, Duration
from kpi.means import Mean, PerAgent, Score, Share
from kpi.measures import Count, Ratio
from kpi.question import Unit
from kpi.totals import Net, TimePerThing, Total

NEVER = 2.0**62
"""Longer than anything: where there is no duration, the wait has no end."""


class Order(StrEnum):
    """What comes first in a list of tickets."""

    WORST = "worst"
    LONGEST = "longest"
    HIGHEST = "highest"
    OLDEST = "oldest"
    NEWEST = "newest"


Worst = tuple[tuple[nw.Expr, bool], ...]
"""What rows are put in order by, each with whether the highest comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What a row, prepared by its measure, adds to the figure.

    Attributes:
        value: its amount, in `unit`; None of measures that only count.
        success: 1 where it is in a ratio's numerator, else 0.
        part, whole: what it adds to each side of a quotient of two sums.
        counts: rows for which it doesn't hold add nothing; None when all do.
        per: the column of which all rows of one value are one, their amounts summed.
        worst: the order; none for the newest first.
    """

    value: nw.Expr | None = None
    success: nw.Expr | None = None
    part: nw.Expr | None = None
    whole: nw.Expr | None = None
    unit: Unit | None = None
    counts: nw.Expr | None = None
    per: str | None = None
    worst: Worst = ()


def contribution(kpi: Kpi, *, calendar: bool) -> Contribution:
    """Return what a row adds to a KPI's figure: failures and the longest durations are the worst."""
    return _of(kpi.measure, calendar=calendar, highest_first=not kpi.higher_is_better)


@singledispatch
def _of(measure: object, *, calendar: bool, highest_first: bool) -> Contribution:  # noqa: ARG001  # for all of them
    raise TypeError(type(measure).__name__)  # a measure that is not described here


@_of.register
def _(measure: Count, *, calendar: bool, highest_first: bool) -> Contribution:  # noqa: ARG001
    if measure.longest is None:
        return Contribution()
    return Contribution(value=nw.col("longest"), unit=Unit.SECONDS, worst=((nw.col("longest"), True),))


@_of.register
def _(_: PerAgent, *, calendar: bool, highest_first: bool) -> Contribution:  # noqa: ARG001
    return Contribution()


@_of.register
def _(_: Ratio, *, calendar: bool, highest_first: bool) -> Contribution:  # noqa: ARG001
    return Contribution(success=nw.col("yes"), worst=((nw.col("yes"), highest_first),))


@_of.register
def _(measure: Bands, *, calendar: bool, highest_first: bool) -> Contribution:
    success, seconds = nw.col("yes"), measure.seconds(calendar=calendar)
    order = ((success, highest_first), (seconds.fill_null(NEVER), True))
    return Contribution(success=success, value=seconds, unit=Unit.SECONDS, worst=order)


@_of.register
def _(_: Duration, *, calendar: bool, highest_first: bool) -> Contribution:  # noqa: ARG001
    return _amount("seconds", Unit.SECONDS, highest_first=highest_first)


@_of.register
def _(measure: Mean, *, calendar: bool, highest_first: bool) -> Contribution:  # noqa: ARG001
    return _amount("amount", measure.unit, highest_first=highest_first)


@_of.register
def _(measure: Total, *, calendar: bool, highest_first: bool) -> Contribution:  # noqa: ARG001
    return _amount("summed", measure.unit, highest_first=True)


@_of.register
def _(_: Score, *, calendar: bool, highest_first: bool) -> Contribution:  # noqa: ARG001
    order = ((nw.col("position"), highest_first),)
    return replace(_amount("given", Unit.SCORE, highest_first=highest_first), worst=order)


@_of.register
def _(_: Net, *, calendar: bool, highest_first: bool) -> Contribution:  # noqa: ARG001
    side = 100 * (nw.col("promoter") - nw.col("detractor"))
    return Contribution(value=side, unit=Unit.NET, worst=((side, highest_first),))


@_of.register
def _(_: TimePerThing, *, calendar: bool, highest_first: bool) -> Contribution:  # noqa: ARG001
    return replace(_amount("spent_0", Unit.SECONDS, highest_first=highest_first), per="thing_0")


@_of.register
def _(_: Share, *, calendar: bool, highest_first: bool) -> Contribution:  # noqa: ARG001
    part, whole = nw.col("share_part").fill_null(0), nw.col("share_whole").fill_null(0)
    share = (part / nw.when(whole != 0).then(whole)).fill_null(0)
    return Contribution(part=part, whole=whole, worst=((share, highest_first),))


def _amount(column: str, unit: Unit, *, highest_first: bool) -> Contribution:
    amount = nw.col(column)
    return Contribution(value=amount, unit=unit, counts=~amount.is_null(), worst=((amount, highest_first),))

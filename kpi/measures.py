"""Measures: what is made of the rows a KPI rests on. Narwhals expressions up to the aggregate, so they run anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import narwhals as nw

from kpi.intervals import Interval, median_ranks, wilson
from kpi.question import Figure, Unit

Frame = nw.LazyFrame[Any]
Group = tuple[Any, ...]
"""The values of the columns that a group has in common; empty for all rows at once."""

P90 = 0.9


class Measure(Protocol):
    """An aggregate of rows."""

    unit: ClassVar[Unit]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads besides those of its expressions."""
        ...

    @property
    def nothing(self) -> Figure:
        """The figure of no rows."""
        ...

    def figures(self, rows: Frame, keys: Sequence[str], *, calendar: bool) -> Mapping[Group, Figure]:
        """Return the figure of each group of rows; groups without a row are missing."""
        ...


def aggregate(rows: Frame, keys: Sequence[str], **values: nw.Expr) -> dict[Group, dict[str, Any]]:
    """Return the aggregated values of each group as plain Python numbers, None for what is missing."""
    table = rows.group_by(*keys).agg(**values) if keys else rows.select(**values)
    # Engines disagree about what a missing key looks like in pandas; in rows of narwhals it is None or not a number.
    found = table.collect(backend="pandas").rows(named=True)
    plain = [{name: None if value != value else value for name, value in row.items()} for row in found]  # noqa: PLR0124  # only NaN differs from itself
    return {tuple(row.pop(key) for key in keys): row for row in plain}


def flag(condition: nw.Expr) -> nw.Expr:
    """Return 1 where the condition holds and 0 where it doesn't or can't be told; integers can be summed anywhere."""
    return condition.fill_null(False).cast(nw.Int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Count:
    """The number of rows."""

    unit: ClassVar[Unit] = Unit.COUNT
    columns: ClassVar[tuple[str, ...]] = ()
    nothing: ClassVar[Figure] = Figure(value=0, n=0)

    def figures(self, rows: Frame, keys: Sequence[str], *, calendar: bool = False) -> dict[Group, Figure]:  # noqa: ARG002  # the interface of every measure
        """Return the count of each group."""
        return {group: _count(row["n"]) for group, row in aggregate(rows, keys, n=nw.len()).items()}


def _count(n: int) -> Figure:
    return Figure(value=int(n), n=int(n))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot(Count):
    """The number of rows open at one instant: the end of the period, or of each bucket of a trend."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratio:
    """The share of rows for which `numerator` holds, with its Wilson interval."""

    unit: ClassVar[Unit] = Unit.RATIO
    columns: ClassVar[tuple[str, ...]] = ()
    nothing: ClassVar[Figure] = Figure(value=None, n=0, numerator=0, denominator=0)

    numerator: nw.Expr

    def figures(self, rows: Frame, keys: Sequence[str], *, calendar: bool = False) -> dict[Group, Figure]:  # noqa: ARG002  # the interface of every measure
        """Return the ratio of each group."""
        counted = rows.with_columns(yes=flag(self.numerator))
        found = aggregate(counted, keys, n=nw.len(), yes=nw.col("yes").sum())
        return {group: _ratio(int(row["yes"] or 0), int(row["n"])) for group, row in found.items()}


def _ratio(numerator: int, denominator: int) -> Figure:
    return Figure(
        value=numerator / denominator if denominator else None,
        n=denominator,
        numerator=numerator,
        denominator=denominator,
        interval=wilson(numerator, denominator),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Duration:
    """The median, 90th percentile and mean of a duration in seconds.

    `business` is empty for rows that were under no schedule: there calendar time counts.
    """

    unit: ClassVar[Unit] = Unit.SECONDS
    nothing: ClassVar[Figure] = Figure(value=None, n=0)

    business: str
    calendar: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Business and calendar seconds."""
        return (self.business, self.calendar)

    @property
    def is_business(self) -> nw.Expr:
        """Whether a row was under a schedule."""
        return ~nw.col(self.business).is_null()

    def figures(self, rows: Frame, keys: Sequence[str], *, calendar: bool) -> dict[Group, Figure]:
        """Return the percentiles of each group: linear interpolation, type 7."""
        chosen = (self.calendar,) if calendar else (self.business, self.calendar)
        seconds = nw.col("seconds")
        timed = rows.with_columns(seconds=nw.coalesce(*(nw.col(name).cast(nw.Float64) for name in chosen)))
        timed = timed.filter(~seconds.is_null())
        found = aggregate(
            timed,
            keys,
            n=nw.len(),
            median=seconds.median(),
            p90=seconds.quantile(P90, interpolation="linear"),
            mean=seconds.mean(),
        )
        bounds = _median_bounds(timed, keys, {group: int(row["n"]) for group, row in found.items()})
        return {
            group: Figure(
                value=row["median"],
                n=int(row["n"]),
                interval=bounds.get(group),
                median=row["median"],
                p90=row["p90"],
                mean=row["mean"],
            )
            for group, row in found.items()
        }


def _median_bounds(timed: Frame, keys: Sequence[str], sizes: Mapping[Group, int]) -> dict[Group, Interval]:
    """Return the order-statistic interval of each group's median; none for groups below 6 rows."""
    ranks = {group: found for group, n in sizes.items() if (found := median_ranks(n))}
    wanted = sorted({rank for pair in ranks.values() for rank in pair})
    if not wanted:
        return {}
    position = nw.col("seconds").rank("ordinal")
    ranked = timed.with_columns(position=position.over(*keys) if keys else position)
    bounding = ranked.filter(nw.col("position").is_in(wanted))
    seconds = {
        (*group[:-1], int(group[-1])): row["seconds"]
        for group, row in aggregate(bounding, [*keys, "position"], seconds=nw.col("seconds").min()).items()
    }
    return {group: (seconds[*group, low], seconds[*group, high]) for group, (low, high) in ranks.items()}

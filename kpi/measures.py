"""Measures: what is made of the rows a KPI rests on. Narwhals expressions up to the aggregate, so they run anywhere."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol

import narwhals as nw

from kpi.intervals import Interval, wilson
from kpi.question import Figure, Unit
from kpi.rows import Frame, Group, Row, Rows

Found = Mapping[str, Any]
"""The aggregates of one group as plain numbers, None for what is missing."""

COUNTED = nw.col("counted") == 1
"""Whether a row counts: a window also holds rows that are only told of as left out."""

P90 = 0.9


class Measure(Protocol):
    """An aggregate of rows, in two steps, so that one pass over the rows finds everything that is asked of them."""

    @property
    def unit(self) -> Unit:
        """What its figures are counted in."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads besides those of its expressions."""
        ...

    @property
    def nothing(self) -> Figure:
        """The figure of no rows."""
        ...

    @property
    def additive(self) -> bool:
        """Whether the aggregates of parts of the rows, added up, are those of all of them."""
        ...

    @property
    def ranked(self) -> str | None:
        """The prepared column whose median has an order-statistic interval; None without one."""
        ...

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:
        """Return the columns that its aggregates read, NULL or 0 for rows that don't count."""
        ...

    @property
    def aggregates(self) -> Mapping[str, nw.Expr]:
        """The aggregates it is made of; `n` is the number of rows it rests on."""
        ...

    def figure(self, found: Found) -> Figure:
        """Return the figure of aggregates, of which `n` is at least 1."""
        ...


def aggregate(
    rows: Rows, keys: Sequence[str], shape: Hashable, values: Callable[[], Mapping[str, nw.Expr]]
) -> dict[Group, Row]:
    """Return the aggregated values of each group as plain Python numbers, None for what is missing.

    `shape` stands for `values`: equal ones make the same.
    """

    def step(frame: Frame) -> Frame:
        return frame.group_by(*keys).agg(**values()) if keys else frame.select(**values())

    found = rows.then((shape, *keys), step).collected()
    return {tuple(row.pop(key) for key in keys): row for row in found}


def flag(condition: nw.Expr) -> nw.Expr:
    """Return 1 where the condition holds and 0 where it doesn't or can't be told; integers can be summed anywhere."""
    return condition.fill_null(False).cast(nw.Int64)


def counting(value: nw.Expr) -> nw.Expr:
    """Return a value where the row counts, NULL elsewhere."""
    return nw.when(COUNTED).then(value)


def measured(measure: Measure, rows: Rows, keys: Sequence[str], *, calendar: bool = False) -> dict[Group, Figure]:
    """Return the figure of each group of rows, of which column `counted` says whether they count.

    Groups in which no row counts are missing.
    """
    prepared = rows.then(("prepared", measure, calendar), lambda frame: prepare(measure, frame, calendar=calendar))
    found = aggregate(prepared, keys, ("measured", measure), lambda: measure.aggregates)
    return figures(measure, prepared, keys, {group: row for group, row in found.items() if row["n"]})


def prepare(measure: Measure, frame: Frame, *, calendar: bool, **more: nw.Expr) -> Frame:
    """Return rows with the columns that a measure's aggregates read, and more."""
    columns = {**measure.prepared(calendar=calendar), **more}
    return frame.with_columns(**columns) if columns else frame


def figures(measure: Measure, prepared: Rows, keys: Sequence[str], found: Mapping[Group, Found]) -> dict[Group, Figure]:
    """Return the figures of aggregates, with the intervals of medians, for which the rows are read once more."""
    bounds: dict[Group, Interval] = {}
    if measure.ranked is not None:
        sizes = {group: int(row["n"]) for group, row in found.items()}
        bounds = prepared.median_bounds(keys, measure.ranked, sizes)
    return {group: measure.figure({**row, "interval": bounds.get(group)}) for group, row in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Count:
    """The number of rows.

    Attributes:
        parts: how many of them there are of a kind, by its name.
        longest: seconds that have passed for each row; the most of them stand beside as part `longest`.
    """

    unit: ClassVar[Unit] = Unit.COUNT
    columns: ClassVar[tuple[str, ...]] = ()
    nothing: ClassVar[Figure] = Figure(value=0, n=0)
    ranked: ClassVar[None] = None

    parts: Mapping[str, nw.Expr] = field(default_factory=dict)
    longest: nw.Expr | None = None

    @property
    def additive(self) -> bool:
        """Whether there is nothing but counts."""
        return self.longest is None

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:  # noqa: ARG002  # the interface of every measure
        """Return which kinds a row is of, and its seconds."""
        passed = {} if self.longest is None else {"longest": counting(self.longest)}
        return _kinds(self.parts) | passed

    @property
    def aggregates(self) -> Mapping[str, nw.Expr]:
        """The number of rows, of each kind of them, and the longest time."""
        passed = {} if self.longest is None else {"longest": nw.col("longest").max()}
        return {"n": nw.col("counted").sum()} | _kind_sums(self.parts) | passed

    def figure(self, found: Found) -> Figure:
        """Return the count."""
        n = int(found["n"])
        parts = {name: Figure(value=part, n=part) for name, part in _kind_numbers(self.parts, found).items()}
        if self.longest is not None:
            parts["longest"] = Figure(value=found["longest"], n=n, unit=Unit.SECONDS)
        return Figure(value=n, n=n, parts=parts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratio:
    """The share of rows for which `numerator` holds, with its Wilson interval; `parts` are other shares of them."""

    unit: ClassVar[Unit] = Unit.RATIO
    columns: ClassVar[tuple[str, ...]] = ()
    nothing: ClassVar[Figure] = Figure(value=None, n=0, numerator=0, denominator=0)
    ranked: ClassVar[None] = None
    additive: ClassVar[bool] = True

    numerator: nw.Expr
    parts: Mapping[str, nw.Expr] = field(default_factory=dict)

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:  # noqa: ARG002  # the interface of every measure
        """Return whether a row succeeded, and which kinds it is of."""
        return {"yes": flag(COUNTED & self.numerator)} | _kinds(self.parts)

    @property
    def aggregates(self) -> Mapping[str, nw.Expr]:
        """The number of rows, of those that succeeded, and of each kind."""
        return {"n": nw.col("counted").sum(), "yes": nw.col("yes").sum()} | _kind_sums(self.parts)

    def figure(self, found: Found) -> Figure:
        """Return the ratio."""
        n = int(found["n"])
        parts = {name: ratio(part, n) for name, part in _kind_numbers(self.parts, found).items()}
        return replace(ratio(int(found["yes"] or 0), n), parts=parts)


def _kinds(parts: Mapping[str, nw.Expr]) -> dict[str, nw.Expr]:
    return {f"part_{place}": flag(COUNTED & is_of) for place, is_of in enumerate(parts.values())}


def _kind_sums(parts: Mapping[str, nw.Expr]) -> dict[str, nw.Expr]:
    return {f"part_{place}": nw.col(f"part_{place}").sum() for place in range(len(parts))}


def _kind_numbers(parts: Mapping[str, nw.Expr], found: Found) -> dict[str, int]:
    return {name: int(found[f"part_{place}"] or 0) for place, name in enumerate(parts)}


def ratio(numerator: int, denominator: int) -> Figure:
    """Return the figure of a share; without a value when nothing could have succeeded."""
    return Figure(
        value=numerator / denominator if denominator else None,
        n=denominator,
        numerator=numerator,
        denominator=denominator,
        interval=wilson(numerator, denominator),
    )

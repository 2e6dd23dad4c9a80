"""Rows of a source, and what is made of them step by step, before an engine is asked for any."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import narwhals as nw

from kpi.intervals import Interval, median_ranks
from kpi.period import Span

Frame = nw.LazyFrame[Any]
Step = Callable[[Frame], Frame]

Group = tuple[Any, ...]
"""The values of the columns that a group has in common; empty for all rows at once."""

Row = dict[str, Any]
"""A row as plain Python values by column, None for what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which rows are read: those whose `instant` falls in a span, or of stretches those that went on in it.

    Attributes:
        fact: the source.
        columns: what is read of each row.
        instant: the column with the instant, or with the start of a stretch.
        until: the column with the end of a stretch.
        where: columns and the value that a row must have there.
        constants: whole numbers that each row has besides, by column.
    """

    fact: str
    columns: Collection[str]
    instant: str
    until: str | None = None
    span: Span
    where: Mapping[str, str | int] = field(default_factory=dict)
    constants: Mapping[str, int] = field(default_factory=dict)


class Rows(Protocol):
    """Rows that were not read yet."""

    @property
    def frame(self) -> Frame:
        """The rows as a frame of the engine."""
        ...

    def then(self, shape: Hashable, step: Step) -> Self:
        """Return what a step makes of the rows; steps of equal shapes do the same whatever the rows are."""
        ...

    def collected(self) -> list[Row]:
        """Return the rows as plain Python values."""
        ...

    def median_bounds(self, keys: Sequence[str], column: str, sizes: Mapping[Group, int]) -> dict[Group, Interval]:
        """Return the order-statistic interval of each group's median, given how many values each has.

        Groups below 6 values have none.
        """
        ...


class Framed:
    """Rows of any engine that narwhals knows."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    @property
    def frame(self) -> Frame:
        """The rows as a frame of the engine."""
        return self._frame

    def then(self, shape: Hashable, step: Step) -> Self:  # noqa: ARG002  # only an engine that remembers needs it
        """Return what a step makes of the rows."""
        return type(self)(step(self.frame))

    def collected(self) -> list[Row]:
        """Return the rows as plain Python values."""
        return collected(self.frame)

    def median_bounds(self, keys: Sequence[str], column: str, sizes: Mapping[Group, int]) -> dict[Group, Interval]:
        """Return the order-statistic interval of each group's median, given how many values each has."""
        ranks = {group: found for group, n in sizes.items() if (found := median_ranks(n))}
        wanted = sorted({rank for pair in ranks.values() for rank in pair})
        position = nw.col(column).rank("ordinal")
        numbered = self.frame.filter(~nw.col(column).is_null()).with_columns(
            position=position.over(*keys) if keys else position
        )
        kept = numbered.filter(nw.col("position").is_in(wanted)).select(*keys, "position", column)
        values = {
            (*(row[key] for key in keys), int(row["position"])): row[column]
            for row in (collected(kept) if wanted else ())
        }
        return {group: (values[*group, low], values[*group, high]) for group, (low, high) in ranks.items()}


class Reader(ABC):
    """What reads the rows of windows into frames."""

    @abstractmethod
    def window(
        self, fact: str, columns: Collection[str], instant: str, span: Span, where: Mapping[str, str | int]
    ) -> Frame:
        """Return rows of `fact` whose `instant` falls in a span and whose columns have the values of `where`."""

    @abstractmethod
    def stretches(
        self, fact: str, columns: Collection[str], edges: tuple[str, str], span: Span, where: Mapping[str, str | int]
    ) -> Frame:
        """Return rows of `fact` that went on at some instant of a span or at its end."""

    def rows(self, window: Window) -> Rows:
        """Return the rows of a window."""
        fact, columns, span, where = window.fact, window.columns, window.span, window.where
        if window.until is None:
            frame = self.window(fact, columns, window.instant, span, where)
        else:
            frame = self.stretches(fact, columns, (window.instant, window.until), span, where)
        constants = {name: nw.lit(value, nw.Int64) for name, value in window.constants.items()}
        return Framed(frame.with_columns(**constants) if constants else frame)


def collected(frame: Frame) -> list[Row]:
    """Return rows as plain Python values, None for what is missing."""
    if frame.implementation.is_spark_like():  # as pandas it would take PyArrow, or a version of pandas that is old
        return plain(row.asDict() for row in frame.to_native().collect())
    if frame.implementation.is_duckdb():
        native = frame.to_native()
        return plain(dict(zip(native.columns, row, strict=True)) for row in native.fetchall())
    return plain(frame.collect(backend="pandas").rows(named=True))


def plain(rows: Iterable[Row]) -> list[Row]:
    """Return rows in which what is missing is None, whatever the engine calls it."""
    return [{name: None if value != value else value for name, value in row.items()} for row in rows]  # noqa: PLR0124  # only NaN differs from itself

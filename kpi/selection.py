"""The rows a KPI rests on: read, filtered, and parted into those that count and those that are left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw

from kpi.catalogue import Anchor, Kpi
from kpi.dimensions import Dimension
from kpi.filters import Chosen
from kpi.frames import Frames
from kpi.measures import Duration, Frame, Group, Snapshot, aggregate, flag
from kpi.period import Span
from kpi.question import Figure, Reading
from kpi.schema import LEFT_OUT

ALWAYS_READ = frozenset({"left_out", "opened_by_agent", "helpdesk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """One KPI in one reading, through the filters of a question."""

    kpi: Kpi
    reading: Reading
    frames: Frames
    now: int
    calendar: bool = False
    filters: tuple[Chosen, ...] = ()
    by: Dimension | None = None

    @property
    def anchor(self) -> Anchor:
        """What places its rows in a period."""
        return self.kpi.anchor(self.reading)

    @property
    def columns(self) -> frozenset[str]:
        """The columns that must be read."""
        dimensions = [chosen.dimension for chosen in self.filters] + ([self.by] if self.by else [])
        of_dimensions = {column for kind in dimensions for column in kind.columns(self.anchor.prefix)}
        return ALWAYS_READ | {self.anchor.instant, *self.kpi.columns, *self.kpi.measure.columns} | of_dimensions

    def rows(self, span: Span) -> Frame:
        """Return the filtered rows of a span, those that are left out among them."""
        if isinstance(self.kpi.measure, Snapshot):
            return self.open_rows(Span(span.end, span.end))
        anchor, kpi = self.anchor, self.kpi
        return self._filtered(self.frames.window(kpi.fact, self.columns, anchor.instant, span, kpi.where))

    def open_rows(self, span: Span) -> Frame:
        """Return the filtered rows that were open at some instant of a span or at its end."""
        return self._filtered(self.frames.open_at(self.columns, span))

    def _filtered(self, rows: Frame) -> Frame:
        conditions = [chosen.condition(self.anchor.prefix) for chosen in self.filters]
        timed = rows.with_columns(now=nw.lit(self.now, nw.Int64))
        return timed.filter(*conditions) if conditions else timed

    def counted(self, rows: Frame) -> Frame:
        """Return the rows that the KPI counts."""
        return self._meant(self._admitted(rows))

    def _meant(self, rows: Frame) -> Frame:
        conditions = [condition for condition in (self.kpi.condition, self.anchor.condition) if condition is not None]
        return rows.filter(*conditions) if conditions else rows

    def _admitted(self, rows: Frame) -> Frame:
        kept = rows.filter(nw.col("left_out").is_null())
        return kept.filter(nw.col("opened_by_agent") == 0) if self.kpi.customer_opened else kept

    def figure(self, rows: Frame) -> Figure:
        """Return the figure of all rows together."""
        return self.figures(rows, ()).get((), self.kpi.measure.nothing)

    def figures(self, rows: Frame, keys: Sequence[str]) -> Mapping[Group, Figure]:
        """Return the figure of each group of rows."""
        return self.kpi.measure.figures(self.counted(rows), keys, calendar=self.calendar)

    def left_out(self, rows: Frame) -> dict[str, int]:
        """Return how many rows the rules leave out, by reason."""
        meant = self._meant(rows)
        gone = meant.filter(~nw.col("left_out").is_null())
        found = {reason: row["n"] for (reason,), row in aggregate(gone, ["left_out"], n=nw.len()).items()}
        if self.kpi.customer_opened:
            opened = flag(nw.col("left_out").is_null() & (nw.col("opened_by_agent") == 1))
            found |= _sums(meant, {"agent_opened": opened})
        return {reason: int(found[reason]) for reason in (*LEFT_OUT, "agent_opened") if found.get(reason)}

    def notes(self, rows: Frame) -> dict[str, int]:
        """Return what a reader must know about the rows, by name; nothing that is 0."""
        found = _sums(self._admitted(rows), self.kpi.notes)
        return {name: n for name, n in found.items() if n}

    def is_business(self, rows: Frame) -> bool:
        """Tell whether durations are business time: for some row was under a schedule."""
        measure = self.kpi.measure
        if self.calendar or not isinstance(measure, Duration):
            return False
        return _sums(self.counted(rows), {"business": measure.is_business})["business"] > 0


def _sums(rows: Frame, values: Mapping[str, nw.Expr]) -> dict[str, int]:
    """Return the sum of each expression over the rows; conditions count as 0 and 1."""
    if not values:
        return {}
    numbers = rows.select(**{name: value.cast(nw.Int64).fill_null(0) for name, value in values.items()})
    sums = aggregate(numbers, (), **{name: nw.col(name).sum() for name in values})[()]
    return {name: int(found or 0) for name, found in sums.items()}

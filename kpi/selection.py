"""The rows a KPI rests on: read, filtered, and parted into those that count and those that are left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from itertools import accumulate
from operator import and_

import narwhals as nw

from kpi.calendar import bucket_number
from kpi.catalogue import Kpi
from kpi.catalogue.definition import END, Anchor, When
from kpi.dimensions import Dimension
from kpi.durations import Timed
from kpi.filters import Chosen
from kpi.frames import Frames
from kpi.measures import COUNTED, Count, aggregate, figures, flag, measured, prepare
from kpi.period import Grain, Period, Span, local_day, local_days, utc_days
from kpi.question import Figure, Reading
from kpi.rows import Frame, Group, Row, Rows, Window
from kpi.schema import FACTS, LEFT_OUT

Known = tuple[str | None, str | None]
"""The helpdesk of a team, agent or customer, None for anything else; and the value."""

Identities = tuple[Known, ...]
"""What the rows of a group have in common: for each dimension its value."""

ALWAYS_READ = frozenset({"left_out", "opened_by_agent", "helpdesk"})
AGENT_OPENED = "agent_opened"
COUNTS = ""
ELSE = "else"
"""In place of a reason: no rule leaves the row out, or it is of something else that would be left out too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What all rows of a span come to.

    `left_out` counts the rows that the rules leave out by reason, `notes` what a reader must know by name; nothing
    that is 0. `business` tells whether durations are business time: for some row was under a schedule.
    """

    figure: Figure
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    business: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """One KPI in one reading, through the filters of a question.

    Attributes:
        also: columns to read besides those that the figure needs.
        untold: helpdesks that don't tell what the KPI needs: their tickets say nothing about it.
    """

    kpi: Kpi
    reading: Reading
    frames: Frames
    now: int
    zone: str
    calendar: bool = False
    filters: tuple[Chosen, ...] = ()
    by: tuple[Dimension, ...] = ()
    also: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()
    _read: dict[Span, Rows] = field(default_factory=dict, repr=False, compare=False)
    _summed: dict[Span, dict[str, Row]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def anchor(self) -> Anchor:
        """What places its rows in a period."""
        return self.kpi.anchor(self.reading)

    @property
    def columns(self) -> frozenset[str]:
        """The columns that must be read."""
        kpi, anchor = self.kpi, self.anchor
        of_dimensions = {
            column
            for kind in (*(chosen.dimension for chosen in self.filters), *self.by)
            for column in kind.columns(anchor.prefix)
        }
        placed = {anchor.instant} | ({anchor.until} if anchor.until else set())
        told_apart = {*kpi.latest_per, self._identifier} if kpi.latest_per else set()
        return ALWAYS_READ | placed | told_apart | {*kpi.columns, *kpi.measure.columns} | of_dimensions | self.also

    @property
    def _identifier(self) -> str:
        """The column that rises with the rows of one second."""
        return "ticket_id" if self.kpi.fact in FACTS else "external_id"

    def totals(self, span: Span) -> Totals:
        """Return what all rows of a span come to, in one pass over them: in that of its trend if that was read."""
        prepared = self._told_apart(self._flagged(self._rows(span)))
        if span not in self._summed:
            self._summed[span] = {reason: row for (reason,), row in self._sums(prepared, ()).items()}
        found = self._summed[span]
        counted = found.get(COUNTS, {"n": 0})
        is_some = bool(counted["n"])
        return Totals(
            figure=figures(self.kpi.measure, prepared, (), {(): counted})[()] if is_some else self.kpi.nothing,
            left_out={reason: int(found[reason]["rows"]) for reason in (*LEFT_OUT, AGENT_OPENED) if reason in found},
            notes={name: n for name in self.kpi.notes if (n := int(counted.get(f"note_{name}") or 0))},
            business=bool(counted.get("business")),
        )

    def figure(self, span: Span) -> Figure:
        """Return the figure of a span, without what is told beside it."""
        rows = self._counting(self._flagged(self._rows(span)))
        return measured(self.kpi.measure, rows, (), calendar=self.calendar).get((), self.kpi.nothing)

    def _told_apart(self, rows: Rows) -> Rows:
        """Return the rows, each with why it is left out and with all that is made of it."""
        return rows.then(("told_apart", self.calendar), self._tell_apart)

    def _tell_apart(self, frame: Frame) -> Frame:
        measure, left_out = self.kpi.measure, nw.col("left_out")
        if self.kpi.customer_opened:
            is_agents = left_out.is_null() & (nw.col("opened_by_agent") == 1)
            left_out = nw.when(is_agents).then(nw.lit(AGENT_OPENED)).otherwise(left_out)
        reason = left_out.fill_null(COUNTS)
        if self._meant:  # rows of other things are not told as left out
            reason = nw.when(left_out.is_null() | reduce(and_, self._meant)).then(reason).otherwise(nw.lit(ELSE))
        told = {f"note_{name}": note.cast(nw.Int64).fill_null(0) for name, note in self.kpi.notes.items()}
        if isinstance(measure, Timed):
            told["business"] = flag(COUNTED & measure.is_business & nw.lit(not self.calendar))
        return prepare(measure, frame, calendar=self.calendar, reason=reason, **told)

    def _sums(self, told_apart: Rows, keys: Sequence[str]) -> dict[Group, Row]:
        """Return what the rows of each group come to, those that count and those left out for each reason apart."""
        measure = self.kpi.measure
        beside = [*(f"note_{name}" for name in self.kpi.notes), *(["business"] if isinstance(measure, Timed) else ())]
        return aggregate(
            told_apart,
            (*keys, "reason"),
            "sums",
            lambda: {**measure.aggregates, "rows": nw.len(), **{name: nw.col(name).sum() for name in beside}},
        )

    def counted(self, span: Span) -> Frame:
        """Return the rows that count, each with what the measure makes of it."""
        return prepare(self.kpi.measure, self._flagged(self._rows(span)).frame, calendar=self.calendar).filter(COUNTED)

    def groups(self, span: Span) -> Mapping[Identities, Figure]:
        """Return the figure of each group of its dimensions' values."""
        rows = self._counting(self._flagged(self._rows(span)))
        months = {place: tuple(self._months(kind, rows, span)) for place, kind in enumerate(self.by) if kind.dated}
        keyed = rows.then(("keyed", *months.items()), lambda frame: frame.with_columns(**self._keys(months)))
        keys = [f"{part}_{place}" for place in range(len(self.by)) for part in ("owner", "value")]
        found = measured(self.kpi.measure, keyed, keys, calendar=self.calendar)
        return {
            tuple(
                (owner, f"{months[place][value].start:%Y-%m}" if place in months else value)
                for place, (owner, value) in enumerate(zip(group[::2], group[1::2], strict=True))
            ): figure
            for group, figure in found.items()
        }

    def _keys(self, months: Mapping[int, Sequence[Period]]) -> dict[str, nw.Expr]:
        """Return the owner and the value of each dimension; of one with months, their number."""
        keys: dict[str, nw.Expr] = {}
        for place, kind in enumerate(self.by):
            keys[f"owner_{place}"], keys[f"value_{place}"] = kind.identity(self.anchor.prefix)
            if place in months:
                keys[f"value_{place}"] = bucket_number(kind.column(""), months[place], self.zone)
        return keys

    def _months(self, kind: Dimension, rows: Rows, span: Span) -> list[Period]:
        """Return the local months from that of the first instant in a dimension's column to the end of a span."""
        found = aggregate(rows, (), ("first", kind), lambda: {"first": nw.col(kind.column("")).min()})
        first = found[()]["first"]
        days = [local_day(int(at), self.zone) for at in (first if first is not None else span.end, span.end)]
        return Period(start=days[0].replace(day=1), end=days[1] + timedelta(days=1), zone=self.zone).buckets(
            Grain.MONTH
        )

    def trend(self, buckets: Sequence[Period], spans: Sequence[Span]) -> list[Figure]:
        """Return the figure of each of the buckets in a row, whose instants are the spans."""
        if self.anchor.until is not None:
            if isinstance(self.kpi.measure, Count) and self.anchor.when is When.AT_END:
                return self._snapshots(self.anchor.until, buckets, spans)
            return [self.figure(span) for span in spans]
        whole = Span(spans[0].start, spans[-1].end)
        numbered = self._flagged(self._in_buckets(self._rows(whole), buckets), within=("bucket",))
        if self.kpi.measure.additive and not self.kpi.latest_per:
            return self._added_up(whole, numbered, len(buckets))
        found = measured(self.kpi.measure, self._counting(numbered), ["bucket"], calendar=self.calendar)
        return [found.get((number,), self.kpi.nothing) for number in range(len(buckets))]

    def _added_up(self, whole: Span, numbered: Rows, buckets: int) -> list[Figure]:
        """Return the figure of each bucket, and remember what all come to: the totals need no pass of their own."""
        found = self._sums(self._told_apart(numbered), ("bucket",))
        sums: dict[str, Row] = {}
        for (_, reason), row in found.items():
            before = sums.get(reason, {})
            sums[reason] = {name: before.get(name, 0) + (value or 0) for name, value in row.items()}
        self._summed[whole] = sums
        rows = {number: row for (number, reason), row in found.items() if reason == COUNTS and row["n"]}
        return [self.kpi.measure.figure(rows[n]) if n in rows else self.kpi.nothing for n in range(buckets)]

    # --- Rows ----------------------------------------------------------------------------------------------------

    def _rows(self, span: Span) -> Rows:
        """Return the filtered rows of a span, those that are left out among them."""
        if span not in self._read:
            edges = {When.AT_START: Span(span.start, span.start), When.AT_END: Span(span.end, span.end)}
            anchor = self.anchor
            placed = span if anchor.until is None else edges.get(anchor.when, span)
            self._read[span] = self._filtered(utc_days(placed, self.zone) if anchor.by_day else placed, span)
        return self._read[span]

    def _filtered(self, placed: Span, span: Span) -> Rows:
        """Return the filtered rows of a window for the period whose instants are the span."""
        window = Window(
            fact=self.kpi.fact,
            columns=self.columns,
            instant=self.anchor.instant,
            until=self.anchor.until,
            span=placed,
            where=self.kpi.where,
            constants={"now": self.now, "period_start": span.start, "period_end": span.end},
        )
        days = tuple(local_days(span, self.zone)) if self.kpi.daily else ()
        conditions = (self.filters, self.untold, self.anchor.prefix)
        return self.frames.rows(window).then(
            ("filtered", days, self.zone, *conditions), lambda frame: self._filter(frame, days)
        )

    def _filter(self, frame: Frame, days: Sequence[Period]) -> Frame:
        if days:
            frame = frame.with_columns(local_day=self._bucket_number(days))
        conditions = [chosen.condition(self.anchor.prefix) for chosen in self.filters]
        if self.untold:
            conditions.append(~nw.col("helpdesk").is_in(sorted(self.untold)))
        return frame.filter(*conditions) if conditions else frame

    def _flagged(self, rows: Rows, within: tuple[str, ...] = ()) -> Rows:
        """Return the rows with column `counted`, 1 or 0; of `latest_per`, the latest within some columns counts."""
        return rows.then(("flagged", self.kpi, self.reading, within), lambda frame: self._flag(frame, within))

    def _flag(self, frame: Frame, within: tuple[str, ...]) -> Frame:
        flagged = frame.with_columns(counted=flag(reduce(and_, self._meant, self._admitted())))
        if not self.kpi.latest_per:
            return flagged
        keys = (*self.kpi.latest_per, *within)
        for column in (self.anchor.instant, self._identifier):  # of two in one second, the later identifier
            last = nw.when(COUNTED).then(nw.col(column)).max().over(*keys)
            is_last = (nw.col(column) == last) | nw.col(self.kpi.latest_per[-1]).is_null()
            flagged = flagged.with_columns(counted=flag(COUNTED & is_last))
        return flagged

    @staticmethod
    def _counting(rows: Rows) -> Rows:
        """Return the rows that count."""
        return rows.then("counting", lambda frame: frame.filter(COUNTED))

    @property
    def _meant(self) -> list[nw.Expr]:
        """The conditions of a row that is of the KPI at all."""
        conditions = (self.kpi.condition, self.anchor.condition)
        return [condition.fill_null(False) for condition in conditions if condition is not None]

    def _admitted(self) -> nw.Expr:
        """Return whether the rules leave a row in."""
        kept = nw.col("left_out").is_null()
        return kept & (nw.col("opened_by_agent") == 0) if self.kpi.customer_opened else kept

    # --- Buckets -------------------------------------------------------------------------------------------------

    def _in_buckets(self, rows: Rows, buckets: Sequence[Period], instant: str | None = None) -> Rows:
        """Return the rows with the number of the bucket that an instant falls in, their own one without another."""
        return rows.then(
            ("bucket", instant, self.reading, self.kpi, self.zone, *buckets),
            lambda frame: frame.with_columns(bucket=self._bucket_number(buckets, instant)),
        )

    def _bucket_number(self, buckets: Sequence[Period], instant: str | None = None) -> nw.Expr:
        zone = "UTC" if self.anchor.by_day else self.zone
        return bucket_number(instant or self.anchor.instant, buckets, zone)

    def _snapshots(self, until: str, buckets: Sequence[Period], spans: Sequence[Span]) -> list[Figure]:
        """Return what went on at the end of each bucket: all that had begun before, less all that had ended."""
        whole = Span(spans[0].end, spans[-1].end)
        rows = self._counting(self._flagged(self._filtered(whole, whole)))
        begun = self._tally(rows, self.anchor.instant, buckets)
        ended = rows.then(("ended", until), lambda frame: frame.filter(nw.col(until) < END))
        over = self._tally(ended, until, buckets)
        moves = [begun.get(number, 0) - over.get(number, 0) for number in range(len(buckets))]
        return [Figure(value=n, n=n) for n in accumulate(moves)]

    def _tally(self, rows: Rows, instant: str, buckets: Sequence[Period]) -> dict[int, int]:
        numbered = self._in_buckets(rows, buckets, instant)
        found = aggregate(numbered, ["bucket"], "tally", lambda: {"n": nw.len()})
        return {int(number): int(row["n"]) for (number,), row in found.items()}

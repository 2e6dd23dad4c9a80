"""What a KPI is: data that `kpi.answer` computes with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

import narwhals as nw

from kpi.dimensions import Dimension
from kpi.errors import QuestionError
from kpi.measures import Measure
from kpi.period import Grain
from kpi.question import Figure, Reading, Unit

# Every row has these: the instant of the question, and the edges of the period, whose end is cut at that instant.
NOW, START, END = nw.col("now"), nw.col("period_start"), nw.col("period_end")


class When(StrEnum):
    """Which stretches of time belong to a period."""

    AT_START = "at_start"  # those that went on when it began
    AT_END = "at_end"  # those that went on when it ended
    DURING = "during"  # those that went on at some instant of it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anchor:
    """What places a row in a period.

    Attributes:
        instant: the column with the instant, or with the start of a stretch of time.
        until: the column with the end of the stretch, NULL while it goes on; `when` says which stretches belong.
        by_day: `instant` is a day, as its midnight in UTC, and belongs to the period that holds this local day.
        prefix: what the columns of team, agent and priority at that moment start with.
        condition: rows that count in this reading only if it holds.
    """

    instant: str
    until: str | None = None
    when: When = When.AT_END
    by_day: bool = False
    prefix: str = ""
    condition: nw.Expr | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Definition:
    """What all KPIs have. The words stand in the locales: `kpi.<key>.name`, `kpi.<key>.definition`.

    Attributes:
        needs: the data without which it is not available.
        dimensions: those it can be broken down by and filtered on; None for all.
        grain: the calendar unit that its data is known by: periods are whole units, and one that still runs is not
            in it.
        target_range: the sources' reference values, from and to; a ratio 0–1.
        sources: the articles that define it, S0–S4.
        may_exceed_one: it is a ratio whose numerator isn't part of its denominator.
        things: what its figure rests on, where that isn't what the source of its rows holds (`kpi.sources.THINGS`).
    """

    key: str
    higher_is_better: bool | None
    needs: tuple[str, ...] = ("tickets",)
    dimensions: frozenset[str] | None = None
    grain: Grain | None = None
    target_range: tuple[float, float] | None = None
    sources: tuple[str, ...]
    may_exceed_one: bool = False
    things: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kpi(Definition):
    """A KPI that is measured on rows.

    Attributes:
        fact: the source (`kpi.sources`) whose rows it counts.
        columns: those that its expressions read, besides the anchors' instants and those that are always read:
            `left_out`, `opened_by_agent`, `helpdesk`.
        where: columns and the value that a row must have there; narrows what is read.
        condition: rows for which it doesn't hold are not in the KPI at all.
        customer_opened: rows of tickets opened by an agent are left out, and counted as such.
        by: the breakdown that is shown when none is asked for.
        daily: its expressions read `local_day`, which numbers the local day of the anchor's instant.
        latest_per: of rows that have the same values here only the last in the period counts; rows without a value
            all do.
        event, cohort: the readings it has.
        measure: what is made of the rows.
        notes: what a reader must know, each the sum of an expression over the rows of the window.
        beside: counts of what is so now, whatever the period, that belong beside it.
    """

    fact: str
    event: Anchor
    cohort: Anchor | None = None
    measure: Measure
    columns: tuple[str, ...] = ()
    where: Mapping[str, str | int] = field(default_factory=dict)
    condition: nw.Expr | None = None
    customer_opened: bool = False
    by: tuple[Dimension, ...] = ()
    daily: bool = False
    latest_per: tuple[str, ...] = ()
    notes: Mapping[str, nw.Expr] = field(default_factory=dict)
    beside: Mapping[str, "Kpi"] = field(default_factory=dict)

    @property
    def unit(self) -> Unit:
        """The unit of its figures."""
        return self.measure.unit

    @property
    def nothing(self) -> Figure:
        """The figure of no rows."""
        return self.measure.nothing

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings it has, the default first."""
        return (Reading.EVENT, Reading.COHORT) if self.cohort else (Reading.EVENT,)

    def anchor(self, reading: Reading) -> Anchor:
        """Return the anchor of a reading; raises QuestionError `no_cohort_reading`."""
        if reading is Reading.EVENT:
            return self.event
        if self.cohort is None:
            raise QuestionError("no_cohort_reading", kpi=self.key)
        return self.cohort


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Composite(Definition):
    """A KPI that is made of other KPIs' figures: of all rows, of each group and of each bucket alike.

    Attributes:
        made_of: the other KPIs by the name that `combine` knows them by. One whose data is missing is left
            out, and so is one whose rows can't be told apart by what is asked.
        combine: makes a figure of those figures, given the targets by KPI key.
        shared: the member, a count, whose share of all groups' stands beside each group's figure as part `share`.
        rows_of: the member whose rows the figure rests on, when the others only stand beside it.
        by: the breakdown that is shown when none is asked for.
        only_by: members that are filtered on and broken down by some dimensions only, so that a group knows the whole
            that it is a part of.
    """

    unit: Unit
    made_of: Mapping[str, "Kpi | Composite"]
    combine: Callable[[Mapping[str, Figure], Mapping[str, float]], Figure]
    shared: str | None = None
    rows_of: str | None = None
    by: tuple[Dimension, ...] = ()
    only_by: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Composites have the default reading alone."""
        return (Reading.EVENT,)

    @property
    def nothing(self) -> Figure:
        """The figure of no rows."""
        return self.combine({name: kpi.nothing for name, kpi in self.made_of.items()}, {})


AnyKpi = Kpi | Composite
"""A KPI that says how much there was."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Projection(Definition):
    """A KPI of days to come: how much of another, a count, they will bring."""

    of: Kpi
    readings: ClassVar[tuple[Reading, ...]] = (Reading.EVENT,)

    @property
    def unit(self) -> Unit:
        """The unit of what is projected."""
        return self.of.unit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Effect(Definition):
    """A KPI about another: how much more it changed for agents who were trained than for the others.

    Attributes:
        usual: what it is about when the question doesn't say.
    """

    usual: AnyKpi
    readings: ClassVar[tuple[Reading, ...]] = (Reading.EVENT,)

    @property
    def unit(self) -> Unit:
        """The unit of what it is usually about."""
        return self.usual.unit


Listed = AnyKpi | Projection | Effect
"""Anything that can be asked for by its key."""

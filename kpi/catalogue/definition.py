"""What a KPI is: data that `kpi.answer` computes with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import narwhals as nw

from kpi.errors import QuestionError
from kpi.measures import Measure
from kpi.question import Reading

NOW = nw.col("now")
"""The instant of the question; every row has it."""

DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anchor:
    """What places a row in a period.

    Attributes:
        instant: the column with the instant.
        prefix: what the columns of team, agent and priority at that moment start with.
        condition: rows that count in this reading only if it holds.
    """

    instant: str
    prefix: str = ""
    condition: nw.Expr | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kpi:
    """One KPI.

    Its words stand in the locales: `kpi.<key>.name`, `kpi.<key>.definition`.

    Attributes:
        fact: the fact table whose rows it counts.
        columns: those that its expressions read, besides the anchors' instants and those every fact has:
            `left_out`, `opened_by_agent`, `helpdesk`.
        where: columns and the value that a row must have there; narrows what is read.
        condition: rows for which it doesn't hold are not in the KPI at all.
        customer_opened: rows of tickets opened by an agent are left out, and counted as such.
        event, cohort: the readings it has.
        measure: what is made of the rows.
        needs: the data without which it is not available.
        notes: what a reader must know, each the sum of an expression over the rows of the window.
        beside: counts of what is so now, whatever the period, that belong beside it.
        target_range: the sources' reference values, from and to; a ratio 0–1.
        sources: the articles that define it, S0–S4.
    """

    key: str
    fact: str
    event: Anchor
    cohort: Anchor | None = None
    measure: Measure
    columns: tuple[str, ...] = ()
    where: Mapping[str, str | int] = field(default_factory=dict)
    condition: nw.Expr | None = None
    customer_opened: bool = False
    higher_is_better: bool | None
    needs: str = "tickets"
    notes: Mapping[str, nw.Expr] = field(default_factory=dict)
    beside: Mapping[str, "Kpi"] = field(default_factory=dict)
    target_range: tuple[float, float] | None = None
    sources: tuple[str, ...]

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

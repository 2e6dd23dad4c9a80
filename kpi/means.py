"""Measures of amounts: means, scores on a scale, and one sum divided by another."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import ClassVar

import narwhals as nw

from kpi.intervals import Interval, mean, poisson
from kpi.measures import COUNTED, P90, Found, counting, flag, ratio
from kpi.question import Figure, Unit

POSITIONS = (0.0, 100.0)
"""The scale of scores that were given on several."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mean:
    """The mean of an amount with Student's interval, and its median, 90th percentile and maximum.

    Attributes:
        value: the amount of a row; rows without one don't count.
        unit: what it is counted in.
        bounds: what no amount can lie beyond.
    """

    columns: ClassVar[tuple[str, ...]] = ()
    nothing: ClassVar[Figure] = Figure(value=None, n=0)
    ranked: ClassVar[None] = None
    additive: ClassVar[bool] = False

    value: nw.Expr
    unit: Unit = Unit.NUMBER
    bounds: Interval = (0.0, inf)

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:  # noqa: ARG002  # the interface of every measure
        """Return the amount and its square."""
        amount = counting(self.value.cast(nw.Float64))
        return {"amount": amount, "amount_squared": amount * amount}

    @property
    def aggregates(self) -> Mapping[str, nw.Expr]:
        """The number of amounts, their sum and sum of squares, median, 90th percentile and maximum."""
        return {
            "n": nw.col("amount").count(),
            "total": nw.col("amount").sum(),
            "squares": nw.col("amount_squared").sum(),
            "median": nw.col("amount").median(),
            "p90": nw.col("amount").quantile(P90, interpolation="linear"),
            "maximum": nw.col("amount").max(),
        }

    def figure(self, found: Found) -> Figure:
        """Return the mean."""
        n, total = int(found["n"]), found["total"]
        return Figure(
            value=total / n,
            n=n,
            interval=mean(n, total, found["squares"], self.bounds),
            median=found["median"],
            p90=found["p90"],
            mean=total / n,
            maximum=found["maximum"],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Score:
    """The mean of scores with its scale; where the rows have several scales, of their positions, from 0 to 100.

    Attributes:
        score: the column of the score; rows without one don't count, nor do those whose scale is a single value.
        lowest, highest: the columns of its scale.
    """

    unit: ClassVar[Unit] = Unit.SCORE
    nothing: ClassVar[Figure] = Figure(value=None, n=0)
    ranked: ClassVar[None] = None
    additive: ClassVar[bool] = False

    score: str
    lowest: str
    highest: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The score and its scale."""
        return (self.score, self.lowest, self.highest)

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:  # noqa: ARG002  # the interface of every measure
        """Return the score, its position on its scale, and the scale."""
        score, low, high = (nw.col(name).cast(nw.Float64) for name in self.columns)
        given = COUNTED & ~score.is_null() & (high > low)
        of_scored = {
            "given": score,
            "given_squared": score * score,
            "position": (score - low) / (high - low),
            "position_squared": (score - low) * (score - low) / ((high - low) * (high - low)),
            "scale_low": low,
            "scale_high": high,
        }
        return {name: nw.when(given).then(value) for name, value in of_scored.items()}

    @property
    def aggregates(self) -> Mapping[str, nw.Expr]:
        """The number of scores, sums and sums of squares of scores and positions, and the ends of the scales."""
        summed = ("given", "given_squared", "position", "position_squared")
        return {
            "n": nw.col("given").count(),
            **{name: nw.col(name).sum() for name in summed},
            "least_low": nw.col("scale_low").min(),
            "most_low": nw.col("scale_low").max(),
            "least_high": nw.col("scale_high").min(),
            "most_high": nw.col("scale_high").max(),
        }

    def figure(self, found: Found) -> Figure:
        """Return the mean score."""
        n = int(found["n"])
        if found["least_low"] == found["most_low"] and found["least_high"] == found["most_high"]:
            scale, total, squares = (found["least_low"], found["least_high"]), found["given"], found["given_squared"]
        else:
            scale, total, squares = POSITIONS, 100 * found["position"], 10_000 * found["position_squared"]
        return Figure(value=total / n, n=n, interval=mean(n, total, squares, scale), mean=total / n, scale=scale)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Share:
    """One sum divided by another.

    Attributes:
        part, whole: the amounts of a row that are summed; a missing one adds nothing.
        unit: what the quotient is counted in.
        counts: both are whole numbers and the part is among the whole: a ratio with its Wilson interval.
    """

    columns: ClassVar[tuple[str, ...]] = ()
    nothing: ClassVar[Figure] = Figure(value=None, n=0)
    ranked: ClassVar[None] = None
    additive: ClassVar[bool] = True

    part: nw.Expr
    whole: nw.Expr
    unit: Unit = Unit.RATIO
    counts: bool = False

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:  # noqa: ARG002  # the interface of every measure
        """Return both amounts."""
        return {"share_part": counting(self.part), "share_whole": counting(self.whole)}

    @property
    def aggregates(self) -> Mapping[str, nw.Expr]:
        """The number of rows, and both sums."""
        sums = {name: nw.col(f"share_{name}").sum() for name in ("part", "whole")}
        return {"n": nw.col("counted").sum()} | sums

    def figure(self, found: Found) -> Figure:
        """Return the quotient; without a value when the whole is 0."""
        part, whole = found["part"] or 0, found["whole"] or 0
        if self.counts:
            return ratio(int(part), int(whole))
        return Figure(value=part / whole if whole else None, n=int(found["n"]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PerAgent:
    """The number of rows of agents divided by the number of these agents; the rows of no agent stand apart.

    Attributes:
        agent: the column of the agent.
        automatic: rows that are nobody's work, whatever stands there.

    Its parts are `agents`, how many they are, and `automatic`, the rows that stand apart.
    """

    unit: ClassVar[Unit] = Unit.NUMBER
    nothing: ClassVar[Figure] = Figure(value=None, n=0)
    ranked: ClassVar[None] = None
    additive: ClassVar[bool] = False

    agent: str
    automatic: nw.Expr

    @property
    def columns(self) -> tuple[str, ...]:
        """The agent; helpdesks may use the same identifiers."""
        return ("helpdesk", self.agent)

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:  # noqa: ARG002  # the interface of every measure
        """Return the agent of a row, if it is the work of one."""
        named = nw.concat_str([nw.col("helpdesk"), nw.col(self.agent)], separator="/")
        worked = COUNTED & ~nw.col(self.agent).is_null() & ~self.automatic
        return {"worker": nw.when(worked).then(named), "idle": 1 - flag(worked)}

    @property
    def aggregates(self) -> Mapping[str, nw.Expr]:
        """The number of rows, of those of agents, and of different agents."""
        return {
            "n": nw.col("counted").sum(),
            "worked": nw.col("worker").count(),
            "workers": nw.col("worker").n_unique(),
            "no_worker": nw.col("idle").max(),
        }

    def figure(self, found: Found) -> Figure:
        """Return the rows for each agent, as if each of them were as quick: the interval is that of a count."""
        n, worked = int(found["n"]), int(found["worked"])
        agents = int(found["workers"]) - int(found["no_worker"])  # having no agent is one more value
        parts = {"agents": agents, "automatic": n - worked}
        shown = {name: Figure(value=count, n=count, unit=Unit.COUNT) for name, count in parts.items()}
        if not agents:
            return Figure(value=None, n=n, parts=shown)
        low, high = poisson(worked)
        return Figure(value=worked / agents, n=n, interval=(low / agents, high / agents), parts=shown)

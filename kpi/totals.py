"""Measures of sums: money and seconds, time for each thing handled, and net scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import narwhals as nw

from kpi.errors import QuestionError
from kpi.intervals import net
from kpi.measures import COUNTED, Found, counting, flag, ratio
from kpi.question import Figure, Unit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Total:
    """The sum of an amount; rows without one don't count.

    Attributes:
        amount: of a row.
        currency: the column of its currency, of money.
        unit: what it is counted in.
    """

    nothing: ClassVar[Figure] = Figure(value=None, n=0)
    ranked: ClassVar[None] = None
    additive: ClassVar[bool] = False

    amount: nw.Expr
    currency: str | None = None
    unit: Unit

    @property
    def columns(self) -> tuple[str, ...]:
        """The currency, of money."""
        return () if self.currency is None else (self.currency,)

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:  # noqa: ARG002  # the interface of every measure
        """Return the amounts that count, and their currencies."""
        kinds = {} if self.currency is None else {"paid_in": counting(nw.col(self.currency))}
        return {"summed": counting(self.amount.cast(nw.Float64))} | kinds

    @property
    def aggregates(self) -> Mapping[str, nw.Expr]:
        """The number of amounts, their sum, and the first and last of their currencies."""
        sums = {"n": nw.col("summed").count(), "total": nw.col("summed").sum()}
        if self.currency is None:
            return sums
        return sums | {"currency": nw.col("paid_in").min(), "other_currency": nw.col("paid_in").max()}

    def figure(self, found: Found) -> Figure:
        """Return the sum; raises QuestionError `several_currencies`, since those can't be added."""
        currency, other = found.get("currency"), found.get("other_currency")
        if currency != other:
            raise QuestionError("several_currencies", currencies=[currency, other])
        return Figure(value=found["total"], n=int(found["n"]), currency=currency)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distinct:
    """The number of different values of an expression; rows without one don't count.

    Attributes:
        of: what is counted once, a text.
        columns: those that the expression reads.
    """

    unit: ClassVar[Unit] = Unit.COUNT
    nothing: ClassVar[Figure] = Figure(value=0, n=0)
    ranked: ClassVar[None] = None
    additive: ClassVar[bool] = False
    aggregates: ClassVar[Mapping[str, nw.Expr]] = {
        "n": nw.col("counted").sum(),
        "different": nw.col("counted_once").n_unique(),
        "without": nw.col("uncounted").max(),
    }

    of: nw.Expr
    columns: tuple[str, ...]

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:  # noqa: ARG002  # the interface of every measure
        """Return the value of a row that counts, and whether it has none."""
        known = COUNTED & ~self.of.is_null()
        return {"counted_once": nw.when(known).then(self.of), "uncounted": 1 - flag(known)}

    def figure(self, found: Found) -> Figure:
        """Return the number of values."""
        values = int(found["different"]) - int(found["without"])  # having none is one more value
        return Figure(value=values, n=values)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimePerThing:
    """Seconds of work divided by the number of different things they were spent on.

    Attributes:
        seconds: the column of the seconds of a row; rows without any don't count.
        thing: the column that tells what they were spent on.
        parts: the same of rows of a kind, by its name.
    """

    unit: ClassVar[Unit] = Unit.SECONDS
    nothing: ClassVar[Figure] = Figure(value=None, n=0)
    ranked: ClassVar[None] = None
    additive: ClassVar[bool] = False

    seconds: str
    thing: str
    parts: Mapping[str, nw.Expr] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The seconds, and what they were spent on."""
        return (self.seconds, self.thing)

    @property
    def _kinds(self) -> list[nw.Expr]:
        return [nw.lit(True), *self.parts.values()]

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:  # noqa: ARG002  # the interface of every measure
        """Return of all and of each kind the seconds, what they were spent on, and whether a row is of another."""
        found: dict[str, nw.Expr] = {}
        for place, is_of in enumerate(self._kinds):
            spent = COUNTED & is_of & ~nw.col(self.seconds).is_null() & ~nw.col(self.thing).is_null()
            found[f"spent_{place}"] = nw.when(spent).then(nw.col(self.seconds))
            found[f"thing_{place}"] = nw.when(spent).then(nw.col(self.thing))
            found[f"other_{place}"] = 1 - flag(spent)
        return found

    @property
    def aggregates(self) -> Mapping[str, nw.Expr]:
        """The number of rows; of all and of each kind the seconds and the number of different things."""
        found = {"n": nw.col("counted").sum()}
        for place in range(len(self._kinds)):
            found[f"spent_{place}"] = nw.col(f"spent_{place}").sum()
            found[f"things_{place}"] = nw.col(f"thing_{place}").n_unique()
            found[f"other_{place}"] = nw.col(f"other_{place}").max()
        return found

    def figure(self, found: Found) -> Figure:
        """Return the seconds for each thing; `n` is the number of things."""
        whole, *parts = (self._of_kind(found, place) for place in range(len(self._kinds)))
        return replace(whole, parts=dict(zip(self.parts, parts, strict=True)))

    @staticmethod
    def _of_kind(found: Found, place: int) -> Figure:
        things = int(found[f"things_{place}"]) - int(found[f"other_{place}"])  # being on nothing is one more value
        mean = found[f"spent_{place}"] / things if things else None
        return Figure(value=mean, n=things, mean=mean)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Net:
    """The percentage of promoters less that of detractors, −100 to 100, with its interval; parts are the three shares.

    Attributes:
        promoter, detractor: whether a row is one; a row that is neither is passive and stays in the denominator.
    """

    unit: ClassVar[Unit] = Unit.NET
    columns: ClassVar[tuple[str, ...]] = ()
    nothing: ClassVar[Figure] = Figure(value=None, n=0)
    ranked: ClassVar[None] = None
    additive: ClassVar[bool] = True
    aggregates: ClassVar[Mapping[str, nw.Expr]] = {
        "n": nw.col("counted").sum(),
        "promoters": nw.col("promoter").sum(),
        "detractors": nw.col("detractor").sum(),
    }

    promoter: nw.Expr
    detractor: nw.Expr

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:  # noqa: ARG002  # the interface of every measure
        """Return whether a row is a promoter, and whether it is a detractor."""
        return {"promoter": flag(COUNTED & self.promoter), "detractor": flag(COUNTED & self.detractor)}

    def figure(self, found: Found) -> Figure:
        """Return the net score."""
        n, promoters, detractors = (int(found[name] or 0) for name in ("n", "promoters", "detractors"))
        kinds = {"promoters": promoters, "passives": n - promoters - detractors, "detractors": detractors}
        score = 100 * (promoters - detractors) / n
        return Figure(
            value=score,
            n=n,
            mean=score,  # of 100 for a promoter and −100 for a detractor
            interval=net(**kinds),
            parts={name: replace(ratio(count, n), unit=Unit.RATIO) for name, count in kinds.items()},
        )

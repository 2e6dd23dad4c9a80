"""Measures of time: the percentiles of durations, and the bands they fall in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import narwhals as nw

from kpi.bands import Band, bands
from kpi.measures import COUNTED, P90, Found, Ratio, counting, flag, ratio
from kpi.question import Figure, Unit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timed:
    """Rows with a duration in seconds.

    Attributes:
        business: the column of business time, empty for rows that were under no schedule: there calendar time counts.
            None when there is no business time at all.
        calendar: the column of calendar time, or an expression.
    """

    business: str | None = None
    calendar: str | nw.Expr

    @property
    def columns(self) -> tuple[str, ...]:
        """Business and calendar seconds."""
        return tuple(name for name in (self.business, self.calendar) if isinstance(name, str))

    @property
    def is_business(self) -> nw.Expr:
        """Whether a row was under a schedule."""
        return nw.lit(False) if self.business is None else ~nw.col(self.business).is_null()

    def seconds(self, *, calendar: bool) -> nw.Expr:
        """Return the seconds of rows that count: in business time, unless calendar time is asked for."""
        whole = nw.col(self.calendar) if isinstance(self.calendar, str) else self.calendar
        chosen = [whole] if calendar or self.business is None else [nw.col(self.business), whole]
        return counting(nw.coalesce(*(seconds.cast(nw.Float64) for seconds in chosen)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Duration(Timed):
    """The median, 90th percentile, mean and maximum of a duration in seconds: linear interpolation, type 7.

    Attributes:
        edges: seconds between the bands whose counts are its parts; none without edges.
    """

    unit: ClassVar[Unit] = Unit.SECONDS
    nothing: ClassVar[Figure] = Figure(value=None, n=0)
    ranked: ClassVar[str] = "seconds"
    additive: ClassVar[bool] = False

    edges: tuple[int, ...] = ()

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:
        """Return the seconds that count, and whether they lie in each band."""
        seconds = self.seconds(calendar=calendar)
        return {"seconds": seconds} | _in_bands(self._bands, seconds)

    @property
    def aggregates(self) -> Mapping[str, nw.Expr]:
        """The percentiles, and the number of rows in each band."""
        return {
            "n": nw.col("seconds").count(),
            "median": nw.col("seconds").median(),
            "p90": nw.col("seconds").quantile(P90, interpolation="linear"),
            "mean": nw.col("seconds").mean(),
            "maximum": nw.col("seconds").max(),
        } | _band_sums(self._bands)

    def figure(self, found: Found) -> Figure:
        """Return the percentiles."""
        return Figure(
            value=found["median"],
            n=int(found["n"]),
            interval=found["interval"],
            median=found["median"],
            p90=found["p90"],
            mean=found["mean"],
            maximum=found["maximum"],
            parts={
                name: Figure(value=n, n=n, unit=Unit.COUNT) for name, n in _band_numbers(self._bands, found).items()
            },
        )

    @property
    def _bands(self) -> tuple[Band, ...]:
        return bands(self.edges) if self.edges else ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Within(Ratio):
    """The share of rows whose `seconds` are at most `within`; the others may have none."""

    numerator: nw.Expr = field(init=False)
    seconds: nw.Expr
    within: int

    def __post_init__(self) -> None:
        """Say which rows succeed."""
        object.__setattr__(self, "numerator", self.seconds <= self.within)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bands(Timed):
    """The share of rows whose duration is at most `within` seconds; its parts are the shares of the bands.

    Attributes:
        edges: seconds between the bands.
        within: the limit of the share.
        never: the part of the rows that have no duration, when there are any; all parts sum to the whole.
    """

    unit: ClassVar[Unit] = Unit.RATIO
    nothing: ClassVar[Figure] = Figure(value=None, n=0, numerator=0, denominator=0)
    ranked: ClassVar[None] = None
    additive: ClassVar[bool] = True

    edges: tuple[int, ...]
    within: int
    never: str

    def prepared(self, *, calendar: bool) -> Mapping[str, nw.Expr]:
        """Return whether the seconds are within the limit, in which band they lie, and whether there are none."""
        seconds = self.seconds(calendar=calendar)
        return {
            "yes": flag(seconds <= self.within),
            "never": flag(COUNTED & seconds.is_null()),
            **_in_bands(bands(self.edges), seconds),
        }

    @property
    def aggregates(self) -> Mapping[str, nw.Expr]:
        """The number of rows, of those within the limit, of those in each band and of those without a duration."""
        sums = {name: nw.col(name).sum() for name in ("yes", "never")}
        return {"n": nw.col("counted").sum()} | sums | _band_sums(bands(self.edges))

    def figure(self, found: Found) -> Figure:
        """Return the share within the limit."""
        n, never = int(found["n"]), int(found["never"] or 0)
        shares = {name: ratio(part, n) for name, part in _band_numbers(bands(self.edges), found).items()}
        missing = {self.never: ratio(never, n)} if never else {}
        return replace(ratio(int(found["yes"] or 0), n), parts=shares | missing)


def _in_bands(found: tuple[Band, ...], seconds: nw.Expr) -> dict[str, nw.Expr]:
    return {f"band_{place}": flag(band.holds(seconds)) for place, band in enumerate(found)}


def _band_sums(found: tuple[Band, ...]) -> dict[str, nw.Expr]:
    return {f"band_{place}": nw.col(f"band_{place}").sum() for place in range(len(found))}


def _band_numbers(known: tuple[Band, ...], found: Found) -> dict[str, int]:
    return {band.key: int(found[f"band_{place}"] or 0) for place, band in enumerate(known)}

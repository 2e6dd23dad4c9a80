"""Periods: half-open ranges of local days in a reporting zone, and their buckets.

A day is a local date, so it has 23, 24 or 25 hours; instants are integer UTC epoch seconds.
"""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kpi.hours import instant


class Grain(StrEnum):
    """The calendar units a period or a bucket can be."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def add_months(day: date, months: int) -> date:
    """Return `day` moved by whole months, clamped to the end of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def shift(day: date, grain: Grain, count: int) -> date:
    """Return `day` moved by `count` calendar units."""
    match grain:
        case Grain.DAY:
            return day + timedelta(days=count)
        case Grain.WEEK:
            return day + timedelta(weeks=count)
        case Grain.MONTH:
            return add_months(day, count)
        case Grain.QUARTER:
            return add_months(day, 3 * count)
        case Grain.YEAR:
            return add_months(day, 12 * count)


def start_of(day: date, grain: Grain, week_start: int = 0) -> date:
    """Return the first day of the unit that holds `day`; `week_start` counts from Monday 0."""
    match grain:
        case Grain.DAY:
            return day
        case Grain.WEEK:
            return day - timedelta(days=(day.weekday() - week_start) % 7)
        case Grain.MONTH:
            return day.replace(day=1)
        case Grain.QUARTER:
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case Grain.YEAR:
            return date(day.year, 1, 1)


def midnight(day: date, zone: str) -> int:
    """Return the instant a local day starts; where midnight is skipped, the first instant that exists."""
    return instant(datetime.combine(day, time()), ZoneInfo(zone))


def local_day(at: int, zone: str) -> date:
    """Return the local date at an instant."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).date()


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of instants `[start, end)`."""

    start: int
    end: int


def utc_days(span: Span, zone: str) -> Span:
    """Return from the first to after the last local day that a span touches, each day as its midnight in UTC."""
    first = local_day(span.start, zone)
    after = first if span.end <= span.start else local_day(span.end - 1, zone) + timedelta(days=1)
    return Span(midnight(first, "UTC"), midnight(after, "UTC"))


def whole_units(span: Span, unit: Grain | None, zone: str) -> Span:
    """Return a span without the calendar unit that its end falls in the middle of; without a unit as it is."""
    if unit is None:
        return span
    return Span(span.start, max(span.start, midnight(start_of(local_day(span.end, zone), unit), zone)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Local days `[start, end)` in `zone`.

    `grain` is set when the period is one calendar unit: then the period before is the unit before, else the same
    number of days.
    """

    start: date
    end: date
    zone: str
    grain: Grain | None = None

    @classmethod
    def of(cls, day: date, grain: Grain, zone: str, week_start: int = 0) -> "Period":
        """Return the calendar unit that holds `day`."""
        start = start_of(day, grain, week_start)
        return cls(start=start, end=shift(start, grain, 1), zone=zone, grain=grain)

    @property
    def days(self) -> int:
        """The number of local days."""
        return (self.end - self.start).days

    def span(self, now: int) -> Span:
        """Return its instants, cut at `now` while it is still running."""
        start = midnight(self.start, self.zone)
        return Span(start, max(start, min(midnight(self.end, self.zone), now)))

    def is_running(self, now: int) -> bool:
        """Tell whether `now` falls inside it."""
        return midnight(self.start, self.zone) <= now < midnight(self.end, self.zone)

    def moved(self, grain: Grain, count: int) -> "Period":
        """Return the same period `count` units later; a whole unit stays a whole unit.

        A week keeps its first weekday: the same week last year is the one 52 weeks before.
        """
        start = shift(self.start, grain, count)
        if self.grain is Grain.WEEK:
            start += timedelta(days=(self.start.weekday() - start.weekday() + 3) % 7 - 3)
        if self.grain is None:
            return replace(self, start=start, end=start + timedelta(days=self.days))
        return replace(self, start=start, end=shift(start, self.grain, 1))

    def previous(self, unit: Grain | None = None) -> "Period":
        """Return the period just before: the unit before, or as many days; with a `unit`, as many of these."""
        if self.grain is None and unit is not None:
            return replace(self, start=shift(self.start, unit, -self._count(unit)), end=self.start)
        if self.grain is None:
            return replace(self, start=self.start - timedelta(days=self.days), end=self.start)
        return self.moved(self.grain, -1)

    def is_whole(self, unit: Grain) -> bool:
        """Tell whether it is made of whole calendar units."""
        return start_of(self.start, unit) == self.start and start_of(self.end, unit) == self.end

    def _count(self, unit: Grain) -> int:
        return next(count for count in range(1, self.days + 1) if shift(self.start, unit, count) >= self.end)

    def elapsed_part(self, of: "Period", now: int) -> Span:
        """Return as much of this period as has passed of the running period `of`, by local wall clock.

        The whole of it when `of` is not running; never more than has passed of it itself.
        """
        whole = self.span(now)
        if not of.is_running(now):
            return whole
        # Wall clock on purpose: Tuesday 10:26 is compared with Tuesday 10:26, whatever DST did in between.
        wall = datetime.fromtimestamp(now, ZoneInfo(of.zone)).replace(tzinfo=None)
        passed = max(wall - datetime.combine(of.start, time()), timedelta())
        until = instant(datetime.combine(self.start, time()) + passed, ZoneInfo(self.zone))
        return Span(whole.start, min(until, whole.end))

    def buckets(self, grain: Grain, week_start: int = 0) -> list["Period"]:
        """Return the calendar units that cover it, the first and last cut to its edges."""
        found = []
        day = self.start
        while day < self.end:
            unit = Period.of(day, grain, self.zone, week_start)
            start, end = max(unit.start, self.start), min(unit.end, self.end)
            whole = (start, end) == (unit.start, unit.end)
            found.append(Period(start=start, end=end, zone=self.zone, grain=grain if whole else None))
            day = unit.end
        return found


def instant_text(at: int, zone: str = "UTC") -> str:
    """Return an instant as ISO 8601 with the zone's offset."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).isoformat()


def local_days(span: Span, zone: str) -> list[Period]:
    """Return the local days that a span touches, at least one."""
    first, last = local_day(span.start, zone), local_day(max(span.start, span.end - 1), zone)
    return Period(start=first, end=last + timedelta(days=1), zone=zone).buckets(Grain.DAY)

"""Local days, the buckets of a trend and the period before, by wall clock."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def midnight(day: date, zone: str) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())


def local_day(at: int, zone: str) -> date:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).date()


def utc(day: date) -> int:
    """Return the day as tables of daily counts hold it."""
    return midnight(day, "UTC")


@dataclass(frozen=True)
class Stretch:
    """Instants `[start, end)` of local days in a zone, as they are looked at `now`."""

    start: int
    end: int
    now: int
    zone: str

    def holds(self, at: int | None) -> bool:
        return at is not None and self.start <= at < self.end

    def holds_day(self, day: int) -> bool:
        """Tell whether a local day, given as its midnight in UTC, has an instant in here."""
        first = local_day(day, "UTC")
        return midnight(first, self.zone) < self.end and midnight(first + timedelta(days=1), self.zone) > self.start

    def whole_months(self) -> "Stretch":
        last = local_day(self.end, self.zone).replace(day=1)
        return replace(self, end=max(self.start, midnight(last, self.zone)))


def stretch(start: date, end: date, now: int, zone: str) -> Stretch:
    begin = midnight(start, zone)
    return Stretch(begin, max(begin, min(midnight(end, zone), now)), now, zone)


def buckets(start: date, end: date, per: str) -> list[tuple[date, date]]:
    """Return days, weeks from Monday or months, cut to the edges of the period."""
    found, day = [], start
    while day < end:
        after = day + timedelta(days=1)
        while after < end and not _begins(after, per):
            after += timedelta(days=1)
        found.append((day, after))
        day = after
    return found


def _begins(day: date, per: str) -> bool:
    return {"day": True, "week": day.weekday() == 0, "month": day.day == 1}[per]


def before(start: date, end: date, now: int, zone: str, other: tuple[date, date]) -> Stretch:
    """Return the part of another period that is comparable: all of it, or as much as has passed of this one."""
    whole = stretch(*other, now, zone)
    if not midnight(start, zone) <= now < midnight(end, zone):
        return whole
    passed = datetime.fromtimestamp(now, ZoneInfo(zone)).replace(tzinfo=None) - datetime.combine(start, time())
    until = datetime.combine(other[0], time()) + passed
    instant = int(until.replace(tzinfo=ZoneInfo(zone)).timestamp())
    return replace(whole, end=max(whole.start, min(instant, whole.end, now)))

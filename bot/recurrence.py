"""When something that recurs is due: on chosen local days, once each, whatever the clocks do (DST)."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from kpi.hours import instant
from kpi.period import Grain, Period, add_months, local_day

DAYS_OF_WEEK = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))
MINUTES_OF_DAY = 1440


class Cadence(StrEnum):
    """How often; each reports what has passed since the time before."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time that it is due: for a local day, at an instant."""

    day: date
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """When it is due.

    Attributes:
        at: minutes after local midnight.
        zone: IANA name.
        cadence: how often.
        weekdays: Monday 0; of a weekly one the only day, of a monthly one without meaning.
        month_day: of a monthly one; in a shorter month its last day.
        calendar: whose public holidays it leaves out, as `FR` or `DE-BY`; a monthly one is then due on the day after.
    """

    at: int
    zone: str
    cadence: Cadence = Cadence.DAILY
    weekdays: frozenset[int] = DAYS_OF_WEEK
    month_day: int = 1
    calendar: str | None = None

    def next(self, after: int) -> Occurrence:
        """Return the first occurrence after an instant."""
        # The time of a day may be skipped, and then fall onto the day after it.
        day = local_day(after, self.zone) - timedelta(days=1)
        while True:
            at = self._instant(day) if self._falls_on(day) else None
            if at is not None and at > after:
                return Occurrence(day=day, at=at)
            day += timedelta(days=1)

    def reported(self, day: date, week_start: int = 0) -> Period:
        """Return the period that is reported on a day: the whole days since the last one, the last week or month."""
        match self.cadence:
            case Cadence.WEEKLY:
                return Period.of(day, Grain.WEEK, self.zone, week_start).previous()
            case Cadence.MONTHLY:
                return Period.of(day, Grain.MONTH, self.zone).previous()
        start = day - timedelta(days=1)
        while not self._falls_on(start):
            start -= timedelta(days=1)
        one = day - start == timedelta(days=1)
        return Period(start=start, end=day, zone=self.zone, grain=Grain.DAY if one else None)

    def _falls_on(self, day: date) -> bool:
        off = _holidays(self.calendar)
        if self.cadence is not Cadence.MONTHLY:
            return day.weekday() in self.weekdays and day not in off
        wanted = _in_month(day, self.month_day)
        while wanted in off:
            wanted += timedelta(days=1)
        return day == wanted

    def _instant(self, day: date) -> int | None:
        """Return when it is due on a day; None on one that the calendar of the zone skips.

        A repeated time is its first, a skipped one the instant of the jump, but no later than the day's last second.
        """
        hours, minutes = divmod(self.at, 60)
        at = instant(datetime.combine(day, time(hours, minutes)), ZoneInfo(self.zone))
        for moment in (at, at - 1):
            if local_day(moment, self.zone) == day:
                return moment
        return None


def _in_month(day: date, month_day: int) -> date:
    return (
        add_months(day.replace(day=1), 1) - timedelta(days=1)
        if month_day > _length(day)
        else day.replace(day=month_day)
    )


def _length(day: date) -> int:
    return (add_months(day.replace(day=1), 1) - timedelta(days=1)).day


@cache
def _holidays(calendar: str | None) -> Container[date]:
    if calendar is None:
        return frozenset()
    country, _, subdivision = calendar.partition("-")
    return holidays.country_holidays(country, subdiv=subdivision or None)


def is_calendar(name: str) -> bool:
    """Tell whether the public holidays of a country, or of a part of one, are known by this name."""
    try:
        _holidays(name)
    except NotImplementedError:
        return False
    return True

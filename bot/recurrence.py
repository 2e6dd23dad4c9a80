"""When something that recurs is due: on chosen local days, once each, whatever the clocks do (DST)."""

from calendar import monthrange
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import holidays

from kpi.errors import QuestionError, suggest
from kpi.hours import instant
from kpi.period import Grain, Period, local_day

DAYS_OF_WEEK = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))


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
        weekdays: Monday 0; of a weekly one its only day, of a monthly one without meaning.
        month_day: of a monthly one; in a shorter month its last day.
        calendar: whose public holidays it leaves out, as `FR` or `DE-BY`; a weekly or monthly one comes the day after.
    """

    at: int
    zone: str
    cadence: Cadence = Cadence.DAILY
    weekdays: frozenset[int] = DAYS_OF_WEEK
    month_day: int = 1
    calendar: str | None = None

    def next(self, after: int) -> Occurrence:
        """Return the first occurrence after an instant."""
        day = local_day(after, self.zone)
        while True:
            found = self.on(day)
            if found is not None and found.at > after:
                return found
            day += timedelta(days=1)

    def previous(self, before: int) -> Occurrence:
        """Return the last occurrence before an instant."""
        day = local_day(before, self.zone)
        while True:
            found = self.on(day)
            if found is not None and found.at < before:
                return found
            day -= timedelta(days=1)

    def on(self, day: date) -> Occurrence | None:
        """Return the occurrence of a local day, if it has one."""
        at = self._instant(day) if self._stands_for(day) is not None else None
        return None if at is None else Occurrence(day=day, at=at)

    def reported(self, day: date, week_start: int = 0) -> Period:
        """Return the period that is reported on a day: the whole days since the last one, the last week or month."""
        if self.cadence is not Cadence.DAILY:
            grain = Grain.WEEK if self.cadence is Cadence.WEEKLY else Grain.MONTH
            return Period.of(self._stands_for(day) or day, grain, self.zone, week_start).previous()
        start = day - timedelta(days=1)
        while self.on(start) is None:
            start -= timedelta(days=1)
        one = day - start == timedelta(days=1)
        return Period(start=start, end=day, zone=self.zone, grain=Grain.DAY if one else None)

    def _stands_for(self, day: date) -> date | None:
        """Return the day in the place of which it is due on this one, which is itself but after holidays; None if not.

        Looked for among those of this week or month and the one before.
        """
        off = _holidays(self.calendar)
        if day in off:
            return None
        match self.cadence:
            case Cadence.DAILY:
                return day if day.weekday() in self.weekdays else None
            case Cadence.WEEKLY:
                wanted = day - timedelta(days=(day.weekday() - min(self.weekdays)) % 7)
            case Cadence.MONTHLY:
                wanted = _in_month(day, self.month_day)
                if wanted > day:
                    wanted = _in_month(day.replace(day=1) - timedelta(days=1), self.month_day)
        between = range((day - wanted).days)
        return wanted if all(wanted + timedelta(days=days) in off for days in between) else None

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
    """Return a day of the month that holds `day`, of a shorter one the last."""
    return day.replace(day=min(month_day, monthrange(day.year, day.month)[1]))


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


def known_calendar(word: str) -> str:
    """Return a calendar of public holidays by its code; raises QuestionError `unknown_holidays`."""
    found = word.strip().upper()
    if not is_calendar(found):
        raise QuestionError("unknown_holidays", word=word)
    return found


def known_zone(word: str) -> str:
    """Return an IANA zone as it is spelled; raises QuestionError `unknown_zone`."""
    known = {name.casefold(): name for name in available_timezones()}
    found = known.get(word.strip().replace(" ", "_").casefold())
    if found is None:
        cities = {name.rpartition("/")[2].casefold(): name for name in sorted(known.values()) if "/" in name}
        near = [cities[city] for city in suggest(word.rpartition("/")[2], cities)]
        raise QuestionError("unknown_zone", word=word, suggestions=near)
    return found


def clock(minutes: int) -> str:
    """Return minutes after midnight as a time of day: `08:30`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"

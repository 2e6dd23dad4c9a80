"""What people say for a period, until the day of asking makes it absolute."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kpi.language.calendar import FIRST_YEAR, LAST_YEAR, YEARS, Calendar, Spoken
from kpi.period import Grain, Period, shift, start_of

_DAY = timedelta(days=1)
_HALF_A_YEAR = timedelta(days=184)


@dataclass(frozen=True, slots=True)
class Unit:
    """A calendar unit counted from the running one: last week is −1."""

    grain: Grain
    offset: int = 0

    def resolve(self, calendar: Calendar) -> Period:
        """Return that unit."""
        return calendar.unit(self.grain, calendar.moved(calendar.today, self.grain, self.offset))


@dataclass(frozen=True, slots=True)
class Rolling:
    """The last so many days, weeks, months … up to and including today."""

    grain: Grain
    count: int
    ahead: bool = False

    def resolve(self, calendar: Calendar) -> Period:
        """Return whole local days, the last of which is today."""
        if self.count == 0:
            raise calendar.error("empty_period", day=calendar.today)
        tomorrow = calendar.today + _DAY
        if self.ahead:
            return calendar.days(tomorrow, calendar.moved(tomorrow, self.grain, self.count))
        return calendar.days(calendar.moved(tomorrow, self.grain, -self.count), tomorrow)


@dataclass(frozen=True, slots=True)
class Several:
    """More than one unit without their number: "the last days", "these weeks"."""

    def resolve(self, calendar: Calendar) -> Period:
        """Raise QuestionError `period_without_number`: how many are meant is not for us to guess."""
        raise calendar.error("period_without_number")


@dataclass(frozen=True, slots=True)
class Running:
    """Whole calendar units up to and including the running one."""

    grain: Grain
    count: int

    def resolve(self, calendar: Calendar) -> Period:
        """Return them as one period, which ends when the running unit does."""
        last = Unit(self.grain).resolve(calendar)
        return calendar.days(Unit(self.grain, 1 - self.count).resolve(calendar).start, last.end)


@dataclass(frozen=True, slots=True)
class Named:
    """A day, week, month or quarter by its number in the year, or a year; `year` None when it was not said.

    `number` is the month for a day, and None when a day was said without its month; `weekday` was said beside a day.
    """

    grain: Grain
    number: int | None = None
    day: int = 1
    year: int | None = None
    weekday: int | None = None

    def in_year(self, year: int) -> date | None:
        """Return its first day in a year; None when that year has no such thing."""
        number = self.number or 1
        try:
            match self.grain:
                case Grain.WEEK:
                    return date.fromisocalendar(year, number, 1)
                case Grain.QUARTER:
                    return date(year, 3 * number - 2, 1)
                case _:
                    found = date(year, number, self.day)
        except ValueError:
            return None
        return found if self.weekday in {None, found.weekday()} else None

    def days(self, years: Iterable[int] = YEARS) -> Iterator[date]:
        """Yield its first day in each of these years, or in its own; forwards or backwards as the years are."""
        for year in years if self.year is None else {self.year}.intersection(YEARS):
            if self.number is None and self.grain is Grain.DAY:
                months = range(1, 13)
                candidates = [replace(self, number=month).in_year(year) for month in months]
                yield from sorted(filter(None, candidates), reverse=isinstance(years, range) and years.step < 0)
            elif found := self.in_year(year):
                yield found

    def period(self, start: date, calendar: Calendar) -> Period:
        """Return the period that starts on one of its days."""
        return Period(start=start, end=shift(start, self.grain, 1), zone=calendar.zone, grain=self.grain)

    def resolve(self, calendar: Calendar) -> Period:
        """Return the one that is meant; without a year the latest that has begun, ahead the first not over."""
        if calendar.ahead and self.year is None:
            return self.onwards(calendar.today, calendar)
        return self.period(self._meant(calendar), calendar)

    def _meant(self, calendar: Calendar) -> date:
        if self.year is not None:
            return self._first(self.days(), calendar)
        # An ISO year can begin before its number does.
        latest = calendar.today.year + 1
        if calendar.near is None:
            days = self.days(range(latest, FIRST_YEAR - 1, -1))
            return self._first((day for day in days if day <= calendar.today), calendar)
        wanted = calendar.near.start
        begun = [day for day in self.days(YEARS[: latest - FIRST_YEAR + 1]) if day <= calendar.today]
        return self._first(sorted(begun, key=lambda day: abs(day - wanted)), calendar)

    def upto(self, end: date, calendar: Calendar) -> Period:
        """Return the latest that starts before `end`."""
        days = self.days(range(end.year + 1, FIRST_YEAR - 1, -1))
        return self.period(self._first((day for day in days if day < end), calendar), calendar)

    def onwards(self, start: date, calendar: Calendar) -> Period:
        """Return the first that ends after `start`."""
        days = self.days(range(start.year - 1, LAST_YEAR + 1))
        return self.period(self._first((day for day in days if shift(day, self.grain, 1) > start), calendar), calendar)

    @staticmethod
    def _first(days: Iterable[date], calendar: Calendar) -> date:
        for day in days:
            return day
        raise calendar.error("no_such_date")


@dataclass(frozen=True, slots=True)
class Slashed:
    """3/4 or 3/4/2026: day first in French; in English it asks unless only one reading is possible."""

    first: int
    second: int
    year: int | None = None
    weekday: int | None = None

    def named(self, calendar: Calendar) -> Named:
        """Return the date that is meant; raises QuestionError `ambiguous_period`."""
        readings = [
            Named(Grain.DAY, month, day, self.year, self.weekday)
            for day, month in dict.fromkeys([(self.first, self.second), (self.second, self.first)])
        ]
        possible = [reading for reading in readings if any(reading.days())]
        if not possible:
            raise calendar.error("no_such_date")
        if len(possible) > 1 and calendar.language != "fr":
            choices = [reading.resolve(calendar).start.isoformat() for reading in possible]
            raise calendar.error("ambiguous_period", choices=choices)
        return possible[0]

    def resolve(self, calendar: Calendar) -> Period:
        """Return that day."""
        return self.named(calendar).resolve(calendar)


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday by its name: the latest one, today included; with an offset the one of this, last … week."""

    number: int
    offset: int | None = None

    def resolve(self, calendar: Calendar) -> Period:
        """Return that day; raises QuestionError `ambiguous_period` for an English "last" that can be either."""
        today = calendar.today
        latest = today - timedelta(days=(today.weekday() - self.number) % 7)
        if self.offset is None:
            days_off = (self.number - today.weekday()) % 7
            return calendar.unit(Grain.DAY, today + timedelta(days=days_off) if calendar.ahead else latest)
        monday = start_of(today, Grain.WEEK, calendar.week_start)
        if self.offset >= 0:
            this = monday + timedelta(days=(self.number - calendar.week_start) % 7)
            return calendar.unit(Grain.DAY, this + timedelta(weeks=self.offset))
        before = latest - timedelta(weeks=1) if latest == today else latest
        if before >= monday and calendar.language != "fr":
            choices = [before.isoformat(), (before - timedelta(weeks=1)).isoformat()]
            raise calendar.error("ambiguous_period", choices=choices)
        return calendar.unit(Grain.DAY, before + timedelta(weeks=self.offset + 1))


@dataclass(frozen=True, slots=True)
class WeekOf:
    """The week that holds a day, or the seven days that start with it."""

    day: Spoken
    starting: bool = False

    def resolve(self, calendar: Calendar) -> Period:
        """Return that week."""
        day = self.day.resolve(calendar).start
        if not self.starting:
            return calendar.unit(Grain.WEEK, day)
        return Period(start=day, end=shift(day, Grain.WEEK, 1), zone=calendar.zone, grain=Grain.WEEK)


@dataclass(frozen=True, slots=True)
class Since:
    """From the start of something up to and including today."""

    start: Spoken

    def resolve(self, calendar: Calendar) -> Period:
        """Return those days; raises QuestionError `period_in_future` when they have not begun."""
        start = self.start.resolve(calendar).start
        if start > calendar.today:
            raise calendar.error("period_in_future", start=start)
        return calendar.days(start, calendar.today + _DAY)


@dataclass(frozen=True, slots=True)
class From:
    """A "from October" and no end: that month, or since then? It asks, unless both are the same."""

    start: Spoken

    def resolve(self, calendar: Calendar) -> Period:
        """Return the period itself when it is running; raises QuestionError `ambiguous_period`."""
        period = self.start.resolve(calendar)
        if isinstance(self.start, Unit) or period.end > calendar.today:
            return period
        choices = [f"{period.start}..{end}" for end in (calendar.today, period.end - _DAY)]
        raise calendar.error("ambiguous_period", choices=choices)


@dataclass(frozen=True, slots=True)
class Range:
    """From the start of one thing to the end of another."""

    first: Spoken
    last: Spoken

    def resolve(self, calendar: Calendar) -> Period:
        """Return those days; raises QuestionError `reversed_period`."""
        first, last = (side.named(calendar) if isinstance(side, Slashed) else side for side in (self.first, self.last))
        if isinstance(first, Named) and first.year is None and isinstance(last, Named) and last.year is not None:
            end = last.resolve(calendar).end
            start = first.upto(end, calendar).start
        else:
            start = first.resolve(calendar).start
            end = _end(start, last, calendar)
        over_new_year = start.year != (end - _DAY).year and _without_year(first, last)
        if over_new_year and end - start > _HALF_A_YEAR:
            # "October to September": not meant to run for most of a year, but the wrong way round.
            end = shift(end, Grain.YEAR, -1)
        if end <= start:
            raise calendar.error("reversed_period", start=start, end=end - _DAY)
        return calendar.days(start, end)


def _without_year(*sides: Spoken) -> bool:
    return any(isinstance(side, Named) and side.year is None and side.grain is not Grain.YEAR for side in sides)


def _end(start: date, last: Spoken, calendar: Calendar) -> date:
    """Return where a range ends that starts on `start`; without its year, the first time after."""
    if isinstance(last, Named) and last.year is None:
        return last.onwards(start, calendar).end
    if isinstance(last, Weekday) and last.offset is None:
        return start + timedelta(days=(last.number - start.weekday()) % 7 + 1)
    return last.resolve(calendar).end


def earlier(period: Period, unit: Unit, calendar: Calendar) -> Period:
    """Return the same period some units earlier; what starts in the middle of a month is no month."""
    calendar.moved(period.start, unit.grain, unit.offset)
    moved = period.moved(unit.grain, unit.offset)
    if moved.grain is Grain.WEEK:
        return moved
    return calendar.days(moved.start, moved.end)


def year_before(period: Period, calendar: Calendar) -> Period:
    """Return the same period a year earlier; for a week 52 weeks, so that it has the same weekdays."""
    unit = Unit(Grain.WEEK, -52) if period.grain is Grain.WEEK else Unit(Grain.YEAR, -1)
    return earlier(period, unit, calendar)

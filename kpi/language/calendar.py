"""The day of asking, against which what people say becomes a period."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kpi.errors import QuestionError
from kpi.period import Grain, Period, shift, start_of

FIRST_YEAR, LAST_YEAR = 1970, 2199
YEARS = range(FIRST_YEAR, LAST_YEAR + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The day of asking, and how its asker counts.

    `words` are those being resolved, for the error. `near` is the main period while another is compared with it:
    what has no year is then the one nearest to it, else the latest that has begun, or `ahead` the next that ends.
    """

    today: date
    zone: str
    week_start: int
    language: str | None
    words: str
    near: Period | None = None
    ahead: bool = False

    def unit(self, grain: Grain, day: date) -> Period:
        """Return the calendar unit that holds a day."""
        return Period.of(day, grain, self.zone, self.week_start)

    def days(self, start: date, end: date) -> Period:
        """Return the days `[start, end)`, as a calendar unit when they are one.

        Seven days are no week by themselves: whether they are one depends on where weeks start.
        """
        for grain in (Grain.DAY, Grain.MONTH, Grain.QUARTER, Grain.YEAR):
            if start_of(start, grain) == start and shift(start, grain, 1) == end:
                return Period(start=start, end=end, zone=self.zone, grain=grain)
        return Period(start=start, end=end, zone=self.zone)

    def moved(self, day: date, grain: Grain, count: int) -> date:
        """Return a day moved by calendar units; raises QuestionError `no_such_date` outside `YEARS`."""
        try:
            moved = shift(day, grain, count)
        except (OverflowError, ValueError):
            raise self.error("no_such_date") from None
        if moved.year not in YEARS:
            raise self.error("no_such_date")
        return moved

    def error(self, key: str, **values: object) -> QuestionError:
        """Return an error about the words being resolved."""
        return QuestionError(key, words=self.words, **values)


class Spoken(Protocol):
    """A period as it was said."""

    def resolve(self, calendar: Calendar) -> Period:
        """Return the period that is meant; raises QuestionError."""
        ...

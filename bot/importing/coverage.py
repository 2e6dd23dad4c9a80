"""Which time a file covers: from the first to the last thing it tells, or up to where the person says it goes."""

from datetime import UTC, date, datetime, timedelta

from bot.importing.columns import Kind, Type, Values
from kpi.period import midnight


class Covered:
    """Takes the values of every stored row.

    Args:
        kind: of the file.
        zone: whose days and months it counts.
        now: the instant of the import, up to which a list of people holds.
        until: up to where all is told, when the person says so.
    """

    def __init__(self, kind: Kind, zone: str, now: int, until: int | None) -> None:
        self._columns = [(name, column.type) for name in kind.covers if (column := kind.column(name)) is not None]
        self._lists, self._zone, self._now, self._until = kind.lists, zone, now, until
        self._first: int | None = None
        self._last: int | None = None
        self._type = self._columns[0][1]

    def add(self, values: Values) -> None:
        """Take a row."""
        for name, _ in self._columns:
            value = values.get(name)
            if value is not None:
                if self._first is None or value < self._first:
                    self._first = value
                if self._last is None or value > self._last:
                    self._last = value

    def span(self) -> tuple[int, int] | None:
        """Return the first instant and the one before which all is told; None when there is no row with a date."""
        if self._first is None or self._last is None:
            return (self._now, self._now) if self._lists else None
        first, last = self._first, self._last
        if self._type is not Type.MOMENT:
            first, last = midnight(_day(first), self._zone), midnight(self._after(_day(last)), self._zone)
        until = self._until if self._until is not None else max(last, self._now) if self._lists else last
        return first, max(first, until)

    def _after(self, day: date) -> date:
        """Return the day after the day or the month that begins with one."""
        if self._type is Type.DAY:
            return day + timedelta(days=1)
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _day(instant: int) -> date:
    return datetime.fromtimestamp(instant, UTC).date()

"""Dates and times in cells, the way English, French and machines write them.

Whether 03/04/2026 is in March or in April is never decided from one cell: `order_of` tells what a cell shows, and the
first pass over the file decides.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from bot.importing.words import same
from kpi.errors import FileError
from kpi.hours import DAY

Order = Literal["dmy", "mdy", "ymd"]
"""In which order day, month and year stand where the year isn't written first in four digits."""

ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")
EPOCH_FORMAT = "epoch"
"""The mapping's date format for seconds since 1970."""

_MONTHS = (
    ("january", "janvier"),
    ("february", "fevrier"),
    ("march", "mars"),
    ("april", "avril"),
    ("may", "mai"),
    ("june", "juin"),
    ("july", "juillet"),
    ("august", "aout"),
    ("september", "septembre"),
    ("october", "octobre"),
    ("november", "novembre"),
    ("december", "decembre"),
)
_SHORTEST_MONTH = 3
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_CENTURY_BEGINS = 69
"""Two-digit years from here on are of the twentieth century, as strptime has it."""

_TIME = (
    r"(?:(?:\s*T\s*|\s*,\s*|\s+(?:à\s+|at\s+|-\s+)?)"
    r"(?P<hour>\d{1,2})\s?[:hH]\s?(?P<minute>\d{2})?(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?\s?[Mm]\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?"
)
_WEEKDAY = r"(?:le\s+)?(?:[^\W\d_]{2,9}\.?,?\s+)?"
_YEAR_FIRST = re.compile(rf"(?P<y>\d{{4}})[-/.](?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(
    rf"{_WEEKDAY}(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<c>\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE
)
_DAY_NAMED = re.compile(
    rf"{_WEEKDAY}(?P<d>\d{{1,2}})(?:er|st|nd|rd|th)?[\s.-]+(?P<name>[^\W\d_]+)\.?,?[\s-]+(?P<y>\d{{4}}){_TIME}",
    re.IGNORECASE,
)
_MONTH_NAMED = re.compile(
    rf"(?P<name>[^\W\d_]+)\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}){_TIME}", re.IGNORECASE
)
_COMPACT = re.compile(rf"(?P<y>\d{{4}})(?P<a>\d{{2}})(?P<b>\d{{2}}){_TIME}")
_MONTH_ALONE = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})"),
    re.compile(r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})"),
    re.compile(r"(?P<name>[^\W\d_]+)\.?[\s-]+(?P<y>\d{4})"),
)

_NEVER = re.compile(r"0000-00-00.*|0{1,2}/0{1,2}/0{4}.*")
"""What databases write where there is no date."""


def order_of(text: str) -> Literal["dmy", "mdy", "ymd", "either"] | None:
    """Return which order of day and month a cell shows; None when it doesn't depend on one."""
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        return None
    a, b, c = int(match["a"]), int(match["b"]), int(match["c"])
    if len(match["c"]) == 2 and a > 31 and c <= 31:  # noqa: PLR2004  # days of a month
        return "ymd"
    if a > 12 >= b:  # noqa: PLR2004  # months of a year
        # 24/11/26 can begin with its year as well as with its day.
        return "dmy"
    if b > 12 >= a:  # noqa: PLR2004  # as above
        return "mdy"
    return None if a == b else "either"


class Moments:
    """Reads the dates and times of a column.

    Args:
        zone: where times without a zone are local.
        order: of day, month and year; None when no cell depends on it.
        pattern: how dates are written, as for strptime, or `epoch`; None to recognise it.

    A local time that stands twice, when clocks go back, is the first of the two; one that doesn't exist, when they go
    forward, is as many minutes after the change as it is after the gap's start. `unclear` counts both.
    """

    def __init__(self, zone: str, order: Order | None = None, pattern: str | None = None) -> None:
        self._zone, self._order, self._pattern = ZoneInfo(zone), order, pattern
        self.unclear = 0

    def instant(self, text: str) -> int | None:
        """Return the epoch second; a day without a time is its local midnight; None for a database's zero date.

        Raises FileError `cell_not_a_date`.
        """
        if self._pattern == EPOCH_FORMAT:
            return _epoch(text)
        local = self._local(text)
        if local is None:
            return None
        if local.tzinfo is not None:
            return int(local.timestamp())
        aware = local.replace(tzinfo=self._zone)
        if aware.utcoffset() != aware.replace(fold=1).utcoffset():
            self.unclear += 1
        return int(aware.timestamp())

    def day(self, text: str) -> int | None:
        """Return UTC midnight of the local day; raises FileError `cell_not_a_date`."""
        local = self._local(text)
        if local is None:
            return None
        if local.tzinfo is not None:
            local = local.astimezone(self._zone)
        return _midnight(local.date())

    def month(self, text: str) -> int | None:
        """Return UTC midnight of the first day of a month, told as a month or as one of its days."""
        for form in _MONTH_ALONE:
            match = form.fullmatch(text)
            if match is not None:
                parts = match.groupdict()
                number = _month_number(parts["name"]) if parts.get("name") else int(parts["m"])
                return _midnight(_date(int(parts["y"]), number or 0, 1, text))
        day = self.day(text)
        return None if day is None else _midnight(datetime.fromtimestamp(day, UTC).date().replace(day=1))

    def _local(self, text: str) -> datetime | None:
        if _NEVER.fullmatch(text):
            return None
        if self._pattern is not None:
            try:
                return datetime.strptime(text, self._pattern)  # noqa: DTZ007  # local to the column's zone
            except ValueError as error:
                raise FileError("cell_not_a_date", cell=text) from error
        return _parse(text, self._order)


@lru_cache(maxsize=4096)
def _parse(text: str, order: Order | None) -> datetime | None:
    for form, read in _FORMS:
        match = form.fullmatch(text)
        if match is not None:
            return _with_time(read(match, order, text), match, text)
    raise FileError("cell_not_a_date", cell=text)


def _year_first(match: re.Match[str], _order: Order | None, text: str) -> date:
    return _date(int(match["y"]), int(match["a"]), int(match["b"]), text)


def _year_last(match: re.Match[str], order: Order | None, text: str) -> date:
    parts = dict(zip(order or "dmy", (match["a"], match["b"], match["c"]), strict=True))
    year = int(parts["y"])
    if len(parts["y"]) <= 2:  # noqa: PLR2004  # digits
        year += 1900 if year >= _CENTURY_BEGINS else 2000
    return _date(year, int(parts["m"]), int(parts["d"]), text)


def _named(match: re.Match[str], _order: Order | None, text: str) -> date:
    return _date(int(match["y"]), _month_number(match["name"]) or 0, int(match["d"]), text)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Order | None, str], date]], ...] = (
    (_YEAR_FIRST, _year_first),
    (_YEAR_LAST, _year_last),
    (_DAY_NAMED, _named),
    (_MONTH_NAMED, _named),
    (_COMPACT, _year_first),
)


def _with_time(day: date, match: re.Match[str], text: str) -> datetime:
    if match["hour"] is None:
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001  # local to the column's zone
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].casefold().startswith("p") else 0)
    try:
        return datetime(
            *(day.year, day.month, day.day, hour, int(match["minute"] or 0), int(match["second"] or 0)),
            tzinfo=_offset(match["zone"]),
        )
    except ValueError as error:
        raise FileError("cell_not_a_date", cell=text) from error


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if not text.startswith(("+", "-")):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(ahead if text.startswith("+") else -ahead)


def _date(year: int, month: int, day: int, text: str) -> date:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise FileError("cell_not_a_date", cell=text)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise FileError("cell_not_a_date", cell=text) from error


@lru_cache(maxsize=256)
def _month_number(name: str) -> int | None:
    """Return the number of a month by its name or its beginning; `juin` and `juillet` differ in the fourth letter."""
    word = same(name)
    found = {
        number
        for number, names in enumerate(_MONTHS, start=1)
        for known in names
        if len(word) >= _SHORTEST_MONTH and known.startswith(word)
    }
    return found.pop() if len(found) == 1 else None


def _midnight(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY


def _epoch(text: str) -> int:
    try:
        return int(float(text))
    except (ValueError, OverflowError) as error:
        raise FileError("cell_not_a_date", cell=text) from error

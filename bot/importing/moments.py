"""Dates and times in cells, the way English, French and machines write them.

Whether 03/04/2026 is in March or in April is never decided from one cell: `order_of` tells what a cell shows, and the
first pass over the file decides.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
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
_DAYS = 4096
"""How many days are remembered: eleven years."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_CENTURY_BEGINS = 69
"""Two-digit years from here on are of the twentieth century, as strptime has it."""

_TIME = (
    r"(?:(?:\s*T\s*|\s*,\s*|\s+(?:à\s+|at\s+|-\s+)?)"
    r"(?P<hour>\d{1,2})\s?[:hH]\s?(?P<minute>\d{2})?(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?\s?[Mm]\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?"
)
_DAY_AND_TIME = re.compile(rf"(?P<day>.{{5,}}?\d){_TIME}", re.IGNORECASE | re.DOTALL)
"""No day is shorter than 1/1/26. Few days fill a file, so they are read once each; times are read every time."""

_WEEKDAY = r"(?:le\s+)?(?:[^\W\d_]{2,9}\.?,?\s+)?"
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})[-/.](?P<a>\d{1,2})[-/.](?P<b>\d{1,2})")
_YEAR_LAST = re.compile(rf"{_WEEKDAY}(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<c>\d{{4}}|\d{{2}})", re.IGNORECASE)
_DAY_NAMED = re.compile(
    rf"{_WEEKDAY}(?P<d>\d{{1,2}})(?:er|st|nd|rd|th)?[\s.-]+(?P<name>[^\W\d_]+)\.?,?[\s-]+(?P<y>\d{{4}})", re.IGNORECASE
)
_MONTH_NAMED = re.compile(r"(?P<name>[^\W\d_]+)\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})", re.IGNORECASE)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<a>\d{2})(?P<b>\d{2})")
_MONTH_ALONE = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})"),
    re.compile(r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})"),
    re.compile(r"(?P<name>[^\W\d_]+)\.?[\s-]+(?P<y>\d{4})"),
)

_NEVER = re.compile(r"0000-00-00.*|0{1,2}/0{1,2}/0{4}.*")
"""What databases write where there is no date."""


Local = tuple[int, int, int | None]
"""The days since 1970, the seconds of the day and, where a cell tells its zone, how many seconds that is ahead."""


def order_of(text: str) -> Literal["dmy", "mdy", "ymd", "either"] | None:
    """Return which order of day and month a cell shows; None when it doesn't depend on one."""
    match = _DAY_AND_TIME.fullmatch(text)
    return None if match is None else _order_of_day(match["day"])


@lru_cache(maxsize=_DAYS)
def _order_of_day(text: str) -> Literal["dmy", "mdy", "ymd", "either"] | None:
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
        days, seconds, ahead = local
        if ahead is None:
            ahead = _ahead_all_day(days, self._zone)
        return self._at_a_change(days, seconds) if ahead is None else days * DAY + seconds - ahead

    def day(self, text: str) -> int | None:
        """Return UTC midnight of the local day; raises FileError `cell_not_a_date`."""
        local = self._local(text)
        if local is None:
            return None
        days, seconds, ahead = local
        if ahead is not None:
            return _midnight(datetime.fromtimestamp(days * DAY + seconds - ahead, self._zone).date())
        return days * DAY

    def month(self, text: str) -> int | None:
        """Return UTC midnight of the first day of a month, told as a month or as one of its days."""
        for form in _MONTH_ALONE:
            match = form.fullmatch(text)
            if match is not None:
                parts = match.groupdict()
                number = _month_number(parts["name"]) if parts.get("name") else int(parts["m"])
                first = _date(int(parts["y"]), number or 0, 1)
                if first is None:
                    raise FileError("cell_not_a_date", cell=text)
                return _midnight(first)
        day = self.day(text)
        return None if day is None else _midnight(datetime.fromtimestamp(day, UTC).date().replace(day=1))

    def _local(self, text: str) -> Local | None:
        local = _recognised(text, self._order) if self._pattern is None else _as_written(text, self._pattern)
        if local is None and not _NEVER.fullmatch(text):
            raise FileError("cell_not_a_date", cell=text)
        return local

    def _at_a_change(self, days: int, seconds: int) -> int:
        """Return the epoch second of a local time on a day on which the clocks change."""
        aware = (datetime(1970, 1, 1) + timedelta(days, seconds)).replace(tzinfo=self._zone)  # noqa: DTZ001  # local
        if aware.utcoffset() != aware.replace(fold=1).utcoffset():
            self.unclear += 1
        return int(aware.timestamp())


@lru_cache(maxsize=_DAYS)
def _ahead_all_day(days: int, zone: ZoneInfo) -> int | None:
    """Return how many seconds a zone is ahead on a day; None when its clocks change on it."""
    first = datetime(1970, 1, 1, tzinfo=zone) + timedelta(days)
    last = first + timedelta(seconds=DAY - 1)  # on the clock
    ahead = {moment.replace(fold=fold).utcoffset() for moment in (first, last) for fold in (0, 1)}
    return int((ahead.pop() or timedelta()).total_seconds()) if len(ahead) == 1 else None


def _recognised(text: str, order: Order | None) -> Local | None:
    match = _DAY_AND_TIME.fullmatch(text)
    if match is None:
        return None
    day, hour, minute, second, half, zone = match.groups()
    days = _days(day, order)
    seconds = 0 if hour is None else _seconds_of_day(hour, minute or "0", second or "0", half)
    ahead = None if zone is None else _ahead(zone)
    if days is None or seconds is None or abs(ahead or 0) >= DAY:
        return None
    return days, seconds, ahead


def _seconds_of_day(hour: str, minute: str, second: str, half: str | None) -> int | None:
    hours, minutes, seconds = int(hour), int(minute), int(second)
    if half:
        hours = hours % 12 + (12 if half.casefold().startswith("p") else 0)
    on_a_clock = hours < 24 and minutes < 60 and seconds < 60  # noqa: PLR2004  # as clocks are
    return hours * 3600 + minutes * 60 + seconds if on_a_clock else None


def _as_written(text: str, pattern: str) -> Local | None:
    try:
        local = datetime.strptime(text, pattern)  # noqa: DTZ007  # local to the column's zone
    except ValueError:
        return None
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    ahead = local.utcoffset()
    return _midnight(local.date()) // DAY, seconds, None if ahead is None else int(ahead.total_seconds())


@lru_cache(maxsize=_DAYS)
def _days(text: str, order: Order | None) -> int | None:
    """Return a day's number, counted from 1970; None when the text is no day."""
    for form, read in _FORMS:
        match = form.fullmatch(text)
        if match is not None:
            day = read(match, order)
            return None if day is None else _midnight(day) // DAY
    return None


def _year_first(match: re.Match[str], _order: Order | None) -> date | None:
    return _date(int(match["y"]), int(match["a"]), int(match["b"]))


def _year_last(match: re.Match[str], order: Order | None) -> date | None:
    parts = dict(zip(order or "dmy", (match["a"], match["b"], match["c"]), strict=True))
    year = int(parts["y"])
    if len(parts["y"]) <= 2:  # noqa: PLR2004  # digits
        year += 1900 if year >= _CENTURY_BEGINS else 2000
    return _date(year, int(parts["m"]), int(parts["d"]))


def _named(match: re.Match[str], _order: Order | None) -> date | None:
    return _date(int(match["y"]), _month_number(match["name"]) or 0, int(match["d"]))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Order | None], date | None]], ...] = (
    (_YEAR_FIRST, _year_first),
    (_YEAR_LAST, _year_last),
    (_DAY_NAMED, _named),
    (_MONTH_NAMED, _named),
    (_COMPACT, _year_first),
)


def _ahead(zone: str) -> int:
    if not zone.startswith(("+", "-")):
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    ahead = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return ahead if zone.startswith("+") else -ahead


def _date(year: int, month: int, day: int) -> date | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


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

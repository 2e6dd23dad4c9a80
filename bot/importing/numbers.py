"""Numbers, amounts and durations in cells, the way English and French write them."""

import re
from functools import lru_cache
from typing import Literal

from kpi.errors import FileError

Mark = Literal[",", "."]
"""The decimal mark."""

UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}
PAIRS = {"mm:ss": (60, 1), "hh:mm": (3600, 60)}
"""What a duration of two numbers means."""

CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}

_SIGNS = "€$£¥"
_AMOUNT = re.compile(
    rf"(?P<before>[A-Za-z]{{3}}|[{_SIGNS}])?(?P<number>[-+]?[\d.,]+)(?P<after>[A-Za-z]{{3}}|[{_SIGNS}])?"
)
_NUMBER = re.compile(r"[-+]?\d[\d.,]*|[-+]?[.,]\d+")
_CLOCK = re.compile(r"(\d+):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?")
_PAIR = re.compile(r"(\d+):(\d{1,2})")
_PARTS = re.compile(
    r"(?:(?P<d>\d+(?:[.,]\d+)?)(?:d|j|days?|jours?))?"
    r"(?:(?P<h>\d+(?:[.,]\d+)?)(?:h|hours?|heures?|hrs?)(?P<after>\d{2}$)?)?"
    r"(?:(?P<m>\d+(?:[.,]\d+)?)(?:m|min|mins|minutes?|mn|')(?P<rest>\d{1,2}$)?)?"
    r"(?:(?P<s>\d+(?:[.,]\d+)?)(?:s|secs?|secondes?|seconds?|\"|''))?"
)
_ISO = re.compile(r"P(?:(?P<d>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)(?:\.\d+)?S)?)?")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]+")
_PLAIN_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")


@lru_cache(maxsize=4096)
def mark_of(text: str) -> Mark | Literal["either"] | None:
    """Return which decimal mark a cell shows: `either` when it could be thousands as well, None when it has none."""
    digits = re.sub(r"[^\d.,]", "", _SPACES.sub("", text))
    signs = [sign for sign in digits if not sign.isdigit()]
    if not signs:
        return None
    kinds = set(signs)
    if len(kinds) > 1:
        return signs[-1]  # type: ignore[return-value]  # one of the two
    sign = signs[0]
    if len(signs) > 1:
        return "," if sign == "." else "."
    before, after = digits.split(sign)
    is_thousands = len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0")  # noqa: PLR2004  # a group
    return "either" if is_thousands else sign  # type: ignore[return-value]  # as above


def number(text: str, mark: Mark) -> float:
    """Return a number; `mark` decides where its cell alone doesn't. A percent sign is dropped: 85 % is 85.

    Raises FileError `cell_not_a_number`.
    """
    plain = _SPACES.sub("", text).replace("−", "-").removesuffix("%")
    if not _NUMBER.fullmatch(plain):
        raise FileError("cell_not_a_number", cell=text)
    shown = mark_of(plain)
    decimal = mark if shown in {"either", None} else shown
    thousands = "." if decimal == "," else ","
    try:
        return float(plain.replace(thousands, "").replace(str(decimal), "."))
    except ValueError as error:
        raise FileError("cell_not_a_number", cell=text) from error


def amount(text: str, mark: Mark) -> tuple[float, str | None]:
    """Return an amount and its currency where the cell tells it; raises FileError `cell_not_an_amount`."""
    match = _AMOUNT.fullmatch(_SPACES.sub("", text).replace("−", "-"))
    if match is None:
        raise FileError("cell_not_an_amount", cell=text)
    said = match["before"] or match["after"]
    currency = CURRENCIES.get(said, said.upper()) if said else None
    return number(match["number"], mark), currency


def count(text: str, mark: Mark) -> int:
    """Return a whole number of at least 0; raises FileError `cell_not_a_count`."""
    if mark_of(text) == "either":  # of a count it can only be thousands
        mark = "." if "," in text else ","
    try:
        value = number(text, mark)
    except FileError as error:
        raise FileError("cell_not_a_count", cell=text) from error
    if value < 0 or not value.is_integer():
        raise FileError("cell_not_a_count", cell=text)
    return int(value)


def duration(text: str, mark: Mark, unit: str | None = None) -> int:
    """Return whole seconds of `00:05:30`, `5 min 30`, `1 h 05`, `PT5M30S` or of a number in `unit` (seconds).

    Raises FileError: `cell_not_a_duration`, or `cell_duration_unclear` for `05:30` when `unit` doesn't tell what it is.
    """
    plain = _PLAIN_SPACES.sub("", text).casefold()
    if clock := _CLOCK.fullmatch(plain):
        hours, minutes, seconds = (int(part) for part in clock.groups())
        return hours * 3600 + minutes * 60 + seconds
    if pair := _PAIR.fullmatch(plain):
        if unit not in PAIRS:
            raise FileError("cell_duration_unclear", cell=text)
        first, second = PAIRS[unit]
        return int(pair[1]) * first + int(pair[2]) * second
    if _NUMBER.fullmatch(plain):
        value = number(plain, mark) * UNITS.get(unit or "s", 1.0)
        if value >= 0:
            return round(value)
    elif plain and (total := _parts(plain, mark)) is not None:
        return total
    raise FileError("cell_not_a_duration", cell=text)


def _parts(plain: str, mark: Mark) -> int | None:
    match = _ISO.fullmatch(plain.upper()) or _PARTS.fullmatch(plain)
    if match is None:
        return None
    parts = match.groupdict()
    seconds = 0.0
    for name, each in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1), ("after", 60), ("rest", 1)):
        seconds += number(parts[name], mark) * each if parts.get(name) else 0
    return round(seconds)

"""What a setting can hold: durations, opening hours, zones … each refused with a sentence that says what it accepts.

Pydantic carries each refusal out with the key of its sentence; `explain` makes a SettingsError of it.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from kpi.errors import SettingsError, suggest
from kpi.events import WAITING, Status
from kpi.hours import DAY, WEEKDAYS, Opening

LONGEST_S = 3650 * 86_400
"""A promise for longer has a zero too many, and leads out of the calendar."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?[smhd]\s*)+", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhd])", re.ASCII)
_OPENING = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", re.ASCII)
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)

# What pydantic itself refuses, by its type of error.
_BUILT_IN = {
    "missing": "setting_missing",
    "bool_type": "setting_not_yes_or_no",
    "bool_parsing": "setting_not_yes_or_no",
    "string_type": "setting_not_text",
    "list_type": "setting_not_a_list",
    "tuple_type": "setting_not_a_list",
    "dict_type": "setting_not_a_table",
    "model_type": "setting_not_a_table",
    "model_attributes_type": "setting_not_a_table",
}


def refusal(key: str, **values: object) -> PydanticCustomError:
    """Return what a validator raises: the key of a sentence and what it mentions, never a secret."""
    return PydanticCustomError(key, "{key}", {"key": key, **values})


def explain(error: ValidationError, name: Callable[[tuple[int | str, ...]], str]) -> SettingsError:
    """Return the first refusal as an error for people; `name` gives a place the name that people know."""
    details: ErrorDetails = error.errors(include_url=False, include_input=False)[0]
    if details["type"] in _BUILT_IN:
        return SettingsError(_BUILT_IN[details["type"]], setting=name(details["loc"]))
    values = dict(details.get("ctx", {}))
    key = str(values.pop("key", "setting_invalid"))
    return SettingsError(key, setting=name((*details["loc"], *values.pop("inside", ()))), **values)


class SettingsTable(BaseModel):
    """A table of the file; a key it doesn't know is refused with the nearest that it knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, given: object) -> object:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key in given if isinstance(given, Mapping) else ():
            if key not in known:
                near = suggest(str(key), known, limit=1)
                raise refusal("unknown_setting", suggestions=near, known=known, inside=(str(key),))
        return given


def place(location: tuple[int | str, ...], document: object) -> str:
    """Return the dotted path of a place in a document; what stands in a list goes by its own name or its number."""
    parts = []
    for step in location:
        if isinstance(document, list) and isinstance(step, int):
            document = document[step] if step < len(document) else None
            known = document if isinstance(document, Mapping) else {}
            parts.append(str(known.get("key") or known.get("name") or f"#{step + 1}"))
        else:
            document = document.get(step) if isinstance(document, Mapping) else None
            parts.append(str(step))
    return ".".join(parts)


def one_of(choices: Collection[str]) -> BeforeValidator:
    """Return a validator that accepts some words; case doesn't count."""

    def check(value: object) -> str:
        if isinstance(value, str) and value.strip().casefold() in choices:
            return value.strip().casefold()
        near = suggest(str(value), choices, limit=1)
        raise refusal("setting_not_a_choice", value=str(value), choices=list(choices), suggestions=near)

    return BeforeValidator(check)


def duration(value: object, *inside: str) -> int:
    """Return the seconds of `90s`, `30m`, `4h`, `2d` (of 24 hours) or `1h 30m`."""
    if isinstance(value, str) and _DURATION.fullmatch(value.strip().casefold()):
        parts = _PART.findall(value.casefold())
        seconds = round(sum(float(number) * _UNITS[unit] for number, unit in parts))
        if 0 < seconds <= LONGEST_S:
            return seconds
    raise refusal("setting_not_a_duration", value=str(value), inside=inside)


def written(seconds: int) -> str:
    """Return a duration as it is written in a setting: `1h 30m`."""
    parts = []
    for unit, size in reversed(_UNITS.items()):
        number, seconds = divmod(seconds, size)
        parts += [f"{number}{unit}"] if number else []
    return " ".join(parts)


def _zone(value: object) -> str:
    known = {zone.casefold(): zone for zone in available_timezones()}
    word = str(value).casefold()
    if word in known:
        return known[word]
    # People write the city alone.
    cities = {zone.rsplit("/", 1)[-1]: zone for zone in known if "/" in zone}
    near = [cities[city] for city in suggest(word, cities, limit=1)] + suggest(word, known, limit=2)
    raise refusal("setting_not_a_zone", value=str(value), suggestions=[known[zone] for zone in dict.fromkeys(near)])


def _key(value: object) -> str:
    if isinstance(value, str) and _KEY.fullmatch(value):
        return value
    raise refusal("setting_not_a_key", value=str(value))


def _url(value: object) -> str:
    try:
        parts = urlsplit(str(value))
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query and not parts.fragment
        _ = parts.port
    except ValueError:
        good = False
    else:
        if parts.username is not None or parts.password is not None:
            raise refusal("setting_url_with_password")
    if not good:
        raise refusal("setting_not_a_url", value=str(value))
    return str(value).rstrip("/")


def _port(value: object) -> int:
    if str(value).isascii() and str(value).isdigit() and 1 <= int(str(value)) <= 65_535:  # noqa: PLR2004  # the range of ports
        return int(str(value))
    raise refusal("setting_not_a_port", value=str(value))


def _date(value: object) -> date:
    try:
        return value if type(value) is date else date.fromisoformat(str(value))
    except ValueError:
        raise refusal("setting_not_a_date", value=str(value)) from None


def _words(value: object) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not words or not all(isinstance(w, str) and w.strip() for w in words):
        raise refusal("setting_not_words")
    return tuple(words)


def _pauses(value: object) -> frozenset[Status]:
    words = [str(word) for word in value] if isinstance(value, list) else [str(value)]
    known = sorted(status.value for status in WAITING)
    for word in words:
        if word not in known:
            near = suggest(word, known, limit=1)
            raise refusal("setting_not_a_choice", value=word, choices=known, suggestions=near)
    return frozenset(Status(word) for word in words)


def _week(value: object) -> tuple[tuple[Opening, ...], ...]:
    """Return the openings of seven days from a table such as `mon-fri = ["09:00-12:30", "13:30-18:00"]`."""
    if not isinstance(value, Mapping):
        raise refusal("setting_not_a_table")
    days: dict[int, tuple[Opening, ...]] = {}
    for words, hours in value.items():
        for day in _days(str(words)):
            if day in days:
                raise refusal("setting_day_twice", day=WEEKDAYS[day], inside=(words,))
            days[day] = tuple(_opening(hour, words) for hour in (hours if isinstance(hours, list) else [hours]))
    return tuple(days.get(day, ()) for day in range(len(WEEKDAYS)))


def _days(words: str) -> list[int]:
    """Return the numbers of the days in `mon`, `mon-fri` or `sat, sun`."""
    found: list[int] = []
    for part in words.split(","):
        first, dash, last = part.partition("-")
        start = weekday(first, words)
        end = weekday(last, words) if dash else start
        found += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return found


def weekday(word: str, inside: str | None = None) -> int:
    """Return the number of a weekday by its English name or the first three letters of it; Monday is 0."""
    short = word.strip().casefold()
    for number, name in enumerate(WEEKDAYS):
        if short in {name, name[:3]}:
            return number
    near = suggest(short, WEEKDAYS, limit=1)
    raise refusal("setting_not_a_weekday", value=word.strip(), suggestions=near, inside=_inside(inside))


def _inside(key: str | None) -> tuple[str, ...]:
    """Return where in the checked table the fault is, for `explain`."""
    return () if key is None else (key,)


def _opening(text: object, day: str) -> Opening:
    """Return `09:00-12:30` in seconds after midnight; an end before the start is on the next day."""
    match = _OPENING.fullmatch(str(text).strip())
    if match:
        hours = [int(number) for number in match.groups()]
        start, end = hours[0] * 3600 + hours[1] * 60, hours[2] * 3600 + hours[3] * 60
        if start < DAY and end <= DAY and start != end and max(hours[1], hours[3]) < 60:  # noqa: PLR2004  # minutes
            return start, end if end > start else end + DAY
    raise refusal("setting_not_hours", value=str(text), inside=(day,))


Duration = Annotated[int, BeforeValidator(lambda value: duration(value))]  # noqa: PLW0108  # without pydantic's info
Zone = Annotated[str, BeforeValidator(_zone)]
Key = Annotated[str, BeforeValidator(_key)]
Url = Annotated[str, BeforeValidator(_url)]
Port = Annotated[int, BeforeValidator(_port)]
Day = Annotated[date, BeforeValidator(_date)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Pauses = Annotated[frozenset[Status], BeforeValidator(_pauses)]
Openings = Annotated[tuple[tuple[Opening, ...], ...], BeforeValidator(_week)]
Weekday = Annotated[int, BeforeValidator(lambda value: weekday(str(value)))]
Anything = dict[str, Any]

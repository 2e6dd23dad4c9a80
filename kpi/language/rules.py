"""The grammar, as a table of rules over tokens and terms of the lexicon.

A rule's pattern lists slots: a term's kind (`month`), a term (`unit:week`), a kind of token (`ymd`), or what other
rules make (`piece`); `?` marks an optional one. Words of glue may stand between two slots, but not before one with
`=`: "week 12" is the twelfth, "the week of the 12th" is not.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kpi.language.calendar import Spoken
from kpi.language.clauses import (
    By,
    Channel,
    Counted,
    During,
    Filtered,
    Flag,
    Kpi,
    KpiOfChannel,
    Mentioned,
    Per,
    SamePeriod,
    Versus,
)
from kpi.language.periods import (
    From,
    Named,
    Range,
    Rolling,
    Several,
    Since,
    Slashed,
    Unit,
    Weekday,
    WeekOf,
)
from kpi.period import Grain

Found = dict[int, object]
"""What was matched from a place on, by where it ends."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to make `kind`; `build` gets what each slot held, None for an optional one, and may refuse with None."""

    kind: str
    pattern: str
    build: Callable[..., object]


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _day(day: int, month: str | None, year: int | None = None, weekday: str | None = None) -> Named:
    return Named(Grain.DAY, _number(month), day, year, _number(weekday))


def _date(numbers: tuple[int, ...], weekday: str | None = None) -> Spoken:
    """Return 2026-10-15; its parts come as they were written."""
    year, month, day = numbers
    return Named(Grain.DAY, month, day, year, _number(weekday))


def _slashed(numbers: tuple[int, ...], weekday: str | None = None) -> Spoken:
    first, second, *rest = numbers
    year = rest[0] if rest else None
    return Slashed(first, second, year, _number(weekday))


def _unit(unit: str, offset: str | int = 0) -> Unit:
    return Unit(Grain(unit), int(offset))


def _rolling(offset: str | None, number: int | str, unit: str) -> Rolling | None:
    """Return the last so many units; "this 7 days" and "the 7 before last" are refused."""
    if offset not in {None, "-1", "1"}:
        return None
    return Rolling(Grain(unit), int(number), ahead=offset == "1")


def _same_period(unit: Spoken) -> SamePeriod | None:
    return SamePeriod(unit) if isinstance(unit, Unit) and unit.offset < 0 else None


def _channel(value: str) -> Channel | None:
    """Return a channel said alone; other values need their dimension, since "solved" or "high" mean other things."""
    dimension, _, name = value.partition(" ")
    return Channel(name) if dimension == "channel" else None


def _of_channel(key: str, value: str) -> KpiOfChannel | None:
    channel = _channel(value)
    return None if channel is None else KpiOfChannel(key, channel)


# These come before the singular: a plural is not read as one unit.
_SEVERAL = [
    Rule("piece", "these? before? unit_plural after?", lambda *_: Several()),
    Rule("piece", "these? before_plural unit", lambda *_: Several()),
    Rule("piece", "these unit", lambda *_: Several()),
    Rule("piece", "unit after_plural", lambda *_: Several()),
    Rule("piece", "unit_plural ago", lambda *_: Several()),
    Rule("piece", "ago unit_plural", lambda *_: Several()),
]

_NAMED = [
    Rule("piece", "month year?", lambda month, year: Named(Grain.MONTH, int(month), year=year)),
    Rule("piece", "year month", lambda year, month: Named(Grain.MONTH, int(month), year=year)),
    Rule("piece", "unit:month month year?", lambda _, month, year: Named(Grain.MONTH, int(month), year=year)),
    Rule("piece", "ym", lambda numbers: Named(Grain.MONTH, numbers[1], year=numbers[0])),
    Rule("piece", "my", lambda numbers: Named(Grain.MONTH, numbers[0], year=numbers[1])),
    Rule("piece", "year", lambda year: Named(Grain.YEAR, year=year)),
    Rule("piece", "unit:year year", lambda _, year: Named(Grain.YEAR, year=year)),
    Rule("piece", "quarter_number year?", lambda number, year: Named(Grain.QUARTER, number, year=year)),
    Rule("piece", "year quarter_number", lambda year, number: Named(Grain.QUARTER, number, year=year)),
    Rule("piece", "ordinal unit:quarter year?", lambda number, _, year: Named(Grain.QUARTER, int(number), year=year)),
    Rule("piece", "unit:quarter =number year?", lambda _, number, year: Named(Grain.QUARTER, int(number), year=year)),
    Rule("piece", "week_number year?", lambda number, year: Named(Grain.WEEK, number, year=year)),
    Rule("piece", "year week_number", lambda year, number: Named(Grain.WEEK, number, year=year)),
    Rule("piece", "unit:week =number year?", lambda _, number, year: Named(Grain.WEEK, int(number), year=year)),
]

_DAYS = [
    Rule("date", "weekday? ymd", lambda weekday, numbers: _date(numbers, weekday)),
    Rule("date", "weekday? dmy", lambda weekday, numbers: _slashed(numbers, weekday)),
    Rule("date", "weekday? dm", lambda weekday, numbers: _slashed(numbers, weekday)),
    Rule("date", "weekday? day month year?", lambda weekday, day, month, year: _day(day, month, year, weekday)),
    Rule("date", "weekday? month day year?", lambda weekday, month, day, year: _day(day, month, year, weekday)),
    Rule("date", "weekday", lambda number: Weekday(int(number))),
    Rule("date", "before any_weekday", lambda offset, number: Weekday(int(number), int(offset))),
    Rule("date", "weekday after", lambda number, offset: Weekday(int(number), int(offset))),
    Rule("any_weekday", "weekday", lambda number: number),
    Rule("any_weekday", "short_weekday", lambda number: number),
    Rule("piece", "date", lambda date: date),
    Rule("piece", "unit:week date", lambda _, date: WeekOf(date)),
    Rule("piece", "unit:week day", lambda _, day: WeekOf(_day(day, None))),
    Rule("piece", "starting date", lambda _, date: WeekOf(date, starting=True)),
    Rule("edge", "piece", lambda piece: piece),
    Rule("edge", "short_weekday", lambda number: Weekday(int(number))),
]

_UNITS = [
    Rule("piece", "relative", lambda words: _unit(*words.split())),
    Rule("piece", "unit", _unit),
    Rule("piece", "before unit", lambda offset, unit: _unit(unit, offset)),
    Rule("piece", "unit after", _unit),
    Rule("piece", "count span_unit ago", lambda count, unit, _: _unit(unit, -int(count))),
    Rule("piece", "ago count span_unit", lambda _, count, unit: _unit(unit, -int(count))),
    Rule("piece", "rolling ago", lambda unit, _: _unit(unit, -1)),
    Rule("count", "number", lambda number: number),
    Rule("count", "number_word", lambda number: number),
    Rule("span_unit", "rolling", lambda unit: unit),
    Rule("span_unit", "suffix", lambda unit: unit),
]

_RANGES = [
    Rule("range", "from? edge to edge", lambda _from, first, _to, last: Range(first, last)),
    Rule("range", "between edge and edge", lambda _, first, _and, last: Range(first, last)),
    Rule(
        "range",
        "from? day to day month year?",
        lambda _from, first, _to, last, month, year: Range(_day(first, month, year), _day(last, month, year)),
    ),
    Rule(
        "range",
        "between day and day month year?",
        lambda _, first, _and, last, month, year: Range(_day(first, month, year), _day(last, month, year)),
    ),
    Rule(
        "range",
        "from? month day to day year?",
        lambda _from, month, first, _to, last, year: Range(_day(first, month, year), _day(last, month, year)),
    ),
    Rule(
        "range",
        "between month day and day year?",
        lambda _, month, first, _and, last, year: Range(_day(first, month, year), _day(last, month, year)),
    ),
    Rule("range", "from day to day", lambda _from, first, _to, last: Range(_day(first, None), _day(last, None))),
    Rule("range", "between day and day", lambda _, first, _and, last: Range(_day(first, None), _day(last, None))),
    Rule(
        "range",
        "from? unit:week =number to number year?",
        lambda _from, _week, first, _to, last, year: Range(
            Named(Grain.WEEK, int(first), year=year), Named(Grain.WEEK, int(last), year=year)
        ),
    ),
]

_PERIODS = [
    Rule("period", "piece", lambda piece: piece),
    Rule("period", "unit range", lambda _, found: found),
    Rule("period", "range", lambda found: found),
    Rule("rolled", "before? count span_unit", _rolling),
    Rule("rolled", "count before span_unit", lambda count, offset, unit: _rolling(offset, count, unit)),
    Rule("rolled", "count span_unit after", lambda count, unit, offset: _rolling(offset, count, unit)),
    Rule("rolled", "these rolled", lambda _, found: found),
    Rule("period", "rolled", lambda found: found),
    Rule("period", "since rolled", lambda _, found: found),
    Rule("period", "since edge", lambda _, start: Since(start)),
    Rule("period", "since day", lambda _, day: Since(_day(day, None))),
    Rule("period", "open_from edge", lambda _, start: From(start)),
]

_CLAUSES = [
    Rule("clause", "kpi", lambda key: Kpi((key,))),
    Rule("clause", "several", lambda keys: Kpi(tuple(keys.split()))),
    Rule("clause", "of_channel value", _of_channel),
    Rule("clause", "value of_channel", lambda value, key: _of_channel(key, value)),
    Rule("clause", "counted", Counted),
    Rule("clause", "by dimension", lambda _, key: By(key)),
    Rule("clause", "per dimension", lambda _, key: By(key)),
    Rule("clause", "by unit", lambda _, unit: Per(Grain(unit))),
    Rule("clause", "per unit", lambda _, unit: Per(Grain(unit))),
    Rule("clause", "each", lambda unit: Per(Grain(unit))),
    Rule("clause", "versus period", lambda _, period: Versus(period)),
    Rule("clause", "versus previous_period", lambda *_: Versus(None)),
    Rule("clause", "versus? same_last_year", lambda *_: SamePeriod(Unit(Grain.YEAR, -1))),
    Rule("clause", "versus? same_period piece", lambda _versus, _same, unit: _same_period(unit)),
    Rule("clause", "period", During),
    Rule("clause", "cohort", lambda _: Flag("cohort")),
    Rule("clause", "trend", lambda _: Flag("trend")),
    Rule("clause", "calendar", lambda _: Flag("calendar")),
    Rule("clause", "filter", Filtered),
    Rule("clause", "mention", Mentioned),
    Rule("clause", "by mention", lambda _, mention: Mentioned(mention)),
    Rule("clause", "value", _channel),
    Rule("clause", "stop", lambda _: Flag("stop")),
]

RULES = _SEVERAL + _NAMED + _DAYS + _UNITS + _RANGES + _PERIODS + _CLAUSES

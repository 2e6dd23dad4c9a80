"""Every word shown, in the reader's language; numbers, dates and durations the way that language writes them."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_interval, format_skeleton, format_time
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

from kpi.errors import KpiError, SettingsError, suggest
from kpi.period import Grain, Period, Span
from kpi.question import Change, Unit

# English without a country: days before months, 24-hour clock, so that no reader has to guess.
LOCALES = {"en": "en_GB", "fr": "fr"}
LANGUAGES = tuple(LOCALES)

MINUTE, HOUR, DAY = 60, 3600, 86400

UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What nobody sees in a name but what it does to the words around it: controls, directions, halves of characters."""

VALUE_SHOWN = 300
"""How much of a word or a reason is repeated to whoever said it."""
SECONDS_MATTER_BELOW = 10 * MINUTE


@cache
def catalog(language: str) -> Mapping[str, str]:
    """Return the sentences of a language by key, as the packaged .po file has them."""
    with files("bot").joinpath("locales", f"{language}.po").open("rb") as file:
        messages = read_po(file, locale=LOCALES[language], abort_invalid=True)
    return {str(message.id): str(message.string) for message in messages if message.id and message.string}


_WHOLE = "#,##0"


def _decimals(digits: int) -> str:
    return f".{'0' * digits}" if digits else ""


class _Words:
    """A list inside a sentence: `{words}` joins it with "or", `{words:and}` with "and"."""

    def __init__(self, words: Collection[object], locale: Locale) -> None:
        self._words = [str(word) for word in words]
        self._locale = locale

    def __format__(self, spec: str) -> str:
        style: Literal["or", "standard"] = "standard" if spec == "and" else "or"
        return format_list(self._words, style=style, locale=self._locale)


def one_line(words: str, longest: int) -> str:
    """Return words that may be anybody's on one line, without what nobody sees, ended by an ellipsis when too long."""
    line = " ".join(UNSEEN.sub(" ", words).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _repeated(value: object) -> object:
    """Return a value as an error repeats it."""
    if isinstance(value, str):
        return one_line(value, VALUE_SHOWN)
    if isinstance(value, list | tuple | set | frozenset):
        return type(value)(map(_repeated, value))
    return value


class Text:
    """The words of one language.

    Args:
        language: `en` or `fr`; anything else raises SettingsError `unknown_language`.
    """

    def __init__(self, language: str) -> None:
        if language not in LOCALES:
            raise SettingsError(
                "unknown_language", word=language, languages=LANGUAGES, suggestions=suggest(language, LANGUAGES)
            )
        self.language = language
        self.locale = Locale.parse(LOCALES[language])
        self._catalog = catalog(language)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence of a key with its values filled in; raises KeyError for a key or a value it lacks."""
        return self._catalog[key].format_map({name: self._value(value) for name, value in values.items()})

    def __contains__(self, key: str) -> bool:
        return key in self._catalog

    def plural(self, key: str, n: int, /, **values: object) -> str:
        """Return the sentence of a key in the form that `n` takes; `{n}` in it is the number."""
        form = "one" if self.locale.plural_form(n) == "one" else "other"
        return self(f"{key}.{form}", n=self.number(n), **values)

    def error(self, error: KpiError) -> str:
        """Return what went wrong and what to do.

        A sentence that mentions a list has a variant `error.<key>.none` for when that list is empty.
        """
        key = f"error.{error.key}"
        nothing = any(isinstance(value, Collection) and len(value) == 0 for value in error.values.values())
        if nothing and f"{key}.none" in self:
            key = f"{key}.none"
        return self(key, **{name: _repeated(value) for name, value in error.values.items()})

    def _value(self, value: object) -> object:
        if isinstance(value, list | tuple | set | frozenset):
            return _Words(sorted(value) if isinstance(value, set | frozenset) else value, self.locale)
        return value

    # --- Numbers -------------------------------------------------------------------------------------------------

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with exactly `digits` decimals."""
        return format_decimal(value, format=_WHOLE + _decimals(digits), locale=self.locale)

    def percent(self, ratio: float, digits: int = 1) -> str:
        """Return a ratio 0–1 as a percentage."""
        pattern: str = self.locale.percent_formats[None].pattern
        return format_percent(ratio, format=pattern.replace(_WHOLE, _WHOLE + _decimals(digits)), locale=self.locale)

    def duration(self, seconds: float, *, days: bool = True) -> str:
        """Return a duration in its two largest units: `45 s`, `9 min 30 s`, `1 h 05 min`, `1 d 2 h`.

        Without `days` hours go on counting: 26 hours of business time are not a day and two hours.
        """
        total = round(abs(seconds))
        if total < SECONDS_MATTER_BELOW:
            return self._units(("minute", total // MINUTE), ("second", total % MINUTE))
        minutes = round(total / MINUTE)
        if minutes * MINUTE < DAY or not days:
            return self._units(("hour", minutes // 60), ("minute", minutes % 60))
        hours = round(total / HOUR)
        return self._units(("day", hours // 24), ("hour", hours % 24))

    def _units(self, large: tuple[str, int], small: tuple[str, int]) -> str:
        parts = []
        if large[1]:
            parts.append(self(f"unit.{large[0]}", n=self.number(large[1])))
        if small[1] or not parts:
            padded = parts and small[0] in {"minute", "second"}
            parts.append(self(f"unit.{small[0]}", n=f"{small[1]:02}" if padded else self.number(small[1])))
        return " ".join(parts)

    def money(self, amount: float, currency: str | None) -> str:
        """Return an amount in its currency, to the cent; where nobody knows the currency, the amount alone."""
        if currency is None:
            return self.number(amount, 2)
        return format_currency(amount, currency, locale=self.locale)

    def band(self, lower: int, upper: int | None, *, days: bool) -> str:
        """Return a band of durations in seconds: `≤ 15 min`, `15 min – 1 h`, `> 24 h`; with `days`, `1 d – 3 d`."""
        if upper is None:
            return f"> {self.duration(lower, days=days)}"
        if lower == 0:
            return f"≤ {self.duration(upper, days=days)}"
        return f"{self.duration(lower, days=days)} – {self.duration(upper, days=days)}"

    def value(self, value: float, unit: Unit, *, business: bool = False, currency: str | None = None) -> str:
        """Return a figure's value as its unit is written; `currency` is that of money."""
        match unit:
            case Unit.COUNT:
                return self.number(value)
            case Unit.RATIO:
                return self.percent(value)
            case Unit.SECONDS:
                return self.duration(value, days=not business)
            case Unit.NUMBER | Unit.SCORE:
                return self.number(value, 1)
            case Unit.MONEY:
                return self.money(value, currency)
            case Unit.NET:
                return self.net(value)

    def target(self, value: float, unit: Unit) -> str:
        """Return what is aimed at, a percentage without decimals where it has none."""
        if unit is Unit.RATIO and round(value * 100, 6).is_integer():
            return self.percent(value, 0)
        return self.value(value, unit)

    def net(self, value: float) -> str:
        """Return a net score with its sign: `+42`, `−8`, `0`."""
        said = self.number(abs(value))
        return said if said == self.number(0) else f"{'+' if value > 0 else '−'}{said}"

    def change(self, change: Change, unit: Unit, *, business: bool = False, currency: str | None = None) -> str:
        """Return a change in words: `up 3.1 points, a clear change`, or `no clear change`."""
        if not change.clear:
            return self("change.unclear")
        amount = self.difference(change.value, unit, business=business, currency=currency)
        return self("change.up" if change.value > 0 else "change.down", amount=amount)

    def difference(self, value: float, unit: Unit, *, business: bool = False, currency: str | None = None) -> str:
        """Return how far two values are apart; ratios and net scores in points."""
        if unit not in {Unit.RATIO, Unit.NET}:
            return self.value(abs(value), unit, business=business, currency=currency)
        points = round(abs(value) * (100 if unit is Unit.RATIO else 1), 1)
        form = "one" if self.locale.plural_form(points) == "one" else "other"
        return self(f"unit.points.{form}", n=self.number(points, 1))

    def join(self, words: Collection[str]) -> str:
        """Return words as a list: `a, b and c`."""
        return format(_Words(words, self.locale), "and")

    # --- Time ----------------------------------------------------------------------------------------------------

    def day(self, day: date) -> str:
        """Return a date: `9 November 2026`."""
        return format_date(day, "long", locale=self.locale)

    def days(self, start: date, end: date) -> str:
        """Return the days `[start, end)`: `9–15 Nov 2026`; a single one with its weekday."""
        last = end - timedelta(days=1)
        if last <= start:
            return format_skeleton("yMMMEd", start, locale=self.locale)
        return format_interval(start, last, "yMMMd", locale=self.locale)

    def period(self, period: Period) -> str:
        """Return a period as people name it: `November 2026`, `Q4 2026`, `week 46 · 9–15 Nov 2026`."""
        skeletons = {Grain.MONTH: "yMMMM", Grain.QUARTER: "yQQQ", Grain.YEAR: "y"}
        if period.grain in skeletons:
            return format_skeleton(skeletons[period.grain], period.start, locale=self.locale)
        days = self.days(period.start, period.end)
        if period.grain is Grain.WEEK and period.start.isoweekday() == 1:
            return self("period.week", number=period.start.isocalendar().week, days=days)
        return days

    def bucket(self, period: Period) -> str:
        """Return a bucket of a trend in at most 20 characters; the year is told where a chart spans several."""
        skeletons = {Grain.MONTH: "yMMM", Grain.QUARTER: "yQQQ", Grain.YEAR: "y"}
        if period.grain in skeletons:
            return format_skeleton(skeletons[period.grain], period.start, locale=self.locale)
        last = period.end - timedelta(days=1)
        if last <= period.start:
            return format_skeleton("MMMd", period.start, locale=self.locale)
        return format_interval(period.start, last, "MMMd", locale=self.locale)

    def clock(self, instant: int, zone: str) -> str:
        """Return the local time of day: `10:26`."""
        return format_time(self._local(instant, zone), "short", locale=self.locale)

    def moment(self, instant: int, zone: str) -> str:
        """Return a local date and time: `24 Nov 2026 10:26`."""
        local = self._local(instant, zone)
        return f"{format_skeleton('yMMMd', local, locale=self.locale)} {self.clock(instant, zone)}"

    def instant(self, instant: int, zone: str) -> str:
        """Return a local date and time with its zone: `24 Nov 2026 10:26 (Europe/Paris)`."""
        return f"{self.moment(instant, zone)} ({zone})"

    def span(self, span: Span, zone: str) -> str:
        """Return the exact range of a span, with its zone."""
        return f"{self.moment(span.start, zone)} – {self.moment(span.end, zone)} ({zone})"

    def _local(self, instant: int, zone: str) -> datetime:
        # Babel would convert an aware datetime to UTC; a naive local one is written as it is.
        return datetime.fromtimestamp(instant, UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)

"""How many tickets a period to come will bring, and how wrong such forecasts were before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median, quantiles

from kpi.errors import QuestionError

WEEKS = 6
BAND_ORIGINS = 9
"""From this many earlier forecasts on there is a band: 80 % of the next errors fall between the extremes of nine."""

_WEEK = 7
_BASIS = WEEKS * _WEEK
_TENTHS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a period will bring, in tickets.

    Attributes:
        value: what has come in so far and what is to be expected of the days left.
        low, high: the 80 % band; None when fewer than nine earlier forecasts can be checked.
        typical_error: the median absolute error of earlier forecasts, as a part of `value`; None without any.
        origins: how many earlier forecasts were checked.
        history_days: how many whole days were known.
        so_far: tickets that the period has brought before the days that are forecast.
        days_ahead: how many days are forecast.
        holidays_ahead: how many of those are holidays.
        holiday_ratio: tickets on earlier holidays ÷ what their weekday would have brought; None when no holiday is
            known yet: then one is expected to be as the quietest day of the week.
    """

    value: float
    low: float | None
    high: float | None
    typical_error: float | None
    origins: int
    history_days: int
    so_far: int
    days_ahead: int
    holidays_ahead: int
    holiday_ratio: float | None


def forecast(daily: Mapping[date, int], start: date, end: date, holidays: Collection[date], as_of: date) -> Forecast:
    """Return the forecast of the days `[start, end)` as it is made on `as_of`, before that day's tickets.

    1. The means of each weekday over the last six weeks, holidays left out, are laid on the days left. A holiday gets
       its weekday's mean times what holidays brought before.
    2. The same forecast, as long and as far ahead, is made at each whole week before that has six weeks of history and
       whose days are all known by now, with only what was known then.
    3. Their errors, as parts of what was forecast, spread the band (tenth and ninetieth percentile at ranks p(n + 1),
       which hold 80 % of the next errors however few there are) and tell the typical error.

    Forecasts of long periods overlap, so their errors resemble each other more than their number suggests.

    Args:
        daily: tickets by local day. The first day is the beginning of history, so it must be there even with 0; later
            days that are missing had none. `as_of` itself may hold what came in today so far, which the forecast never
            falls below.
        start: the first day. What came in before the history is not in `so_far`; the caller knows what is covered.
        end: the day after the last.
        holidays: the days on which the desk has a holiday, of history and to come.
        as_of: the first day that is not known whole.

    Raises:
        QuestionError: `forecast_needs_history` with less than six whole weeks, `forecast_of_past` when every day of
            the period is over.
    """
    if end <= as_of:
        raise QuestionError("forecast_of_past", last=end - timedelta(days=1))
    first = min(daily, default=as_of)
    known = max(0, (as_of - first).days)
    if known < _BASIS:
        raise QuestionError("forecast_needs_history", weeks=known // _WEEK, needed=WEEKS)
    history = _History(
        [daily.get(first + timedelta(days=number), 0) for number in range(known)],
        {(day - first).days for day in holidays},
    )
    ahead = range(max(known, (start - first).days), (end - first).days)
    so_far = sum(history.counts[max(0, (start - first).days) :])
    today = daily.get(as_of, 0) if start <= as_of else 0  # neither the forecast nor its band falls below
    rest = max(history.expected(known, ahead), today)
    errors = history.errors(ahead)
    low, high, error = _band(errors, rest)
    value = so_far + rest
    return Forecast(
        value=value,
        low=None if low is None else so_far + max(low, today),
        high=None if high is None else so_far + max(high, today),
        typical_error=None if error is None else error / max(value, 1),
        origins=len(errors),
        history_days=known,
        so_far=so_far,
        days_ahead=len(ahead),
        holidays_ahead=sum(day in history.holidays for day in ahead),
        holiday_ratio=history.holiday_ratio(known),
    )


def _band(errors: Sequence[float], expected: float) -> tuple[float | None, float | None, float | None]:
    """Return the bounds of the band and the typical error, in tickets, from earlier relative errors."""
    if not errors:
        return None, None, None
    typical = median(map(abs, errors)) * max(expected, 1)
    if len(errors) < BAND_ORIGINS:
        return None, None, typical
    tenths = quantiles(errors, n=_TENTHS, method="exclusive")
    return expected + tenths[0] * max(expected, 1), expected + tenths[-1] * max(expected, 1), typical


class _History:
    """Whole days, numbered from the first; `holidays` may lie before and after them."""

    def __init__(self, counts: Sequence[int], holidays: Collection[int]) -> None:
        self.counts, self.holidays = counts, holidays
        past = sorted(day for day in holidays if _BASIS <= day < len(counts))
        self._past = [(day, counts[day], self._means(day)[day % _WEEK]) for day in past]

    def _means(self, origin: int) -> list[float]:
        """Return the mean of each weekday, beginning with that of the first day, over the six weeks before a day."""
        starts = (origin - _BASIS + (place - origin) % _WEEK for place in range(_WEEK))
        return [fmean(self._ordinary(range(start, origin, _WEEK))) for start in starts]

    def _ordinary(self, days: range) -> list[int]:
        """Return the counts of those days that are no holiday, of all when every one is."""
        return [self.counts[day] for day in days if day not in self.holidays] or [self.counts[day] for day in days]

    def holiday_ratio(self, origin: int) -> float | None:
        """Return what the holidays before a day brought ÷ what their weekday would have; None when it can't be told."""
        before = [(came, usual) for day, came, usual in self._past if day < origin]
        usual = sum(usual for _, usual in before)
        return sum(came for came, _ in before) / usual if usual else None

    def expected(self, origin: int, days: range) -> float:
        """Return how many tickets the days bring, as far as it can be told on the day `origin`."""
        means, ratio = self._means(origin), self.holiday_ratio(origin)
        quietest = min(means)
        total = 0.0
        for day in days:
            mean = means[day % _WEEK]
            if day in self.holidays:
                mean = quietest if ratio is None else ratio * mean
            total += mean
        return total

    def errors(self, ahead: range) -> list[float]:
        """Return by how much the same forecast was wrong at earlier weeks, the latest first, as parts of the forecast.

        A forecast below one ticket counts as one, since nothing is a part of nothing.
        """
        known = len(self.counts)
        found = []
        for back in range(_WEEK, known - _BASIS + 1, _WEEK):
            days = range(ahead.start - back, ahead.stop - back)
            if days.stop <= known:
                foreseen = self.expected(known - back, days)
                found.append((sum(self.counts[days.start : days.stop]) - foreseen) / max(foreseen, 1))
        return found

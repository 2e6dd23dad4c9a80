"""Forecasts over years of days that are made up, so that what should come out is known."""

from datetime import date, timedelta
from random import Random
from statistics import fmean, median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.errors import QuestionError
from kpi.forecast import BAND_ORIGINS, forecast

MONDAY = date(2026, 1, 5)
WEEKDAYS = (50, 40, 30, 30, 20, 4, 2)  # tickets, Monday first
WEEK_TICKETS = sum(WEEKDAYS)


def days(start, count):
    return [start + timedelta(days=number) for number in range(count)]


def steady(weeks, start=MONDAY):
    """Return weeks that are all the same."""
    return {day: WEEKDAYS[day.weekday()] for day in days(start, 7 * weeks)}


def after(weeks, start=MONDAY):
    return start + timedelta(weeks=weeks)


def ask(daily, start, end, as_of, holidays=()):
    return forecast(daily, start, end, holidays, as_of)


def made_up(seed):
    return Random(seed)  # noqa: S311  # days, not secrets


# --- The calendar of what is to come -----------------------------------------------------------------------------


def test_a_steady_desk_is_foreseen_exactly():
    found = ask(steady(30), after(30), after(31), after(30))
    assert (found.value, found.low, found.high, found.typical_error) == (WEEK_TICKETS, WEEK_TICKETS, WEEK_TICKETS, 0)
    assert (found.history_days, found.days_ahead, found.so_far) == (210, 7, 0)


@given(st.integers(6, 20), st.integers(0, 40), st.integers(1, 60), st.integers(0, 6))
def test_each_day_ahead_has_the_mean_of_its_weekday(weeks, lead, length, shift):
    as_of = after(weeks) + timedelta(days=shift)
    daily = {day: WEEKDAYS[day.weekday()] for day in days(MONDAY, (as_of - MONDAY).days)}
    start = as_of + timedelta(days=lead)
    expected = sum(WEEKDAYS[day.weekday()] for day in days(start, length))
    assert ask(daily, start, start + timedelta(days=length), as_of).value == pytest.approx(expected)


def test_a_month_of_five_mondays_brings_more_than_one_of_four():
    as_of = after(12)  # 30 March 2026
    assert (date(2026, 6, 1).weekday(), date(2026, 9, 1).weekday()) == (0, 1)
    june = ask(steady(12), date(2026, 6, 1), date(2026, 7, 1), as_of)  # 30 days, Monday and Tuesday five times
    september = ask(steady(12), date(2026, 9, 1), date(2026, 10, 1), as_of)  # Tuesday and Wednesday five times
    assert june.value - september.value == pytest.approx(WEEKDAYS[0] - WEEKDAYS[2])


def test_only_the_last_six_weeks_make_the_means():
    daily = steady(20) | dict.fromkeys(days(MONDAY, 14 * 7), 1000)
    assert ask(daily, after(20), after(21), after(20)).value == WEEK_TICKETS


def test_the_day_of_asking_is_not_in_the_means():
    daily = steady(10) | {after(10): 1}
    assert ask(daily, after(11), after(12), after(10)).value == WEEK_TICKETS


def test_a_day_without_an_entry_had_no_ticket():
    daily = {day: count for day, count in steady(6).items() if day.weekday() != 5}
    assert ask(daily, after(6), after(7), after(6)).value == WEEK_TICKETS - WEEKDAYS[5]


# --- Holidays ----------------------------------------------------------------------------------------------------


def test_a_holiday_ahead_gets_its_weekdays_mean_times_what_holidays_brought():
    past, ahead = after(8), after(20)  # both Mondays
    daily = steady(20) | {past: 10}  # instead of 50: a fifth
    found = ask(daily, ahead, after(21), after(20), {past, ahead})
    assert found.holiday_ratio == pytest.approx(0.2)
    assert found.value == pytest.approx(WEEK_TICKETS - 50 + 10)
    assert found.holidays_ahead == 1


def test_the_ratio_of_holidays_is_that_of_all_of_them_together():
    friday = after(9) + timedelta(days=4)
    daily = steady(20) | {after(8): 10, friday: 18}  # (10 + 18) ÷ (50 + 20)
    found = ask(daily, after(20), after(21), after(20), {after(8), friday, after(20)})
    assert found.holiday_ratio == pytest.approx(0.4)


def test_holidays_are_not_in_the_means_of_their_weekday():
    daily = steady(10) | {after(9): 0}
    assert ask(daily, after(10), after(11), after(10), {after(9)}).value == WEEK_TICKETS


def test_before_the_first_holiday_one_is_as_the_quietest_day():
    found = ask(steady(10), after(10), after(11), after(10), {after(10)})
    assert (found.value, found.holiday_ratio) == (WEEK_TICKETS - 50 + 2, None)


def test_a_weekday_that_was_a_holiday_six_times_has_the_mean_of_those():
    mondays = {after(week) for week in range(6)}
    daily = steady(6) | dict.fromkeys(mondays, 7)
    assert ask(daily, after(6), after(7), after(6), mondays).value == WEEK_TICKETS - 50 + 7


def test_earlier_forecasts_know_nothing_of_later_holidays():
    daily = steady(7) | {after(6): 25}  # half of what Mondays bring
    found = ask(daily, after(7), after(8), after(7), {after(6), after(7)})
    assert (found.value, found.holiday_ratio, found.origins) == (WEEK_TICKETS - 25, 0.5, 1)
    # A week earlier no holiday was known: 128 were foreseen, with 2 on the holiday, and 151 came.
    assert found.typical_error == pytest.approx((151 - 128) / 128)


# --- How wrong it was --------------------------------------------------------------------------------------------


def slow_mean(daily, origin, weekday, holidays):
    same = [day for day in days(origin - timedelta(days=42), 42) if day.weekday() == weekday]
    return fmean(daily[day] for day in ([day for day in same if day not in holidays] or same))


def slow_forecast(daily, origin, ahead, holidays):
    first = min(daily)
    past = [day for day in holidays if first + timedelta(days=42) <= day < origin]
    usual = sum(slow_mean(daily, day, day.weekday(), holidays) for day in past)
    total = 0
    for day in ahead:
        mean = slow_mean(daily, origin, day.weekday(), holidays)
        if day in holidays:
            quietest = min(slow_mean(daily, origin, weekday, holidays) for weekday in range(7))
            mean = mean * sum(daily[day] for day in past) / usual if usual else quietest
        total += mean
    return total


def slow_errors(daily, as_of, length, lead, holidays):
    """Return the errors of earlier forecasts, written down once more by dates instead of numbers."""
    found, origin = [], as_of - timedelta(days=7)
    while origin - timedelta(days=42) >= min(daily):
        ahead = days(origin + timedelta(days=lead), length)
        if max(ahead) < as_of:
            foreseen = slow_forecast(daily, origin, ahead, holidays)
            found.append((sum(daily[day] for day in ahead) - foreseen) / max(foreseen, 1))
        origin -= timedelta(days=7)
    return found


@given(st.integers(60, 220), st.integers(0, 30), st.integers(1, 40), st.integers(0, 10**6), st.integers(0, 60))
def test_a_forecast_is_what_is_written_down_by_dates(known, lead, length, seed, most):
    chance = made_up(seed)
    daily = {day: chance.randint(0, most) for day in days(MONDAY, known)}
    as_of = MONDAY + timedelta(days=known)
    holidays = {day for day in days(MONDAY - timedelta(days=9), known + 99) if chance.random() < 0.04}
    start = as_of + timedelta(days=lead)
    found = ask(daily, start, start + timedelta(days=length), as_of, holidays)
    value = slow_forecast(daily, as_of, days(start, length), holidays)
    errors = slow_errors(daily, as_of, length, lead, holidays)
    assert found.value == pytest.approx(value)
    assert found.origins == len(errors)
    if errors:
        assert found.typical_error == pytest.approx(median(map(abs, errors)))
    if len(errors) >= BAND_ORIGINS:
        low, high = np.percentile(errors, [10, 90], method="weibull")
        unit = max(value, 1)
        assert (found.low, found.high) == pytest.approx((max(0, value + low * unit), value + high * unit))
    else:
        assert (found.low, found.high) == (None, None)


def test_the_band_holds_about_four_of_five_weeks_that_come():
    chance = made_up(3)
    held = 0
    for _ in range(300):
        daily = {day: round(chance.gauss(40, 8)) for day in days(MONDAY, 7 * 26)}
        found = ask({d: n for d, n in daily.items() if d < after(25)}, after(25), after(26), after(25))
        held += found.low <= sum(daily[day] for day in days(after(25), 7)) <= found.high
    assert 0.74 <= held / 300 <= 0.86


@pytest.mark.parametrize(("weeks", "origins", "band"), [(6, 0, False), (14, 8, False), (15, 9, True)])
def test_below_nine_earlier_forecasts_there_is_no_band(weeks, origins, band):
    chance = made_up(1)
    daily = {day: chance.randint(0, 9) for day in days(MONDAY, 7 * weeks)}
    found = ask(daily, after(weeks), after(weeks + 1), after(weeks))
    assert (found.origins, found.low is not None, found.high is not None) == (origins, band, band)
    assert (found.typical_error is None) == (origins == 0)


def test_a_month_far_ahead_has_fewer_forecasts_to_be_checked_against():
    near, far = (ask(steady(20), after(20 + lead), after(24 + lead), after(20)) for lead in (0, 5))
    assert (near.origins, far.origins) == (11, 6)


def test_a_desk_without_tickets_expects_none():
    found = ask(dict.fromkeys(days(MONDAY, 140), 0), after(20), after(21), after(20))
    assert (found.value, found.low, found.high, found.typical_error) == (0, 0, 0, 0)


def test_the_band_never_falls_below_nothing():
    """A desk that was closed ten weeks ago was forecast wholly wrong for six weeks, and expects nothing now."""
    daily = steady(20) | dict.fromkeys(days(after(20), 70), 0)
    found = ask(daily, after(30), after(31), after(30))
    assert (found.value, found.low) == (0, 0)


# --- A period that is running ------------------------------------------------------------------------------------


def test_what_has_come_in_is_kept_and_only_the_rest_is_forecast():
    as_of = after(20) + timedelta(days=2)  # a Wednesday
    daily = steady(20) | {after(20): 500, after(20) + timedelta(days=1): 1}
    found = ask(daily, after(20), after(21), as_of)
    rest = slow_forecast(daily, as_of, days(as_of, 5), set())
    assert (found.so_far, found.days_ahead, found.value) == (501, 5, pytest.approx(501 + rest))
    assert found.low >= 501


def test_its_typical_error_is_a_part_of_the_whole():
    chance = made_up(2)
    daily = {day: chance.randint(5, 40) for day in days(MONDAY, 7 * 30 + 5)}
    as_of = after(30) + timedelta(days=5)
    found = ask(daily, after(30), after(31), as_of)
    errors = slow_errors(daily, as_of, 2, 0, set())
    rest = slow_forecast(daily, as_of, days(as_of, 2), set())
    assert found.typical_error == pytest.approx(median(map(abs, errors)) * rest / found.value)


def test_it_is_never_less_than_what_has_come_in_today():
    last = after(20) + timedelta(days=6)  # a Sunday, on which 2 are usual
    daily = steady(21) | {last: 30}
    found = ask(daily, after(20), after(21), last)
    assert (found.value, found.low, found.high) == (WEEK_TICKETS - 2 + 30,) * 3


def test_neither_is_its_band():
    """Every week had fewer tickets than the six before, so that the whole band lies below the forecast."""
    daily = {day: 700 - (day - MONDAY).days // 7 * 20 for day in days(MONDAY, 7 * 21)}
    last = after(20) + timedelta(days=6)
    found = ask(daily | {last: 999}, after(20), after(21), last)
    assert (found.low, found.high, found.value) == (found.so_far + 999,) * 3


def test_a_period_that_begins_today_has_what_has_come_in_today():
    assert ask(steady(20) | {after(20): 99}, after(20), after(20) + timedelta(days=1), after(20)).value == 99


def test_of_a_period_that_began_before_the_history_only_what_is_known_is_so_far():
    found = ask(steady(10), MONDAY - timedelta(days=4), after(11), after(10))
    assert found.so_far == 10 * WEEK_TICKETS


# --- What can't be foreseen --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("known", "weeks"), [(0, 0), (1, 0), (7, 1), (41, 5)])
def test_less_than_six_weeks_of_history_are_refused(known, weeks):
    daily = dict.fromkeys(days(MONDAY, known), 5)
    as_of = MONDAY + timedelta(days=known)
    with pytest.raises(QuestionError) as refused:
        ask(daily, as_of, as_of + timedelta(days=7), as_of)
    assert (refused.value.key, refused.value.values) == ("forecast_needs_history", {"weeks": weeks, "needed": 6})


def test_what_is_over_is_not_forecast():
    with pytest.raises(QuestionError) as refused:
        ask(steady(20), after(18), after(19), after(19))
    assert refused.value.key == "forecast_of_past"

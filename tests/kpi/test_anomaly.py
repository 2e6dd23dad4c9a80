"""Control charts over weeks that are made up."""

from math import exp, log, sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.anomaly import WEEKS_USED, Direction, judge_count, judge_duration, judge_ratio

COUNTS = (100, 120, 90, 110, 105, 95, 130, 100, 85, 115, 100, 110)
RATIOS = tuple((yes, 200) for yes in (160, 150, 170, 155, 165, 160, 158, 162, 150, 170, 161, 159))

many_counts = st.lists(st.integers(5, 500), min_size=12, max_size=40).filter(lambda weeks: len(set(weeks[-26:])) > 1)
many_ratios = st.lists(
    st.integers(5, 900).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=12, max_size=40
)


def made_up(seed):
    return Random(seed)  # noqa: S311  # weeks, not secrets


# --- Counts and durations ----------------------------------------------------------------------------------------


@given(many_counts, st.integers(0, 5_000))
def test_the_limits_of_counts_are_those_of_an_individuals_chart_on_logs(weeks, week):
    found = judge_count(weeks, week)
    logs = np.log(np.array(weeks[-WEEKS_USED:]) + 1)
    reach = 2.66 * np.abs(np.diff(logs)).mean()
    assert found.expected == pytest.approx(np.exp(logs.mean()) - 1)
    limits = max(0, np.exp(logs.mean() - reach) - 1), np.exp(logs.mean() + reach) - 1
    assert (found.low, found.high) == pytest.approx(limits, rel=2e-3, abs=1e-2)  # 2.66 is 3 ÷ 1.128 rounded
    assert found.weeks == len(logs)


@pytest.mark.parametrize(
    ("week", "direction"), [(105, None), (75, None), (140, None), (30, Direction.BELOW), (300, Direction.ABOVE)]
)
def test_a_week_out_of_the_limits_is_an_anomaly(week, direction):
    found = judge_count(COUNTS, week)
    assert (found.value, found.direction, found.is_anomaly) == (week, direction, direction is not None)


def test_a_week_on_a_limit_is_ordinary():
    found = judge_duration(COUNTS, judge_count(COUNTS, 0).high)
    assert (found.value, found.is_anomaly) == (found.high, False)


def test_the_judged_week_does_not_move_its_own_limits():
    ordinary, extreme = judge_count(COUNTS, 100), judge_count(COUNTS, 100_000)
    assert (ordinary.low, ordinary.high) == (extreme.low, extreme.high)


def test_half_and_twice_the_usual_are_as_far_off():
    weeks = [1_000, 1_250] * 8
    middle = sqrt(1_001 * 1_251) - 1
    half, double = (judge_duration(weeks, middle * factor) for factor in (0.5, 2))
    assert (half.direction, double.direction) == (Direction.BELOW, Direction.ABOVE)
    assert (half.low + 1) * (half.high + 1) == pytest.approx((half.expected + 1) ** 2)


def test_a_week_without_tickets_is_far_below():
    assert judge_count(COUNTS, 0).direction is Direction.BELOW


def test_weeks_without_tickets_can_be_in_the_baseline():
    found = judge_count((0, *COUNTS), 100)
    assert found.weeks == 13
    assert found.low < judge_count(COUNTS, 100).low


def test_only_the_last_half_year_counts():
    assert judge_count((*[9] * 50, *COUNTS, *COUNTS, 90, 100), 100) == judge_count((*COUNTS, *COUNTS, 90, 100), 100)


@pytest.mark.parametrize("judge", [judge_count, judge_duration])
def test_below_twelve_weeks_nothing_is_an_anomaly(judge):
    assert judge(COUNTS[:11], 10**6) is None
    assert judge((), 10**6) is None


def test_a_handful_of_tickets_a_week_is_no_chart():
    few = [4, 5] * 6
    assert judge_count(few, 40) is None
    assert judge_count([*few[:-1], 11], 40) is not None, "five a week on average"


def test_weeks_that_are_all_the_same_do_not_tell_what_is_unusual():
    assert judge_count([50] * 20, 51) is None
    assert judge_duration([3_600.5] * 20, 3_601) is None


def test_weeks_without_a_duration_are_passed_over():
    gaps = [seconds for week in COUNTS for seconds in (week, None)]
    assert judge_duration(gaps, 99) == judge_duration(COUNTS, 99)
    assert judge_duration(gaps[:-2], 99) is None
    assert judge_duration(COUNTS, None) is None


def test_a_duration_of_no_seconds_can_be_judged():
    assert judge_duration([0, 1] * 10, 0).direction is None


# --- Ratios ------------------------------------------------------------------------------------------------------


@given(many_ratios, st.integers(5, 2_000))
def test_the_limits_of_ratios_are_laneys(weeks, n):
    found = judge_ratio(weeks, (n // 2, n))
    used = np.array(weeks[-WEEKS_USED:], dtype=float)
    middle = used[:, 0].sum() / used[:, 1].sum()
    sigmas = np.sqrt(middle * (1 - middle) / used[:, 1])
    with np.errstate(all="ignore"):
        excess = np.abs(np.diff((used[:, 0] / used[:, 1] - middle) / sigmas)).mean() / 1.128
    if not excess > 0:
        assert found is None
        return
    reach = 3 * np.sqrt(middle * (1 - middle) / n) * excess
    assert (found.expected, found.weeks) == (pytest.approx(middle), len(used))
    assert (found.low, found.high) == pytest.approx((max(0, middle - reach), min(1, middle + reach)))
    assert found.value == (n // 2) / n


def test_a_large_week_has_narrower_limits_than_a_small_one():
    large, small = judge_ratio(RATIOS, (1_400, 2_000)), judge_ratio(RATIOS, (14, 20))
    assert (large.direction, small.direction) == (Direction.BELOW, None), "70 % both"


def test_weeks_that_vary_more_than_chance_have_wider_limits():
    chance = made_up(5)
    calm = [(sum(chance.random() < 0.5 for _ in range(1_000)), 1_000) for _ in range(26)]
    moody = [(yes + 150 * (-1) ** number, n) for number, (yes, n) in enumerate(calm)]
    by_chance = 3 * sqrt(0.25 / 1_000)
    assert judge_ratio(calm, (500, 1_000)).high - 0.5 == pytest.approx(by_chance, rel=0.35)
    assert judge_ratio(moody, (500, 1_000)).high - 0.5 > 4 * by_chance


def test_weeks_too_small_for_a_ratio_are_passed_over():
    assert judge_ratio((*RATIOS, (0, 4), (0, 0)), (150, 200)) == judge_ratio(RATIOS, (150, 200))
    assert judge_ratio(RATIOS, (0, 4)) is None
    assert judge_ratio(RATIOS, (3, 5)).weeks == 12
    assert judge_ratio((*RATIOS, (4, 5)), (150, 200)).weeks == 13
    assert judge_ratio((*RATIOS[:11], (0, 4)), (0, 200)) is None


@pytest.mark.parametrize("weeks", [[(0, 50)] * 20, [(50, 50)] * 20, [(n // 3, n) for n in (30, 60, 90, 120) * 5]])
def test_ratios_that_are_all_the_same_do_not_tell_what_is_unusual(weeks):
    assert judge_ratio(weeks, (7, 50)) is None


def test_the_limits_of_a_ratio_stay_between_nothing_and_everything():
    found = judge_ratio([(9, 10), (4, 10)] * 8, (5, 10))
    assert (found.low, found.high) == (0, 1)


# --- How often it is wrong ---------------------------------------------------------------------------------------


def test_ordinary_weeks_are_seldom_called_anomalies():
    chance = made_up(8)
    weeks = [exp(log(300) + chance.gauss(0, 0.1)) for _ in range(1_026)]
    alarms = sum(judge_duration(weeks[at - 26 : at], weeks[at]).is_anomaly for at in range(26, len(weeks)))
    assert alarms <= 15, "one in a hundred weeks at most, with some luck either way"

"""Intervals of counts, quotients, net scores and means against scipy and statsmodels.

Those of ratios, medians and differences of ratios are held to their oracles beside the measures that show them.
"""

from math import isfinite, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import t
from statsmodels.stats.rates import confint_poisson, confint_poisson_2indep
from statsmodels.stats.weightstats import DescrStatsW

from kpi.intervals import NET_PLAIN_FROM, Z, difference, mean, net, poisson, quotient, student, wilson

ratings = st.tuples(*[st.integers(0, 400)] * 3).filter(any)
few_ratings = st.tuples(*[st.integers(0, (NET_PLAIN_FROM - 1) // 3)] * 3).filter(any)
values = st.lists(st.integers(0, 3_000_000), min_size=6, max_size=60)


def sums(numbers: list[float]) -> tuple[int, float, float]:
    return len(numbers), sum(numbers), sum(number * number for number in numbers)


# --- Counts and quotients ----------------------------------------------------------------------------------------


@given(st.integers(0, 10**7))
def test_intervals_of_counts_are_those_of_statsmodels(count):
    assert poisson(count) == pytest.approx(confint_poisson(count, 1, method="score"), rel=1e-9, abs=1e-9)


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_intervals_of_quotients_are_the_score_intervals_of_statsmodels(count, other):
    theirs = confint_poisson_2indep(count, 1, other, 1, method="score", compare="ratio")
    assert quotient(count, other) == pytest.approx(theirs, rel=1e-6, abs=1e-8)  # statsmodels searches for the bounds


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_quotient_lies_in_its_interval_and_its_odds_are_wilsons(count, other):
    low, high = quotient(count, other)
    assert 0 <= low <= count / other * (1 + 1e-12)
    assert count / other <= high * (1 + 1e-12)
    assert (low / (1 + low), high / (1 + high)) == pytest.approx(wilson(count, count + other))


@pytest.mark.parametrize("count", [0, 1, 50])
def test_divided_by_nothing_there_is_no_quotient(count):
    assert quotient(count, 0) is None


# --- Net scores --------------------------------------------------------------------------------------------------


@given(ratings)
def test_a_net_score_lies_in_its_interval_and_that_in_the_scale(answers):
    promoters, _, detractors = answers
    low, high = net(*answers)
    assert -100 <= low <= 100 * (promoters - detractors) / sum(answers) <= high <= 100
    assert low < high


@given(ratings.filter(lambda answers: sum(answers) >= NET_PLAIN_FROM and sum(map(bool, answers)) > 1))
def test_from_fifty_answers_on_it_is_the_normal_interval_of_plus_zero_and_minus_one(answers):
    promoters, passives, detractors = answers
    scores = np.repeat([1.0, 0.0, -1.0], [promoters, passives, detractors])
    half = Z * scores.std() / sqrt(len(scores))
    expected = 100 * (scores.mean() - half), 100 * (scores.mean() + half)
    assert net(*answers) == pytest.approx(np.clip(expected, -100, 100), abs=1e-6)


@given(few_ratings)
def test_below_fifty_answers_three_are_added_to_the_interval_alone(answers):
    promoters, passives, detractors = answers
    scores, weights = [1, 0, -1], [promoters + 0.75, passives + 1.5, detractors + 0.75]
    described = DescrStatsW(scores, weights)
    half = Z * described.std / sqrt(sum(weights))
    score = (promoters - detractors) / sum(answers)
    low, high = min(described.mean - half, score), max(described.mean + half, score)
    assert net(*answers) == pytest.approx((100 * max(low, -1), 100 * min(high, 1)))


@pytest.mark.parametrize("answers", [(60, 0, 0), (0, 60, 0), (0, 0, 60)])
def test_sixty_equal_answers_do_not_make_a_net_score_certain(answers):
    low, high = net(*answers)
    assert 5 < high - low < 12


def test_a_net_score_and_its_mirror_have_mirrored_intervals():
    low, high = net(30, 20, 9)
    assert net(9, 20, 30) == pytest.approx((-high, -low))


def test_no_answers_have_no_net_score():
    assert net(0, 0, 0) is None


# --- Means -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("freedom", [*range(1, 400), 1_000, 12_345, 10**7])
def test_students_quantiles_are_those_of_scipy(freedom):
    assert student(freedom) == pytest.approx(t.ppf(0.975, freedom), abs=1e-9)


@given(values)
def test_intervals_of_means_are_those_of_statsmodels(seconds):
    assume(len(set(seconds)) > 1)
    assert mean(*sums(seconds)) == pytest.approx(DescrStatsW(seconds).tconfint_mean(), rel=1e-6, abs=1e-6)


@given(st.lists(st.integers(1, 5), min_size=6, max_size=60).filter(lambda scores: len(set(scores)) > 1))
def test_the_interval_of_a_score_stays_on_its_scale(scores):
    low, high = DescrStatsW(scores).tconfint_mean()
    assert mean(*sums(scores), scale=(1, 5)) == pytest.approx((max(low, 1), min(high, 5)))


@pytest.mark.parametrize("n", range(6))
def test_below_six_values_a_mean_has_no_interval(n):
    assert mean(*sums(list(range(n)))) is None


@pytest.mark.parametrize("value", [0, 5, 0.1, 1 / 3, 86_399.7])
@pytest.mark.parametrize("n", [6, 10, 999])
def test_equal_values_do_not_tell_how_much_they_vary(value, n):
    assert mean(*sums([value] * n)) is None


# --- Differences -------------------------------------------------------------------------------------------------


@given(values, values)
def test_the_difference_of_two_means_is_as_wide_as_its_standard_error_and_their_quantiles_ask_for(one, other):
    assume(min(len(set(one)), len(set(other))) > 1)
    low, high = difference(sum(one) / len(one), mean(*sums(one)), sum(other) / len(other), mean(*sums(other)))
    error = DescrStatsW(one).get_compare(other).std_meandiff_separatevar
    narrow, wide = sorted((t.ppf(0.975, len(one) - 1), t.ppf(0.975, len(other) - 1)))
    assert 2 * narrow * error * (1 - 1e-9) <= high - low <= 2 * wide * error * (1 + 1e-9)


def test_every_bound_is_a_finite_number():
    found = [*poisson(0), *quotient(0, 1), *quotient(10**9, 1), *net(0, 0, 1), *mean(6, 15, 55)]
    assert all(map(isfinite, found))

"""Measures and intervals against published vectors and against scipy and statsmodels."""

from statistics import NormalDist

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from kpi.durations import Duration
from kpi.intervals import difference, median_ranks, poisson, wilson
from kpi.measures import Count, Ratio, measured
from kpi.question import Figure, Sample
from kpi.rows import Framed

fractions = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def frame(**columns: list[int | None]) -> nw.LazyFrame:
    return nw.from_native(pd.DataFrame({name: pd.array(found, "Int64") for name, found in columns.items()})).lazy()


# --- Intervals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("successes", "n", "expected"),
    [(9, 10, (0.5958, 0.9821)), (0, 5, (0, 0.4345)), (17, 26, (0.4622, 0.8059)), (1, 1, (0.2065, 1))],
)
def test_wilson_intervals_are_the_published_ones(successes, n, expected):
    assert wilson(successes, n) == pytest.approx(expected, abs=5e-5)


@given(fractions)
def test_wilson_intervals_are_those_of_statsmodels(fraction):
    assert wilson(*fraction) == pytest.approx(proportion_confint(*fraction, method="wilson"), abs=1e-12)


def test_no_rows_have_no_interval():
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("n", "ranks"), [(6, (1, 6)), (10, (2, 9)), (20, (6, 15)), (50, (18, 33)), (100, (40, 61))])
def test_the_ranks_around_a_median_are_the_published_ones(n, ranks):
    assert median_ranks(n) == ranks


@pytest.mark.parametrize("n", range(6))
def test_below_six_rows_a_median_has_no_interval(n):
    assert median_ranks(n) is None


@pytest.mark.parametrize("n", [*range(6, 300), 9_999, 1_000_000, 3_333_333])
def test_the_ranks_around_a_median_are_those_of_the_binomial_distribution(n):
    low, high = median_ranks(n)
    assert binom.cdf(low - 1, n, 0.5) <= 0.025 < binom.cdf(low, n, 0.5)
    assert low + high == n + 1


@given(fractions, fractions)
def test_differences_of_ratios_are_newcombes(one, other):
    ratios = [successes / n for successes, n in (one, other)]
    ours = difference(ratios[0], wilson(*one), ratios[1], wilson(*other))
    theirs = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff")
    assert ours == pytest.approx(theirs, abs=1e-9)


def test_the_interval_of_a_count_bounds_the_expectations_it_is_no_outlier_of():
    z = NormalDist().inv_cdf(0.975)
    for count in (1, 10, 400):
        for bound in poisson(count):
            assert abs(count - bound) / bound**0.5 == pytest.approx(z), "the score of the count under either bound"
    assert poisson(0) == pytest.approx((0, z * z))


def figures(measure, rows, keys, *, calendar=False):
    return measured(measure, Framed(rows.with_columns(counted=nw.lit(1))), keys, calendar=calendar)


# --- Measures ----------------------------------------------------------------------------------------------------

DURATION = Duration(business="business", calendar="calendar")


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=80))
def test_percentiles_are_numpys_type_7(seconds):
    figure = figures(DURATION, frame(business=[None] * len(seconds), calendar=seconds), (), calendar=False)[()]
    expected = np.percentile(np.array(seconds, dtype=float), [50, 90], method="linear")
    assert (figure.median, figure.p90) == pytest.approx(tuple(expected), rel=1e-12, abs=1e-6)
    assert figure.mean == pytest.approx(sum(seconds) / len(seconds))
    ranks = median_ranks(len(seconds))
    ordered = sorted(seconds)
    assert figure.interval == ((ordered[ranks[0] - 1], ordered[ranks[1] - 1]) if ranks else None)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), max_size=40))
def test_a_group_is_measured_as_if_it_were_alone(rows):
    every = frame(group=[group for group, _ in rows], yes=[yes for _, yes in rows])
    measure = Ratio(numerator=nw.col("yes") == 1)
    together = figures(measure, every, ["group"])
    alone = {
        (group,): figures(measure, every.filter(nw.col("group") == group), ())[()]
        for group in {group for group, _ in rows}
    }
    assert together == alone


def test_a_condition_that_cannot_be_told_does_not_hold():
    measure = Ratio(numerator=nw.col("yes") == 1)
    assert figures(measure, frame(yes=[1, None, 0]), ())[()].numerator == 1


def test_figures_are_plain_python_numbers():
    figure = figures(DURATION, frame(business=[1, None], calendar=[5, 7]), (), calendar=False)[()]
    assert [type(number) for number in (figure.value, figure.p90, figure.mean, figure.n)] == [float, float, float, int]
    figure = figures(Count(), frame(a=[1]), ())[()]
    assert (type(figure.value), type(figure.n)) == (int, int)


def test_groups_of_no_rows_are_missing():
    nothing = frame(business=[], calendar=[])
    assert figures(DURATION, nothing, (), calendar=False) == {}
    assert figures(Count(), nothing, ()) == {}
    assert figures(DURATION, nothing, ["business"], calendar=True) == {}


@pytest.mark.parametrize(
    ("n", "sample", "p90_reliable"),
    [
        (1, Sample.COUNTS_ONLY, False),
        (4, Sample.COUNTS_ONLY, False),
        (5, Sample.SMALL, False),
        (29, Sample.SMALL, False),
        (30, Sample.ENOUGH, False),
        (44, Sample.ENOUGH, False),
        (45, Sample.ENOUGH, True),
    ],
)
def test_the_size_of_a_sample_decides_how_it_may_be_shown(n, sample, p90_reliable):
    duration = Figure(value=60.0, n=n, median=60.0, p90=60.0, mean=60.0)
    ratio = Figure(value=1.0, n=n, numerator=n, denominator=n)
    assert (duration.sample, ratio.sample, duration.p90_reliable) == (sample, sample, p90_reliable)


def test_a_count_is_no_sample():
    assert Figure(value=2, n=2).sample is Sample.ENOUGH
    assert Figure(value=0, n=0).sample is Sample.ENOUGH
    assert Figure(value=None, n=0).sample is Sample.NOTHING

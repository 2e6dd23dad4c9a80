"""Difference in differences, with intervals drawn from the agents."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.training import training_effect

agents = st.lists(st.tuples(st.integers(-1_000, 1_000), st.integers(-1_000, 1_000)), min_size=2, max_size=8)


def changed(by, start=50.0):
    return [(start, start + change) for change in by]


def made_up(seed):
    return Random(seed)  # noqa: S311  # agents, not secrets


@given(agents, agents)
def test_the_effect_is_the_difference_of_the_mean_changes_and_lies_in_its_interval(trained, untrained):
    found = training_effect(trained, untrained)
    means = [sum(after - before for before, after in group) / len(group) for group in (trained, untrained)]
    assert found.value == pytest.approx(means[0] - means[1], abs=1e-9)
    assert found.interval[0] - 1e-9 <= found.value <= found.interval[1] + 1e-9
    assert (found.trained, found.untrained, found.indicative) == (len(trained), len(untrained), False)


def test_what_changed_for_everybody_is_no_effect_of_the_training():
    assert training_effect(changed([5] * 4), changed([5] * 6)).value == 0


def test_the_same_question_has_the_same_answer():
    chance = made_up(1)
    groups = [changed([chance.gauss(0, 9) for _ in range(12)]) for _ in range(2)]
    assert training_effect(*groups) == training_effect(*groups)


def test_agents_who_all_changed_alike_leave_no_doubt():
    assert training_effect(changed([9, 9, 9]), changed([4, 4])).interval == (5, 5)


def test_the_interval_of_many_agents_is_that_of_their_standard_errors():
    chance = made_up(2)
    trained, untrained = ([chance.gauss(mean, 10) for _ in range(n)] for mean, n in ((15, 300), (0, 30)))
    low, high = training_effect(changed(trained), changed(untrained)).interval
    assert high - low == pytest.approx(2 * 1.96 * (10**2 / 300 + 10**2 / 30) ** 0.5, rel=0.25)
    assert low > 0


def test_the_interval_holds_the_true_effect_most_times():
    chance = made_up(4)
    held = 0
    for _ in range(60):
        trained, untrained = ([chance.gauss(mean, 5) for _ in range(15)] for mean in (3, 0))
        low, high = training_effect(changed(trained), changed(untrained)).interval
        held += low <= 3 <= high
    assert held >= 50


def test_without_anybody_to_compare_with_the_change_is_indicative():
    found = training_effect(changed([2, 4, 9]), [])
    assert (found.value, found.interval, found.indicative, found.untrained) == (5, None, True, 0)


@pytest.mark.parametrize(("trained", "untrained"), [([3], [1, 2, 3]), ([1, 2, 3], [3]), ([1], [1])])
def test_one_agent_tells_nothing_of_how_agents_vary(trained, untrained):
    found = training_effect(changed(trained), changed(untrained))
    assert (found.interval, found.indicative) == (None, False)


def test_without_a_trained_agent_there_is_no_effect():
    assert training_effect([], changed([1, 2])) is None

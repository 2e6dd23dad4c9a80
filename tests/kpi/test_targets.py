"""Targets, what is attained of them, and the efficiency index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.targets import EFFICIENCY_WEIGHTS, Component, Standing, Targets, attainment, efficiency_index, standing

numbers = st.floats(-1e6, 1e6)


def component(kpi, value, target, *, weight=None, higher_is_better=True):
    return Component(
        kpi=kpi,
        weight=EFFICIENCY_WEIGHTS[kpi] if weight is None else weight,
        value=value,
        target=target,
        higher_is_better=higher_is_better,
    )


# --- Which target ------------------------------------------------------------------------------------------------

TARGETS = Targets(general={"fcr": 0.7, "csat": 0.8}, teams={"billing": {"fcr": 0.6, "frt": 3_600}})


@pytest.mark.parametrize(
    ("kpi", "team", "target"),
    [
        ("fcr", None, 0.7),
        ("fcr", "billing", 0.6),
        ("fcr", "support", 0.7),
        ("csat", "billing", 0.8),
        ("frt", "billing", 3_600),
        ("frt", None, None),
        ("frt", "support", None),
    ],
)
def test_a_teams_own_target_comes_before_the_one_for_all(kpi, team, target):
    assert TARGETS.of_team([team]).get(kpi) == target


def test_a_target_of_nothing_is_a_target():
    targets = Targets(general={"overdue": 5}, teams={"billing": {"overdue": 0}})
    assert targets.of_team(["billing"])["overdue"] == 0


def test_without_settings_there_is_no_target():
    assert Targets().of_team(["billing"]) == {}


# --- Reached or missed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "interval", "higher", "lower"),
    [
        (0.90, (0.85, 0.95), Standing.REACHED, Standing.MISSED),
        (0.82, (0.75, 0.88), Standing.REACHED_CLOSE, Standing.MISSED_CLOSE),
        (0.80, (0.75, 0.85), Standing.REACHED_CLOSE, Standing.REACHED_CLOSE),
        (0.78, (0.70, 0.84), Standing.MISSED_CLOSE, Standing.REACHED_CLOSE),
        (0.70, (0.60, 0.79), Standing.MISSED, Standing.REACHED),
        (0.90, None, Standing.REACHED_CLOSE, Standing.MISSED_CLOSE),
        (0.70, None, Standing.MISSED_CLOSE, Standing.REACHED_CLOSE),
        (0.80, (0.80, 0.80), Standing.REACHED, Standing.REACHED),
        (0.90, (0.80, 0.95), Standing.REACHED, Standing.MISSED_CLOSE),
    ],
)
def test_a_figure_reaches_its_target_clearly_or_closely(value, interval, higher, lower):
    assert standing(value, 0.80, interval, higher_is_better=True) is higher
    assert standing(value, 0.80, interval, higher_is_better=False) is lower


# --- How much is attained ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "target", "higher", "lower"),
    [
        (0.35, 0.70, 0.5, 1),
        (0.70, 0.70, 1, 1),
        (0.90, 0.70, 1, 0.70 / 0.90),
        (7_200, 3_600, 1, 0.5),
        (0, 3_600, 0, 1),
        (0, 0, 1, 1),
        (5, 0, 1, 0),
        (-10, 20, 0, 1),  # a net score can be below zero
        (-10, -20, 1, 0),
        (-30, -20, 0, 1),
    ],
)
def test_what_is_attained_of_a_target(value, target, higher, lower):
    assert attainment(value, target, higher_is_better=True) == pytest.approx(higher)
    assert attainment(value, target, higher_is_better=False) == pytest.approx(lower)


@given(numbers, numbers, st.booleans())
def test_nothing_to_all_is_attained_and_all_of_it_only_when_reached(value, target, higher):
    attained = attainment(value, target, higher_is_better=higher)
    reached = value >= target if higher else value <= target
    assert 0 <= attained <= 1
    assert not reached or attained == 1


@given(numbers, st.floats(0, 1e6), numbers, st.booleans())
def test_a_better_figure_never_attains_less(value, more, target, higher):
    better = value + more if higher else value - more
    assert attainment(better, target, higher_is_better=higher) >= attainment(value, target, higher_is_better=higher)


# --- The efficiency index ----------------------------------------------------------------------------------------


def full(**missing):
    values = {"frt_sla": 0.9, "csat": 0.4, "fcr": 0.7, "resolution_time": 200.0, "backlog_age": 100.0} | missing
    aims = {"frt_sla": 0.9, "csat": 0.8, "fcr": 0.7, "resolution_time": 100.0, "backlog_age": 100.0}
    return tuple(
        component(kpi, values[kpi], aims[kpi], higher_is_better=kpi not in {"resolution_time", "backlog_age"})
        for kpi in EFFICIENCY_WEIGHTS
    )


def test_the_index_is_the_weighted_mean_of_what_is_attained():
    found = efficiency_index(full())
    # SLA 25 · 1 + CSAT 25 · ½ + FCR 20 · 1 + resolution time 15 · ½ + age 15 · 1
    assert found.value == pytest.approx((25 + 12.5 + 20 + 7.5 + 15) / 100)
    assert found.missing == 0


@pytest.mark.parametrize(
    ("missing", "part", "value"),
    [
        ({"csat": None}, 0.25, (25 + 20 + 7.5 + 15) / 75),
        ({"resolution_time": None, "backlog_age": None}, 0.30, (25 + 12.5 + 20) / 70),  # exactly 30 %
        ({"fcr": None, "backlog_age": None}, 0.35, None),
        (dict.fromkeys(EFFICIENCY_WEIGHTS), 1, None),
    ],
)
def test_what_has_no_data_drops_out_up_to_thirty_percent_of_the_weight(missing, part, value):
    found = efficiency_index(full(**missing))
    assert found.missing == pytest.approx(part)
    assert found.value == (None if value is None else pytest.approx(value))


@given(st.sets(st.sampled_from(sorted(EFFICIENCY_WEIGHTS))))
def test_the_components_are_always_told(gone):
    parts = full(**dict.fromkeys(gone))
    found = efficiency_index(parts)
    assert found.components == parts
    assert {part.kpi for part in found.components if part.attainment is None} == gone


def test_a_component_without_a_target_drops_out_like_one_without_data():
    parts = (component("fcr", 0.7, 0.7, weight=80), component("csat", 0.9, None, weight=20))
    found = efficiency_index(parts)
    assert (found.value, found.missing) == (1, pytest.approx(0.2))


@given(st.lists(st.tuples(st.floats(0.1, 99), st.floats(0, 1)), min_size=1, max_size=8), st.floats(0.01, 100))
def test_only_the_proportions_of_the_weights_count(parts, factor):
    indexes = [
        efficiency_index(tuple(component("fcr", value, 1, weight=weight * scale) for weight, value in parts)).value
        for scale in (1, factor)
    ]
    assert indexes[0] == pytest.approx(indexes[1])
    assert -1e-9 <= indexes[0] <= 1 + 1e-9


@pytest.mark.parametrize("parts", [(), (component("fcr", 0.7, 0.7, weight=0),)])
def test_of_no_weight_there_is_no_index(parts):
    assert efficiency_index(parts).value is None


def test_the_usual_weights_make_a_hundred():
    assert sum(EFFICIENCY_WEIGHTS.values()) == 100

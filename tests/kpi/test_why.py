"""Rate and mix effects add up to the change, exactly."""

from fractions import Fraction
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.why import why_count, why_quotient

keys = st.sampled_from(["mail", "phone", "chat", "web", None])
shares = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, 10 * n), st.just(n)))
groups = st.dictionaries(keys, shares, min_size=1)
odd_groups = st.dictionaries(keys, st.tuples(st.integers(-1_000, 1_000), st.integers(0, 1_000)))


def whole(parts):
    size = sum(denominator for _, denominator in parts.values())
    return sum(numerator for numerator, _ in parts.values()) / size if size else None


def fractions(parts):
    return {key: tuple(map(Fraction, share)) for key, share in parts.items()}


@given(odd_groups, odd_groups)
def test_the_effects_sum_to_the_change_to_the_last_digit(before, after):
    before, after = fractions(before), fractions(after)
    effects = why_quotient(before, after)
    if whole(before) is None or whole(after) is None:
        assert effects == ()
        return
    assert sum(effect.total for effect in effects) == whole(after) - whole(before)
    assert all(effect.total == effect.rate + effect.mix for effect in effects)
    assert {effect.key for effect in effects} == before.keys() | after.keys()


@given(groups, groups)
def test_in_floating_point_they_sum_to_it_to_twelve_digits(before, after):
    effects = why_quotient(before, after)
    change = whole(after) - whole(before)
    size = max(whole(before), whole(after), 1)
    assert fsum(effect.total for effect in effects) == pytest.approx(change, abs=1e-12 * size)
    assert fsum(part for effect in effects for part in (effect.rate, effect.mix)) == pytest.approx(
        change, abs=1e-12 * size
    )


@given(groups, groups)
def test_each_effect_is_its_formula(before, after):
    before, after = fractions(before), fractions(after)
    middle = (whole(before) + whole(after)) / 2
    sizes = [sum(n for _, n in parts.values()) for parts in (before, after)]
    for effect in why_quotient(before, after):
        w0, w1 = (parts.get(effect.key, (0, 0))[1] / n for parts, n in zip((before, after), sizes, strict=True))
        r0 = effect.before if effect.before is not None else effect.after
        r1 = effect.after if effect.after is not None else effect.before
        assert effect.rate == (w0 + w1) / 2 * (r1 - r0)
        assert effect.mix == (w1 - w0) * ((r0 + r1) / 2 - middle)


@given(groups, groups)
def test_seen_from_the_other_side_every_effect_is_its_opposite(before, after):
    forth, back = (
        {effect.key: (effect.rate, effect.mix) for effect in why_quotient(*periods)}
        for periods in ((fractions(before), fractions(after)), (fractions(after), fractions(before)))
    )
    assert forth == {key: (-rate, -mix) for key, (rate, mix) in back.items()}


@given(groups, groups)
def test_the_largest_come_first(before, after):
    for effects in (
        why_quotient(before, after),
        why_count({key: n for key, (_, n) in before.items()}, {key: n for key, (_, n) in after.items()}),
    ):
        sizes = [abs(effect.total) for effect in effects]
        assert sizes == sorted(sizes, reverse=True)


@given(groups, st.integers(2, 50))
def test_when_every_group_only_grows_alike_nothing_has_an_effect(before, factor):
    grown = {key: (numerator * factor, n * factor) for key, (numerator, n) in fractions(before).items()}
    assert {(effect.rate, effect.mix) for effect in why_quotient(fractions(before), grown)} == {(0, 0)}


def test_a_group_of_one_period_only_has_a_mix_effect_only():
    effects = {e.key: e for e in why_quotient({"mail": (50, 100)}, {"mail": (50, 100), "chat": (90, 100)})}
    assert (effects["chat"].before, effects["chat"].after, effects["chat"].rate) == (None, 0.9, pytest.approx(0))
    assert effects["chat"].mix > 0, "more of what is better than the whole"
    assert effects["mail"].rate == pytest.approx(0)
    assert effects["mail"].mix > 0, "less of what is worse"


def test_a_group_that_solves_what_it_did_not_receive_has_a_rate_effect_only():
    before, after = {"first": (10, 20), "second": (0, 0)}, {"first": (10, 20), "second": (6, 0)}
    effects = {effect.key: effect for effect in why_quotient(fractions(before), fractions(after))}
    assert (effects["second"].rate, effects["second"].mix) == (Fraction(6, 20), 0)
    assert (effects["second"].before, effects["second"].after) == (None, None)


@pytest.mark.parametrize("nothing", [{}, {"mail": (0, 0)}])
def test_from_or_to_no_figure_there_is_no_change(nothing):
    assert why_quotient(nothing, {"mail": (1, 2)}) == why_quotient({"mail": (1, 2)}, nothing) == ()


@given(st.dictionaries(keys, st.integers(0, 10**6)), st.dictionaries(keys, st.integers(0, 10**6)))
def test_of_counts_the_effects_are_plain_differences(before, after):
    effects = why_count(before, after)
    assert sum(effect.total for effect in effects) == sum(after.values()) - sum(before.values())
    for effect in effects:
        assert (effect.before, effect.after) == (before.get(effect.key, 0), after.get(effect.key, 0))
        assert (effect.rate, effect.mix) == (None, None)

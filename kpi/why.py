"""Why a KPI changed: what each group of a dimension contributed, adding up to the change."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

Shares = tuple[float, float]
"""What a group adds to a quotient's numerator and denominator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect(Generic[Key]):
    """What one group contributed to the change.

    Attributes:
        key: the group.
        total: its contribution; those of all groups sum to the change.
        rate: the part of it that comes from the group's own figure having changed; None of counts.
        mix: the part that comes from the group having become larger or smaller; None of counts. More of a group that is
            better than the whole is a gain, more of a worse one a loss.
        before, after: the group's own figure; None where it has none.
    """

    key: Key
    total: float
    rate: float | None = None
    mix: float | None = None
    before: float | None
    after: float | None


def why_quotient(before: Mapping[Key, Shares], after: Mapping[Key, Shares]) -> tuple[Effect[Key], ...]:
    """Return the effects behind the change of Σ numerators ÷ Σ denominators, the largest first.

    For ratios (counts), means (sum of the values, their number: also of durations, whose medians can't be split), net
    scores (promoters − detractors, answers) and quotients of two counts. With w a group's share of the denominator, r
    its own figure and R that of all, bars for the mean of both periods:

        rate effect = w̄ (r₁ − r₀)        mix effect = (w₁ − w₀) (r̄ − R̄)

    which sum to R₁ − R₀, since shares sum to 1. A group that one period lacks takes its figure from the other, so it
    has a mix effect only. Empty when either period has no figure.
    """
    then, now = _Whole(before), _Whole(after)
    if not then.denominator or not now.denominator:
        return ()
    middle = (then.figure + now.figure) / 2
    return _sorted(_effect(key, then, now, middle) for key in {**before, **after})


def why_count(before: Mapping[Key, float], after: Mapping[Key, float]) -> tuple[Effect[Key], ...]:
    """Return the effects behind the change of a sum, such as a count or a value in money: plain differences.

    The largest first. A group that one period lacks has 0 there.
    """
    return _sorted(
        Effect(
            key=key,
            total=after.get(key, 0) - before.get(key, 0),
            before=before.get(key, 0),
            after=after.get(key, 0),
        )
        for key in {**before, **after}
    )


class _Whole(Generic[Key]):
    """All groups of one period."""

    def __init__(self, groups: Mapping[Key, Shares]) -> None:
        self._groups = groups
        self.denominator = sum(denominator for _, denominator in groups.values())

    @property
    def figure(self) -> float:
        return sum(numerator for numerator, _ in self._groups.values()) / self.denominator

    def own(self, key: Key) -> float | None:
        """Return the group's own figure."""
        numerator, denominator = self._groups.get(key, (0, 0))
        return numerator / denominator if denominator else None

    def part(self, key: Key) -> float:
        """Return what the group adds to the figure of all."""
        return self._groups.get(key, (0, 0))[0] / self.denominator

    def share(self, key: Key) -> float:
        """Return the group's share of all, 0–1."""
        return self._groups.get(key, (0, 0))[1] / self.denominator


def _effect(key: Key, then: _Whole[Key], now: _Whole[Key], middle: float) -> Effect[Key]:
    own = [figure for figure in (then.own(key), now.own(key)) if figure is not None]
    grown = now.share(key) - then.share(key)
    total = now.part(key) - then.part(key) - grown * middle
    mix = grown * (sum(own) / len(own) - middle) if own else 0
    # The same as w̄ (r₁ − r₀) wherever both exist; also right for a group that adds to the numerator alone, such as
    # one with tickets solved and none received.
    return Effect(key=key, total=total, rate=total - mix, mix=mix, before=then.own(key), after=now.own(key))


def _sorted(effects: Iterable[Effect[Key]]) -> tuple[Effect[Key], ...]:
    return tuple(sorted(effects, key=lambda effect: abs(effect.total), reverse=True))

"""What is aimed at, how near a figure comes to it, and the index made of several."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

EFFICIENCY_WEIGHTS: Mapping[str, float] = {
    "frt_sla": 25,
    "csat": 25,
    "fcr": 20,
    "resolution_time": 15,
    "backlog_age": 15,
}
"""What the efficiency index is made of, by KPI, until a setting says otherwise."""

MISSING_AT_MOST = 0.30
"""The part of the weight that may be without data; beyond it the index is withheld."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Targets by KPI, for all and by team; a ratio 0–1, a duration in seconds, else as the KPI counts.

    A team goes by its name or its identifier, as whoever set its targets wrote it.
    """

    general: Mapping[str, float] = field(default_factory=dict)
    teams: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def of_team(self, called: Iterable[str | None]) -> Mapping[str, float]:
        """Return the targets by KPI of a team, given all it is called; where it has none of its own, those for all."""
        names = {name.casefold() for name in called if name}
        own = [targets for team, targets in self.teams.items() if team.casefold() in names]
        return {kpi: target for targets in (self.general, *own) for kpi, target in targets.items()}


class Standing(StrEnum):
    """How a figure stands to its target; the key of the words that say so.

    The figure decides between reached and missed. It is close when its 95 % interval reaches to the other side of the
    target: the next period may turn out the other way with nothing changed.
    """

    REACHED = "reached"
    REACHED_CLOSE = "reached_close"
    MISSED = "missed"
    MISSED_CLOSE = "missed_close"


def standing(value: float, target: float, interval: tuple[float, float] | None, *, higher_is_better: bool) -> Standing:
    """Return how a value stands to its target; exactly on it is reached.

    A value too small a sample for an interval (None) is always close. A plain count is no sample: it is its own
    interval.
    """
    reached = _reached(value, target, higher_is_better=higher_is_better)
    if interval is None:
        clear = False
    else:
        clear = all(_reached(bound, target, higher_is_better=higher_is_better) == reached for bound in interval)
    if reached:
        return Standing.REACHED if clear else Standing.REACHED_CLOSE
    return Standing.MISSED if clear else Standing.MISSED_CLOSE


def _reached(value: float, target: float, *, higher_is_better: bool) -> bool:
    return value >= target if higher_is_better else value <= target


def attainment(value: float, target: float, *, higher_is_better: bool) -> float:
    """Return how much of a target is attained, 0–1: value ÷ target, or target ÷ value where lower is better.

    What is reached is 1, whatever the target. Of a missed target of 0 or below nothing can be attained in part.
    """
    if _reached(value, target, higher_is_better=higher_is_better):
        return 1.0
    if target <= 0:
        return 0.0
    return max(0.0, value / target) if higher_is_better else target / value


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One part of the efficiency index: a KPI, its figure and what it should be.

    Attributes:
        kpi: its key.
        weight: what it weighs among the others.
        value: its figure; None without data.
        target: what is aimed at; None when nobody has set it and the sources have no reference either.
        higher_is_better: which way is better.
    """

    kpi: str
    weight: float
    value: float | None
    target: float | None
    higher_is_better: bool

    @property
    def attainment(self) -> float | None:
        """How much of the target is attained, 0–1; None without data or without a target."""
        if self.value is None or self.target is None:
            return None
        return attainment(self.value, self.target, higher_is_better=self.higher_is_better)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The efficiency index.

    Attributes:
        value: the weighted mean of the attainments, 0–1; None when it is withheld.
        missing: the part of the weight without an attainment, 0–1.
        components: its parts as given, also those that are missing.
    """

    value: float | None
    missing: float
    components: tuple[Component, ...]


def efficiency_index(components: tuple[Component, ...]) -> Index:
    """Return the weighted attainment of targets (S2).

    Components without data or target drop out and the others weigh accordingly more, up to 30 % of the weight; beyond
    that the index is withheld, as it would speak of something else.
    """
    weight = sum(component.weight for component in components)
    attained = [(part, component.weight) for component in components if (part := component.attainment) is not None]
    present = sum(share for _, share in attained)
    missing = 1 - present / weight if weight else 1.0
    shown = present > 0 and weight - present <= MISSING_AT_MOST * weight
    return Index(
        value=sum(part * share for part, share in attained) / present if shown else None,
        missing=missing,
        components=components,
    )

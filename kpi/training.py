"""What a training did: the change of trained agents against that of untrained ones over the same weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean, quantiles

BeforeAfter = tuple[float, float]
"""An agent's figure before and after."""

DRAWS = 2_000
SEED = 20_260_101
"""Fixed, so that the same question has the same answer."""
AGENTS_NEEDED = 2
"""The fewest agents in each group for an interval."""

_FORTIETHS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingEffect:
    """The effect of a training on a KPI, in the KPI's unit.

    Attributes:
        value: how much more the trained agents' figure changed than the untrained ones'.
        interval: its 95 % bootstrap interval; None with fewer than two agents in either group.
        trained, untrained: how many agents each group has.
        indicative: nobody is there to compare with, so `value` is the change of the trained agents alone, with whatever
            else changed in those weeks.
    """

    value: float
    interval: tuple[float, float] | None
    trained: int
    untrained: int
    indicative: bool


def training_effect(trained: Sequence[BeforeAfter], untrained: Sequence[BeforeAfter]) -> TrainingEffect | None:
    """Return the difference in differences: the mean change of the trained less that of the untrained.

    Every agent counts the same, however many tickets. The interval is the middle 95 % of 2,000 draws of as many agents,
    with replacement, from each group. None without any trained agent.
    """
    if not trained:
        return None
    changes, others = ([after - before for before, after in agents] for agents in (trained, untrained))
    return TrainingEffect(
        value=fmean(changes) - (fmean(others) if others else 0),
        interval=_bootstrap(changes, others) if min(len(changes), len(others)) >= AGENTS_NEEDED else None,
        trained=len(changes),
        untrained=len(others),
        indicative=not others,
    )


def _bootstrap(changes: Sequence[float], others: Sequence[float]) -> tuple[float, float]:
    draw = Random(SEED)  # noqa: S311  # chance for statistics, not for secrets
    effects = [
        fmean(draw.choices(changes, k=len(changes))) - fmean(draw.choices(others, k=len(others))) for _ in range(DRAWS)
    ]
    bounds = quantiles(effects, n=_FORTIETHS, method="inclusive")
    return bounds[0], bounds[-1]

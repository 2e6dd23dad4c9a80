"""Bands: the pieces that a distribution is told in."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import narwhals as nw


@dataclass(frozen=True, slots=True)
class Band:
    """What is more than `lower` and at most `upper` (KPIS.md rule 10); the last has no upper edge."""

    lower: int
    upper: int | None

    @property
    def key(self) -> str:
        """Its name among the parts of a figure: both edges, as `900-3600`; of the last `86400-`."""
        return f"{self.lower}-{'' if self.upper is None else self.upper}"

    def holds(self, value: nw.Expr) -> nw.Expr:
        """Return that a value lies in it; what is 0 or less lies in the first."""
        above = value > self.lower
        if self.upper is None:
            return above
        return value <= self.upper if self.lower == 0 else above & (value <= self.upper)


def bands(edges: Sequence[int]) -> tuple[Band, ...]:
    """Return the bands between 0 and rising edges, and the one beyond the last."""
    return tuple(Band(lower, upper) for lower, upper in pairwise((0, *edges, None)) if lower is not None)

"""How figures of several KPIs become one."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from kpi.measures import ratio
from kpi.question import Figure, Unit

Combine = Callable[[Mapping[str, Figure], Mapping[str, float]], Figure]


def with_parts(name: str, units: Mapping[str, Unit]) -> Combine:
    """Return what shows one figure with the others as its parts, each in its unit."""

    def combine(figures: Mapping[str, Figure], _targets: Mapping[str, float]) -> Figure:
        parts = {part: replace(figures[part], unit=unit) for part, unit in units.items() if part in figures}
        return replace(figures[name], parts={**figures[name].parts, **parts})

    return combine


def first_known(figures: Mapping[str, Figure], _targets: Mapping[str, float]) -> Figure:
    """Return the first figure whose data is there at all, so that all periods are measured alike."""
    return next(iter(figures.values()), Figure(value=None, n=0))


def ratio_to_both(part: str, other: str) -> Combine:
    """Return what divides one count by it and another."""

    def combine(figures: Mapping[str, Figure], _targets: Mapping[str, float]) -> Figure:
        if figures[part].value is None:
            return Figure(value=None, n=0, numerator=0, denominator=0)
        counted = int(figures[part].value or 0)
        return ratio(counted, counted + int(figures[other].value or 0))

    return combine

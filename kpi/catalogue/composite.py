"""Composites: several KPIs side by side, or weighed into one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kpi.catalogue import backlog, handling, inflow, resolution, satisfaction, sla
from kpi.catalogue.definition import AnyKpi, Composite
from kpi.dimensions import DIMENSIONS
from kpi.question import Figure, Unit
from kpi.targets import EFFICIENCY_WEIGHTS, Component, efficiency_index

_KNOWN: dict[str, AnyKpi] = {
    kpi.key: kpi for module in (backlog, handling, inflow, resolution, satisfaction, sla) for kpi in module.KPIS
}

CHANNEL: dict[str, AnyKpi] = {
    key: _KNOWN[key] for key in ("volume", "frt", "resolution_time", "frt_sla", "resolution_sla", "csat", "reopen_rate")
}
"""What channels are compared by."""

EFFICIENCY: dict[str, AnyKpi] = {key: _KNOWN[key] for key in EFFICIENCY_WEIGHTS}
"""What the efficiency index is made of."""

INDEX_SCALE = (0.0, 100.0)


def _side_by_side(figures: Mapping[str, Figure], _: Mapping[str, float]) -> Figure:
    return replace(figures["volume"], parts=_own_units(figures, CHANNEL))


def _own_units(figures: Mapping[str, Figure], kpis: Mapping[str, AnyKpi]) -> dict[str, Figure]:
    return {name: replace(figure, unit=kpis[name].unit) for name, figure in figures.items()}


@dataclass(frozen=True, slots=True)
class Attainment:
    """Makes one score, 0–100, of how much of its target each of the figures in EFFICIENCY attains, weighed."""

    weights: Mapping[str, float]

    def __call__(self, figures: Mapping[str, Figure], targets: Mapping[str, float]) -> Figure:
        """Return the score, with the attainments as parts."""
        index = efficiency_index(
            tuple(_component(kpi, weight, figures.get(kpi), targets) for kpi, weight in self.weights.items())
        )
        parts = {component.kpi: _attained(component, figures.get(component.kpi)) for component in index.components}
        return Figure(
            value=None if index.value is None else INDEX_SCALE[1] * index.value,
            n=sum(part.n for part in parts.values()),
            scale=INDEX_SCALE,
            parts=parts,
        )


def _component(key: str, weight: float, figure: Figure | None, targets: Mapping[str, float]) -> Component:
    kpi = EFFICIENCY[key]
    usual = kpi.target_range[0] if kpi.target_range else None
    return Component(
        kpi=key,
        weight=weight,
        value=figure.value if figure else None,
        target=targets.get(key, usual),
        higher_is_better=kpi.higher_is_better is True,
    )


def _attained(component: Component, figure: Figure | None) -> Figure:
    """Return how much of its target a component attains, as a ratio, with its figure and its target as parts."""
    unit = EFFICIENCY[component.kpi].unit
    parts = {"figure": replace(figure, unit=unit)} if figure else {}
    if component.target is not None:
        parts["target"] = Figure(value=component.target, n=0, unit=unit)
    n = figure.n if figure else 0
    return Figure(value=component.attainment, n=n, unit=Unit.RATIO, parts=parts)


KPIS = (
    Composite(
        key="channel_performance",
        made_of=CHANNEL,
        combine=_side_by_side,
        shared="volume",
        by=(DIMENSIONS["channel"],),
        unit=Unit.COUNT,
        higher_is_better=None,
        sources=("S1",),
    ),
    Composite(
        key="efficiency_index",
        things="figures",
        made_of=EFFICIENCY,
        combine=Attainment(EFFICIENCY_WEIGHTS),
        unit=Unit.SCORE,
        higher_is_better=True,
        sources=("S2",),
    ),
)

"""What a desk has decided about its KPIs: its targets, where bands meet, what time a share is within, what weighs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kpi.catalogue import CATALOGUE, AnyKpi, Composite, Kpi, Listed, find
from kpi.catalogue.composite import Attainment
from kpi.durations import Bands, Duration, Within
from kpi.targets import Targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What answers depend on besides the question and the facts.

    Attributes:
        targets: what is aimed at, by KPI key, for all or for teams; otherwise the lower end of the sources' reference
            range.
        kpis: those that are otherwise than in the catalogue, by their key, as `changed` returns them. Made once for
            all questions: engines remember what they made of a KPI by its identity.
        smallest: the fewest that a figure of persons may rest on (`kpi.asked.Discreet`); 0 where all may be seen.
    """

    targets: Targets = field(default_factory=Targets)
    kpis: Mapping[str, Listed] = field(default_factory=dict, repr=False)
    smallest: int = 0

    def find(self, key: str) -> Listed:
        """Return a KPI by its key; raises QuestionError `unknown_kpi`."""
        return self.kpis.get(key) or find(key)


AS_PUBLISHED = Configuration()
"""The catalogue as it stands in the KPI reference, and no targets."""


def edges_of(kpi: Listed) -> tuple[int, ...]:
    """Return the seconds between the bands of a KPI; none of one without bands."""
    return kpi.measure.edges if isinstance(kpi, Kpi) and isinstance(kpi.measure, Bands | Duration) else ()


def limit_of(kpi: Listed) -> int | None:
    """Return the seconds within which the share counts that a KPI is; None of one that is none of durations."""
    match kpi:
        case Kpi(measure=Bands() | Within() as share):
            return share.within
        case Composite(rows_of=str(shown)):
            return limit_of(kpi.made_of[shown])
    return None


def weights_of(kpi: Listed) -> Mapping[str, float]:
    """Return what each KPI weighs in an index of their attainments; nothing of any other KPI."""
    return kpi.combine.weights if isinstance(kpi, Composite) and isinstance(kpi.combine, Attainment) else {}


def weighed(kpi: AnyKpi, weights: Mapping[str, float]) -> AnyKpi:
    """Return an index in which these KPIs weigh so much, and the others as before."""
    if not isinstance(kpi, Composite) or not weights_of(kpi):
        raise TypeError(kpi.key)
    return replace(kpi, combine=Attainment({**weights_of(kpi), **weights}))


def limited(kpi: AnyKpi, edges: tuple[int, ...], within: int | None = None) -> AnyKpi:
    """Return a KPI whose bands, if it has any, meet at these seconds, and whose share counts within that limit."""
    match kpi:
        case Composite(rows_of=str(shown)):
            return replace(kpi, made_of={**kpi.made_of, shown: limited(kpi.made_of[shown], edges, within)})
        case Kpi(measure=Within() as share):
            return replace(kpi, measure=replace(share, within=within or share.within))
        case Kpi(measure=Bands() as share):
            return replace(kpi, measure=replace(share, edges=edges, within=within or share.within))
        case Kpi(measure=Duration() as duration):
            return replace(kpi, measure=replace(duration, edges=edges))
    raise TypeError(kpi.key)  # it has neither


def changed(kpis: Mapping[str, AnyKpi]) -> dict[str, Listed]:
    """Return KPIs that stand for those of the same keys in the catalogue, with the composites that are made of them."""
    remade = {key: _remade(kpi, kpis) for key, kpi in CATALOGUE.items() if isinstance(kpi, Kpi | Composite)}
    return {key: kpi for key, kpi in remade.items() if kpi is not CATALOGUE[key]}


def _remade(kpi: AnyKpi, kpis: Mapping[str, AnyKpi]) -> AnyKpi:
    kpi = kpis.get(kpi.key, kpi)
    if isinstance(kpi, Kpi):
        return kpi
    made_of = {name: _remade(member, kpis) for name, member in kpi.made_of.items()}
    return kpi if made_of == kpi.made_of else replace(kpi, made_of=made_of)

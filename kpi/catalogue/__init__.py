"""Every KPI, one module per dimension of the service."""

from kpi.catalogue import backlog, handling, inflow, satisfaction
from kpi.catalogue.definition import Anchor, AnyKpi, Composite, Kpi
from kpi.errors import QuestionError, suggest

CATALOGUE: dict[str, AnyKpi] = {
    kpi.key: kpi for module in (backlog, inflow, handling, satisfaction) for kpi in module.KPIS
}

__all__ = ["CATALOGUE", "Anchor", "AnyKpi", "Composite", "Kpi", "find"]


def find(key: str) -> AnyKpi:
    """Return a KPI by its key; raises QuestionError `unknown_kpi`."""
    if key not in CATALOGUE:
        raise QuestionError("unknown_kpi", word=key, suggestions=suggest(key, CATALOGUE))
    return CATALOGUE[key]

"""Every KPI, one module per dimension of the service."""

from kpi.catalogue import (
    backlog,
    business,
    composite,
    contacts,
    handling,
    inflow,
    outlook,
    people,
    productivity,
    resolution,
    reviews,
    sales,
    satisfaction,
    self_service,
    sla,
    surveys,
    time_spent,
)
from kpi.catalogue.definition import Anchor, AnyKpi, Composite, Effect, Kpi, Listed, Projection
from kpi.errors import QuestionError, suggest

# In the order in which people read of them.
MODULES = (
    backlog,
    inflow,
    self_service,
    handling,
    sla,
    resolution,
    contacts,
    productivity,
    time_spent,
    satisfaction,
    surveys,
    reviews,
    business,
    people,
    sales,
    composite,
    outlook,
)

CATALOGUE: dict[str, Listed] = {kpi.key: kpi for module in MODULES for kpi in module.KPIS}

__all__ = ["CATALOGUE", "Anchor", "AnyKpi", "Composite", "Effect", "Kpi", "Listed", "Projection", "find"]


def find(key: str) -> Listed:
    """Return a KPI by its key; raises QuestionError `unknown_kpi`."""
    if key not in CATALOGUE:
        raise QuestionError("unknown_kpi", word=key, suggestions=suggest(key, CATALOGUE))
    return CATALOGUE[key]

"""Backlog: what is open."""

from kpi.catalogue.definition import Anchor, Kpi
from kpi.measures import Count

KPIS = (
    Kpi(
        key="backlog",
        fact="span_facts",
        event=Anchor(instant="started_at", until="ended_at"),
        measure=Count(),
        higher_is_better=False,
        sources=("S2", "S4"),
    ),
)

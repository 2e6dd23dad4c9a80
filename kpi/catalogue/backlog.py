"""Backlog: what is open."""

from kpi.catalogue.definition import Anchor, Kpi
from kpi.measures import Snapshot

KPIS = (
    Kpi(
        key="backlog",
        fact="span_facts",
        event=Anchor(instant="started_at"),
        measure=Snapshot(),
        columns=("ended_at",),
        higher_is_better=False,
        sources=("S2", "S4"),
    ),
)

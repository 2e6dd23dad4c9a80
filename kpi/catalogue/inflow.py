"""Inflow: what comes in and what is solved."""

from kpi.catalogue.definition import Anchor, Kpi
from kpi.measures import Count

KPIS = (
    Kpi(
        key="volume",
        fact="ticket_facts",
        event=Anchor(instant="created_at", prefix="created_"),
        measure=Count(),
        higher_is_better=None,
        sources=("S1", "S2", "S4"),
    ),
    Kpi(
        key="solved",
        fact="ticket_facts",
        event=Anchor(instant="last_solved_at", prefix="solved_"),
        measure=Count(),
        higher_is_better=True,
        sources=("S4",),
    ),
)

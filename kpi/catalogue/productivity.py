"""Productivity: what the work takes."""

import narwhals as nw

from kpi.catalogue.anchors import SOLVED
from kpi.catalogue.definition import Kpi
from kpi.means import PerAgent

KPIS = (
    Kpi(
        key="solved_per_agent",
        fact="ticket_facts",
        event=SOLVED,
        measure=PerAgent(agent="solved_agent", automatic=nw.col("solved_automatically") == 1),
        columns=("solved_automatically",),
        higher_is_better=None,
        sources=("S1",),
    ),
)

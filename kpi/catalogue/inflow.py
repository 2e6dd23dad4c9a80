"""Inflow: what comes in and what is solved."""

from collections.abc import Mapping

import narwhals as nw

from kpi.catalogue.anchors import CREATED, HOUR_S, SOLVED
from kpi.catalogue.definition import NOW, Anchor, Composite, Kpi
from kpi.intervals import quotient
from kpi.measures import Count, Ratio
from kpi.question import Figure, Unit

ASKED_FOR_WITHIN_S = 72 * HOUR_S
"""A customer who asks again within this time after an automatic solve was not served by it."""


def _clearance(figures: Mapping[str, Figure], _: Mapping[str, float]) -> Figure:
    solved, received = figures["solved"].n, figures["volume"].n
    return Figure(
        value=solved / received if received else None,
        n=received,
        numerator=solved,
        denominator=received,
        interval=quotient(solved, received),
    )


VOLUME = Kpi(
    key="volume",
    fact="ticket_facts",
    event=CREATED,
    measure=Count(),
    higher_is_better=None,
    sources=("S1", "S2", "S4"),
)

SOLVES = Kpi(
    key="solved",
    fact="ticket_facts",
    event=SOLVED,
    measure=Count(),
    higher_is_better=True,
    sources=("S4",),
)

KPIS = (
    VOLUME,
    SOLVES,
    Kpi(
        key="resolutions",
        fact="solve_facts",
        event=Anchor(instant="solved_at"),
        measure=Count(),
        higher_is_better=True,
        sources=("S4",),
    ),
    Composite(
        key="clearance",
        made_of={"volume": VOLUME, "solved": SOLVES},
        combine=_clearance,
        unit=Unit.RATIO,
        may_exceed_one=True,
        higher_is_better=True,
        sources=("S2",),
    ),
    Kpi(
        key="automated_rate",
        fact="ticket_facts",
        event=SOLVED,
        measure=Ratio(
            numerator=(nw.col("replies") == 0)
            & (nw.col("automation_acted") == 1)
            & (
                nw.col("asked_again_at").is_null()
                | (nw.col("asked_again_at") > nw.col("last_solved_at") + ASKED_FOR_WITHIN_S)
            )
        ),
        columns=("replies", "automation_acted", "asked_again_at"),
        higher_is_better=True,
        needs=("tickets", "messages"),
        notes={"provisional": nw.col("last_solved_at") > NOW - ASKED_FOR_WITHIN_S},
        sources=("S1",),
    ),
)

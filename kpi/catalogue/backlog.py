"""Backlog: what is open."""

import narwhals as nw

from kpi.catalogue.anchors import DAY_S
from kpi.catalogue.definition import END, Anchor, Kpi
from kpi.dimensions import CREATED
from kpi.durations import Duration
from kpi.events import ACTIONABLE
from kpi.measures import Count

AGE_EDGES = tuple(days * DAY_S for days in (1, 3, 7, 14, 30))
"""Where the bands of the backlog's age meet."""

OPEN = Anchor(instant="started_at", until="ended_at")
"""A ticket that is open is in one span at an instant."""

KPIS = (
    Kpi(
        key="backlog",
        fact="span_facts",
        event=OPEN,
        measure=Count(),
        higher_is_better=False,
        sources=("S2", "S4"),
    ),
    Kpi(
        key="actionable",
        fact="span_facts",
        event=OPEN,
        condition=nw.col("status").is_in(sorted(ACTIONABLE)),
        columns=("status",),
        measure=Count(),
        higher_is_better=False,
        sources=("S2", "S4"),
    ),
    Kpi(
        key="backlog_age",
        fact="span_facts",
        event=OPEN,
        measure=Duration(calendar=END - nw.col("created_at"), edges=AGE_EDGES),
        columns=("created_at",),
        by=(CREATED,),
        higher_is_better=False,
        sources=("S4",),
    ),
    Kpi(
        key="unanswered",
        fact="span_facts",
        event=OPEN,
        condition=~nw.col("waiting_since").is_null(),
        columns=("waiting_since",),
        measure=Count(longest=END - nw.col("waiting_since")),
        higher_is_better=False,
        needs=("tickets", "messages"),
        sources=("S2",),
    ),
    Kpi(
        key="overdue",
        fact="overdue_facts",
        event=OPEN,
        measure=Count(
            parts={metric: nw.col("metric") == metric for metric in ("first_reply", "next_reply", "resolution")}
        ),
        columns=("metric",),
        higher_is_better=False,
        needs=("tickets", "sla_policies"),
        sources=("S0", "S4"),
    ),
)

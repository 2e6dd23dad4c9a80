"""Who stays: agents and customers."""

import narwhals as nw

from kpi.catalogue.definition import END, Anchor, Kpi, When
from kpi.measures import Ratio

# Those of whom nobody knows when they joined are read as well, and only told.
AT_START = Anchor(instant="since", until="left_at", when=When.AT_START)
DATED = ~nw.col("joined_at").is_null()
STAYED = nw.col("left_at").is_null() | (nw.col("left_at") >= END)


def _of_people(key: str, people: str, stayed: nw.Expr, *sources: str, better: bool = True) -> Kpi:
    """Return a share of those who were there when the period began."""
    return Kpi(
        key=key,
        fact=f"{people}_facts",
        event=AT_START,
        condition=DATED,
        measure=Ratio(numerator=stayed),
        columns=("joined_at", "left_at"),
        dimensions=frozenset({"helpdesk"}),
        notes={f"{people}s_without_date": ~DATED},
        higher_is_better=better,
        needs=(f"{people}_dates",),
        sources=sources,
    )


AGENTS = (_of_people("agent_retention", "agent", STAYED, "S1"),)
CUSTOMERS = (
    _of_people("customer_retention", "customer", STAYED, "S1"),
    _of_people("churn", "customer", ~STAYED, "S1", "S3", better=False),
)
KPIS = (*AGENTS, *CUSTOMERS)

"""Satisfaction: what customers say."""

import narwhals as nw

from kpi.catalogue.definition import Anchor, Kpi
from kpi.measures import Ratio

KPIS = (
    Kpi(
        key="csat",
        fact="ticket_facts",
        event=Anchor(instant="rated_at", prefix="rated_"),
        cohort=Anchor(instant="created_at", prefix="rated_"),
        measure=Ratio(numerator=nw.col("rating_positive") == 1),
        columns=("rating_positive",),
        condition=~nw.col("rating_positive").is_null(),
        higher_is_better=True,
        needs=("tickets", "ratings"),
        target_range=(0.80, 0.90),
        sources=("S0", "S1", "S3"),
    ),
)

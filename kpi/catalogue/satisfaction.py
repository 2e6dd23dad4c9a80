"""Satisfaction: what customers say."""

import narwhals as nw

from kpi.catalogue.anchors import RATED
from kpi.catalogue.definition import Anchor, Kpi
from kpi.means import Score
from kpi.measures import Ratio

RATED_COHORT = Anchor(instant="created_at", prefix="rated_")

KPIS = (
    Kpi(
        key="csat",
        fact="ticket_facts",
        event=RATED,
        cohort=RATED_COHORT,
        measure=Ratio(numerator=nw.col("rating_positive") == 1),
        columns=("rating_positive",),
        condition=~nw.col("rating_positive").is_null(),
        things="ratings",
        higher_is_better=True,
        needs=("tickets", "ratings"),
        target_range=(0.80, 0.90),
        sources=("S0", "S1", "S3"),
    ),
    Kpi(
        key="csat_score",
        fact="ticket_facts",
        event=RATED,
        cohort=RATED_COHORT,
        measure=Score(score="rating", lowest="rating_lowest", highest="rating_highest"),
        condition=nw.col("rating_highest") > nw.col("rating_lowest"),
        things="ratings",
        higher_is_better=True,
        needs=("tickets", "ratings"),
        sources=("S0", "S1", "S3"),
    ),
)

"""Quality assurance: what reviews of contacts find."""

import narwhals as nw

from kpi.catalogue.definition import Anchor, Kpi
from kpi.means import Score
from kpi.measures import Measure, Ratio

REVIEWED = Anchor(instant="at")
MEAN = Score(score="score", lowest="lowest", highest="highest")


def _of_reviews(key: str, measure: Measure, source: str, *, columns: tuple[str, ...] = (), better: bool) -> Kpi:
    return Kpi(
        key=key,
        fact="review_facts",
        event=REVIEWED,
        measure=measure,
        columns=columns,
        higher_is_better=better,
        needs=("reviews",),
        sources=(source,),
    )


def _of_criterion(key: str) -> Kpi:
    """Return the mean of a criterion, which is called like the KPI, over the reviews that it applied to."""
    return Kpi(
        key=key,
        fact="criterion_facts",
        where={"criterion": key},
        event=REVIEWED,
        measure=MEAN,
        higher_is_better=True,
        needs=(f"{key}_reviews",),
        sources=("S1",),
    )


CRITERIA = ("communication_quality", "information_accuracy", "flexibility")
"""The criteria that are KPIs of their own."""

KPIS = (
    _of_reviews("error_rate", Ratio(numerator=nw.col("error") == 1), "S1", columns=("error",), better=False),
    _of_reviews("qa_score", MEAN, "S2", better=True),
    *(_of_criterion(criterion) for criterion in CRITERIA),
)

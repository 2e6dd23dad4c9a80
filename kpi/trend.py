"""A KPI bucket by bucket, on the local calendar."""

from kpi.asked import Asked
from kpi.compare import Coverage
from kpi.period import midnight, whole_units
from kpi.question import Bucket, Question


def trend(asked: Asked, question: Question, coverage: Coverage) -> tuple[Bucket, ...]:
    """Return the figure of each bucket that has begun; of a snapshot, what it was at the bucket's end."""
    if question.per is None:
        return ()
    buckets = question.period.buckets(question.per, question.week_start)
    begun = [bucket for bucket in buckets if midnight(bucket.start, bucket.zone) < asked.now] or buckets[:1]
    spans = [whole_units(bucket.span(asked.now), asked.kpi.grain, bucket.zone) for bucket in begun]
    return tuple(
        Bucket(period=bucket, figure=coverage.honest(figure, span))
        for bucket, span, figure in zip(begun, spans, asked.trend(begun, spans), strict=True)
    )

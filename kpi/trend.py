"""A KPI bucket by bucket, on the local calendar."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import accumulate, groupby

import narwhals as nw

from kpi.compare import Coverage
from kpi.measures import Frame, Snapshot, aggregate
from kpi.period import Period, Span, midnight
from kpi.question import Bucket, Figure, Question
from kpi.selection import Selection


def trend(asked: Selection, rows: Frame, question: Question, coverage: Coverage) -> tuple[Bucket, ...]:
    """Return the figure of each bucket that has begun; of a snapshot, what it was at the bucket's end."""
    if question.per is None:
        return ()
    buckets = question.period.buckets(question.per, question.week_start)
    begun = [bucket for bucket in buckets if midnight(bucket.start, bucket.zone) < asked.now] or buckets[:1]
    spans = [bucket.span(asked.now) for bucket in begun]
    if isinstance(asked.kpi.measure, Snapshot):
        figures: Mapping[int, Figure] = dict(enumerate(_snapshots(asked, begun, spans)))
    else:
        numbered = rows.with_columns(bucket=bucket_number(asked.anchor.instant, begun))
        figures = {int(number): figure for (number,), figure in asked.figures(numbered, ["bucket"]).items()}
    nothing = asked.kpi.measure.nothing
    return tuple(
        Bucket(period=bucket, figure=coverage.honest(figures.get(number, nothing), span))
        for number, (bucket, span) in enumerate(zip(begun, spans, strict=True))
    )


def bucket_number(instant: str, buckets: Sequence[Period]) -> nw.Expr:
    """Return the number, from 0, of the bucket an instant falls in; before the first it is 0.

    Buckets of equal length in a row are numbered by one division, so a year of days takes five pieces: the two days
    of 23 and 25 hours and the days around them. No join, and no list of edges as long as the trend.
    """
    column = nw.col(instant)
    pieces = [
        (end, first + (column - start) // length if count > 1 else nw.lit(first))
        for first, count, start, end, length in _runs(buckets)
    ]
    last = pieces[-1][1]
    numbered = reduce(
        lambda rest, piece: nw.when(column < piece[0]).then(piece[1]).otherwise(rest), pieces[-2::-1], last
    )
    start = midnight(buckets[0].start, buckets[0].zone)
    return nw.when(column < start).then(nw.lit(0)).otherwise(numbered).cast(nw.Int64)


def _runs(buckets: Sequence[Period]) -> Iterable[tuple[int, int, int, int, int]]:
    """Yield runs of buckets of equal length: number of the first, count, start, end and length of each."""
    edges = [(midnight(bucket.start, bucket.zone), midnight(bucket.end, bucket.zone)) for bucket in buckets]
    for length, run in groupby(enumerate(edges), key=lambda item: item[1][1] - item[1][0]):
        members = list(run)
        yield members[0][0], len(members), members[0][1][0], members[-1][1][1], length


def _snapshots(asked: Selection, buckets: Sequence[Period], spans: Sequence[Span]) -> list[Figure]:
    """Return what was open at the end of each bucket: all that had begun before, less all that had ended."""
    rows = asked.open_rows(Span(spans[0].end, spans[-1].end))
    counted = asked.counted(rows)
    begun = _tally(counted, asked.anchor.instant, buckets)
    over = _tally(counted.filter(nw.col("ended_at") < spans[-1].end), "ended_at", buckets)
    moves = [begun.get(number, 0) - over.get(number, 0) for number in range(len(buckets))]
    return [Figure(value=n, n=n) for n in accumulate(moves)]


def _tally(rows: Frame, instant: str, buckets: Sequence[Period]) -> dict[int, int]:
    numbered = rows.with_columns(bucket=bucket_number(instant, buckets))
    return {int(number): int(row["n"]) for (number,), row in aggregate(numbered, ["bucket"], n=nw.len()).items()}

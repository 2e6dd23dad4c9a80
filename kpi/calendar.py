"""The local calendar as an expression over instants."""

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import groupby

import narwhals as nw

from kpi.period import Period, midnight


def bucket_number(instant: str, buckets: Sequence[Period], zone: str) -> nw.Expr:
    """Return the number, from 0, of the bucket an instant falls in; before the first it is 0. Days begin in `zone`.

    Buckets of equal length in a row are numbered by one division, so a year of days takes five pieces: the two days
    of 23 and 25 hours and the days around them. No join, and no list of edges as long as the trend.
    """
    column = nw.col(instant)
    pieces = [
        (end, first + (column - start) // length if count > 1 else nw.lit(first))
        for first, count, start, end, length in _runs(buckets, zone)
    ]
    last = pieces[-1][1]
    numbered = reduce(
        lambda rest, piece: nw.when(column < piece[0]).then(piece[1]).otherwise(rest), pieces[-2::-1], last
    )
    start = midnight(buckets[0].start, zone)
    return nw.when(column < start).then(nw.lit(0)).otherwise(numbered).cast(nw.Int64)


def _runs(buckets: Sequence[Period], zone: str) -> Iterable[tuple[int, int, int, int, int]]:
    """Yield runs of buckets of equal length: number of the first, count, start, end and length of each."""
    edges = [(midnight(bucket.start, zone), midnight(bucket.end, zone)) for bucket in buckets]
    for length, run in groupby(enumerate(edges), key=lambda item: item[1][1] - item[1][0]):
        members = list(run)
        yield members[0][0], len(members), members[0][1][0], members[-1][1][1], length

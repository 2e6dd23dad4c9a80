"""The local calendar over columns of instants."""

from datetime import date

import narwhals as nw
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.calendar import bucket_number
from kpi.period import Grain, Period, midnight


@given(
    zone=st.sampled_from(
        [
            "Europe/Paris",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "America/St_Johns",
            "Pacific/Apia",
        ]
    ),
    first=st.dates(date(2006, 1, 1), date(2027, 1, 1)),
    length=st.integers(1, 500),
    grain=st.sampled_from(Grain),
    week_start=st.integers(0, 6),
)
@settings(max_examples=40, deadline=None)
def test_every_instant_is_numbered_with_the_bucket_that_holds_it(zone, first, length, grain, week_start):
    period = Period(start=first, end=date.fromordinal(first.toordinal() + length), zone=zone)
    buckets = period.buckets(grain, week_start)
    edges = [(midnight(bucket.start, zone), midnight(bucket.end, zone)) for bucket in buckets]
    placed = [
        (at, number)
        for number, (start, end) in enumerate(edges)
        for at in (start, (start + end) // 2, end - 1)
        if start < end  # a day that a zone skipped holds nothing
    ]
    before = (edges[0][0] - 5, 0)
    instants, numbers = zip(before, *placed, strict=True)
    rows = nw.from_native(pd.DataFrame({"at": pd.array(list(instants), dtype="Int64")})).lazy()
    assert list(rows.select(bucket=bucket_number("at", buckets, zone)).collect().get_column("bucket")) == list(numbers)

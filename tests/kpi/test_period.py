from datetime import date, timedelta

import pytest
from cast import DAY, HOUR, MINUTE, PARIS, at
from hypothesis import given
from hypothesis import strategies as st
from strategies import ZONES

from kpi.period import Grain, Period, Span, add_months, instant_text, local_day, midnight, shift, start_of


def period(start: str, end: str, zone: str = PARIS, grain: Grain | None = None) -> Period:
    return Period(start=date.fromisoformat(start), end=date.fromisoformat(end), zone=zone, grain=grain)


def unit(day: str, grain: Grain, zone: str = PARIS, **more) -> Period:
    return Period.of(date.fromisoformat(day), grain, zone, **more)


def dates(found: Period) -> tuple[str, str]:
    return found.start.isoformat(), found.end.isoformat()


# --- Calendar units ---


@pytest.mark.parametrize(
    ("day", "grain", "expected"),
    [
        ("2026-06-17", Grain.DAY, ("2026-06-17", "2026-06-18")),
        ("2026-06-17", Grain.WEEK, ("2026-06-15", "2026-06-22")),
        ("2026-06-15", Grain.WEEK, ("2026-06-15", "2026-06-22")),
        ("2027-01-01", Grain.WEEK, ("2026-12-28", "2027-01-04")),  # ISO week 53 of 2026
        ("2024-02-10", Grain.MONTH, ("2024-02-01", "2024-03-01")),
        ("2026-12-31", Grain.MONTH, ("2026-12-01", "2027-01-01")),
        ("2026-09-30", Grain.QUARTER, ("2026-07-01", "2026-10-01")),
        ("2026-12-01", Grain.QUARTER, ("2026-10-01", "2027-01-01")),
        ("2024-02-29", Grain.YEAR, ("2024-01-01", "2025-01-01")),
    ],
)
def test_a_day_lies_in_its_unit(day, grain, expected):
    assert dates(unit(day, grain)) == expected


@pytest.mark.parametrize(("week_start", "first"), [(0, "2026-06-15"), (5, "2026-06-13"), (6, "2026-06-14")])
def test_weeks_start_on_the_day_that_is_set(week_start, first):
    assert start_of(date(2026, 6, 17), Grain.WEEK, week_start) == date.fromisoformat(first)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-05-31", -18, "2024-11-30"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
def test_months_are_clamped_to_the_end_of_a_shorter_one(day, months, expected):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_a_leap_day_a_year_later_is_the_28th():
    assert shift(date(2024, 2, 29), Grain.YEAR, 1) == date(2025, 2, 28)
    assert shift(date(2024, 2, 29), Grain.QUARTER, 4) == date(2025, 2, 28)


# --- Instants ---


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ("2026-03-29", PARIS, 23),
        ("2026-10-25", PARIS, 25),
        ("2026-10-24", PARIS, 24),
        ("2026-04-05", "Australia/Lord_Howe", 24.5),
        ("2017-10-15", "America/Sao_Paulo", 23),
        ("2018-02-17", "America/Sao_Paulo", 25),
        ("2026-03-29", "Asia/Beirut", 23),
        ("2026-10-24", "Asia/Beirut", 25),
        ("2023-04-28", "Africa/Cairo", 23),
        ("2026-11-01", "America/Havana", 25),
        ("2011-12-30", "Pacific/Apia", 0),
        ("1919-03-30", "America/Toronto", 23.5),
        ("1919-03-31", "America/Toronto", 23.5),
    ],
)
def test_a_local_day_has_the_hours_it_has(day, zone, hours):
    span = unit(day, Grain.DAY, zone).span(at("2030-01-01"))
    assert span.end - span.start == hours * HOUR


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        ("2017-10-15", "America/Sao_Paulo", "2017-10-15T01:00:00-02:00"),
        ("2026-03-29", "Asia/Beirut", "2026-03-29T01:00:00+03:00"),
        ("2023-04-28", "Africa/Cairo", "2023-04-28T01:00:00+03:00"),
        ("1919-03-31", "America/Toronto", "1919-03-31T00:30:00-04:00"),
        ("2026-11-01", "America/Havana", "2026-11-01T00:00:00-04:00"),
        ("2026-06-17", "Asia/Kolkata", "2026-06-17T00:00:00+05:30"),
    ],
)
def test_a_day_whose_midnight_is_skipped_starts_with_its_first_instant(day, zone, expected):
    start = midnight(date.fromisoformat(day), zone)
    assert instant_text(start, zone) == expected
    assert local_day(start, zone) == date.fromisoformat(day)
    assert local_day(start - 1, zone) < date.fromisoformat(day)


def test_instants_are_written_with_the_zones_offset():
    assert instant_text(at("2026-06-17 10:26")) == "2026-06-17T10:26:00+00:00"
    assert instant_text(at("2026-06-17 10:26"), "America/St_Johns") == "2026-06-17T07:56:00-02:30"


def test_a_period_is_half_open():
    day = unit("2026-06-17", Grain.DAY)
    start, end = at("2026-06-17", PARIS), at("2026-06-18", PARIS)
    assert day.span(end + DAY) == Span(start, end)
    assert [day.is_running(now) for now in (start - 1, start, end - 1, end)] == [False, True, True, False]


def test_a_running_period_is_cut_at_now_and_a_future_one_is_empty():
    week = unit("2026-06-17", Grain.WEEK)
    now = at("2026-06-17 10:26", PARIS)
    assert week.span(now) == Span(at("2026-06-15", PARIS), now)
    assert week.span(at("2026-06-01", PARIS)) == Span(at("2026-06-15", PARIS), at("2026-06-15", PARIS))


# --- The period before ---


@pytest.mark.parametrize(
    ("day", "grain", "expected"),
    [
        ("2026-03-01", Grain.DAY, ("2026-02-28", "2026-03-01")),
        ("2027-01-05", Grain.WEEK, ("2026-12-28", "2027-01-04")),
        ("2026-03-31", Grain.MONTH, ("2026-02-01", "2026-03-01")),
        ("2026-01-31", Grain.QUARTER, ("2025-10-01", "2026-01-01")),
        ("2025-06-17", Grain.YEAR, ("2024-01-01", "2025-01-01")),
    ],
)
def test_before_a_unit_comes_the_unit_before(day, grain, expected):
    before = unit(day, grain).previous()
    assert dates(before) == expected
    assert before.grain == grain


def test_before_a_number_of_days_come_as_many_days():
    assert dates(period("2026-10-01", "2026-10-16").previous()) == ("2026-09-16", "2026-10-01")


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (unit("2026-02-10", Grain.MONTH), ("2025-02-01", "2025-03-01")),
        (unit("2025-02-10", Grain.MONTH), ("2024-02-01", "2024-03-01")),
        (unit("2026-06-17", Grain.WEEK), ("2025-06-16", "2025-06-23")),
        (unit("2026-12-30", Grain.WEEK), ("2025-12-29", "2026-01-05")),
        (unit("2026-06-17", Grain.WEEK, week_start=6), ("2025-06-15", "2025-06-22")),
        (unit("2024-02-29", Grain.DAY), ("2023-02-28", "2023-03-01")),
        (period("2026-10-01", "2026-10-16"), ("2025-10-01", "2025-10-16")),
    ],
)
def test_the_same_period_last_year(moved, expected):
    assert dates(moved.moved(Grain.YEAR, -1)) == expected


# --- As much as has passed ---


def test_a_running_week_is_compared_with_the_same_part_of_the_week_before():
    week = unit("2026-06-17", Grain.WEEK)
    now = at("2026-06-17 10:26", PARIS)
    assert week.previous().elapsed_part(week, now) == Span(at("2026-06-08", PARIS), at("2026-06-10 10:26", PARIS))


def test_the_wall_clock_counts_when_a_clock_change_lies_between():
    week = unit("2026-04-01", Grain.WEEK)  # summer time began on the Sunday before
    now = at("2026-04-01 10:26", PARIS)
    part = week.previous().elapsed_part(week, now)
    assert part == Span(at("2026-03-23", PARIS), at("2026-03-25 10:26", PARIS))
    sunday = unit("2026-10-26", Grain.DAY)
    part = sunday.previous().elapsed_part(sunday, at("2026-10-26 02:30", PARIS))
    assert part.end == at("2026-10-25 00:30")  # the first 02:30 of two


def test_a_time_of_day_that_was_skipped_is_the_instant_of_the_jump():
    monday = unit("2026-03-30", Grain.DAY)
    part = monday.previous().elapsed_part(monday, at("2026-03-30 02:30", PARIS))
    assert part == Span(at("2026-03-29", PARIS), at("2026-03-29 01:00"))


def test_a_shorter_month_before_is_taken_whole_at_most():
    march = unit("2026-03-31", Grain.MONTH)
    part = march.previous().elapsed_part(march, at("2026-03-31 10:26", PARIS))
    assert part == Span(at("2026-02-01", PARIS), at("2026-03-01", PARIS))


def test_a_finished_period_is_compared_with_a_whole_one():
    week = unit("2026-06-10", Grain.WEEK)
    now = at("2026-06-17 10:26", PARIS)
    assert week.previous().elapsed_part(week, now) == Span(at("2026-06-01", PARIS), at("2026-06-08", PARIS))


def test_no_part_of_a_compared_period_lies_in_the_future():
    week = unit("2026-06-10", Grain.WEEK)
    now = at("2026-06-17 10:26", PARIS)
    assert unit("2026-06-17", Grain.WEEK).elapsed_part(week, now) == Span(at("2026-06-15", PARIS), now)


def test_nothing_has_passed_when_the_clock_falls_back_into_the_day_before():
    # St John's turned its clocks back at 00:01, so the day began, stopped for an hour and went on.
    day = unit("2010-11-07", Grain.DAY, "America/St_Johns")
    now = midnight(day.start, day.zone) + 10 * MINUTE
    assert day.is_running(now)
    start = midnight(date(2010, 11, 6), day.zone)
    assert day.previous().elapsed_part(day, now) == Span(start, start)


# --- Buckets ---


def test_a_month_by_week_is_cut_at_its_edges():
    buckets = unit("2026-10-10", Grain.MONTH).buckets(Grain.WEEK)
    assert [dates(bucket) for bucket in buckets] == [
        ("2026-10-01", "2026-10-05"),
        ("2026-10-05", "2026-10-12"),
        ("2026-10-12", "2026-10-19"),
        ("2026-10-19", "2026-10-26"),
        ("2026-10-26", "2026-11-01"),
    ]
    assert [bucket.grain for bucket in buckets] == [None, Grain.WEEK, Grain.WEEK, Grain.WEEK, None]


def test_days_of_the_week_the_clocks_change_have_their_own_length():
    days = unit("2026-10-25", Grain.WEEK).buckets(Grain.DAY)
    now = at("2027-01-01")
    assert [(span.end - span.start) // HOUR for span in (day.span(now) for day in days)] == [24] * 6 + [25]


def test_an_empty_period_has_no_buckets():
    assert period("2026-06-17", "2026-06-17").buckets(Grain.DAY) == []


@given(
    st.dates(date(2008, 1, 1), date(2030, 1, 1)),
    st.integers(1, 800),
    st.sampled_from(Grain),
    st.sampled_from((*ZONES, "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "America/Havana")),
    st.integers(0, 6),
)
def test_buckets_cover_the_period_without_gap_or_overlap(start, days, grain, zone, week_start):
    whole = Period(start=start, end=start + timedelta(days=days), zone=zone)
    now = at("2040-01-01")
    spans = [bucket.span(now) for bucket in whole.buckets(grain, week_start)]
    assert [span.start for span in spans[1:]] == [span.end for span in spans[:-1]]
    assert Span(spans[0].start, spans[-1].end) == whole.span(now)


@given(
    st.dates(date(2008, 1, 1), date(2030, 1, 1)),
    st.sampled_from(Grain),
    st.sampled_from(ZONES),
    st.integers(0, 6),
)
def test_the_period_before_ends_where_a_unit_starts(day, grain, zone, week_start):
    whole = Period.of(day, grain, zone, week_start)
    before = whole.previous()
    assert before.end == whole.start
    assert before == Period.of(whole.start - timedelta(days=1), grain, zone, week_start)
    assert before.moved(grain, 1) == whole

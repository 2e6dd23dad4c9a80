"""The same words on other days: year's end, ISO week 53, leap days, summer time, other zones, other week starts."""

import pytest
from spoken import asked, context, short_period, table

from kpi.language import parse
from kpi.period import Grain

NEW_YEAR = """
frt today | frt d2027-01-01
frt yesterday | frt d2026-12-31
frt week | frt w2026-12-28
frt week 53 | frt w2026-12-28
frt 2026-W53 | frt w2026-12-28
frt week 1 | frt w2025-12-29
frt last week | frt w2026-12-21
frt last month | frt m2026-12-01
frt december | frt m2026-12-01
frt january | frt m2027-01-01
frt last quarter | frt q2026-10-01
frt Q4 | frt q2026-10-01
frt year | frt y2027-01-01
frt 31 december | frt d2026-12-31
frt 2 january | frt d2026-01-02
frt 7d | frt 2026-12-26..2027-01-01
frt since monday | frt 2026-12-28..2027-01-01
frt week vs last year | frt w2026-12-28 vs w2025-12-29
frt december vs november | frt m2026-12-01 vs m2026-11-01
frt du 20 décembre au 3 janvier | frt 2026-12-20..2027-01-03
frt semaines 52 à 53 | frt 2026-12-21..2027-01-03
"""


@pytest.mark.parametrize(("words", "expected"), table(NEW_YEAR))
def test_half_past_midnight_on_new_years_day(words, expected):
    assert asked(words, now="2027-01-01T00:30") == expected


def test_the_day_is_the_one_of_the_reporting_zone():
    instant = context("2027-01-01T00:30").now
    assert asked("frt today", now=instant, zone="UTC") == "frt d2026-12-31"
    assert asked("frt year", now=instant, zone="America/New_York") == "frt y2026-01-01"
    assert asked("frt today", now=instant, zone="Pacific/Kiritimati") == "frt d2027-01-01"


LEAP_DAY = """
frt 29 february | frt d2028-02-29
frt today vs last year | frt d2028-02-29 vs d2027-02-28
frt last month vs last year | frt m2028-01-01 vs m2027-01-01
frt 1 month | frt m2028-02-01
frt 1 year | frt 2027-03-01..2028-02-29
frt 30d | frt 2028-01-31..2028-02-29
"""


@pytest.mark.parametrize(("words", "expected"), table(LEAP_DAY))
def test_on_a_leap_day(words, expected):
    assert asked(words, now="2028-02-29T12:00") == expected


@pytest.mark.parametrize(
    ("now", "hours"), [("2026-10-25T02:30", 25), ("2026-03-29T04:00", 23), ("2026-11-24T10:26", 24)]
)
def test_a_day_has_the_hours_it_has(now, hours):
    asking = context(now)
    today = parse("frt today", asking).period
    span = today.span(asking.now + 86_400)
    assert span.end - span.start == hours * 3600


def test_a_skipped_midnight_is_no_hindrance():
    assert asked("frt today", now="2026-04-24T01:30", zone="Africa/Cairo") == "frt d2026-04-24"
    assert asked("frt yesterday", now="2026-04-24T01:30", zone="Africa/Cairo") == "frt d2026-04-23"


SUNDAY = """
frt week | frt w2026-11-22
frt last week | frt w2026-11-15
frt 2 weeks ago | frt w2026-11-08
frt week of 2026-11-21 | frt w2026-11-15
frt week of 2026-11-22 | frt w2026-11-22
frt week 48 | frt w2026-11-23
frt 2026-W48 | frt w2026-11-23
frt this sunday | frt d2026-11-22
frt last friday | frt d2026-11-20
frt since sunday | frt 2026-11-22..2026-11-24
frt week vs last year | frt w2026-11-22 vs w2025-11-23
"""


@pytest.mark.parametrize(("words", "expected"), table(SUNDAY))
def test_weeks_that_start_on_sunday(words, expected):
    assert asked(words, week_start=6) == expected


def test_a_week_that_starts_on_sunday_begins_anew_on_sunday():
    assert asked("frt week", now="2026-11-29T12:00", week_start=6) == "frt w2026-11-29"
    assert asked("frt week", now="2026-11-29T12:00", week_start=0) == "frt w2026-11-23"
    assert asked("frt week", now="2026-11-29T12:00", week_start=5) == "frt w2026-11-28"


def test_the_question_knows_where_weeks_start():
    assert parse("frt quarter per week", context(week_start=6)).week_start == 6


def test_without_a_period_the_default_of_the_context_is_meant():
    assert asked("frt") == "frt w2026-11-23"
    assert asked("frt", default_period=Grain.MONTH) == "frt m2026-11-01"


def test_last_seven_days_end_with_today():
    asking = context()
    period = parse("frt last 7 days", asking).period
    assert (short_period(period), period.days, period.is_running(asking.now)) == ("2026-11-18..2026-11-24", 7, True)


def test_a_trend_without_a_period_ends_with_the_running_unit():
    assert asked("frt per month", now="2027-01-01T00:30") == "frt 2026-02-01..2027-01-31 per month"
    assert asked("frt per week", week_start=6) == "frt 2026-09-06..2026-11-28 per week"


def test_a_trend_without_a_period_that_fills_one_unit_is_that_unit():
    assert asked("frt per day", now="2026-11-30T12:00") == "frt m2026-11-01 per day"
    assert asked("frt per month", now="2026-12-15T12:00") == "frt y2026-01-01 per month"

"""When something is due: once on every local day that is meant, in every zone, whatever its clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from cast import PARIS, at
from hypothesis import given
from hypothesis import strategies as st

from bot.recurrence import WORKING_DAYS, Cadence, Occurrence, Recurrence, is_calendar
from kpi.period import Grain, Period, midnight

YEAR = 2026
DAYS = [date(YEAR, 1, 1) + timedelta(days=number) for number in range(365)]
QUARTERS = range(0, 1440, 15)


def jumps(name):
    """Return what the clocks of a zone do in the year: what they showed just before, and at, each jump."""
    zone, hour = ZoneInfo(name), 3600
    first = int(datetime(YEAR, 1, 1, tzinfo=UTC).timestamp())
    found, before = [], None
    for day in range(366):
        offset = datetime.fromtimestamp(first + day * 24 * hour, zone).utcoffset()
        if before is not None and offset != before:
            early, late = first + (day - 1) * 24 * hour, first + day * 24 * hour
            while early + 1 < late:
                middle = (early + late) // 2
                if datetime.fromtimestamp(middle, zone).utcoffset() == before:
                    early = middle
                else:
                    late = middle
            found.append(tuple(datetime.fromtimestamp(moment, zone).replace(tzinfo=None) for moment in (early, late)))
        before = offset
    return tuple(found)


@cache
def zones_with_dst():
    """Return a zone of each kind of DST: those whose clocks jump alike count once."""
    kinds = {}
    for name in sorted(available_timezones() - {"localtime", "posixrules"}):
        kinds.setdefault(jumps(name), name)
    return [name for jumped, name in kinds.items() if jumped]


def test_there_are_many_kinds_of_dst():
    assert len(zones_with_dst()) >= 15


@pytest.mark.parametrize("name", zones_with_dst())
def test_every_local_day_of_a_year_has_exactly_one_run_at_its_time_unless_the_clocks_skip_that(name):
    skipped = [(before, after) for before, after in jumps(name) if after - before > timedelta(seconds=1)]
    for minutes in QUARTERS:
        due, now = Recurrence(at=minutes, zone=name), midnight(DAYS[0], name) - 1
        for day in DAYS:
            occurrence = due.next(now)
            assert occurrence.day == day
            assert occurrence.at > now
            now = occurrence.at
            local = datetime.fromtimestamp(now, ZoneInfo(name)).replace(tzinfo=None)
            wanted = datetime.combine(day, time(*divmod(minutes, 60)))
            if local != wanted:
                assert local.date() == day
                assert any(before < wanted < after and local in {before, after} for before, after in skipped)


RECURRENCES = st.builds(
    Recurrence,
    at=st.integers(0, 1439),
    zone=st.sampled_from(zones_with_dst()),
    cadence=st.sampled_from(Cadence),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    month_day=st.integers(1, 31),
    calendar=st.sampled_from([None, "FR", "US", "DE-BY"]),
)


@given(RECURRENCES, st.integers(at("2024-01-01 00:00"), at("2028-01-01 00:00")))
def test_what_comes_before_is_followed_by_what_comes_next(due, now):
    before, after = due.previous(now), due.next(now)
    assert before.at < now < after.at or due.next(now - 1).at == now
    assert due.next(before.at).at in {now, after.at}
    assert due.previous(after.at).at in {now, before.at}
    assert due.on(after.day) == after


@given(RECURRENCES, st.integers(at("2024-01-01 00:00"), at("2028-01-01 00:00")))
def test_the_periods_that_are_reported_join_without_gap_or_overlap(due, now):
    first = due.next(now)
    second = due.next(first.at)
    assert due.reported(first.day).end == due.reported(second.day).start


# --- Known days ------------------------------------------------------------------------------------------------------


def days(due, since, count):
    found, now = [], at(since, due.zone)
    for _ in range(count):
        occurrence = due.next(now)
        found.append(str(occurrence.day))
        now = occurrence.at
    return found


def test_weekdays_leave_the_weekend_out():
    due = Recurrence(at=510, zone=PARIS, weekdays=WORKING_DAYS)
    assert days(due, "2026-11-26 12:00", 3) == ["2026-11-27", "2026-11-30", "2026-12-01"]


def test_monday_reports_the_weekend_too():
    due = Recurrence(at=510, zone=PARIS, weekdays=WORKING_DAYS)
    assert due.reported(date(2026, 11, 30)) == Period(start=date(2026, 11, 27), end=date(2026, 11, 30), zone=PARIS)
    assert due.reported(date(2026, 12, 1)).grain is Grain.DAY


def test_a_public_holiday_is_left_out_and_reported_with_the_day_after_it():
    due = Recurrence(at=510, zone=PARIS, weekdays=WORKING_DAYS, calendar="FR")
    assert days(due, "2026-11-10 09:00", 2) == ["2026-11-12", "2026-11-13"]
    reported = due.reported(date(2026, 11, 12))
    assert (reported.start, reported.end) == (date(2026, 11, 10), date(2026, 11, 12))


def test_a_weekly_one_comes_on_its_day_and_reports_the_week_before():
    due = Recurrence(at=540, zone=PARIS, cadence=Cadence.WEEKLY, weekdays=frozenset({2}))
    assert days(due, "2026-11-24 10:00", 2) == ["2026-11-25", "2026-12-02"]
    assert due.reported(date(2026, 11, 25)) == Period.of(date(2026, 11, 18), Grain.WEEK, PARIS)


def test_a_weekly_one_on_a_holiday_comes_the_day_after():
    due = Recurrence(at=540, zone=PARIS, cadence=Cadence.WEEKLY, weekdays=frozenset({0}), calendar="FR")
    assert days(due, "2026-03-31 00:00", 2) == ["2026-04-07", "2026-04-13"]
    assert due.reported(date(2026, 4, 7)) == Period.of(date(2026, 3, 30), Grain.WEEK, PARIS)


def test_the_31st_is_the_last_day_of_a_shorter_month():
    due = Recurrence(at=540, zone=PARIS, cadence=Cadence.MONTHLY, month_day=31)
    assert days(due, "2026-01-15 00:00", 4) == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert due.reported(date(2026, 2, 28)) == Period.of(date(2026, 1, 1), Grain.MONTH, PARIS)


def test_a_monthly_one_after_holidays_may_come_in_the_month_after():
    # 31 December 2021: New Year's Day is observed, as the first is a Saturday.
    due = Recurrence(at=540, zone="America/New_York", cadence=Cadence.MONTHLY, month_day=31, calendar="US")
    assert days(due, "2021-12-01 00:00", 2) == ["2022-01-02", "2022-01-31"]
    assert due.reported(date(2022, 1, 2)) == Period.of(date(2021, 11, 1), Grain.MONTH, "America/New_York")


def test_a_day_that_the_zone_skips_has_no_run():
    # Samoa went from 29 to 31 December 2011.
    due = Recurrence(at=600, zone="Pacific/Apia")
    assert days(due, "2011-12-28 12:00", 3) == ["2011-12-29", "2011-12-31", "2012-01-01"]


def test_a_gap_over_midnight_belongs_to_the_day_it_begins_on():
    # Toronto's clocks went from 30 March 1919 23:30 to 31 March 00:30.
    late = Recurrence(at=23 * 60 + 45, zone="America/Toronto")
    first = late.next(at("1919-03-30 12:00", "America/Toronto"))
    assert first.day == date(1919, 3, 30)
    assert first == Occurrence(day=date(1919, 3, 30), at=midnight(date(1919, 3, 31), "America/Toronto") - 1)
    early = Recurrence(at=15, zone="America/Toronto")
    assert early.next(first.at) == Occurrence(day=date(1919, 3, 31), at=midnight(date(1919, 3, 31), "America/Toronto"))


def test_calendars_are_known_by_their_codes():
    assert is_calendar("FR")
    assert is_calendar("DE-BY")
    assert not is_calendar("ZZ")
    assert not is_calendar("FR-XX")

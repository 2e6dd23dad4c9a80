from dataclasses import replace
from datetime import date, timedelta

import pytest
from cast import DAY, HOUR, MINUTE, PARIS, at
from hypothesis import assume, given
from hypothesis import strategies as st
from reference_time import SlowTime
from strategies import DATES, NIGHTS, NINE_TO_SIX, OFFICE, ZONES, daily, instants, schedules

from kpi.errors import SettingsError
from kpi.hours import AROUND_THE_CLOCK, Schedule, Timeline, Week

BERLIN = Schedule(key="berlin", zone="Europe/Berlin", weeks=(NINE_TO_SIX,))
DESK = Schedule(key="desk", zone=PARIS, weeks=(daily((9, 18), days=5),))
EIGHT_TO_SIX = Schedule(key="utc", zone="UTC", weeks=(daily((8, 18), days=5),))
ALWAYS = Schedule(key="always", zone=PARIS, weeks=(AROUND_THE_CLOCK,))
NIGHT = Schedule(key="night", zone=PARIS, weeks=(NIGHTS,))


def daily_in(zone: str, *openings: tuple[float, float], **more) -> Schedule:
    return Schedule(key="team", zone=zone, weeks=(daily(*openings),), **more)


# --- Vectors published by others ---


def minutes_from_sunday(*openings: tuple[int, int]) -> Week:
    days = [[] for _ in range(7)]
    for opens, closes in openings:
        start = opens // 1440 * 1440
        days[opens // 1440].append(((opens - start) * 60, (closes - start) * 60))
    sunday, *others = (tuple(day) for day in days)
    return Week(days=(*others, sunday))


def test_a_ticket_that_changes_schedule_counts_each_part_under_its_own():
    # dbt_zendesk's decision log; the week is that of Sunday 2021-02-07.
    first = Schedule(key="a", zone="UTC", weeks=(minutes_from_sunday((3600, 4440), (5040, 5880)),))
    second = Schedule(key="b", zone="UTC", weeks=(minutes_from_sunday((3780, 4350), (5220, 5790)),))
    created, moved, replied = at("2021-02-09 17:01:38"), at("2021-02-10 19:01:25"), at("2021-02-10 19:01:46")
    under = Timeline([(created, first), (moved, second)])
    assert under.elapsed(created, replied) / MINUTE == pytest.approx(960.1333, abs=1e-4)
    assert second.elapsed(created, replied) / MINUTE == pytest.approx(690.1333, abs=1e-4)


def test_four_business_hours_across_the_end_of_summer_time():
    # Request Tracker: created Friday 17:19 CEST, due Monday 12:19 CET.
    assert DESK.add(at("2026-10-23 17:19", PARIS), 4 * HOUR) == at("2026-10-26 11:19")


@pytest.mark.parametrize(
    ("minutes", "due"), [(60, "2013-03-21 10:30"), (120, "2013-03-21 11:30"), (180, "2013-03-21 12:30")]
)
def test_weekdays_eight_to_six_due_times(minutes, due):
    assert EIGHT_TO_SIX.add(at("2013-03-21 09:30"), minutes * MINUTE) == at(due)


def test_weekdays_eight_to_six_elapsed():
    assert EIGHT_TO_SIX.elapsed(at("2013-03-21 09:30"), at("2013-03-21 14:00")) == 270 * MINUTE


def test_a_due_time_that_falls_on_closing_time_is_that_instant():
    # Zammad says 2013-06-05 07:00Z, the next opening; pending 10:00Z-15:00Z is taken out of the two hours.
    created, pending, resumed = at("2013-06-04 09:00"), at("2013-06-04 10:00"), at("2013-06-04 15:00")
    left = 120 * MINUTE - BERLIN.elapsed(created, pending)
    assert BERLIN.add(resumed, left) == at("2013-06-04 16:00")
    assert BERLIN.last(resumed, left) == at("2013-06-05 07:00")


@pytest.mark.parametrize(
    ("counted", "minutes"),
    [
        ([("09:00", "10:00"), ("10:30", "12:00")], 150),
        ([], 0),
        ([("10:30", "11:00")], 30),
    ],
)
def test_berlin_resolution_times_without_pending(counted, minutes):
    parts = [(at(f"2013-06-04 {since}"), at(f"2013-06-04 {until}")) for since, until in counted]
    assert sum(BERLIN.elapsed(*part) for part in parts) == minutes * MINUTE


# --- Days, nights and clocks that change ---


def test_a_lunch_break_is_closed():
    office = Schedule(key="office", zone=PARIS, weeks=(OFFICE,))
    assert office.elapsed(at("2026-06-17 11:00", PARIS), at("2026-06-17 14:00", PARIS)) == 90 * MINUTE


def test_a_shift_over_midnight_goes_on_after_it():
    assert NIGHT.elapsed(at("2026-06-17 23:00", PARIS), at("2026-06-18 07:00", PARIS)) == 7 * HOUR
    assert NIGHT.add(at("2026-06-17 23:00", PARIS), 7 * HOUR) == at("2026-06-18 06:00", PARIS)


@pytest.mark.parametrize(("evening", "hours"), [("2026-03-28", 7), ("2026-06-17", 8), ("2026-10-24", 9)])
def test_a_night_shift_is_as_long_as_the_night_the_clocks_change(evening, hours):
    noon = at(f"{evening} 12:00", PARIS)
    assert NIGHT.elapsed(noon, noon + DAY) == hours * HOUR


@pytest.mark.parametrize(
    ("day", "after", "hours"),
    [("2026-03-29", "2026-03-30", 23), ("2026-06-17", "2026-06-18", 24), ("2026-10-25", "2026-10-26", 25)],
)
def test_around_the_clock_a_day_has_all_its_hours(day, after, hours):
    assert ALWAYS.elapsed(at(day, PARIS), at(after, PARIS)) == hours * HOUR


def test_around_the_clock_is_calendar_time_for_decades():
    start = at("2026-06-17 10:00")
    assert ALWAYS.add(start, 30 * 365 * DAY) == start + 30 * 365 * DAY
    assert ALWAYS.last(start, 30 * 365 * DAY) == start + 30 * 365 * DAY


def test_an_opening_in_the_skipped_hour_starts_when_the_clocks_jump():
    early = daily_in(PARIS, (2.5, 5))
    midnight = at("2026-03-29", PARIS)
    assert early.add(midnight, 1) == at("2026-03-29 03:00", PARIS) + 1
    assert early.elapsed(midnight, at("2026-03-29 12:00", PARIS)) == 2 * HOUR


def test_a_closing_in_the_skipped_hour_is_when_the_clocks_jump():
    assert daily_in(PARIS, (0, 2.5)).elapsed(at("2026-03-29", PARIS), at("2026-03-29 12:00", PARIS)) == 2 * HOUR


def test_an_opening_inside_the_skipped_hour_is_skipped():
    skipped = daily_in(PARIS, (2.25, 2.75))
    assert skipped.elapsed(at("2026-03-29", PARIS), at("2026-03-30", PARIS)) == 0
    assert skipped.add(at("2026-03-29", PARIS), 1) == at("2026-03-30 02:15", PARIS) + 1


@pytest.mark.parametrize(
    ("opening", "hours"), [((1, 2), 1), ((2, 3), 2), ((1, 4), 4), ((2.5, 4), 2.5), ((1, 2.5), 1.5), ((3, 4), 1)]
)
def test_the_repeated_hour_is_read_the_first_time_round(opening, hours):
    night = daily_in(PARIS, opening)
    assert night.elapsed(at("2026-10-25", PARIS), at("2026-10-26", PARIS)) == hours * HOUR


def test_openings_end_to_end_leave_no_gap_in_the_repeated_hour():
    tiled = daily_in(PARIS, (0, 2.5), (2.5, 24))
    assert tiled.elapsed(at("2026-10-25", PARIS), at("2026-10-26", PARIS)) == 25 * HOUR


def test_the_southern_hemisphere_changes_its_clocks_the_other_way_round():
    sydney = daily_in("Australia/Sydney", (0, 4))
    for day, hours in (("2026-04-05", 5), ("2026-10-04", 3), ("2026-07-01", 4)):
        start = at(day, "Australia/Sydney")
        assert sydney.elapsed(start, start + 12 * HOUR) == hours * HOUR


def test_half_hour_zones_open_on_their_own_half_hour():
    assert daily_in("Asia/Kolkata", (9, 18)).add(at("2026-06-17 00:00"), 1) == at("2026-06-17 03:30") + 1


def test_a_half_hour_clock_change_counts_half_an_hour():
    lord_howe = daily_in("Australia/Lord_Howe", (0, 24))
    start = at("2026-04-05", "Australia/Lord_Howe")
    assert lord_howe.elapsed(start, at("2026-04-06", "Australia/Lord_Howe")) == 24.5 * HOUR


def test_a_skipped_midnight_opens_when_the_clocks_jump():
    sao_paulo = daily_in("America/Sao_Paulo", (0, 24))
    jump = at("2017-10-15 03:00")
    assert sao_paulo.elapsed(jump, at("2017-10-16", "America/Sao_Paulo")) == 23 * HOUR
    assert sao_paulo.elapsed(jump - HOUR, jump) == HOUR


def test_a_date_that_never_was_has_no_hours():
    apia = daily_in("Pacific/Apia", (9, 18))
    assert apia.elapsed(at("2011-12-29 12:00", "Pacific/Apia"), at("2011-12-31 12:00", "Pacific/Apia")) == 9 * HOUR


# --- Holidays and hours that change ---


def test_a_holiday_is_closed():
    closed = Schedule(key="desk", zone=PARIS, weeks=DESK.weeks, holidays=frozenset({date(2026, 6, 17)}))
    assert closed.elapsed(at("2026-06-17", PARIS), at("2026-06-18", PARIS)) == 0
    assert closed.add(at("2026-06-16 17:00", PARIS), 2 * HOUR) == at("2026-06-18 10:00", PARIS)


def test_public_holidays_of_a_country_are_closed():
    french = Schedule(key="desk", zone=PARIS, weeks=DESK.weeks, country="FR")
    assert french.elapsed(at("2026-07-14", PARIS), at("2026-07-15", PARIS)) == 0
    assert DESK.elapsed(at("2026-07-14", PARIS), at("2026-07-15", PARIS)) == 9 * HOUR


def test_public_holidays_of_a_subdivision_are_closed_there_only():
    saint_stephen = at("2025-12-26", PARIS), at("2025-12-27", PARIS)
    for subdivision, hours in ((None, 9), ("57", 0)):
        desk = Schedule(key="desk", zone=PARIS, weeks=DESK.weeks, country="FR", subdivision=subdivision)
        assert desk.elapsed(*saint_stephen) == hours * HOUR


def test_a_holiday_takes_away_the_shift_that_starts_on_it():
    nights = Schedule(key="night", zone=PARIS, weeks=(NIGHTS,), holidays=frozenset({date(2026, 6, 17)}))
    assert nights.elapsed(at("2026-06-17", PARIS), at("2026-06-17 12:00", PARIS)) == 6 * HOUR
    assert nights.elapsed(at("2026-06-17 12:00", PARIS), at("2026-06-18 12:00", PARIS)) == 0


def test_hours_change_from_a_local_date_on():
    longer = Schedule(
        key="desk", zone=PARIS, weeks=(Week(days=daily((8, 20)).days, since=date(2026, 6, 17)), daily((9, 18)))
    )
    assert longer.elapsed(at("2026-06-16", PARIS), at("2026-06-17", PARIS)) == 9 * HOUR
    assert longer.elapsed(at("2026-06-17", PARIS), at("2026-06-18", PARIS)) == 12 * HOUR


def test_the_earliest_week_also_holds_before_its_date():
    dated = Schedule(key="desk", zone=PARIS, weeks=(Week(days=DESK.weeks[0].days, since=date(2026, 6, 17)),))
    assert dated.elapsed(at("2025-06-17", PARIS), at("2025-06-18", PARIS)) == 9 * HOUR


def test_a_shift_that_runs_into_the_hours_of_a_new_week_counts_once():
    changed = Schedule(
        key="desk", zone="UTC", weeks=(daily((22, 30)), Week(days=daily((4, 12)).days, since=date(2026, 6, 17)))
    )
    assert changed.elapsed(at("2026-06-16 12:00"), at("2026-06-17 12:00")) == 14 * HOUR


# --- The ends of measuring ---


def test_business_time_never_stops_in_either_direction():
    desk = daily_in("UTC", (9, 18))
    today = at("2026-06-17")
    assert desk.elapsed(today, today + DAY) == 9 * HOUR
    later, earlier = at("2061-06-17"), at("1991-06-17")
    assert desk.elapsed(later, later + DAY) == 9 * HOUR
    assert desk.elapsed(earlier, earlier + DAY) == 9 * HOUR
    assert desk.elapsed(earlier, later) == 9 * HOUR * (later - earlier) // DAY
    assert desk.add(today, 9 * HOUR * 20_000) == today + 19_999 * DAY + 18 * HOUR


def test_no_time_has_passed_when_the_end_is_not_after_the_start():
    noon = at("2026-06-17 12:00", PARIS)
    assert DESK.elapsed(noon, noon) == DESK.elapsed(noon, noon - HOUR) == 0
    assert Timeline([(0, DESK)]).elapsed(noon, noon - HOUR) == 0


def test_nothing_to_wait_for_is_now_even_when_closed():
    midnight = at("2026-06-17", PARIS)
    assert DESK.add(midnight, 0) == midnight
    assert DESK.last(midnight, 0) == at("2026-06-17 09:00", PARIS)
    assert Timeline([(0, DESK)]).add(midnight, 0) == midnight


def test_equal_schedules_are_one_key():
    one, other = (daily_in(PARIS, (9, 18), holidays=frozenset({date(2026, 5, 1)})) for _ in range(2))
    one.elapsed(0, DAY)
    assert one == other
    assert len({one, other}) == 1


# --- Tickets that change schedule ---


def test_without_a_schedule_time_is_calendar_time():
    noon = at("2026-06-17 12:00")
    for timeline in (Timeline([]), Timeline([(noon, None)])):
        assert timeline.elapsed(noon, noon + DAY) == DAY
        assert timeline.add(noon, DAY) == timeline.last(noon, DAY) == noon + DAY


def test_a_due_time_moves_on_into_the_next_schedule():
    change = at("2026-06-17 17:00", PARIS)
    timeline = Timeline([(change, None), (0, DESK)])
    start = at("2026-06-17 16:00", PARIS)
    assert timeline.add(start, HOUR) == timeline.last(start, HOUR) == change
    assert timeline.add(start, 5 * HOUR) == at("2026-06-17 21:00", PARIS)


def test_the_last_instant_in_time_can_lie_in_a_later_schedule():
    evening = at("2026-06-17 20:00", PARIS)
    timeline = Timeline([(0, DESK), (evening, NIGHT)])
    start = at("2026-06-17 16:00", PARIS)
    assert timeline.add(start, 2 * HOUR) == at("2026-06-17 18:00", PARIS)
    assert timeline.last(start, 2 * HOUR) == at("2026-06-17 22:00", PARIS)


# --- Hours that can't be ---


@pytest.mark.parametrize(
    ("weeks", "key"),
    [
        ((), "schedule_never_opens"),
        ((Week(days=((),) * 7),), "schedule_never_opens"),
        ((DESK.weeks[0], Week(days=((),) * 7, since=date(2030, 1, 1))), "schedule_never_opens"),
        ((Week(days=(((0, DAY),),) * 6),), "schedule_week_incomplete"),
        ((NINE_TO_SIX, OFFICE), "schedule_week_repeated"),
        ((daily((18, 9)),), "schedule_opening_invalid"),
        ((daily((9, 9)),), "schedule_opening_invalid"),
        ((daily((24, 25)),), "schedule_opening_invalid"),
        ((daily((9, 49)),), "schedule_opening_invalid"),
        ((daily((9, 12), (11, 18)),), "schedule_openings_overlap"),
        ((daily((5, 12), (22, 30)),), "schedule_openings_overlap"),
        ((daily((5, 12), (13, 14), (9, 18)),), "schedule_openings_overlap"),
    ],
)
def test_hours_that_cannot_be_are_refused(weeks, key):
    with pytest.raises(SettingsError) as refused:
        Schedule(key="desk", zone=PARIS, weeks=weeks)
    assert refused.value.key == key


def test_a_sunday_shift_may_not_run_into_monday_morning():
    sunday_night = Week(days=(((5 * HOUR, 12 * HOUR),), (), (), (), (), (), ((22 * HOUR, 30 * HOUR),)))
    with pytest.raises(SettingsError) as refused:
        Schedule(key="desk", zone=PARIS, weeks=(sunday_night,))
    assert refused.value.values == {"schedule": "desk", "weekday": "monday", "opening": "05:00–12:00"}


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"zone": "Europe/Pari"}, "schedule_unknown_zone"),
        ({"zone": "../etc/passwd"}, "schedule_unknown_zone"),
        ({"zone": ""}, "schedule_unknown_zone"),
        ({"country": "XX"}, "schedule_unknown_country"),
        ({"country": "FR", "subdivision": "XX"}, "schedule_unknown_subdivision"),
    ],
)
def test_places_that_are_not_known_are_refused(settings, key):
    with pytest.raises(SettingsError) as refused:
        Schedule(**{"key": "desk", "zone": PARIS, "weeks": (NINE_TO_SIX,)} | settings)
    assert refused.value.key == key
    if settings.get("zone") == "Europe/Pari":
        assert "Europe/Paris" in refused.value.values["suggestions"]


def test_a_schedule_that_holidays_close_for_good_is_told_instead_of_waiting_for_ever():
    new_year = date(2026, 1, 1)
    shut = frozenset(new_year + timedelta(days=day) for day in range(15 * 366))
    schedule = Schedule(key="desk", zone="UTC", weeks=(NINE_TO_SIX,), holidays=shut)
    assert schedule.elapsed(at("2026-06-17"), at("2026-06-27")) == 0
    for method in (schedule.add, schedule.last):
        with pytest.raises(SettingsError) as refused:
            method(at("2026-06-17"), HOUR)
        assert refused.value.key == "schedule_never_opens"


# --- Properties ---


@st.composite
def timelines(draw):
    """A timeline as (around, pieces): one schedule or several, or none for a while."""
    around = draw(st.sampled_from(DATES))
    pieces = draw(
        st.lists(st.tuples(instants(around), st.none() | schedules(around)), min_size=1, max_size=3).filter(
            lambda pieces: len({since for since, _ in pieces}) == len(pieces)
        )
    )
    return around, pieces


SHORT = st.integers(0, 30 * HOUR)


@given(st.data(), timelines())
def test_business_time_is_calendar_time_at_most_and_adds_up(data, told):
    around, pieces = told
    first, second, third = sorted(data.draw(instants(around)) for _ in range(3))
    timeline = Timeline(pieces)
    whole = timeline.elapsed(first, third)
    assert 0 <= whole <= third - first
    assert timeline.elapsed(first, second) + timeline.elapsed(second, third) == whole


@given(st.data(), timelines())
def test_business_time_agrees_with_walking_through_it(data, told):
    around, pieces = told
    start, end = sorted(data.draw(instants(around)) for _ in range(2))
    middle = at(around.isoformat())
    slow = SlowTime(pieces, middle - 8 * DAY, middle + 8 * DAY)
    timeline, seconds = Timeline(pieces), data.draw(SHORT)
    assert timeline.elapsed(start, end) == slow.elapsed(start, end)
    if (due := slow.due(start, seconds)) is not None:
        assert timeline.add(start, seconds) == due
    if (last := slow.last(start, seconds)) is not None:
        assert timeline.last(start, seconds) == last


@given(st.data(), st.sampled_from(DATES))
def test_a_schedule_answers_the_same_whatever_was_asked_before(data, around):
    asked = data.draw(schedules(around))
    start, end = sorted(data.draw(instants(around)) for _ in range(2))
    for years in data.draw(st.lists(st.sampled_from((-8, -1, 0, 1, 8)), max_size=2)):
        asked.elapsed(start + years * 365 * DAY, end + years * 365 * DAY)
    for earlier in range(4):
        part = start - earlier * 8 * HOUR, start - earlier * 8 * HOUR + 8 * HOUR
        assert asked.elapsed(*part) == replace(asked).elapsed(*part)


@given(st.data(), timelines(), SHORT)
def test_adding_is_the_inverse_of_measuring(data, told, seconds):
    around, pieces = told
    start = data.draw(instants(around))
    timeline = Timeline(pieces)
    due, last = timeline.add(start, seconds), timeline.last(start, seconds)
    assert timeline.elapsed(start, due) == seconds
    assert due == start or timeline.elapsed(start, due - 1) == seconds - 1
    assert due <= last
    assert timeline.elapsed(start, last) == seconds
    assert timeline.elapsed(start, last + 1) == seconds + 1


@given(st.data(), st.sampled_from(ZONES), st.integers(1, 3))
def test_whole_weeks_away_from_clock_changes_change_nothing(data, zone, count):
    around = date(2026, 6, 17)
    schedule = data.draw(schedules(around, (zone,)))
    assume(len(schedule.weeks) == 1)
    usual = Schedule(key="usual", zone=zone, weeks=schedule.weeks)
    start, end = sorted(data.draw(instants(around)) for _ in range(2))
    moved = count * 7 * DAY
    assert usual.elapsed(start, end) == usual.elapsed(start + moved, end + moved)
    seconds = data.draw(SHORT)
    assert usual.add(start, seconds) + moved == usual.add(start + moved, seconds)

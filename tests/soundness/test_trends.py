"""Trends and breakdowns by hand."""

from datetime import date, timedelta

import pytest
from cast import DAY, HOUR, MINUTE, PARIS, at
from facts import Ledger

from kpi.answer import answer
from kpi.period import Grain, Period, midnight
from kpi.question import Filter, Question

NOW = at("2026-11-24 12:00")
OCTOBER = Period.of(date(2026, 10, 1), Grain.MONTH, PARIS)
T0 = at("2026-10-12 08:00")


def ask(kpi: str, period: Period = OCTOBER, **question: object) -> Question:
    return Question(kpi=kpi, period=period, **question)


def values(told) -> list[float | None]:
    return [bucket.figure.value for bucket in told.buckets]


# --- Trends ------------------------------------------------------------------------------------------------------


def test_a_trend_over_the_25_hour_day_puts_every_hour_in_its_day(engine):
    ledger = Ledger()
    weekend = Period(start=date(2026, 10, 24), end=date(2026, 10, 27), zone=PARIS)
    first = at("2026-10-24 00:00", PARIS)
    for hour in range(24 + 25 + 24):
        ledger.ticket(first + hour * HOUR)
    told = answer(ask("volume", weekend, per=Grain.DAY), ledger.frames(engine), NOW)
    assert values(told) == [24, 25, 24]
    assert sum(values(told)) == told.figure.value


def test_a_year_of_days_keeps_every_midnight_in_its_place(engine):
    ledger = Ledger()
    year = Period.of(date(2025, 6, 1), Grain.YEAR, PARIS)
    for number in range(365):
        # A ticket at each midnight and, on the n-th day of a month, one more a second before the next.
        day = date(2025, 1, 1) + timedelta(days=number)
        ledger.ticket(midnight(day, PARIS))
        if day.day % 10 == 0:
            ledger.ticket(midnight(day + timedelta(days=1), PARIS) - 1)
    told = answer(ask("volume", year, per=Grain.DAY), ledger.frames(engine), NOW)
    assert len(told.buckets) == 365
    assert all(bucket.figure.value == (2 if bucket.period.start.day % 10 == 0 else 1) for bucket in told.buckets)


def test_months_and_weeks_of_a_trend_are_those_of_the_calendar(engine):
    ledger = Ledger()
    for day, n in (("2026-07-01", 1), ("2026-08-31", 2), ("2026-09-30", 3)):
        for _ in range(n):
            ledger.ticket(at(f"{day} 23:59:59", PARIS))
    frames = ledger.frames(engine)
    quarter = Period.of(date(2026, 8, 1), Grain.QUARTER, PARIS)
    assert values(answer(ask("volume", quarter, per=Grain.MONTH), frames, NOW)) == [1, 2, 3]
    weeks = answer(ask("volume", quarter, per=Grain.WEEK), frames, NOW).buckets
    # 1 July 2026 is a Wednesday: the first bucket is cut to five days, and 30 September to the last three.
    assert [(bucket.period.start, bucket.figure.value) for bucket in weeks if bucket.figure.value] == [
        (date(2026, 7, 1), 1),
        (date(2026, 8, 31), 2),
        (date(2026, 9, 28), 3),
    ]


def test_weeks_of_a_trend_begin_where_the_question_says(engine):
    ledger = Ledger()
    ledger.ticket(at("2026-10-04 12:00", PARIS))  # a Sunday
    frames = ledger.frames(engine)
    monday, sunday = (answer(ask("volume", per=Grain.WEEK, week_start=start), frames, NOW).buckets for start in (0, 6))
    assert [bucket.period.start for bucket in monday if bucket.figure.value] == [date(2026, 10, 1)]
    assert [bucket.period.start for bucket in sunday if bucket.figure.value] == [date(2026, 10, 4)]


def test_days_that_are_still_to_come_are_not_shown(engine):
    ledger = Ledger()
    ledger.ticket(at("2026-11-23 12:00", PARIS))
    week = Period.of(date(2026, 11, 24), Grain.WEEK, PARIS)
    told = answer(ask("volume", week, per=Grain.DAY), ledger.frames(engine), NOW)
    assert [bucket.period.start.day for bucket in told.buckets] == [23, 24]
    assert values(told) == [1, 0]


def test_a_bucket_without_solves_has_no_percentage_and_no_median(engine):
    ledger = Ledger()
    ledger.solved(T0, T0 + HOUR)
    days = Period(start=date(2026, 10, 12), end=date(2026, 10, 14), zone=PARIS)
    frames = ledger.frames(engine)
    assert values(answer(ask("fcr", days, per=Grain.DAY), frames, NOW)) == [1, None]
    assert values(answer(ask("resolution_time", days, per=Grain.DAY), frames, NOW)) == [HOUR, None]


def test_the_median_of_a_bucket_carries_its_own_interval(engine):
    ledger = Ledger()
    for day, minutes in ((0, range(1, 7)), (1, range(11, 21))):
        for waited in minutes:
            ledger.turn(ledger.ticket(T0 + day * DAY), T0 + day * DAY, T0 + day * DAY + waited * MINUTE)
    days = Period(start=date(2026, 10, 12), end=date(2026, 10, 14), zone=PARIS)
    told = answer(ask("frt", days, per=Grain.DAY), ledger.frames(engine), NOW)
    # Ranks 1 and 6 of six, 2 and 9 of ten.
    assert [bucket.figure.interval for bucket in told.buckets] == [
        (1 * MINUTE, 6 * MINUTE),
        (12 * MINUTE, 19 * MINUTE),
    ]


def test_the_trend_of_the_backlog_is_what_was_open_at_each_end(engine):
    ledger = Ledger()
    days = Period(start=date(2026, 10, 24), end=date(2026, 10, 27), zone=PARIS)
    ends = [midnight(date(2026, 10, day), PARIS) for day in (25, 26, 27)]
    lives = [
        (ends[0] - 40 * DAY, None),  # open at all three ends
        (ends[0] - 40 * DAY, ends[0] - 30 * DAY),  # over long before
        (ends[0] - HOUR, ends[0]),  # solved at the very first end: there still
        (ends[0], ends[1] + 1),  # opened at the very first end: from the second on
        (
            ends[1] - 25 * HOUR,
            ends[1] - 1,
        ),  # opened at the first end as well (the day has 25 hours), over at the second
        (ends[2], None),  # not before the last end
        (ends[0] - 40 * DAY, ends[2]),  # solved at the very last end: there still
    ]
    for started, ended in lives:
        ledger.span(ledger.ticket(started), started, ended)
    frames = ledger.frames(engine)
    told = answer(ask("backlog", days, per=Grain.DAY), frames, NOW)
    assert values(told) == [3, 3, 2]
    single = [
        answer(ask("backlog", Period.of(date(2026, 10, day), Grain.DAY, PARIS)), frames, NOW).figure.value
        for day in (24, 25, 26)
    ]
    assert values(told) == single


def test_the_backlog_of_the_running_bucket_is_that_of_now(engine):
    ledger = Ledger()
    for started, ended in ((NOW - 3 * DAY, NOW - HOUR), (NOW - HOUR, None), (NOW + HOUR, None)):
        ledger.span(ledger.ticket(started), started, ended)
    week = Period.of(date(2026, 11, 24), Grain.WEEK, PARIS)
    told = answer(ask("backlog", week, per=Grain.DAY), ledger.frames(engine), NOW)
    assert (values(told), told.figure.value) == ([1, 1], 1)


# --- Breakdowns --------------------------------------------------------------------------------------------------


def test_groups_are_worst_first_and_rows_without_a_value_last(engine):
    ledger = Ledger()
    for team, successes, n in (("billing", 8, 10), ("care", 6, 10), (None, 0, 10), ("sales", 0, 3)):
        for number in range(n):
            ledger.solved(T0, T0 + HOUR, solved_team=team, replies=1 if number < successes else 2)
    ledger.name("teams", "billing", "Billing")
    told = answer(ask("fcr", by=("team",)), ledger.frames(engine), NOW)
    # Three tickets of sales are too few to rank it below the others.
    assert [(group.keys[0], group.labels[0], group.figure.value) for group in told.groups] == [
        ("care", "care", 0.6),
        ("billing", "Billing", 0.8),
        ("sales", "sales", 0.0),
        (None, None, 0.0),
    ]
    assert sum(group.figure.n for group in told.groups) == told.figure.n


def test_groups_of_a_count_are_most_first_and_equal_ones_by_name(engine):
    ledger = Ledger()
    for channel, n in (("web", 2), ("email", 2), ("phone", 3), (None, 9)):
        for _ in range(n):
            ledger.ticket(T0, channel=channel)
    told = answer(ask("volume", by=("channel",)), ledger.frames(engine), NOW)
    assert [(group.keys[0], group.figure.value) for group in told.groups] == [
        ("phone", 3),
        ("email", 2),
        ("web", 2),
        (None, 9),
    ]


@pytest.mark.parametrize(
    ("kpi", "expected"),
    [("volume", "received"), ("solved", "solved"), ("csat", "rated")],
)
def test_the_team_is_that_of_the_moment_of_the_event(engine, kpi, expected):
    ledger = Ledger()
    teams = {"created_team": "received", "solved_team": "solved", "rated_team": "rated"}
    ledger.solved(T0, T0 + HOUR, **teams, rated_at=T0 + DAY, rating_positive=1)
    frames = ledger.frames(engine)
    assert [group.keys[0] for group in answer(ask(kpi, by=("team",)), frames, NOW).groups] == [expected]


def test_equal_identifiers_of_two_helpdesks_are_two_teams(engine):
    ledger = Ledger(("rt", "zendesk"))
    for helpdesk, n in (("rt", 3), ("zendesk", 2)):
        ledger.name("teams", "1", "Support", helpdesk)
        for _ in range(n):
            ledger.ticket(T0, helpdesk=helpdesk, created_team="1")
        ledger.ticket(T0, helpdesk=helpdesk, created_team=None)
    ledger.name("teams", "2", "Billing", "rt")
    ledger.ticket(T0, helpdesk="rt", created_team="2")
    frames = ledger.frames(engine)
    told = answer(ask("volume", by=("team",)), frames, NOW)
    assert [(group.keys[0], group.labels[0], group.figure.value) for group in told.groups] == [
        ("rt/1", "Support (rt/1)", 3),
        ("zendesk/1", "Support (zendesk/1)", 2),
        ("rt/2", "Billing", 1),
        (None, None, 2),
    ]
    for group in told.groups[:3]:
        again = answer(ask("volume", filters=(Filter(dimension="team", values=(group.keys[0],)),)), frames, NOW)
        assert again.figure == group.figure, "a group's key, used as a filter, finds the same rows"
    by_helpdesk = answer(ask("volume", by=("helpdesk",)), frames, NOW).groups
    assert [(group.keys[0], group.figure.value) for group in by_helpdesk] == [("rt", 5), ("zendesk", 3)]


# --- What is left out --------------------------------------------------------------------------------------------


def test_each_reason_for_leaving_a_ticket_out_is_counted(engine):
    ledger = Ledger()
    for reason, n in ((None, 5), ("deleted", 1), ("spam", 2), ("merged", 3), ("test", 4)):
        for _ in range(n):
            ticket = ledger.solved(T0, T0 + HOUR, left_out=reason)
            ledger.turn(ticket, T0, T0 + MINUTE)
            ledger.clock(ticket, "resolution", state="stopped", stopped_at=T0 + HOUR, stopped_by="solve", breached=0)
            ledger.span(ticket, T0, None)
    frames = ledger.frames(engine)
    for kpi in ("volume", "solved", "fcr", "frt", "reply_time", "resolution_time", "resolution_sla", "backlog"):
        told = answer(ask(kpi), frames, NOW)
        assert told.figure.n == 5, kpi
        assert told.left_out == {"deleted": 1, "spam": 2, "merged": 3, "test": 4}, kpi


def test_what_lies_outside_the_period_or_the_filter_is_not_left_out_but_elsewhere(engine):
    ledger = Ledger()
    ledger.ticket(T0 - 60 * DAY, left_out="spam")
    ledger.ticket(T0, left_out="spam", channel="web")
    ledger.ticket(T0, left_out="spam", channel="email")
    frames = ledger.frames(engine)
    only_web = (Filter(dimension="channel", values=("web",)),)
    assert answer(ask("volume", filters=only_web), frames, NOW).left_out == {"spam": 1}


def test_a_ticket_left_out_for_two_reasons_is_counted_once(engine):
    ledger = Ledger()
    ledger.solved(T0, T0 + HOUR, left_out="spam", opened_by_agent=1)
    assert answer(ask("fcr"), ledger.frames(engine), NOW).left_out == {"spam": 1}

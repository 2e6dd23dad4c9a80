"""Volume, solved and backlog by hand: what falls in a period, to the second."""

from datetime import date

import pytest
from cast import HOUR, PARIS, at
from facts import Ledger

from kpi.answer import answer
from kpi.period import Grain, Period
from kpi.question import Question

NOW = at("2026-11-24 12:00")
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 11, 1), zone=PARIS, grain=Grain.MONTH)


def ask(kpi: str, period: Period = OCTOBER, **question: object) -> Question:
    return Question(kpi=kpi, period=period, **question)


def day(text: str, zone: str = PARIS) -> Period:
    return Period.of(date.fromisoformat(text), Grain.DAY, zone)


def test_what_happens_at_the_start_is_in_and_at_the_end_is_out(engine):
    ledger = Ledger()
    # October in Paris: from 30 September 22:00Z (summer time) to 31 October 23:00Z (winter time).
    start, end = at("2026-09-30 22:00"), at("2026-10-31 23:00")
    for instant in (start - 1, start, end - 1, end):
        ledger.ticket(instant)
        ledger.solved(at("2026-09-01 08:00"), instant)
    frames = ledger.frames(engine)
    assert answer(ask("volume"), frames, NOW).figure.value == 2, "start and end - 1"
    assert answer(ask("solved"), frames, NOW).figure.value == 2


@pytest.mark.parametrize(
    ("zone", "october", "november"),
    [
        # 31 Oct 22:30Z is 23:30 in Paris, 31 Oct 18:30 in New York, 1 Nov 04:00 in Kolkata.
        ("Europe/Paris", 1, 0),
        ("America/New_York", 1, 0),
        ("Asia/Kolkata", 0, 1),
    ],
)
def test_one_ticket_falls_in_the_month_of_its_local_clock(engine, zone, october, november):
    ledger = Ledger()
    ledger.ticket(at("2026-10-31 22:30"))
    frames = ledger.frames(engine)
    months = [Period.of(date(2026, month, 1), Grain.MONTH, zone) for month in (10, 11)]
    assert [answer(ask("volume", month), frames, NOW).figure.value for month in months] == [october, november]


@pytest.mark.parametrize(("zone", "in_november"), [("Europe/Paris", 1), ("America/New_York", 0), ("Asia/Kolkata", 1)])
def test_a_ticket_an_hour_after_midnight_in_paris_is_still_october_in_new_york(engine, zone, in_november):
    ledger = Ledger()
    ledger.ticket(at("2026-11-01 00:30", PARIS))
    november = Period.of(date(2026, 11, 1), Grain.MONTH, zone)
    assert answer(ask("volume", november), ledger.frames(engine), NOW).figure.value == in_november


def test_the_days_of_the_clock_changes_have_25_and_23_hours(engine):
    ledger = Ledger()
    # One ticket an hour from the local midnight of 25 October 2026 on: 25 of them before the next midnight.
    for hour in range(30):
        ledger.ticket(at("2026-10-25 00:00", PARIS) + hour * HOUR)
    for hour in range(30):
        ledger.ticket(at("2026-03-29 00:00", PARIS) + hour * HOUR)
    frames = ledger.frames(engine)
    assert answer(ask("volume", day("2026-10-25")), frames, NOW).figure.value == 25
    assert answer(ask("volume", day("2026-10-26")), frames, NOW).figure.value == 5
    assert answer(ask("volume", day("2026-03-29")), frames, NOW).figure.value == 23
    assert answer(ask("volume", day("2026-03-30")), frames, NOW).figure.value == 7


def test_the_leap_day_and_week_53_are_whole(engine):
    ledger = Ledger()
    ledger.ticket(at("2028-02-29 23:59:59", PARIS))
    ledger.ticket(at("2027-01-03 23:59:59", PARIS))  # the Sunday of 2026-W53
    ledger.ticket(at("2027-01-04 00:00:00", PARIS))  # the Monday of 2027-W01
    frames = ledger.frames(engine)
    now = at("2028-06-01 00:00")
    february = Period.of(date(2028, 2, 1), Grain.MONTH, PARIS)
    week_53 = Period.of(date(2026, 12, 31), Grain.WEEK, PARIS)
    assert answer(ask("volume", february), frames, now).figure.value == 1
    assert (week_53.start, answer(ask("volume", week_53), frames, now).figure.value) == (date(2026, 12, 28), 1)


def test_nothing_that_happens_after_now_counts(engine):
    ledger = Ledger()
    today = day("2026-11-24")
    for hour in (0, 9, 13, 15):
        ledger.ticket(at("2026-11-24 00:00", PARIS) + hour * HOUR)
    told = answer(ask("volume", today), ledger.frames(engine), at("2026-11-24 13:00", PARIS))
    assert told.figure.value == 2, "00:00 and 09:00; 13:00 is now itself, and not before it"
    assert (told.span.start, told.span.end) == (at("2026-11-23 23:00"), at("2026-11-24 12:00"))


def test_a_ticket_solved_twice_counts_once_at_its_last_solve(engine):
    ledger = Ledger()
    # First solved in September; reopened; solved again in October.
    ledger.solved(at("2026-09-01 08:00"), at("2026-10-20 08:00"), first_solved_at=at("2026-09-02 08:00"), solves=2)
    # Last solved in October, reopened in November and open now: it was solved in October.
    ledger.solved(at("2026-09-01 08:00"), at("2026-10-21 08:00"), is_solved=0, status="open", reopens=1)
    frames = ledger.frames(engine)
    september = Period.of(date(2026, 9, 1), Grain.MONTH, PARIS)
    assert answer(ask("solved"), frames, NOW).figure.value == 2
    assert answer(ask("solved", september), frames, NOW).figure.value == 0


def test_closing_without_solving_is_volume_but_not_a_solve(engine):
    ledger = Ledger()
    ledger.ticket(at("2026-10-05 08:00"), closed_at=at("2026-10-06 08:00"), status="closed")
    frames = ledger.frames(engine)
    assert answer(ask("volume"), frames, NOW).figure.value == 1
    assert answer(ask("solved"), frames, NOW).figure.value == 0


def test_a_count_of_nothing_is_zero(engine):
    ledger = Ledger()
    ledger.ticket(at("2026-01-05 08:00"))
    told = answer(ask("volume"), ledger.frames(engine), NOW)
    assert (told.figure.value, told.figure.n, told.figure.interval) == (0, 0, None)


# --- Backlog -----------------------------------------------------------------------------------------------------


def test_the_backlog_is_what_is_open_at_the_end_of_the_period(engine):
    ledger = Ledger()
    end = at("2026-10-31 23:00")  # midnight in Paris
    before = at("2026-10-01 08:00")
    lives = {
        "open throughout": (before, None, 1),
        "solved a second before the end": (before, end - 1, 0),
        "solved exactly at the end, so in November": (before, end, 1),
        "solved later": (before, end + HOUR, 1),
        "opened a second before the end": (end - 1, None, 1),
        "opened exactly at the end, so in November": (end, None, 0),
        "solved before the period": (before - HOUR, before, 0),
    }
    for started, ended, _ in lives.values():
        ledger.span(ledger.ticket(started), started, ended)
    told = answer(ask("backlog"), ledger.frames(engine), NOW)
    assert told.figure.value == sum(counts for _, _, counts in lives.values()) == 4


def test_a_reopened_ticket_is_in_the_backlog_only_while_it_was_open(engine):
    ledger = Ledger()
    ticket = ledger.ticket(at("2026-10-01 08:00"))
    ledger.span(ticket, at("2026-10-01 08:00"), at("2026-10-05 12:00"))
    ledger.span(ticket, at("2026-10-20 12:00"), None, started_by="reopened")
    frames = ledger.frames(engine)
    assert [
        answer(ask("backlog", day(f"2026-10-{number:02}")), frames, NOW).figure.value for number in (4, 5, 19, 20)
    ] == [1, 0, 0, 1]


def test_a_change_of_team_keeps_a_ticket_one_ticket_and_moves_it_between_teams(engine):
    ledger = Ledger()
    ticket = ledger.ticket(at("2026-10-01 08:00"))
    moved = at("2026-10-10 00:00", PARIS)  # exactly at the end of the ninth
    ledger.span(ticket, at("2026-10-01 08:00"), moved, team="support", ended_by="change")
    ledger.span(ticket, moved, None, team="billing", started_by="change")
    frames = ledger.frames(engine)
    for number, team in ((9, "support"), (10, "billing")):
        told = answer(ask("backlog", day(f"2026-10-{number:02}"), by=("team",)), frames, NOW)
        assert told.figure.value == 1
        assert [(group.keys[0], group.figure.value) for group in told.groups] == [(team, 1)]


def test_the_backlog_of_a_running_period_is_that_of_now(engine):
    ledger = Ledger()
    now = at("2026-11-24 12:00")
    ledger.span(ledger.ticket(now - HOUR), now - HOUR)
    ledger.span(ledger.ticket(now + HOUR), now + HOUR)
    november = Period.of(date(2026, 11, 1), Grain.MONTH, PARIS)
    assert answer(ask("backlog", november), ledger.frames(engine), now).figure.value == 1

"""Solves, clearance and automation by hand."""

from datetime import date

import pytest
from cast import DAY, HOUR, PARIS, at
from facts import Ledger

from kpi.answer import answer
from kpi.period import Grain, Period
from kpi.question import Figure, Question, Sample

NOW = at("2026-11-24 12:00")
OCTOBER = Period.of(date(2026, 10, 1), Grain.MONTH, PARIS)
SEPTEMBER = Period.of(date(2026, 9, 1), Grain.MONTH, PARIS)
T0 = at("2026-10-12 08:00")


def ask(kpi: str, period: Period = OCTOBER, **question: object) -> Question:
    return Question(kpi=kpi, period=period, **question)


def fraction(figure: Figure) -> tuple[int | None, int | None]:
    return figure.numerator, figure.denominator


# --- Resolutions -------------------------------------------------------------------------------------------------


def test_every_solve_is_a_resolution_and_a_ticket_is_solved_once(engine):
    ledger = Ledger()
    # Solved in September, reopened, solved twice more in October.
    solves = (at("2026-09-20 08:00"), at("2026-10-05 08:00"), at("2026-10-09 08:00"))
    ticket = ledger.solved(at("2026-09-01 08:00"), solves[-1], first_solved_at=solves[0], solves=3, reopens=2)
    for solved in solves:
        ledger.solve(ticket, solved)
    frames = ledger.frames(engine)
    found = [
        answer(ask(kpi, month), frames, NOW).figure.value
        for month in (SEPTEMBER, OCTOBER)
        for kpi in ("resolutions", "solved")
    ]
    assert found == [1, 0, 2, 1]


def test_each_resolution_belongs_to_whoever_made_it(engine):
    ledger = Ledger()
    ticket = ledger.solved(T0, T0 + DAY, solved_agent="bob", solves=2)
    ledger.solve(ticket, T0 + HOUR, agent="alice")
    ledger.solve(ticket, T0 + DAY, agent="bob")
    told = answer(ask("resolutions", by=("agent",)), ledger.frames(engine), NOW)
    assert {group.keys[0]: group.figure.value for group in told.groups} == {"alice": 1, "bob": 1}


def test_a_resolution_at_midnight_belongs_to_the_day_that_begins(engine):
    ledger = Ledger()
    for second in (-1, 0):
        ticket = ledger.solved(T0, at("2026-10-13 00:00", PARIS) + second)
        ledger.solve(ticket, at("2026-10-13 00:00", PARIS) + second)
    told = answer(ask("resolutions", per=Grain.DAY), ledger.frames(engine), NOW)
    assert [bucket.figure.value for bucket in told.buckets[11:13]] == [1, 1]


# --- Clearance ---------------------------------------------------------------------------------------------------


def test_clearance_is_solved_by_received_and_may_exceed_a_hundred_percent(engine):
    ledger = Ledger()
    for number in range(4):
        ledger.solved(at("2026-09-10 08:00") + number, T0 + number)  # received in September
    for number in range(2):
        ledger.solved(T0 + number, T0 + HOUR + number)
    for number in range(2):
        ledger.ticket(T0 + number)
    figure = answer(ask("clearance"), ledger.frames(engine), NOW).figure
    assert (fraction(figure), figure.value, figure.n) == ((6, 4), 1.5, 4)


def test_the_interval_of_clearance_is_that_of_a_quotient_of_counts(engine):
    ledger = Ledger()
    for number in range(9):
        ledger.solved(at("2026-09-10 08:00") + number, T0 + number)
    ledger.ticket(T0)
    figure = answer(ask("clearance"), ledger.frames(engine), NOW).figure
    # 9 of 10 events were solves: Wilson [0.5958, 0.9821]; as odds 0.5958 ÷ 0.4042 and 0.9821 ÷ 0.0179.
    assert figure.value == 9
    assert figure.interval == pytest.approx((1.474, 54.9), rel=5e-3)
    assert figure.sample is Sample.COUNTS_ONLY, "one ticket received"


def test_nothing_received_is_no_percentage(engine):
    ledger = Ledger()
    ledger.solved(at("2026-09-10 08:00"), T0)
    figure = answer(ask("clearance"), ledger.frames(engine), NOW).figure
    assert (figure.value, fraction(figure), figure.interval) == (None, (1, 0), None)


def test_clearance_by_team_takes_each_ticket_where_it_was_at_that_moment(engine):
    ledger = Ledger()
    ledger.solved(T0, T0 + HOUR, created_team="support", solved_team="billing")
    ledger.solved(T0, T0 + HOUR, created_team="support", solved_team="support")
    told = answer(ask("clearance", by=("team",)), ledger.frames(engine), NOW)
    assert {group.keys[0]: fraction(group.figure) for group in told.groups} == {"support": (1, 2), "billing": (1, 0)}


def test_clearance_by_week_and_against_the_month_before(engine):
    ledger = Ledger()
    ledger.ticket(at("2026-10-05 08:00"))
    ledger.solved(at("2026-10-06 08:00"), at("2026-10-13 08:00"))
    ledger.solved(at("2026-09-06 08:00"), at("2026-09-13 08:00"))
    told = answer(ask("clearance", per=Grain.WEEK), ledger.frames(engine), NOW)
    # Weeks of October 2026 begin on the 1st (a Thursday), 5th, 12th, 19th and 26th.
    assert [fraction(bucket.figure) for bucket in told.buckets] == [(0, 0), (0, 2), (1, 0), (0, 0), (0, 0)]
    assert (fraction(told.figure), fraction(told.compared_figure)) == ((1, 2), (1, 1))
    assert told.change.value == -0.5


# --- Automation --------------------------------------------------------------------------------------------------

AUTOMATIC = {"replies": 0, "automation_acted": 1}
THREE_DAYS = 72 * HOUR


@pytest.mark.parametrize(
    ("facts", "automated"),
    [
        (AUTOMATIC, True),
        (AUTOMATIC | {"replies": 1}, False),
        (AUTOMATIC | {"automation_acted": 0}, False),
        (AUTOMATIC | {"asked_again_at": T0 + HOUR + THREE_DAYS}, False),  # exactly 72 hours later is within
        (AUTOMATIC | {"asked_again_at": T0 + HOUR + THREE_DAYS + 1}, True),
    ],
)
def test_automated_is_solved_without_anybody_and_nobody_asked_for_a_person(engine, facts, automated):
    ledger = Ledger()
    ledger.solved(T0, T0 + HOUR, **facts)
    assert fraction(answer(ask("automated_rate"), ledger.frames(engine), NOW).figure) == (int(automated), 1)


def test_automated_solves_younger_than_72_hours_are_provisional(engine):
    ledger = Ledger()
    november = Period.of(date(2026, 11, 1), Grain.MONTH, PARIS)
    for solved in (NOW - THREE_DAYS, NOW - THREE_DAYS + 1, NOW - HOUR):
        ledger.solved(NOW - 5 * DAY, solved, **AUTOMATIC)
    told = answer(ask("automated_rate", november), ledger.frames(engine), NOW)
    assert (fraction(told.figure), told.notes) == ((3, 3), {"provisional": 2})


@pytest.mark.parametrize(("n", "sample"), [(4, Sample.COUNTS_ONLY), (5, Sample.SMALL), (30, Sample.ENOUGH)])
def test_how_a_share_may_be_shown_goes_by_what_it_rests_on(engine, n, sample):
    ledger = Ledger()
    for number in range(n):
        ledger.solved(T0, T0 + HOUR, **(AUTOMATIC if number < 3 else {"replies": 1}))
    figure = answer(ask("automated_rate"), ledger.frames(engine), NOW).figure
    assert (fraction(figure), figure.sample) == ((3, n), sample)

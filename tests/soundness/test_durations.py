"""First response, reply and resolution times by hand."""

from datetime import date

import pytest
from cast import HOUR, MINUTE, PARIS, at
from facts import Ledger

from kpi.answer import answer
from kpi.period import Grain, Period
from kpi.question import Figure, Question, Reading, Sample

NOW = at("2026-11-24 12:00")
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 11, 1), zone=PARIS, grain=Grain.MONTH)
NOVEMBER = Period(start=date(2026, 11, 1), end=date(2026, 12, 1), zone=PARIS, grain=Grain.MONTH)
T0 = at("2026-10-12 08:00")


def ask(kpi: str, period: Period = OCTOBER, **question: object) -> Question:
    return Question(kpi=kpi, period=period, **question)


def answered_after(*minutes: int) -> Ledger:
    """Tickets each of which was answered once, after so many minutes."""
    ledger = Ledger()
    for count, waited in enumerate(minutes):
        ticket = ledger.ticket(T0 + count)
        ledger.turn(ticket, T0 + count, T0 + count + waited * MINUTE)
    return ledger


def test_median_p90_and_mean_of_ten_first_responses(engine):
    # Sorted: 1 … 10 minutes. Median: between the 5th and the 6th, 5.5 min. p90, type 7: position 9 × 0.9 = 8.1 above
    # the first, so 9 + 0.1 × (10 − 9) = 9.1 min. Mean 5.5 min. Median's interval: ranks 2 and 9.
    figure = answer(ask("frt"), answered_after(7, 1, 10, 4, 2, 9, 3, 8, 5, 6).frames(engine), NOW).figure
    assert (figure.value, figure.median, figure.n) == (5.5 * MINUTE, 5.5 * MINUTE, 10)
    assert figure.p90 == pytest.approx(9.1 * MINUTE)
    assert figure.mean == pytest.approx(5.5 * MINUTE)
    assert figure.interval == (2 * MINUTE, 9 * MINUTE)


def test_five_durations_have_a_median_but_no_interval_and_six_have_one(engine):
    ledger = answered_after(1, 2, 3, 4, 100)
    frames = ledger.frames(engine)
    figure = answer(ask("frt"), frames, NOW).figure
    assert (figure.value, figure.interval, figure.sample) == (3 * MINUTE, None, Sample.SMALL)
    # (1 + 2 + 3 + 4 + 100) ÷ 5 = 22 min; p90: position 3.6, 4 + 0.6 × 96 = 61.6 min.
    assert (figure.mean, figure.p90) == (pytest.approx(22 * MINUTE), pytest.approx(61.6 * MINUTE))


def test_six_durations_span_their_interval(engine):
    figure = answer(ask("frt"), answered_after(1, 2, 3, 4, 5, 60).frames(engine), NOW).figure
    assert (figure.value, figure.interval) == (3.5 * MINUTE, (1 * MINUTE, 60 * MINUTE))


def test_equal_durations_have_an_interval_of_no_width(engine):
    figure = answer(ask("frt"), answered_after(*[5] * 20).frames(engine), NOW).figure
    assert (figure.value, figure.interval, figure.p90) == (5 * MINUTE, (5 * MINUTE, 5 * MINUTE), 5 * MINUTE)


def test_no_reply_is_no_first_response_of_zero(engine):  # mistake 3
    ledger = Ledger()
    ledger.turn(ledger.ticket(T0), T0, None)
    frames = ledger.frames(engine)
    for reading in Reading:
        figure = answer(ask("frt", reading=reading), frames, NOW).figure
        assert figure == Figure(value=None, n=0)
        assert figure.sample is Sample.NOTHING


def test_first_responses_go_by_the_reply_and_in_the_cohort_by_the_ticket(engine):
    ledger = Ledger()
    ticket = ledger.ticket(at("2026-10-31 20:00"))
    ledger.turn(ticket, at("2026-10-31 20:00"), at("2026-11-01 08:00"))  # 12 h
    frames = ledger.frames(engine)
    values = {
        (month.start.month, reading): answer(ask("frt", month, reading=reading), frames, NOW).figure.value
        for month in (OCTOBER, NOVEMBER)
        for reading in Reading
    }
    assert values == {
        (10, Reading.EVENT): None,
        (10, Reading.COHORT): 12 * HOUR,
        (11, Reading.EVENT): 12 * HOUR,
        (11, Reading.COHORT): None,
    }
    told = answer(ask("frt"), frames, NOW)
    assert told.beside == {"cohort": answer(ask("frt", reading=Reading.COHORT), frames, NOW).figure}
    assert answer(ask("frt", reading=Reading.COHORT), frames, NOW).beside == {"event": told.figure}


def test_only_the_first_turn_is_a_first_response_and_all_turns_are_replies(engine):
    ledger = Ledger()
    ticket = ledger.ticket(T0)
    ledger.turn(ticket, T0, T0 + 10 * MINUTE)
    ledger.turn(ticket, T0 + HOUR, T0 + HOUR + 30 * MINUTE)
    ledger.turn(ticket, T0 + 2 * HOUR, None)
    frames = ledger.frames(engine)
    assert (answer(ask("frt"), frames, NOW).figure.value, answer(ask("frt"), frames, NOW).figure.n) == (600, 1)
    replies = answer(ask("reply_time"), frames, NOW).figure
    assert (replies.value, replies.n) == (20 * MINUTE, 2), "(10 + 30) ÷ 2; the open turn has no time yet"


def test_tickets_opened_by_an_agent_have_no_first_response_but_replies(engine):
    ledger = answered_after(10)
    ledger.turn(ledger.ticket(T0, opened_by_agent=1), T0, T0 + 30 * MINUTE)
    frames = ledger.frames(engine)
    told = answer(ask("frt"), frames, NOW)
    assert (told.figure.value, told.figure.n, told.left_out) == (10 * MINUTE, 1, {"agent_opened": 1})
    told = answer(ask("reply_time"), frames, NOW)
    assert (told.figure.value, told.figure.n, told.left_out) == (20 * MINUTE, 2, {})


def test_business_time_counts_by_default_and_calendar_time_on_request(engine):
    ledger = Ledger()
    # Under a schedule: 3 h on the calendar, 1 h of business. Under none: 2 h, and no business time at all.
    ledger.turn(ledger.ticket(T0), T0, T0 + 3 * HOUR, reply_s=HOUR)
    ledger.turn(ledger.ticket(T0), T0, T0 + 2 * HOUR)
    frames = ledger.frames(engine)
    business, calendar = (answer(ask("frt", calendar=choice), frames, NOW) for choice in (False, True))
    assert (business.figure.value, business.business) == (1.5 * HOUR, True), "(1 + 2) ÷ 2"
    assert (calendar.figure.value, calendar.business) == (2.5 * HOUR, False), "(3 + 2) ÷ 2"


def test_without_any_schedule_time_is_not_called_business_time(engine):
    assert answer(ask("frt"), answered_after(10).frames(engine), NOW).business is False


def test_a_business_time_of_zero_is_a_time(engine):
    ledger = Ledger()
    ledger.turn(ledger.ticket(T0), T0, T0 + HOUR, reply_s=0)  # asked and answered while closed
    figure = answer(ask("frt"), ledger.frames(engine), NOW).figure
    assert (figure.value, figure.n) == (0, 1)


def test_resolution_time_is_of_tickets_that_are_solved_now(engine):
    ledger = Ledger()
    ledger.solved(T0, T0 + 26 * HOUR, resolution_s=4 * HOUR)
    ledger.solved(T0, T0 + 2 * HOUR, is_solved=0, status="open")  # reopened since
    ledger.ticket(T0)  # never solved
    frames = ledger.frames(engine)
    told = answer(ask("resolution_time"), frames, NOW)
    assert (told.figure.value, told.figure.n, told.business) == (4 * HOUR, 1, True)
    assert answer(ask("resolution_time", calendar=True), frames, NOW).figure.value == 26 * HOUR


def test_resolution_times_go_by_the_solve_and_in_the_cohort_by_the_ticket(engine):
    ledger = Ledger()
    ledger.solved(at("2026-10-30 08:00"), at("2026-11-02 08:00"))
    frames = ledger.frames(engine)
    values = [
        answer(ask("resolution_time", month, reading=reading), frames, NOW).figure.value
        for month in (OCTOBER, NOVEMBER)
        for reading in Reading
    ]
    assert values == [None, 72 * HOUR, 72 * HOUR, None]


def test_the_median_of_a_group_is_its_own_and_not_made_of_others(engine):
    ledger = Ledger()
    for team, minutes in (("support", (1, 2, 3)), ("billing", (10, 20, 60, 90))):
        for waited in minutes:
            ledger.turn(ledger.ticket(T0), T0, T0 + waited * MINUTE, team=team)
    told = answer(ask("frt", by=("team",)), ledger.frames(engine), NOW)
    assert {group.keys[0]: group.figure.value for group in told.groups} == {
        "support": 2 * MINUTE,
        "billing": 40 * MINUTE,
    }
    # All seven: 1 2 3 10 20 60 90, median 10; the mean of the medians would be 21.
    assert told.figure.value == 10 * MINUTE

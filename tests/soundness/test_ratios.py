"""First contact resolution, SLA percentages and satisfaction by hand."""

from datetime import date

import pytest
from cast import DAY, HOUR, PARIS, at
from facts import Ledger

from kpi.answer import answer
from kpi.configuration import Configuration
from kpi.period import Grain, Period
from kpi.question import Figure, Question, Reading, Sample
from kpi.targets import Targets

NOW = at("2026-11-24 12:00")
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 11, 1), zone=PARIS, grain=Grain.MONTH)
NOVEMBER = Period(start=date(2026, 11, 1), end=date(2026, 12, 1), zone=PARIS, grain=Grain.MONTH)
T0 = at("2026-10-12 08:00")
WEEK_S = 7 * DAY


def ask(kpi: str, period: Period = OCTOBER, **question: object) -> Question:
    return Question(kpi=kpi, period=period, **question)


def fraction(figure: Figure) -> tuple[int | None, int | None]:
    return figure.numerator, figure.denominator


# --- First contact resolution ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "resolved"),
    [
        ({}, True),
        ({"replies": 2}, False),
        ({"replies": 0}, False),  # mistake 2: solved without a reply is not a contact
        ({"replies": 0, "solved_in_contact": 1}, True),  # solved in the call
        ({"replies": 2, "solved_in_contact": 1}, True),
        ({"teams": 2}, False),
        ({"teams": 0}, True),  # never in a team
        ({"customer_messages": 1}, False),  # asked again
        ({"fastest_reopen_s": WEEK_S}, False),  # within 7 days
        ({"fastest_reopen_s": WEEK_S + 1}, True),
        ({"automatic_reopens": 1}, True),
        ({"next_contact_at": T0 + HOUR + WEEK_S}, False),
        ({"next_contact_at": T0 + HOUR + WEEK_S + 1}, True),
    ],
)
def test_a_first_contact_resolution_is_one_reply_one_team_and_silence_for_a_week(engine, facts, resolved):
    ledger = Ledger()
    ledger.solved(T0, T0 + HOUR, **facts)
    assert fraction(answer(ask("fcr"), ledger.frames(engine), NOW).figure) == (int(resolved), 1)


def test_eighty_of_a_hundred_is_eighty_percent(engine):
    ledger = Ledger()
    for number in range(100):
        ledger.solved(T0 + number, T0 + HOUR + number, replies=1 if number < 80 else 3)
    figure = answer(ask("fcr"), ledger.frames(engine), NOW).figure
    assert (figure.value, figure.n, figure.sample) == (0.8, 100, Sample.ENOUGH)
    # Wilson: (0.8 + 1.9207/100 ± 1.96 √(0.8·0.2/100 + 0.9604/10⁴)) ÷ (1 + 3.8415/100) = [0.7112, 0.8666]
    assert figure.interval == pytest.approx((0.7112, 0.8666), abs=5e-5)


def test_fcr_divides_by_solved_and_in_the_cohort_by_received(engine):
    ledger = Ledger()
    ledger.solved(T0, T0 + HOUR)  # received and solved in October, at first contact
    ledger.solved(T0, at("2026-11-05 08:00"))  # received in October, solved in November
    ledger.solved(at("2026-09-05 08:00"), T0, replies=2)  # received in September, solved in October
    ledger.ticket(T0)  # received in October, never solved
    frames = ledger.frames(engine)
    event, cohort = (answer(ask("fcr", reading=reading), frames, NOW) for reading in Reading)
    assert fraction(event.figure) == (1, 2)
    assert fraction(cohort.figure) == (2, 3)
    assert (event.beside, cohort.beside) == ({"cohort": cohort.figure}, {"event": event.figure})


def test_fcr_of_less_than_a_week_is_provisional_and_included(engine):
    ledger = Ledger()
    ledger.solved(NOW - 8 * DAY, NOW - WEEK_S)  # exactly 7 days: nothing can change it any more
    ledger.solved(NOW - 8 * DAY, NOW - WEEK_S + 1)
    ledger.solved(NOW - 8 * DAY, NOW - HOUR, replies=2)
    ledger.solved(NOW - 8 * DAY, NOW - HOUR, left_out="spam")
    ledger.solved(NOW - 8 * DAY, NOW - HOUR, opened_by_agent=1)
    told = answer(ask("fcr", NOVEMBER), ledger.frames(engine), NOW)
    assert (fraction(told.figure), told.notes) == ((2, 3), {"provisional": 2}), "what is left out is not provisional"


def test_tickets_opened_by_an_agent_are_in_neither_part_of_fcr(engine):
    ledger = Ledger()
    ledger.solved(T0, T0 + HOUR)
    ledger.solved(T0, T0 + HOUR, opened_by_agent=1)
    frames = ledger.frames(engine)
    for reading in Reading:
        told = answer(ask("fcr", reading=reading), frames, NOW)
        assert (fraction(told.figure), told.left_out) == ((1, 1), {"agent_opened": 1})


def test_reopens_by_automatic_messages_are_told(engine):
    ledger = Ledger()
    ledger.solved(T0, T0 + HOUR, automatic_reopens=2)
    ledger.solved(T0, T0 + HOUR, automatic_reopens=1)
    assert answer(ask("fcr"), ledger.frames(engine), NOW).notes == {"automatic_reopens": 3}


def test_the_reference_of_the_sources_is_the_target_until_a_team_sets_its_own(engine):
    ledger = Ledger()
    ledger.solved(T0, T0 + HOUR)
    frames = ledger.frames(engine)
    aiming = Configuration(targets=Targets(general={"fcr": 0.75}))
    assert answer(ask("fcr"), frames, NOW).target == 0.70
    assert answer(ask("csat"), frames, NOW).target == 0.80
    assert answer(ask("volume"), frames, NOW).target is None
    assert answer(ask("fcr"), frames, NOW, aiming).target == 0.75
    assert answer(ask("fcr"), frames, NOW).target_is_usual
    assert not answer(ask("volume"), frames, NOW).target_is_usual
    assert not answer(ask("fcr"), frames, NOW, aiming).target_is_usual


# --- SLA ---------------------------------------------------------------------------------------------------------


def stopped(at_: int, elapsed: int, by: str = "reply", target: int = 3600) -> dict[str, object]:
    return {
        "state": "stopped",
        "stopped_at": at_,
        "stopped_by": by,
        "elapsed_s": elapsed,
        "target_s": target,
        "breached": int(elapsed > target),
    }


def test_a_reply_at_the_very_end_of_its_target_is_in_time(engine):  # mistake 7
    ledger = Ledger()
    for elapsed in (3599, 3600, 3601):
        ledger.clock(ledger.ticket(T0), "first_reply", **stopped(T0 + elapsed, elapsed))
    figure = answer(ask("frt_sla"), ledger.frames(engine), NOW).figure
    assert (fraction(figure), figure.value) == ((2, 3), pytest.approx(2 / 3))


def test_the_sla_of_first_replies_knows_only_first_replies(engine):
    ledger = Ledger()
    ticket = ledger.ticket(T0)
    ledger.clock(ticket, "first_reply", **stopped(T0 + 60, 60))
    ledger.clock(ticket, "next_reply", **stopped(T0 + 9000, 9000))
    ledger.clock(ticket, "resolution", **stopped(T0 + 9000, 9000, by="solve"))
    frames = ledger.frames(engine)
    assert fraction(answer(ask("frt_sla"), frames, NOW).figure) == (1, 1)
    assert fraction(answer(ask("resolution_sla"), frames, NOW).figure) == (0, 1)


def test_a_clock_that_a_solve_stopped_is_no_first_response_and_is_told(engine):  # mistake 9
    ledger = Ledger()
    ledger.clock(ledger.ticket(T0), "first_reply", **stopped(T0 + 60, 60))
    ledger.clock(ledger.ticket(T0), "first_reply", **stopped(T0 + 60, 60, by="solve"))
    told = answer(ask("frt_sla"), ledger.frames(engine), NOW)
    assert (fraction(told.figure), told.notes) == ((1, 1), {"ended_without_reply": 1})


@pytest.mark.parametrize(
    ("kpi", "metric", "by"), [("frt_sla", "first_reply", "reply"), ("resolution_sla", "resolution", "solve")]
)
def test_achieved_breached_and_running_clocks_are_all_clocks_of_the_cohort(engine, kpi, metric, by):
    ledger = Ledger()
    clocks = {
        "kept": stopped(T0 + 60, 60, by),
        "broken": stopped(T0 + 9000, 9000, by),
        "closed in time, promise not kept": stopped(T0 + 60, 60, "closed"),
        "closed when it was too late": stopped(T0 + 9000, 9000, "closed"),
        "running past its target": {"late_after": NOW - 1},
        "running, at its very end": {"late_after": NOW},
        "running in time": {"late_after": NOW + HOUR},
        "paused past its target": {
            "state": "paused",
            "due_at": None,
            "late_after": None,
            "elapsed_s": 3601,
            "breached": 1,
        },
        "paused in time": {"state": "paused", "due_at": None, "late_after": None, "elapsed_s": 60, "breached": 0},
    }
    for clock in clocks.values():
        ledger.clock(ledger.ticket(T0), metric, **clock)
    told = answer(ask(kpi, reading=Reading.COHORT), ledger.frames(engine), NOW)
    # Kept 1; broken 1, closed late 1, running late 1, paused late 1; not decided: 3; never to be decided: 1.
    assert fraction(told.figure) == (1, 5)
    ended = "ended_without_reply" if kpi == "frt_sla" else "closed_unsolved"
    assert told.notes == {"still_running": 3, ended: 2}
    assert told.figure.denominator + 3 + 1 == len(clocks)
    assert told.beside["running_overdue"] == Figure(value=1, n=1)


def test_what_is_overdue_now_stands_beside_whatever_the_period(engine):  # mistake 6
    ledger = Ledger()
    ledger.clock(ledger.ticket(T0), "first_reply", **stopped(T0 + 60, 60))
    for created in (at("2026-09-01 08:00"), at("2026-11-20 08:00")):
        ledger.clock(ledger.ticket(created), "first_reply")
        ledger.clock(ledger.ticket(created), "next_reply")
    told = answer(ask("frt_sla"), ledger.frames(engine), NOW)
    assert (fraction(told.figure), told.beside["running_overdue"].value) == ((1, 1), 2)


def test_sla_goes_by_the_reply_and_in_the_cohort_by_the_ticket(engine):
    ledger = Ledger()
    ticket = ledger.ticket(at("2026-10-31 21:00"))
    ledger.clock(ticket, "first_reply", **stopped(at("2026-11-02 08:00"), 60))
    frames = ledger.frames(engine)
    values = [
        fraction(answer(ask("frt_sla", month, reading=reading), frames, NOW).figure)
        for month in (OCTOBER, NOVEMBER)
        for reading in Reading
    ]
    assert values == [(0, 0), (1, 1), (1, 1), (0, 0)]


def test_first_response_slas_leave_out_tickets_opened_by_an_agent_and_resolution_slas_do_not(engine):
    ledger = Ledger()
    ticket = ledger.ticket(T0, opened_by_agent=1)
    ledger.clock(ticket, "first_reply", **stopped(T0 + 60, 60))
    ledger.clock(ticket, "resolution", **stopped(T0 + 60, 60, by="solve"))
    frames = ledger.frames(engine)
    told = answer(ask("frt_sla"), frames, NOW)
    assert (fraction(told.figure), told.figure.value, told.left_out) == ((0, 0), None, {"agent_opened": 1})
    assert fraction(answer(ask("resolution_sla"), frames, NOW).figure) == (1, 1)


# --- Satisfaction ------------------------------------------------------------------------------------------------


def rated(ledger: Ledger, when: int, score: float, **facts: object) -> None:
    values = {"rated_at": when, "rating": score, "rating_highest": 5.0, "rating_positive": int(score >= 4)}
    ledger.solved(T0, T0 + HOUR, **(values | facts))


def test_neutral_answers_stay_in_the_denominator_of_csat(engine):
    ledger = Ledger()
    for score in (5, 5, 4, 3, 1):
        rated(ledger, T0 + DAY, score)
    ledger.solved(T0, T0 + HOUR)  # never rated
    figure = answer(ask("csat"), ledger.frames(engine), NOW).figure
    assert (figure.value, fraction(figure)) == (0.6, (3, 5))


def test_csat_goes_by_the_rating_and_in_the_cohort_by_the_ticket(engine):
    ledger = Ledger()
    rated(ledger, at("2026-11-02 08:00"), 5)
    frames = ledger.frames(engine)
    values = [
        fraction(answer(ask("csat", month, reading=reading), frames, NOW).figure)
        for month in (OCTOBER, NOVEMBER)
        for reading in Reading
    ]
    assert values == [(0, 0), (1, 1), (1, 1), (0, 0)]


def test_csat_belongs_to_whoever_had_the_ticket_at_that_moment(engine):
    ledger = Ledger()
    rated(ledger, T0 + DAY, 5, created_agent="alice", solved_agent="bob", rated_agent="bob")
    frames = ledger.frames(engine)
    by_agent = [
        [group.keys[0] for group in answer(ask("csat", by=("agent",), reading=reading), frames, NOW).groups]
        for reading in Reading
    ]
    assert by_agent == [["bob"], ["bob"]], "in both readings: whoever solved it (KPIS.md rule 11)"


@pytest.mark.parametrize(
    ("positive", "n", "interval"),
    [(9, 10, (0.5958, 0.9821)), (0, 5, (0.0, 0.4345)), (17, 26, (0.4622, 0.8059)), (1, 1, (0.2065, 1.0))],
)
def test_a_ratio_carries_its_wilson_interval(engine, positive, n, interval):
    ledger = Ledger()
    for number in range(n):
        rated(ledger, T0 + DAY, 5 if number < positive else 1)
    figure = answer(ask("csat"), ledger.frames(engine), NOW).figure
    assert figure.interval == pytest.approx(interval, abs=5e-5)
    assert figure.interval[0] <= figure.value <= figure.interval[1]


def test_no_answer_at_all_is_no_percentage(engine):
    ledger = Ledger()
    ledger.ticket(T0)
    figure = answer(ask("csat"), ledger.frames(engine), NOW).figure
    assert figure == Figure(value=None, n=0, numerator=0, denominator=0)
    assert figure.sample is Sample.NOTHING

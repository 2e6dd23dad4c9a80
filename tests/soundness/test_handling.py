"""How tickets are answered and solved by hand: bands, touches, windows, exchanges, moves and abandonment."""

from datetime import date

import pytest
from cast import ALICE, BOB, DAY, HOUR, MINUTE, PARIS, at
from facts import Ledger

from kpi.answer import answer
from kpi.period import Grain, Period
from kpi.question import Figure, Question, Reading, Sample, Unit

NOW = at("2026-11-24 12:00")
OCTOBER = Period.of(date(2026, 10, 1), Grain.MONTH, PARIS)
NOVEMBER = Period.of(date(2026, 11, 1), Grain.MONTH, PARIS)
T0 = at("2026-10-12 08:00")
NO_REPLY = "no_reply"


def ask(kpi: str, period: Period = OCTOBER, **question: object) -> Question:
    return Question(kpi=kpi, period=period, **question)


def fraction(figure: Figure) -> tuple[int | None, int | None]:
    return figure.numerator, figure.denominator


def bands(figure: Figure) -> dict[str, int | None]:
    return {name: part.numerator for name, part in figure.parts.items()}


def answered(ledger: Ledger, waited: int | None, created: int = T0, **facts: object) -> None:
    """Add a ticket whose first reply came after so many seconds, or never."""
    ticket = ledger.ticket(created, opened_by_agent=facts.pop("opened_by_agent", 0))
    ledger.turn(ticket, created, None if waited is None else created + waited, **facts)


# --- First response bands ----------------------------------------------------------------------------------------


def test_bands_include_their_upper_edge_and_sum_to_the_whole(engine):
    ledger = Ledger()
    for edge in (15 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR):
        answered(ledger, edge)
        answered(ledger, edge + 1)
    figure = answer(ask("response_bands"), ledger.frames(engine), NOW).figure
    assert bands(figure) == {
        "0-900": 1,
        "900-3600": 2,
        "3600-14400": 2,
        "14400-28800": 2,
        "28800-86400": 2,
        "86400-": 1,
    }
    assert sum(part.value for part in figure.parts.values()) == pytest.approx(1)
    # Within the hour: 15 min, 15 min 1 s, and exactly 1 h. Wilson's interval of 3 of 10 is [0.1078, 0.6032].
    assert (fraction(figure), figure.value, figure.sample) == ((3, 10), 0.3, Sample.SMALL)
    assert figure.interval == pytest.approx((0.1078, 0.6032), abs=5e-5)
    assert {part.denominator for part in figure.parts.values()} == {10}


def test_an_immediate_reply_is_in_the_first_band(engine):
    ledger = Ledger()
    answered(ledger, 0)
    figure = answer(ask("response_bands"), ledger.frames(engine), NOW).figure
    assert (bands(figure)["0-900"], fraction(figure), figure.sample) == (1, (1, 1), Sample.COUNTS_ONLY)


def test_only_the_cohort_knows_tickets_that_were_never_answered(engine):
    ledger = Ledger()
    for waited in (MINUTE, 2 * HOUR, None, None):
        answered(ledger, waited)
    frames = ledger.frames(engine)
    event = answer(ask("response_bands"), frames, NOW).figure
    cohort = answer(ask("response_bands", reading=Reading.COHORT), frames, NOW)
    assert (fraction(event), NO_REPLY in event.parts) == ((1, 2), False)
    assert (fraction(cohort.figure), bands(cohort.figure)[NO_REPLY]) == ((1, 4), 2)
    assert sum(bands(cohort.figure).values()) == 4
    assert fraction(cohort.beside["event"]) == (1, 2)


def test_bands_go_by_business_time_under_a_schedule_unless_calendar_time_is_asked_for(engine):
    ledger = Ledger()
    answered(ledger, 15 * HOUR, reply_s=10 * MINUTE)  # asked in the evening, answered next morning
    answered(ledger, 30 * MINUTE)  # under no schedule
    frames = ledger.frames(engine)
    business = answer(ask("response_bands"), frames, NOW)
    calendar = answer(ask("response_bands", calendar=True), frames, NOW)
    assert (bands(business.figure)["0-900"], fraction(business.figure), business.business) == (1, (2, 2), True)
    assert (bands(calendar.figure)["28800-86400"], fraction(calendar.figure), calendar.business) == (1, (1, 2), False)


def test_bands_are_of_first_replies_to_tickets_that_customers_opened(engine):
    ledger = Ledger()
    answered(ledger, MINUTE, opened_by_agent=1)
    ticket = ledger.ticket(T0)
    ledger.turn(ticket, T0, T0 + MINUTE)
    ledger.turn(ticket, T0 + HOUR, T0 + 9 * HOUR)  # a later turn
    told = answer(ask("response_bands"), ledger.frames(engine), NOW)
    assert (fraction(told.figure), told.left_out) == ((1, 1), {"agent_opened": 1})


# --- SLA of later turns ------------------------------------------------------------------------------------------


def test_the_next_reply_sla_goes_by_the_reply_and_in_the_cohort_by_the_question(engine):
    ledger = Ledger()
    october, november = at("2026-10-31 22:00"), at("2026-10-31 23:30")
    ticket = ledger.ticket(at("2026-09-01 08:00"), opened_by_agent=1)  # which only matters for first responses
    kept = {"state": "stopped", "stopped_by": "reply", "elapsed_s": 5400, "breached": 0}
    ledger.clock(ticket, "next_reply", started_at=october, stopped_at=november, **kept)
    frames = ledger.frames(engine)
    found = [
        fraction(answer(ask("next_reply_sla", month, reading=reading), frames, NOW).figure)
        for month in (OCTOBER, NOVEMBER)
        for reading in Reading
    ]
    assert found == [(0, 0), (1, 1), (1, 1), (0, 0)]


def test_a_question_that_waits_too_long_breaks_the_next_reply_sla_of_the_cohort(engine):
    ledger = Ledger()
    ticket = ledger.ticket(T0)
    ledger.clock(ticket, "next_reply", started_at=T0 + DAY, due_at=T0 + DAY + HOUR, late_after=T0 + DAY + HOUR)
    ledger.clock(ticket, "next_reply", started_at=T0 + DAY, due_at=NOW + HOUR, late_after=NOW + HOUR)
    solved = {"state": "stopped", "stopped_by": "solve", "stopped_at": T0 + 2 * DAY, "elapsed_s": 60, "breached": 0}
    ledger.clock(ticket, "next_reply", started_at=T0 + DAY, **solved)
    told = answer(ask("next_reply_sla", reading=Reading.COHORT), ledger.frames(engine), NOW)
    assert fraction(told.figure) == (0, 1)
    assert told.notes == {"still_running": 1, "ended_without_reply": 1}
    assert told.beside["running_overdue"].value == 1


# --- Resolution times --------------------------------------------------------------------------------------------

TIMES = {
    "resolution_s": 2 * HOUR,
    "resolution_calendar_s": 4 * HOUR,
    "full_resolution_s": 6 * HOUR,
    "full_resolution_calendar_s": 30 * HOUR,
    "first_resolution_s": HOUR,
    "first_resolution_calendar_s": 3 * HOUR,
    "first_solved_at": T0 + 3 * HOUR,
}


def test_the_full_resolution_time_counts_what_the_other_leaves_out(engine):
    ledger = Ledger()
    ledger.solved(T0, T0 + 30 * HOUR, **TIMES)
    frames = ledger.frames(engine)
    keys = ("resolution_time", "full_resolution_time", "first_resolution_time")
    assert [answer(ask(kpi), frames, NOW).figure.value for kpi in keys] == [2 * HOUR, 6 * HOUR, HOUR]
    assert [answer(ask(kpi, calendar=True), frames, NOW).figure.value for kpi in keys] == [
        4 * HOUR,
        30 * HOUR,
        3 * HOUR,
    ]


def test_the_first_resolution_counts_where_it_happened_whatever_came_after(engine):
    ledger = Ledger()
    first, last = at("2026-10-20 08:00"), at("2026-11-10 08:00")
    ledger.solved(
        *(at("2026-10-20 06:00"), last),
        **TIMES | {"first_solved_at": first, "first_solved_agent": ALICE, "solved_agent": BOB, "is_solved": 0},
    )
    frames = ledger.frames(engine)
    values = [
        answer(ask(kpi, month), frames, NOW).figure.n
        for kpi in ("first_resolution_time", "full_resolution_time")
        for month in (OCTOBER, NOVEMBER)
    ]
    assert values == [1, 0, 0, 0], "reopened and not solved now: only its first resolution stands"
    told = answer(ask("first_resolution_time", by=("agent",)), frames, NOW)
    assert [group.keys[0] for group in told.groups] == [ALICE]


def test_the_cohort_of_first_resolutions_is_of_tickets_created_in_the_period(engine):
    ledger = Ledger()
    created, solved = at("2026-10-31 08:00"), at("2026-11-02 08:00")
    ledger.solved(created, solved, **TIMES | {"first_solved_at": solved})
    ledger.ticket(created)  # never solved
    frames = ledger.frames(engine)
    found = [
        answer(ask("first_resolution_time", month, reading=reading), frames, NOW).figure.n
        for month in (OCTOBER, NOVEMBER)
        for reading in Reading
    ]
    assert found == [0, 1, 1, 0]


# --- One touch, resolution rate, reopens -------------------------------------------------------------------------


def test_one_touch_is_fewer_than_two_replies_and_none_is_shown_apart(engine):
    ledger = Ledger()
    for replies in (0, 1, 1, 2, 7):
        ledger.solved(T0, T0 + HOUR, replies=replies)
    figure = answer(ask("one_touch"), ledger.frames(engine), NOW).figure
    assert (fraction(figure), figure.value) == ((3, 5), 0.6)
    assert fraction(figure.parts["zero_replies"]) == (1, 5)


WEEK_S = 7 * DAY


@pytest.mark.parametrize(("after", "in_time"), [(WEEK_S, 1), (WEEK_S + 1, 0), (None, 0)])
def test_a_ticket_is_resolved_in_time_within_seven_days(engine, after, in_time):
    ledger = Ledger()
    ledger.ticket(T0, first_solved_at=None if after is None else T0 + after)
    assert fraction(answer(ask("resolution_rate"), ledger.frames(engine), NOW).figure) == (in_time, 1)


def test_tickets_younger_than_seven_days_are_not_in_the_resolution_rate_yet(engine):
    ledger = Ledger()
    ledger.ticket(NOW - WEEK_S, first_solved_at=NOW - HOUR)
    ledger.ticket(NOW - WEEK_S + 1, first_solved_at=NOW - HOUR)  # solved, but others of its age may be still
    ledger.ticket(NOW - HOUR)
    told = answer(ask("resolution_rate", NOVEMBER), ledger.frames(engine), NOW)
    assert (fraction(told.figure), told.notes) == ((1, 1), {"window_incomplete": 2})


def test_a_ticket_reopened_since_was_resolved_in_time_all_the_same(engine):
    ledger = Ledger()
    ledger.solved(T0, T0 + 20 * DAY, first_solved_at=T0 + DAY, reopens=1, is_solved=0, status="open")
    assert fraction(answer(ask("resolution_rate"), ledger.frames(engine), NOW).figure) == (1, 1)


@pytest.mark.parametrize(("after", "reopened"), [(14 * DAY, 1), (14 * DAY + 1, 0), (None, 0)])
def test_a_reopen_counts_within_fourteen_days(engine, after, reopened):
    ledger = Ledger()
    ledger.solved(T0, T0 + 20 * DAY, first_solved_at=T0 + HOUR, first_reopen_s=after)
    assert fraction(answer(ask("reopen_rate"), ledger.frames(engine), NOW).figure) == (reopened, 1)


def test_reopens_count_in_the_month_of_the_first_solve(engine):
    ledger = Ledger()
    first = at("2026-10-30 08:00")
    ledger.solved(T0, at("2026-11-05 08:00"), first_solved_at=first, first_reopen_s=4 * DAY, first_solved_team="1")
    ledger.ticket(T0)  # never solved
    frames = ledger.frames(engine)
    told = [answer(ask("reopen_rate", month, by=("team",)), frames, NOW) for month in (OCTOBER, NOVEMBER)]
    assert [fraction(one.figure) for one in told] == [(1, 1), (0, 0)]
    assert [group.keys[0] for group in told[0].groups] == ["1"]


def test_young_first_solves_are_provisional_and_automatic_reopens_are_told(engine):
    ledger = Ledger()
    for solved in (NOW - 14 * DAY, NOW - 14 * DAY + 1, NOW - HOUR):
        ledger.solved(NOW - 15 * DAY, solved, first_solved_at=solved)
    ledger.solved(T0, NOW - 20 * DAY, first_solved_at=NOW - 20 * DAY, automatic_reopens=2)
    told = answer(ask("reopen_rate", NOVEMBER), ledger.frames(engine), NOW)
    assert (fraction(told.figure), told.notes) == ((0, 4), {"provisional": 2, "automatic_reopens": 2})


# --- Exchanges ---------------------------------------------------------------------------------------------------


def test_replies_per_ticket_are_a_mean_with_its_interval_and_a_median(engine):
    ledger = Ledger()
    for replies in (1, 1, 2, 2, 3, 9):
        ledger.solved(T0, T0 + HOUR, replies=replies)
    figure = answer(ask("replies_per_ticket"), ledger.frames(engine), NOW).figure
    # Mean 18 ÷ 6 = 3; median (2 + 2) ÷ 2. Squares 1 + 1 + 4 + 4 + 9 + 81 = 100: variance (100 − 6 × 9) ÷ 5 = 9.2.
    # Student's t with 5 degrees is 2.5706: 3 ± 2.5706 × √(9.2 ÷ 6) = 3 ± 3.183, cut at 0.
    assert (figure.value, figure.mean, figure.median, figure.maximum, figure.n) == (3, 3, 2, 9, 6)
    assert figure.interval == pytest.approx((0, 6.183), abs=1e-3)
    assert figure.sample is Sample.SMALL


def test_messages_per_ticket_are_those_of_both_sides(engine):
    ledger = Ledger()
    ledger.solved(T0, T0 + HOUR, replies=2, customer_messages=3)  # and the opening one: 6
    ledger.solved(T0, T0 + HOUR, replies=0, customer_messages=0)  # the opening one: 1
    figure = answer(ask("messages_per_ticket"), ledger.frames(engine), NOW).figure
    assert (figure.value, figure.median, figure.n, figure.interval) == (3.5, 3.5, 2, None)
    assert figure.sample is Sample.COUNTS_ONLY


def test_no_solve_has_no_mean(engine):
    ledger = Ledger()
    ledger.ticket(T0, replies=4)
    assert answer(ask("replies_per_ticket"), ledger.frames(engine), NOW).figure == Figure(value=None, n=0)


# --- Moves -------------------------------------------------------------------------------------------------------


def test_escalations_are_of_tickets_received_and_transfers_of_tickets_solved(engine):
    ledger = Ledger()
    ledger.solved(at("2026-10-31 08:00"), at("2026-11-02 08:00"), escalated=1, transfers=2)
    ledger.solved(at("2026-10-31 08:00"), at("2026-11-02 08:00"), transfers=0)
    frames = ledger.frames(engine)
    found = {
        kpi: [fraction(answer(ask(kpi, month), frames, NOW).figure) for month in (OCTOBER, NOVEMBER)]
        for kpi in ("escalation_rate", "transfer_rate")
    }
    assert found == {"escalation_rate": [(1, 2), (0, 0)], "transfer_rate": [(0, 0), (1, 2)]}


# --- Abandonment -------------------------------------------------------------------------------------------------

MONTH_S = 30 * DAY


@pytest.mark.parametrize(
    ("facts", "abandoned"),
    [
        ({"status": "solved"}, 1),
        ({"status": "closed"}, 1),
        ({"status": "solved", "first_replied_at": T0 + HOUR}, 0),
        ({"status": "solved", "solved_in_contact": 1}, 0),  # spoken to, not written to
        ({"status": "open", "first_replied_at": T0 + MONTH_S}, 0),
        ({"status": "open", "first_replied_at": T0 + MONTH_S + 1}, 1),
        ({"status": "open"}, 1),  # older than 30 days
    ],
)
def test_a_ticket_is_abandoned_that_ended_or_went_thirty_days_without_any_reply(engine, facts, abandoned):
    ledger = Ledger()
    ledger.ticket(T0, **facts)
    told = answer(ask("ticket_abandonment"), ledger.frames(engine), NOW)
    assert (fraction(told.figure), told.notes) == ((abandoned, 1), {})


def test_a_young_open_ticket_may_still_be_answered_and_is_told(engine):
    ledger = Ledger()
    for created in (NOW - MONTH_S, NOW - MONTH_S + 1):
        ledger.ticket(created, status="pending")
    ledger.ticket(NOW - DAY, opened_by_agent=1)
    both = Period(start=date(2026, 10, 20), end=date(2026, 11, 30), zone=PARIS)
    told = answer(ask("ticket_abandonment", both), ledger.frames(engine), NOW)
    assert (fraction(told.figure), told.notes, told.left_out) == ((1, 2), {"provisional": 1}, {"agent_opened": 1})


# --- Solved per agent --------------------------------------------------------------------------------------------


def test_solved_per_agent_divides_by_those_who_solved_and_leaves_machines_apart(engine):
    ledger = Ledger(("rt", "zendesk"))
    for helpdesk, agent, solves in (("rt", ALICE, 5), ("rt", BOB, 3), ("zendesk", BOB, 1)):
        for _ in range(solves):
            ledger.solved(T0, T0 + HOUR, helpdesk=helpdesk, solved_agent=agent)
    ledger.solved(T0, T0 + HOUR, helpdesk="rt", solved_agent=ALICE, solved_automatically=1)
    ledger.solved(T0, T0 + HOUR, helpdesk="rt", solved_agent=None)
    ledger.solved(T0, T0 + HOUR, helpdesk="rt", solved_agent=ALICE, left_out="spam")
    frames = ledger.frames(engine)
    figure = answer(ask("solved_per_agent"), frames, NOW).figure
    # Bob of one helpdesk is not Bob of the other: (5 + 3 + 1) ÷ 3. Score interval of 9: [4.735, 17.108].
    assert (figure.value, figure.n) == (3, 11)
    assert figure.interval == pytest.approx((4.735 / 3, 17.108 / 3), abs=1e-3)
    assert figure.parts == {
        "agents": Figure(value=3, n=3, unit=Unit.COUNT),
        "automatic": Figure(value=2, n=2, unit=Unit.COUNT),
    }
    told = answer(ask("solved_per_agent", by=("agent",)), frames, NOW)
    assert {group.keys[0]: group.figure.value for group in told.groups} == {
        f"rt/{ALICE}": 5,
        f"rt/{BOB}": 3,
        f"zendesk/{BOB}": 1,
        None: None,
    }


def test_nobody_solved_anything_is_no_number(engine):
    ledger = Ledger()
    ledger.solved(T0, T0 + HOUR, solved_automatically=1)
    figure = answer(ask("solved_per_agent"), ledger.frames(engine), NOW).figure
    assert (figure.value, figure.n, figure.parts["automatic"].value) == (None, 1, 1)

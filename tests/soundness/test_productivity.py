"""Time on duty, cost for each contact and reviews by hand."""

from datetime import date

import pytest
from cast import ALICE, BOB, CHLOE, HOUR, MINUTE, PARIS, at
from records import Records

from kpi.answer import answer
from kpi.errors import QuestionError
from kpi.period import Grain, Period
from kpi.question import Filter, Question, Unit

NOW = at("2026-11-24 12:00")
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 11, 1), zone=PARIS, grain=Grain.MONTH)
Q4 = Period(start=date(2026, 10, 1), end=date(2027, 1, 1), zone=PARIS, grain=Grain.QUARTER)
T0 = at("2026-10-12 08:00")
MONTHS = {month: at(f"2026-{month:02}-01") for month in range(1, 13)}
FIRST, AFTER = at("2026-10-01 00:00", PARIS), at("2026-11-01 00:00", PARIS)


def ask(kpi, frames, period=OCTOBER, **question):
    return answer(Question(kpi=kpi, period=period, **question), frames, NOW)


def fraction(figure):
    return figure.numerator, figure.denominator


def by(told):
    return {group.keys[0]: group.figure for group in told.groups}


# --- Utilization -------------------------------------------------------------------------------------------------


def test_utilization_is_time_on_support_by_time_on_duty(engine):
    records = Records()
    records.shift(T0, T0 + 8 * HOUR)
    records.shift(T0, T0 + 4 * HOUR, BOB)
    ticket = records.ticket(T0)
    records.work(T0, 3 * HOUR, ticket)
    records.work(T0, HOUR)  # on no ticket: support all the same
    records.call(T0, T0 + 5, T0 + HOUR, talk_s=20 * MINUTE, hold_s=5 * MINUTE, wrap_up_s=5 * MINUTE)
    records.call(T0, T0 + 5, T0 + HOUR, talk_s=30 * MINUTE, direction="out")
    records.call(T0, T0 + 5, T0 + HOUR, talk_s=2 * HOUR, agent=BOB)
    told = ask("utilization", records.frames(engine), by=("agent",))
    # Alice (3 + 1 + 0.5 + 0.5) ÷ 8 = 62.5 %; Bob 2 ÷ 4 = 50 %; together 7 ÷ 12
    assert told.figure.value == pytest.approx(7 / 12)
    assert {name: part.value for name, part in told.figure.parts.items()} == {"worked": 7 * HOUR, "on_duty": 12 * HOUR}
    assert {key: figure.value for key, figure in by(told).items()} == {ALICE: 0.625, BOB: 0.5}


def test_shifts_are_cut_at_the_edges_of_the_period(engine):
    records = Records()
    records.shift(FIRST - 4 * HOUR, FIRST + 2 * HOUR)  # 2 h of October
    records.shift(AFTER - 3 * HOUR, AFTER + 5 * HOUR)  # 3 h of October
    records.shift(FIRST - 9 * HOUR, FIRST)  # over when it begins
    records.shift(AFTER, AFTER + HOUR)  # begins when it is over
    records.work(T0, HOUR)
    figure = ask("utilization", records.frames(engine)).figure
    assert (figure.value, figure.parts["on_duty"].value) == (1 / 5, 5 * HOUR)


def test_a_shift_that_still_goes_on_counts_up_to_now(engine):
    records = Records()
    records.shift(NOW - HOUR, NOW + 7 * HOUR)
    records.work(NOW - 60, 30 * MINUTE)
    today = Period.of(date(2026, 11, 24), Grain.DAY, PARIS)
    assert ask("utilization", records.frames(engine), today).figure.value == 0.5


def test_the_day_on_which_the_clocks_change_has_an_hour_more(engine):
    records = Records()
    records.shift(at("2026-10-25 00:00", PARIS), at("2026-10-26 00:00", PARIS))
    records.work(at("2026-10-25 12:00", PARIS), 5 * HOUR)
    day = Period.of(date(2026, 10, 25), Grain.DAY, PARIS)
    assert ask("utilization", records.frames(engine), day).figure.value == 5 / 25


def test_work_of_agents_without_any_known_shift_is_told_and_not_counted(engine):
    records = Records()
    records.shift(T0, T0 + 8 * HOUR)
    records.work(T0, 2 * HOUR)
    records.work(T0, 9 * HOUR, agent=CHLOE)
    records.work(T0, HOUR, agent=None)
    told = ask("utilization", records.frames(engine))
    assert (told.figure.value, told.notes) == (0.25, {"without_shift": 2})


def test_without_shifts_in_the_period_there_is_no_utilization(engine):
    records = Records()
    records.shift(AFTER, AFTER + HOUR)
    records.work(T0, HOUR)
    assert ask("utilization", records.frames(engine)).figure.value is None


def test_utilization_needs_shifts_and_time(engine):
    records = Records()
    records.work(T0, 60)
    assert ask("utilization", records.frames(engine)).needs == "shifts"


def test_nobody_tells_the_states_of_agents_yet(engine):
    assert ask("occupancy", Records().frames(engine)).needs == "agent_states"


# --- Cost --------------------------------------------------------------------------------------------------------


def priced() -> Records:
    """October: 1 000 € for all, 300 € of the phone; 10 calls of 6 min, 30 e-mails of 4 min; so 60 and 120 min."""
    records = Records()
    records.cost(MONTHS[10], 700)
    records.cost(MONTHS[10], 300)
    records.cost(MONTHS[10], 300, "phone")
    for number in range(10):
        records.call(T0 + number, T0 + number + 5, T0 + HOUR, talk_s=6 * MINUTE)
    for number in range(30):
        ticket = records.ticket(T0 + number, type="invoice" if number < 10 else "return")
        records.work(T0 + HOUR, 4 * MINUTE, ticket)
    return records


def test_the_cost_of_a_contact_is_all_cost_by_tickets_and_calls_of_no_ticket(engine):
    figure = ask("cost_per_contact", priced().frames(engine)).figure
    # (700 + 300 + 300) ÷ (30 + 10) = 32.50
    assert (figure.value, figure.n, figure.currency) == (32.5, 40, "EUR")
    cost = figure.parts["cost"]
    assert (cost.value, cost.unit, cost.currency, figure.parts["contacts"].value) == (1300, Unit.MONEY, "EUR", 40)


def test_a_channel_bears_its_own_cost_and_its_part_of_the_common_cost_by_handle_time(engine):
    told = ask("cost_per_contact", priced().frames(engine), by=("channel",))
    values = {key: figure.value for key, figure in by(told).items()}
    # Phone (300 + 1 000 × 60 ÷ 180) ÷ 10 = 63.33; e-mail 1 000 × 120 ÷ 180 ÷ 30 = 22.22
    assert values == {"phone": pytest.approx(63.3333, abs=1e-4), "email": pytest.approx(22.2222, abs=1e-4)}
    assert sum(figure.parts["cost"].value for figure in by(told).values()) == pytest.approx(1300)


def test_a_type_bears_cost_by_its_handle_time(engine):
    told = ask("cost_per_contact", priced().frames(engine), by=("type",))
    values = {key: (figure.value, figure.n) for key, figure in by(told).items()}
    # All 1 300 € by 180 min: invoices 40 min ÷ 10, returns 80 min ÷ 20, calls without a type 60 min ÷ 10
    assert values == {
        "invoice": (pytest.approx(1300 * 40 / 180 / 10), 10),
        "return": (pytest.approx(1300 * 80 / 180 / 20), 20),
        None: (pytest.approx(1300 * 60 / 180 / 10), 10),
    }


def test_a_type_within_a_channel_bears_the_cost_of_that_channel_alone(engine):
    records = priced()
    told = ask(
        "cost_per_contact",
        records.frames(engine),
        by=("type",),
        filters=(Filter(dimension="channel", values=("email",)),),
    )
    # The e-mails' 1 000 × 120 ÷ 180 = 666.67 €, by 40 and 80 min of 120
    assert told.figure.value == pytest.approx(1000 * 120 / 180 / 30)
    values = {key: figure.value for key, figure in by(told).items()}
    assert values == {"invoice": pytest.approx(1000 * 40 / 180 / 10), "return": pytest.approx(1000 * 80 / 180 / 20)}


def test_without_handle_time_there_is_a_cost_but_none_for_a_channel_that_shares_one(engine):
    records = Records()
    records.cost(MONTHS[10], 100)
    records.cost(MONTHS[10], 50, "phone")
    records.ticket(T0)
    records.call(T0, T0 + 5, T0 + HOUR)
    told = ask("cost_per_contact", records.frames(engine), by=("channel",))
    assert told.figure.value == 75
    assert {key: figure.value for key, figure in by(told).items()} == {"phone": None, "email": None}


def test_a_channel_with_costs_of_its_own_alone_needs_no_handle_time(engine):
    records = Records()
    records.cost(MONTHS[10], 50, "phone")
    records.cost(MONTHS[10], 10, "email")
    records.ticket(T0)
    records.call(T0, T0 + 5, T0 + HOUR)
    told = ask("cost_per_contact", records.frames(engine), by=("channel",))
    assert {key: figure.value for key, figure in by(told).items()} == {"phone": 50, "email": 10}


def test_a_contact_is_what_reached_somebody_once(engine):
    records = Records()
    records.cost(MONTHS[10], 90)
    ticket = records.ticket(T0, opened_by_agent=1)
    records.ticket(T0, left_out="spam")
    records.call(T0, T0 + 5, T0 + HOUR, ticket=ticket)  # the same contact as its ticket
    records.call(T0, ended=T0 + HOUR)  # nobody answered
    records.call(T0, T0 + 5, T0 + HOUR, direction="out")
    records.call(T0, T0 + 5, T0 + HOUR)
    records.call(AFTER, AFTER + 5, AFTER + HOUR)
    figure = ask("cost_per_contact", records.frames(engine)).figure
    assert (figure.value, figure.n) == (45, 2)


def test_only_months_that_are_over_are_in_a_period_that_runs(engine):
    records = Records()
    records.cost(MONTHS[10], 100)
    records.cost(MONTHS[11], 999)
    records.ticket(T0)
    records.ticket(AFTER)
    told = ask("cost_per_contact", records.frames(engine), Q4)
    assert (told.figure.value, told.figure.n) == (100, 1)
    assert (told.span.start, told.span.end) == (FIRST, AFTER)


def test_a_running_month_has_no_cost_yet(engine):
    records = Records()
    records.cost(MONTHS[11], 100)
    records.ticket(AFTER)
    november = Period.of(date(2026, 11, 1), Grain.MONTH, PARIS)
    with pytest.raises(QuestionError, match="no_whole_month_yet"):
        ask("cost_per_contact", records.frames(engine), november)


@pytest.mark.parametrize(
    "question",
    [
        {"period": Period.of(date(2026, 10, 12), Grain.WEEK, PARIS)},
        {"period": Period(start=date(2026, 10, 2), end=date(2026, 11, 1), zone=PARIS)},
        {"period": Period(start=date(2026, 10, 1), end=date(2026, 10, 31), zone=PARIS)},
        {"per": Grain.WEEK},
        {"per": Grain.DAY},
        {"versus": Period.of(date(2026, 9, 14), Grain.WEEK, PARIS)},
    ],
)
def test_costs_are_known_by_whole_months_only(engine, question):
    with pytest.raises(QuestionError, match="needs_whole_months"):
        ask("cost_per_contact", priced().frames(engine), **question)


def test_the_cost_of_a_contact_month_by_month_and_against_the_month_before(engine):
    records = priced()
    records.cost(MONTHS[9], 200)
    for _ in range(10):
        records.ticket(at("2026-09-10 08:00"))
    frames = records.frames(engine)
    months = Period(start=date(2026, 8, 1), end=date(2026, 11, 1), zone=PARIS)
    told = ask("cost_per_contact", frames, months, per=Grain.MONTH)
    assert [bucket.figure.value for bucket in told.buckets] == [None, 20, 32.5]
    assert ask("cost_per_contact", frames).compared_figure.value == 20


def test_amounts_in_two_currencies_are_refused(engine):
    records = priced()
    records.cost(MONTHS[10], 10, currency="CHF")
    with pytest.raises(QuestionError, match="several_currencies"):
        ask("cost_per_contact", records.frames(engine))


def test_costs_of_a_channel_and_of_all_in_two_currencies_are_refused_too(engine):
    records = Records()
    records.ticket(T0)
    records.cost(MONTHS[10], 10, currency="CHF")
    records.cost(MONTHS[10], 10, "phone")
    with pytest.raises(QuestionError, match="several_currencies"):
        ask("cost_per_contact", records.frames(engine))


def test_contacts_without_any_cost_have_no_cost_rather_than_none(engine):
    records = Records()
    records.ticket(T0)
    records.cost(MONTHS[9], 10)
    assert ask("cost_per_contact", records.frames(engine)).figure.value is None


def test_without_costs_it_says_what_is_needed(engine):
    assert ask("cost_per_contact", Records().frames(engine)).needs == "costs"


# --- Reviews -----------------------------------------------------------------------------------------------------


def reviewed(records: Records, name: str, *scores: float | None, **values: object) -> None:
    for number, score in enumerate(scores):
        records.review(name, T0, f"criterion {number}", score, **values)


def test_quality_is_the_mean_of_the_reviews(engine):
    records = Records()
    for number, score in enumerate((100, 9.91, 63.96, 90.99)):
        reviewed(records, f"r{number}", score)
    reviewed(records, "r4", 80, 70)
    records.review("r4", T0, "identity checked", 0, critical=1)
    figure = ask("qa_score", records.frames(engine)).figure
    # (100 + 9.91 + 63.96 + 90.99 + 0) ÷ 5 = 52.97
    assert (figure.value, figure.n, figure.scale) == (pytest.approx(52.972), 5, (0, 100))


def test_a_review_weighs_its_criteria_on_their_own_scales(engine):
    records = Records()
    records.review("r", T0, "tone", 4, lowest=1, highest=5, weight=3)  # 75
    records.review("r", T0, "solution", 1, lowest=0, highest=4, weight=1)  # 25
    records.review("r", T0, "upsell", None, weight=9)  # did not apply
    records.review("r", T0, "legal", 1, lowest=0, highest=1, weight=0, critical=1)  # met
    assert ask("qa_score", records.frames(engine)).figure.value == (3 * 75 + 25) / 4


@pytest.mark.parametrize(("score", "quality"), [(0, 0), (1, 51), (None, 100)])
def test_a_critical_criterion_fails_at_its_lowest_only(engine, score, quality):
    records = Records()
    records.review("r", T0, "tone", 100)
    records.review("r", T0, "legal", score, highest=50, critical=1)
    assert ask("qa_score", records.frames(engine)).figure.value == quality


def test_a_review_of_which_nothing_applied_has_no_score(engine):
    records = Records()
    records.review("r", T0, "tone", None)
    records.review("s", T0, "tone", 40)
    frames = records.frames(engine)
    assert (ask("qa_score", frames).figure.value, ask("qa_score", frames).figure.n) == (40, 1)
    assert fraction(ask("error_rate", frames).figure) == (0, 2)


def test_errors_are_counted_by_review(engine):
    records = Records()
    reviewed(records, "two errors", 10, 20, error=1)
    reviewed(records, "none", 10, 20)
    records.review("one of two", T0, "tone", 90)
    records.review("one of two", T0, "facts", 90, error=1)
    reviewed(records, "spam", 10, error=1, ticket=records.ticket(T0, left_out="spam"))
    reviewed(records, "Bob's", 10, agent=BOB)
    told = ask("error_rate", records.frames(engine), by=("agent",))
    assert (fraction(told.figure), told.left_out) == ((2, 4), {"spam": 1})
    assert {key: fraction(figure) for key, figure in by(told).items()} == {ALICE: (2, 3), BOB: (0, 1)}


@pytest.mark.parametrize("criterion", ["communication_quality", "information_accuracy", "flexibility"])
def test_a_criterion_is_a_kpi_of_its_own(engine, criterion):
    records = Records()
    records.review("r", T0, criterion, 4, lowest=1, highest=5)  # 75
    records.review("s", T0, criterion, 1, lowest=0, highest=2)  # 50
    records.review("t", T0, criterion, None)
    records.review("t", T0, "another", 0)
    records.review("u", AFTER, criterion, 0)
    figure = ask(criterion, records.frames(engine)).figure
    assert (figure.value, figure.n, figure.scale) == (62.5, 2, (0, 100))


def test_criteria_that_nobody_reviewed_are_not_available(engine):
    records = Records()
    records.review("r", T0, "tone", 4)
    frames = records.frames(engine)
    assert ask("flexibility", frames).needs == "flexibility_reviews"
    assert ask("qa_score", frames).available


# --- Solves per day on duty --------------------------------------------------------------------------------------


def test_solves_per_day_on_duty_are_those_of_agents_whose_shifts_are_known(engine):
    records = Records()
    records.shift(at("2026-10-12 08:00", PARIS), at("2026-10-12 12:00", PARIS))
    records.shift(at("2026-10-12 13:00", PARIS), at("2026-10-12 17:00", PARIS))  # the same day
    records.shift(at("2026-10-25 00:30", PARIS), at("2026-10-25 06:00", PARIS))  # the day of 25 h
    records.shift(at("2026-10-25 23:30", PARIS), at("2026-10-26 06:00", PARIS))  # the same day
    records.shift(at("2026-10-26 00:10", PARIS), at("2026-10-26 06:00", PARIS), BOB)
    for number in range(9):
        records.solved(T0, T0 + number, solved_agent=ALICE if number < 6 else BOB)
    records.solved(T0, T0, solved_agent=ALICE, solved_automatically=1)
    records.solved(T0, T0, solved_agent=CHLOE)
    told = ask("solved_per_agent", records.frames(engine), by=("agent",))
    # Alice 6 solves on 2 days, Bob 3 on 1, together 9 on 3; Chloé's shifts aren't known: (6 + 3 + 1) ÷ 3 agents
    assert (told.figure.value, told.figure.parts["per_day_on_duty"].value) == (pytest.approx(10 / 3), 3)
    assert told.figure.parts["per_day_on_duty"].n == 3
    duty = {key: figure.parts.get("per_day_on_duty") for key, figure in by(told).items()}
    assert (duty[ALICE].value, duty[BOB].value, duty[CHLOE]) == (3, 3, None)


def test_teams_have_no_shifts_so_their_solves_are_told_without_days_on_duty(engine):
    records = Records()
    records.shift(T0, T0 + HOUR)
    records.solved(T0, T0 + 60, solved_agent=ALICE, solved_team="support")
    told = ask("solved_per_agent", records.frames(engine), by=("team",))
    assert by(told)["support"].value == 1
    assert "per_day_on_duty" not in by(told)["support"].parts


def test_without_shifts_solves_per_agent_stand_alone(engine):
    records = Records()
    records.solved(T0, T0 + 60, solved_agent=ALICE)
    figure = ask("solved_per_agent", records.frames(engine)).figure
    assert (figure.value, set(figure.parts)) == (1, {"agents", "automatic"})

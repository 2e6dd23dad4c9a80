"""Surveys by hand: net promoter score, effort, response rate, and what agents and readers of articles say."""

from datetime import date

import pytest
from cast import ALICE, BOB, CHLOE, DAY, DINA, HOUR, PARIS, at
from records import Records

from kpi.answer import answer
from kpi.errors import QuestionError
from kpi.period import Grain, Period
from kpi.question import Question, Sample, Unit

NOW = at("2026-11-24 12:00")
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 11, 1), zone=PARIS, grain=Grain.MONTH)
T0 = at("2026-10-12 08:00")
FIRST, AFTER = at("2026-10-01 00:00", PARIS), at("2026-11-01 00:00", PARIS)

NPS, OF_FIVE, OF_SEVEN = (0, 10), (1, 5), (1, 7)


def ask(kpi, frames, period=OCTOBER, **question):
    return answer(Question(kpi=kpi, period=period, **question), frames, NOW)


def fraction(figure):
    return figure.numerator, figure.denominator


# --- Net promoter score ------------------------------------------------------------------------------------------


def promoted(promoters: int, passives: int, detractors: int) -> Records:
    records = Records()
    scores = [9, 10] * promoters + [7, 8] * passives + [6, 0] * detractors
    for number, score in enumerate(scores):
        records.rating("nps", T0 + number, score, NPS, customer=f"customer {number}")
    return records


def test_passives_stay_in_the_denominator_of_the_net_promoter_score(engine):
    figure = ask("nps", promoted(25, 15, 10).frames(engine)).figure
    # (50 − 20) ÷ 100 = 30; ±1.96 √((0.5 + 0.2 − 0.3²) ÷ 100) = ±0.1531
    assert (figure.value, figure.n) == (30, 100)
    assert figure.interval == pytest.approx((14.69, 45.31), abs=5e-3)
    parts = {name: (part.numerator, part.denominator, part.unit) for name, part in figure.parts.items()}
    assert parts == {
        "promoters": (50, 100, Unit.RATIO),
        "passives": (30, 100, Unit.RATIO),
        "detractors": (20, 100, Unit.RATIO),
    }


def test_few_answers_have_the_adjusted_interval(engine):
    figure = ask("nps", promoted(3, 1, 1).frames(engine)).figure
    # (6 − 2) ÷ 10 = 40. With 0.75 more at both ends and 1.5 passives: 6.75, 2.75 of 13; the difference 4 ÷ 13 = 0.3077,
    # ±1.96 √((9.5 ÷ 13 − 0.3077²) ÷ 13) = ±0.43355
    assert (figure.value, figure.sample) == (40, Sample.SMALL)
    assert figure.interval == pytest.approx((-12.59, 74.12), abs=5e-3)


def test_an_answer_belongs_to_the_solve_that_it_followed_whatever_came_later(engine):
    records = Records()
    ticket = records.solved(T0, T0 + 9 * DAY, solved_team="billing", solved_agent=BOB, solves=2)
    records.span(ticket, T0, T0 + 2 * DAY, team="support", agent=ALICE)
    records.solve(ticket, T0 + 2 * DAY, team="field", agent=CHLOE)
    records.span(ticket, T0 + 5 * DAY, T0 + 9 * DAY, team="support", agent=ALICE)
    records.solve(ticket, T0 + 9 * DAY, team="billing", agent=BOB)
    asked = {
        "before the first solve": (T0 + DAY, {}),
        "in the second of the first": (T0 + 2 * DAY, {}),
        "while reopened": (T0 + 6 * DAY, {}),
        "after the last": (T0 + 10 * DAY, {}),
        "about somebody else": (T0 + 10 * DAY, {"agent": ALICE}),
    }
    for name, (when, named) in asked.items():
        records.rating("nps", when, 10, NPS, customer=name, ticket=ticket, **named)
    told = ask("nps", records.frames(engine), by=("team", "agent"))
    assert {group.keys: group.figure.n for group in told.groups} == {
        ("support", ALICE): 1,
        ("field", CHLOE): 2,
        ("billing", BOB): 1,
        ("billing", ALICE): 1,
    }


@pytest.mark.parametrize(("score", "net"), [(10, 100), (9, 100), (8, 0), (7, 0), (6, -100), (0, -100)])
def test_promoters_are_nine_and_ten_and_detractors_up_to_six(engine, score, net):
    records = Records()
    records.rating("nps", T0, score, NPS)
    figure = ask("nps", records.frames(engine)).figure
    assert (figure.value, figure.sample) == (net, Sample.COUNTS_ONLY)


def test_of_each_customer_the_latest_answer_in_the_period_counts(engine):
    records = Records(helpdesks=("desk", "other"))
    records.rating("nps", T0, 0, NPS, customer=DINA)
    records.rating("nps", T0 + DAY, 10, NPS, customer=DINA)
    records.rating("nps", AFTER, 0, NPS, customer=DINA)  # the next month's
    records.rating("nps", T0, 7, NPS, customer=DINA, helpdesk="other")  # somebody else's Dina
    records.rating("nps", T0, 6, NPS)  # of nobody knows whom: each counts
    records.rating("nps", T0, 6, NPS)
    records.rating("nps", T0 + 2 * DAY, None, NPS, customer=DINA, sent_at=T0)  # never answered
    figure = ask("nps", records.frames(engine)).figure
    assert [figure.parts[name].numerator for name in ("promoters", "passives", "detractors")] == [1, 1, 2]


def test_an_answer_on_a_ticket_counts_for_its_customer_and_not_when_the_ticket_is_left_out(engine):
    records = Records()
    records.rating("nps", T0, 10, NPS, ticket=records.ticket(T0, customer=DINA))
    records.rating("nps", T0 + 1, 0, NPS, ticket=records.ticket(T0, customer=DINA))
    records.rating("nps", T0 + 2, 10, NPS, ticket=records.ticket(T0, customer=DINA, left_out="spam"))
    told = ask("nps", records.frames(engine))
    assert (told.figure.value, told.figure.n, told.left_out) == (-100, 1, {"spam": 1})


def test_a_month_without_answers_has_no_score(engine):
    records = Records()
    records.rating("nps", AFTER, 10, NPS)
    figure = ask("nps", records.frames(engine)).figure
    assert (figure.value, figure.sample) == (None, Sample.NOTHING)


@pytest.mark.parametrize(
    ("kpi", "needs"),
    [
        ("nps", "nps"),
        ("ces", "ces"),
        ("wait_csat", "wait_ratings"),
        ("self_service_csat", "self_service_opinions"),
        ("perceived_csat", "perceived_ratings"),
        ("agent_satisfaction", "agent_ratings"),
        ("survey_response_rate", "surveys_sent"),
        ("qa_score", "reviews"),
    ],
)
def test_a_survey_that_nobody_answered_is_named(engine, kpi, needs):
    records = Records()
    records.rating("csat", T0, 5, OF_FIVE)
    if kpi != "survey_response_rate":
        records.rating(kpi, T0, None, NPS, sent_at=T0)  # asked is not answered
    assert ask(kpi, records.frames(engine)).needs == needs


# --- Effort ------------------------------------------------------------------------------------------------------


def test_effort_is_a_mean_on_its_scale_with_the_share_that_found_it_easy(engine):
    records = Records()
    for score in (7, 6, 5, 4, 1):
        records.rating("ces", T0, score, OF_SEVEN)
    figure = ask("ces", records.frames(engine)).figure
    # (7 + 6 + 5 + 4 + 1) ÷ 5 = 4.6; easy is beyond the middle: 5, 6 and 7 of 7
    assert (figure.value, figure.scale, fraction(figure.parts["easy"])) == (4.6, (1, 7), (3, 5))


def test_efforts_on_two_scales_are_compared_by_their_position(engine):
    records = Records()
    records.rating("ces", T0, 7, OF_SEVEN)  # 100
    records.rating("ces", T0, 4, OF_SEVEN)  # 50
    records.rating("ces", T0, 2, OF_FIVE)  # 25
    figure = ask("ces", records.frames(engine)).figure
    assert (figure.value, figure.scale) == (pytest.approx(175 / 3), (0, 100))
    assert fraction(figure.parts["easy"]) == (1, 3)


def test_a_scale_of_one_value_measures_nothing(engine):
    records = Records()
    records.rating("ces", T0, 1, (1, 1))
    records.rating("ces", T0, 5, OF_FIVE)
    figure = ask("ces", records.frames(engine)).figure
    assert (figure.value, fraction(figure.parts["easy"])) == (5, (1, 1))


# --- Sent and answered -------------------------------------------------------------------------------------------


def test_the_response_rate_divides_answers_by_surveys_sent(engine):
    records = Records()
    records.rating("csat", AFTER + DAY, 4, OF_FIVE, sent_at=AFTER - 1)  # sent in October
    records.rating("nps", T0, None, NPS, sent_at=T0)
    records.rating("ces", T0, None, OF_SEVEN, sent_at=FIRST)
    records.rating("csat", T0, 5, OF_FIVE, sent_at=FIRST - 1)  # sent in September
    records.rating("csat", T0, 5, OF_FIVE)  # not sent: asked in the call
    records.rating("agent", T0, 5, OF_FIVE, sent_at=T0)  # no customer's
    records.rating("perceived", T0, 5, OF_FIVE, sent_at=T0)
    assert fraction(ask("survey_response_rate", records.frames(engine)).figure) == (1, 3)


# --- Waiting, articles, agents -----------------------------------------------------------------------------------


def test_satisfaction_with_waiting_is_the_top_quarter_of_its_own_question(engine):
    records = Records()
    for score, scale in ((5, OF_FIVE), (4, OF_FIVE), (3, OF_FIVE), (6, OF_SEVEN), (5, OF_SEVEN), (1, (0, 1))):
        records.rating("wait", T0, score, scale)
    records.rating("csat", T0, 1, OF_FIVE)
    assert fraction(ask("wait_csat", records.frames(engine)).figure) == (4, 6)


def test_of_one_ticket_the_latest_answer_counts(engine):
    records = Records()
    ticket = records.ticket(T0)
    records.rating("wait", T0, 1, OF_FIVE, ticket=ticket)
    records.rating("wait", T0 + 60, 5, OF_FIVE, ticket=ticket)
    assert fraction(ask("wait_csat", records.frames(engine)).figure) == (1, 1)


def test_votes_on_articles_are_counted_by_local_day(engine):
    records = Records()
    records.day("self_service", at("2026-09-30"), helpful=100, unhelpful=0)
    records.day("self_service", at("2026-10-01"), helpful=30, unhelpful=10)
    records.day("self_service", at("2026-10-31"), helpful=9, unhelpful=None)
    records.day("self_service", at("2026-10-31"), "app", helpful=None, unhelpful=1)
    records.day("self_service", at("2026-11-01"), helpful=100, unhelpful=0)
    assert fraction(ask("self_service_csat", records.frames(engine)).figure) == (39, 50)


def test_without_votes_on_articles_a_survey_stands_in_for_them(engine):
    records = Records()
    records.rating("self_service", T0, 5, OF_FIVE)
    records.rating("self_service", T0, 2, OF_FIVE)
    assert fraction(ask("self_service_csat", records.frames(engine)).figure) == (1, 2)


def test_where_there_are_votes_at_all_the_survey_is_not_mixed_in(engine):
    records = Records()
    records.rating("self_service", T0, 5, OF_FIVE)
    records.day("self_service", at("2026-09-30"), helpful=1, unhelpful=0)
    assert ask("self_service_csat", records.frames(engine)).figure.value is None


def test_what_agents_perceived_stands_beside_what_customers_said(engine):
    records = Records(has=("ratings",))
    ticket = records.ticket(T0, rated_at=T0, rating_positive=0)
    records.ticket(T0, rated_at=T0, rating_positive=1)
    records.rating("perceived", T0, 5, OF_FIVE, ticket=ticket, agent=ALICE)
    figure = ask("perceived_csat", records.frames(engine)).figure
    customers = figure.parts["customers"]
    assert (fraction(figure), fraction(customers), customers.unit) == ((1, 1), (1, 2), Unit.RATIO)


def test_without_ratings_of_customers_the_agents_view_stands_alone(engine):
    records = Records()
    records.rating("perceived", T0, 2, OF_FIVE, agent=ALICE)
    figure = ask("perceived_csat", records.frames(engine)).figure
    assert (fraction(figure), dict(figure.parts)) == ((0, 1), {})


def surveyed(*scores: int) -> Records:
    records = Records()
    for number, score in enumerate(scores):
        records.rating("agent", T0, score, OF_FIVE, agent=f"agent {number}")
    return records


def test_agents_satisfaction_is_a_mean_and_the_share_of_positive_answers(engine):
    figure = ask("agent_satisfaction", surveyed(5, 4, 3, 2, 4).frames(engine)).figure
    positive = figure.parts["positive"]
    assert (figure.value, figure.scale, fraction(positive), positive.unit) == (3.6, (1, 5), (3, 5), Unit.RATIO)


def test_below_five_agents_nothing_is_said(engine):
    figure = ask("agent_satisfaction", surveyed(5, 4, 3, 2).frames(engine)).figure
    assert (figure.value, figure.n, dict(figure.parts), figure.mean) == (None, 4, {}, None)


def test_an_agent_who_answers_twice_is_one_of_the_five(engine):
    records = surveyed(5, 4, 3, 2)
    records.rating("agent", T0 + HOUR, 1, OF_FIVE, agent="agent 0")
    assert ask("agent_satisfaction", records.frames(engine)).figure.value is None


def test_small_months_of_the_agents_survey_are_withheld_one_by_one(engine):
    records = surveyed(5, 5, 5, 5, 5)
    for agent in (ALICE, BOB, CHLOE):
        records.rating("agent", AFTER, 1, OF_FIVE, agent=agent)
    two = Period(start=date(2026, 10, 1), end=date(2026, 12, 1), zone=PARIS)
    told = ask("agent_satisfaction", records.frames(engine), two, per=Grain.MONTH)
    assert told.figure.value == pytest.approx(28 / 8)
    assert [bucket.figure.value for bucket in told.buckets] == [5, None]


@pytest.mark.parametrize("dimension", ["agent", "team", "customer", "channel"])
def test_agents_satisfaction_is_told_of_nobody(engine, dimension):
    with pytest.raises(QuestionError, match="dimension_unknown_here"):
        ask("agent_satisfaction", surveyed(5, 4, 3, 2, 1).frames(engine), by=(dimension,))

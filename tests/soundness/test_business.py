"""Customers, sales, self-service and social media by hand, and whether agents stay."""

from datetime import date

import pytest
from cast import ALICE, BOB, CHLOE, DAY, DINA, HOUR, PARIS, at
from records import Records

from kpi.answer import answer
from kpi.errors import QuestionError
from kpi.period import Grain, Period
from kpi.question import Question, Unit

NOW = at("2026-11-24 12:00")
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 11, 1), zone=PARIS, grain=Grain.MONTH)
NOVEMBER = Period(start=date(2026, 11, 1), end=date(2026, 12, 1), zone=PARIS, grain=Grain.MONTH)
T0 = at("2026-10-12 08:00")
FIRST, AFTER = at("2026-10-01 00:00", PARIS), at("2026-11-01 00:00", PARIS)
WEEK_S = 7 * DAY
EMIL = "emil"  # another customer


def ask(kpi, frames, period=OCTOBER, **question):
    return answer(Question(kpi=kpi, period=period, **question), frames, NOW)


def fraction(figure):
    return figure.numerator, figure.denominator


def by(told):
    return {group.keys[0]: group.figure for group in told.groups}


# --- Who stays ---------------------------------------------------------------------------------------------------


def come_and_gone(add) -> None:
    """Six were there when October began, of whom one left on its first instant and one before it ended."""
    add("long there", FIRST - 900 * DAY)
    add("just before", FIRST - 1)
    add("left with the period", FIRST - DAY, AFTER)
    add("left later", FIRST - DAY, AFTER + DAY)
    add("left at its start", FIRST - DAY, FIRST)
    add("left in it", FIRST - DAY, AFTER - 1)
    add("left before", FIRST - 9 * DAY, FIRST - 1)
    add("new", FIRST)
    add("new and gone", FIRST + DAY, FIRST + 2 * DAY)
    add("nobody knows since when", None)


@pytest.mark.parametrize(
    ("kpi", "who", "expected"),
    [
        ("agent_retention", "agent", (4, 6)),
        ("customer_retention", "customer", (4, 6)),
        ("churn", "customer", (2, 6)),
    ],
)
def test_those_who_were_there_at_the_start_stayed_or_left(engine, kpi, who, expected):
    records = Records()
    come_and_gone(getattr(records, who))
    told = ask(kpi, records.frames(engine))
    assert (fraction(told.figure), told.notes) == (expected, {f"{who}s_without_date": 1})


def test_those_whose_leaving_lies_ahead_are_there_still(engine):
    records = Records()
    records.agent(ALICE, FIRST)
    records.agent(BOB, FIRST, NOW - 1)
    records.agent(CHLOE, FIRST, NOW + DAY)
    assert fraction(ask("agent_retention", records.frames(engine), NOVEMBER).figure) == (2, 3)


def test_retention_month_by_month_starts_anew_each_month(engine):
    records = Records()
    records.customer(DINA, FIRST - DAY, AFTER - DAY)
    records.customer(EMIL, FIRST - DAY)
    records.customer("frida", FIRST + DAY)
    two = Period(start=date(2026, 10, 1), end=date(2026, 12, 1), zone=PARIS)
    told = ask("customer_retention", records.frames(engine), two, per=Grain.MONTH)
    assert [fraction(bucket.figure) for bucket in told.buckets] == [(1, 2), (2, 2)]


def test_nobody_at_the_start_is_no_retention(engine):
    records = Records()
    records.agent(ALICE, FIRST + DAY)
    assert ask("agent_retention", records.frames(engine)).figure.value is None


def test_retention_needs_dates(engine):
    records = Records()
    records.agent(ALICE, None)
    frames = records.frames(engine)
    assert (ask("agent_retention", frames).needs, ask("churn", frames).needs) == ("agent_dates", "customer_dates")


def test_retention_is_told_of_no_single_agent(engine):
    records = Records()
    records.agent(ALICE, FIRST - DAY)
    with pytest.raises(QuestionError, match="dimension_unknown_here"):
        ask("agent_retention", records.frames(engine), by=("agent",))


# --- Sales -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "converted"), [(-1, 0), (0, 1), (HOUR, 1), (WEEK_S, 1), (WEEK_S + 1, 0)])
def test_a_sale_within_a_week_follows_from_a_contact(engine, after, converted):
    records = Records()
    records.ticket(T0)
    records.sale(T0 + after, 100)
    frames = records.frames(engine)
    assert fraction(ask("conversion_rate", frames).figure) == (converted, 1)
    assert ask("assisted_sales", frames).figure.value == (100 if converted else None)


def test_an_order_belongs_to_the_latest_contact_before_it(engine):
    records = Records()
    records.ticket(T0, channel="email")
    records.ticket(T0 + DAY, channel="web")
    records.sale(T0 + DAY + HOUR, 80)
    records.call(T0 + 2 * DAY, T0 + 2 * DAY + 5, T0 + 2 * DAY + 90)
    frames = records.frames(engine)
    told = ask("conversion_rate", frames, by=("channel",))
    assert fraction(told.figure) == (1, 3)
    assert {key: fraction(figure) for key, figure in by(told).items()} == {
        "email": (0, 1),
        "web": (1, 1),
        "phone": (0, 1),
    }
    assert {key: figure.value for key, figure in by(ask("assisted_sales", frames, by=("channel",))).items()} == {
        "web": 80
    }


def test_an_order_that_names_a_ticket_belongs_to_it(engine):
    records = Records()
    named = records.ticket(T0, channel="email")
    records.ticket(T0 + DAY, channel="web")
    records.sale(T0 + 2 * DAY, 80, ticket=named, customer=None)
    told = ask("conversion_rate", records.frames(engine), by=("channel",))
    assert {key: fraction(figure) for key, figure in by(told).items()} == {"email": (1, 1), "web": (0, 1)}


def test_several_orders_after_one_contact_are_one_conversion_and_all_their_value(engine):
    records = Records()
    records.ticket(T0)
    records.sale(T0 + HOUR, 10.5)
    records.sale(T0 + DAY, 20)
    frames = records.frames(engine)
    assert fraction(ask("conversion_rate", frames).figure) == (1, 1)
    figure = ask("assisted_sales", frames).figure
    assert (figure.value, figure.n, figure.currency) == (30.5, 2, "EUR")


def test_two_contacts_in_one_second_share_no_order(engine):
    records = Records()
    records.ticket(T0)
    records.ticket(T0)
    records.sale(T0, 10)
    frames = records.frames(engine)
    assert fraction(ask("conversion_rate", frames).figure) == (1, 2)
    assert ask("assisted_sales", frames).figure.value == 10


def test_sales_to_others_and_of_other_helpdesks_follow_from_nothing(engine):
    records = Records(helpdesks=("desk", "other"))
    records.ticket(T0)
    records.ticket(T0, customer=None)
    records.sale(T0 + HOUR, 10, customer=EMIL)
    records.sale(T0 + HOUR, 10, customer=None)
    records.sale(T0 + HOUR, 10, helpdesk="other")
    frames = records.frames(engine)
    assert fraction(ask("conversion_rate", frames).figure) == (0, 2)
    assert ask("assisted_sales", frames).figure.value is None


def test_what_is_no_contact_of_a_customer_gets_no_order(engine):
    records = Records()
    records.ticket(T0)
    records.ticket(T0 + HOUR, left_out="spam")
    records.ticket(T0 + HOUR, opened_by_agent=1)
    records.call(T0 + HOUR, ended=T0 + 2 * HOUR)  # nobody answered
    records.call(T0 + HOUR, T0 + HOUR + 5, T0 + 2 * HOUR, direction="out")
    records.call(T0 + HOUR, T0 + HOUR + 5, T0 + 2 * HOUR, ticket=1)  # the same contact as the ticket
    records.sale(T0 + DAY, 10)
    told = ask("conversion_rate", records.frames(engine))
    assert (fraction(told.figure), told.left_out) == ((1, 1), {"spam": 1, "agent_opened": 1})


def test_an_order_that_names_a_ticket_that_is_left_out_follows_from_nothing(engine):
    records = Records()
    records.ticket(T0)
    records.sale(T0 + DAY, 10, ticket=records.ticket(T0, left_out="test"))
    frames = records.frames(engine)
    assert fraction(ask("conversion_rate", frames).figure) == (0, 1)
    assert ask("assisted_sales", frames).figure.value is None


def test_contacts_count_when_they_came_and_sales_when_they_were_made(engine):
    records = Records()
    records.ticket(AFTER - HOUR)
    records.sale(AFTER + HOUR, 10)
    frames = records.frames(engine)
    assert fraction(ask("conversion_rate", frames).figure) == (1, 1)
    assert ask("assisted_sales", frames).figure.value is None
    assert ask("assisted_sales", frames, NOVEMBER).figure.value == 10


def test_contacts_of_the_last_week_may_still_be_followed_by_a_sale(engine):
    records = Records()
    for created in (NOW - WEEK_S, NOW - WEEK_S + 1, NOW - DAY):
        records.ticket(created, customer=f"customer {created}")
    records.ticket(NOW - HOUR)
    records.sale(NOW - 60, 10)
    told = ask("conversion_rate", records.frames(engine), NOVEMBER)
    assert (fraction(told.figure), told.notes) == ((1, 4), {"not_converted_yet": 2})


def test_sales_are_those_of_the_agent_they_name_else_of_the_contact(engine):
    records = Records()
    records.ticket(T0, created_agent=BOB)
    records.sale(T0 + HOUR, 10)
    records.sale(T0 + HOUR, 5, agent=ALICE)
    told = ask("assisted_sales", records.frames(engine), by=("agent",))
    assert {key: figure.value for key, figure in by(told).items()} == {BOB: 10, ALICE: 5}


def test_sales_in_two_currencies_are_not_added(engine):
    records = Records()
    records.ticket(T0)
    records.sale(T0 + HOUR, 10)
    records.sale(T0 + HOUR, 10, currency="CHF")
    frames = records.frames(engine)
    with pytest.raises(QuestionError, match="several_currencies"):
        ask("assisted_sales", frames)
    assert fraction(ask("conversion_rate", frames).figure) == (1, 1)


def test_without_sales_it_says_what_is_needed(engine):
    records = Records()
    records.ticket(T0)
    frames = records.frames(engine)
    assert (ask("conversion_rate", frames).needs, ask("assisted_sales", frames).needs) == ("sales", "sales")


# --- Self-service and social media -------------------------------------------------------------------------------


def test_self_service_solves_its_part_of_all_requests(engine):
    records = Records()
    records.day("self_service", at("2026-10-01"), solved=20)
    records.day("self_service", at("2026-10-31"), solved=10)
    records.day("self_service", at("2026-10-31"), "app", solved=None, visits=900)
    records.day("self_service", at("2026-09-30"), solved=500)
    records.day("self_service", at("2026-11-01"), solved=500)
    for number in range(70):
        records.ticket(T0 + number)
    records.ticket(T0, left_out="spam")
    told = ask("self_service_rate", records.frames(engine))
    assert (fraction(told.figure), told.figure.value, told.left_out) == ((30, 100), 0.3, {"spam": 1})


def test_days_of_self_service_are_those_of_the_reporting_zone(engine):
    records = Records()
    records.day("self_service", at("2026-10-12"), solved=3)
    records.ticket(at("2026-10-12 00:30", PARIS))
    day = Period.of(date(2026, 10, 12), Grain.DAY, PARIS)
    assert fraction(ask("self_service_rate", records.frames(engine), day).figure) == (3, 4)


def test_a_month_of_which_self_service_tells_nothing_has_no_rate(engine):
    records = Records()
    records.day("self_service", at("2026-11-02"), solved=3)
    records.ticket(T0)
    assert ask("self_service_rate", records.frames(engine)).figure.value is None


def test_counts_of_a_day_cannot_be_told_apart(engine):
    records = Records()
    records.day("self_service", at("2026-11-02"), solved=3)
    records.ticket(T0)
    with pytest.raises(QuestionError, match="dimension_unknown_here"):
        ask("self_service_rate", records.frames(engine), by=("channel",))


def test_social_messages_are_those_that_the_network_counted(engine):
    records = Records(has=("messages",))
    records.day("social", at("2026-10-12"), received=40, answered_24h=31)
    records.day("social", at("2026-10-13"), "other", received=10, answered_24h=None)
    ticket = records.ticket(T0, channel="social")
    records.turn(ticket, T0, T0 + HOUR)  # counted already
    assert fraction(ask("social_response_rate", records.frames(engine)).figure) == (31, 50)


def test_a_day_whose_messages_or_impressions_nobody_counted_is_in_neither_number(engine):
    records = Records()
    records.day("social", at("2026-10-12"), received=3, answered_24h=2, interactions=10, impressions=100)
    records.day("social", at("2026-10-13"), received=None, answered_24h=5, interactions=50, impressions=None)
    frames = records.frames(engine)
    assert fraction(ask("social_response_rate", frames).figure) == (2, 3)
    assert ask("social_engagement", frames).figure.value == pytest.approx(0.1)


def test_without_counts_social_messages_are_the_turns_of_social_tickets(engine):
    records = Records(has=("messages",))
    ticket = records.ticket(T0, channel="social")
    records.turn(ticket, T0, T0 + DAY)
    records.turn(ticket, T0 + 2 * DAY, T0 + 3 * DAY + 1)
    records.turn(ticket, T0 + 5 * DAY, None)
    records.turn(records.ticket(T0, channel="email"), T0, T0 + 1)
    records.turn(records.ticket(T0, channel="social", left_out="spam"), T0, None)
    told = ask("social_response_rate", records.frames(engine))
    assert (fraction(told.figure), told.left_out) == ((1, 3), {"spam": 1})


def test_a_social_message_that_can_still_be_answered_in_time_is_not_decided(engine):
    records = Records(has=("messages",))
    ticket = records.ticket(NOW - 9 * DAY, channel="social")
    records.turn(ticket, NOW - DAY, None)  # a day to the second: too late
    records.turn(ticket, NOW - DAY + 1, None)
    records.turn(ticket, NOW - HOUR, NOW - 60)
    assert fraction(ask("social_response_rate", records.frames(engine), NOVEMBER).figure) == (1, 2)


def test_engagement_is_interactions_by_impressions(engine):
    records = Records()
    records.day("social", at("2026-10-12"), interactions=260, impressions=12_400)
    records.day("social", at("2026-10-13"), interactions=40, impressions=2_600)
    records.day("social", at("2026-11-13"), interactions=40, impressions=40)
    told = ask("social_engagement", records.frames(engine))
    assert (told.figure.value, told.unit) == (0.02, Unit.RATIO)


@pytest.mark.parametrize(
    ("kpi", "needs"),
    [
        ("self_service_rate", "self_service"),
        ("social_response_rate", "social_messages"),
        ("social_engagement", "social_reach"),
    ],
)
def test_counts_that_nobody_provided_are_named(engine, kpi, needs):
    records = Records()
    records.day("social", at("2026-10-12"))
    records.day("self_service", at("2026-10-12"), visits=3)
    records.ticket(T0)
    assert ask(kpi, records.frames(engine)).needs == needs

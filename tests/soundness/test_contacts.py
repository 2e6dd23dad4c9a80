"""Calls and chats by hand: answered, abandoned, service level, waits and handle times."""

from datetime import date

import pytest
from cast import ALICE, BOB, DAY, MINUTE, PARIS, at
from records import Records

from kpi.answer import answer
from kpi.catalogue import CATALOGUE
from kpi.configuration import Configuration, changed, limited
from kpi.drilldown import tickets_behind
from kpi.period import Grain, Period
from kpi.question import Filter, Question, Sample, Unit

NOW = at("2026-11-24 12:00")
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 11, 1), zone=PARIS, grain=Grain.MONTH)
T0 = at("2026-10-12 08:00")
SOON = T0 + 10 * DAY


def ask(kpi, frames, period=OCTOBER, **question):
    return answer(Question(kpi=kpi, period=period, **question), frames, NOW)


def fraction(figure):
    return figure.numerator, figure.denominator


def by(told):
    return {group.keys[0]: group.figure for group in told.groups}


# --- Answered or not ---------------------------------------------------------------------------------------------


def cisco() -> Records:
    """70 answered within the threshold, 20 beyond, 10 abandoned within it; 100 offered. None of them within 5 s."""
    records = Records()
    for number in range(70):
        records.call(T0 + number, T0 + number + 20, T0 + number + 200)
    for number in range(20):
        records.call(T0 + number, T0 + number + 21, T0 + number + 200)
    for number in range(10):
        records.call(T0 + number, ended=T0 + number + 6)
    return records


def test_the_service_level_divides_by_all_that_was_offered_but_short_abandons(engine):
    figure = ask("service_level", cisco().frames(engine)).figure
    assert (fraction(figure), figure.value) == ((70, 100), 0.7)  # not 70 ÷ 90 (ignored) nor 80 ÷ 100 (in favour)
    assert (figure.parts["offered"].value, figure.parts["offered"].parts["short_abandons"].value) == (100, 0)


def test_the_service_level_counts_within_the_wait_that_was_set(engine):
    kpis = changed({"service_level": limited(CATALOGUE["service_level"], (), 21)})
    question = Question(kpi="service_level", period=OCTOBER)
    frames = cisco().frames(engine)
    told = answer(question, frames, NOW, Configuration(kpis=kpis))
    assert (fraction(told.figure), told.within) == ((90, 100), 21)
    assert tickets_behind(question, frames, NOW, Configuration(kpis=kpis)).total == 100
    assert (fraction(answer(question, frames, NOW).figure), answer(question, frames, NOW).within) == ((70, 100), 20)


def test_short_abandons_are_in_neither_part_of_the_service_level_and_told(engine):
    records = cisco()
    for number in range(5):
        records.call(T0 + number, ended=T0 + number + 5)
    figure = ask("service_level", records.frames(engine)).figure
    assert fraction(figure) == (70, 100)
    assert (figure.parts["offered"].value, figure.parts["offered"].parts["short_abandons"].value) == (105, 5)


@pytest.mark.parametrize(
    ("left_after", "rate", "short"),
    [(5, (0, 1), {"short_abandons": 1}), (6, (1, 2), {}), (None, (1, 2), {})],  # nobody knows how long: not short
)
def test_who_leaves_within_five_seconds_did_not_wait(engine, left_after, rate, short):
    records = Records()
    records.call(T0, T0 + 10, T0 + 100)
    records.call(T0, ended=None if left_after is None else T0 + left_after)
    told = ask("abandonment_rate", records.frames(engine))
    assert (fraction(told.figure), told.notes) == (rate, short)


def test_the_answer_rate_counts_every_contact_offered(engine):
    records = Records()
    records.call(T0, T0 + 900, T0 + 1000)
    records.call(T0, T0 + 1, T0 + 10, channel="chat")
    records.call(T0, ended=T0 + 2)  # a short abandon was offered too
    records.call(T0, ended=T0 + 60)
    records.call(T0, T0 + 1, T0 + 10, direction="out")  # we called
    told = ask("answer_rate", records.frames(engine), by=("channel",))
    assert fraction(told.figure) == (2, 4)
    assert {key: fraction(figure) for key, figure in by(told).items()} == {"phone": (1, 3), "chat": (1, 1)}


def test_contacts_of_tickets_that_are_left_out_are_left_out_too(engine):
    records = Records()
    records.call(T0, T0 + 10, T0 + 100, ticket=records.ticket(T0))
    records.call(T0, T0 + 10, T0 + 100, ticket=records.ticket(T0, left_out="spam"))
    records.call(T0, ended=T0 + 60, ticket=records.ticket(T0, left_out="merged"))
    told = ask("answer_rate", records.frames(engine))
    assert (fraction(told.figure), told.left_out) == ((1, 1), {"merged": 1, "spam": 1})


def test_contacts_are_placed_by_when_they_were_offered(engine):
    first, after = at("2026-10-01 00:00", PARIS), at("2026-11-01 00:00", PARIS)
    records = Records()
    records.call(first - 1, ended=first + 60)
    records.call(first, first + 60, first + 90)
    records.call(after - 1, after + 60, after + 90)
    records.call(after, ended=after + 90)
    assert fraction(ask("answer_rate", records.frames(engine)).figure) == (2, 2)


def test_without_calls_or_chats_it_says_what_is_needed(engine):
    records = Records()
    records.ticket(T0)
    frames = records.frames(engine)
    for kpi in ("answer_rate", "abandonment_rate", "service_level", "wait_time", "call_time"):
        assert ask(kpi, frames).needs == "contacts"


def test_a_month_without_calls_has_no_rate_and_no_zero(engine):
    records = Records()
    records.call(NOW - DAY, NOW - DAY + 10, NOW)
    frames = records.frames(engine)
    for kpi in ("answer_rate", "abandonment_rate", "service_level", "wait_time", "call_time", "aht"):
        told = ask(kpi, frames)
        assert (told.figure.value, told.figure.n) == (None, 0), kpi


# --- Waits -------------------------------------------------------------------------------------------------------


def test_the_speed_of_answer_is_a_mean_and_the_time_to_abandon_stands_apart(engine):
    records = Records()
    for waited in (10, 20, 30, 100):
        records.call(T0, T0 + waited, T0 + 500)
    records.call(T0, ended=T0 + 60)
    records.call(T0, ended=T0 + 3)
    figure = ask("wait_time", records.frames(engine)).figure
    # (10 + 20 + 30 + 100) ÷ 4 = 40; p90 at rank 0.9 × 3 = 2.7: 30 + 0.7 × 70 = 79; (60 + 3) ÷ 2 = 31.5.
    assert (figure.value, figure.mean, figure.median, figure.maximum) == (40, 40, 25, 100)
    assert figure.p90 == pytest.approx(79)
    left = figure.parts["time_to_abandon"]
    assert (left.value, left.n, left.unit) == (31.5, 2, Unit.SECONDS)


def test_waits_belong_to_the_period_in_which_they_ended(engine):
    after = at("2026-11-01 00:00", PARIS)
    records = Records()
    records.call(after - 50, after - 10, after + 60)
    records.call(after - 50, after, after + 60)
    assert ask("wait_time", records.frames(engine)).figure.value == 40


def test_fewer_than_five_waits_are_only_counted(engine):
    records = Records()
    for number in range(4):
        records.call(T0 + number, T0 + number + 10, T0 + 500)
    assert ask("wait_time", records.frames(engine)).figure.sample is Sample.COUNTS_ONLY


def test_call_time_is_the_mean_talk_time_of_answered_calls(engine):
    records = Records()
    for talk in (60, 120, 300):
        records.call(T0, T0 + 10, T0 + 500, talk_s=talk)
    records.call(T0, T0 + 10, T0 + 500)  # nobody knows how long
    records.call(T0, T0 + 10, T0 + 500, talk_s=900, channel="chat")
    figure = ask("call_time", records.frames(engine)).figure
    assert (figure.value, figure.median, figure.n) == (160, 120, 3)


# --- Handle time -------------------------------------------------------------------------------------------------


def handled() -> Records:
    """The worked examples: 100 calls of 800 minutes, 200 e-mails of 5 000 and 200 chats of 3 000."""
    records = Records()
    for number in range(100):
        start = T0 + number
        records.call(start, start + 5, SOON, talk_s=5 * MINUTE, hold_s=2 * MINUTE, wrap_up_s=MINUTE)
    for number in range(200):
        ticket = records.ticket(T0 + number)
        records.work(SOON, 10 * MINUTE, ticket)
        records.work(SOON, 15 * MINUTE, ticket, agent=BOB)
        records.call(T0, T0 + 5, SOON, channel="chat", talk_s=10 * MINUTE, wrap_up_s=5 * MINUTE, hold_s=7)
    return records


def test_handle_times_are_those_of_the_worked_examples(engine):
    told = ask("aht", handled().frames(engine), by=("channel",))
    parts = {name: (part.value, part.n) for name, part in told.figure.parts.items()}
    # (500 + 200 + 100) ÷ 100 = 8 min; 5 000 ÷ 200 = 25 min; (2 000 + 1 000) ÷ 200 = 15 min
    assert parts == {"calls": (8 * MINUTE, 100), "tickets": (25 * MINUTE, 200), "chats": (15 * MINUTE, 200)}
    # (800 + 5 000 + 3 000) ÷ (100 + 200 + 200) = 17.6 min
    assert (told.figure.value, told.figure.n) == (17.6 * MINUTE, 500)
    values = {key: figure.value for key, figure in by(told).items()}
    assert values == {"phone": 8 * MINUTE, "email": 25 * MINUTE, "chat": 15 * MINUTE}


def test_a_ticket_that_two_agents_worked_on_is_one_and_one_of_each_of_them(engine):
    records = Records()
    ticket = records.ticket(T0, type="invoice")
    records.work(SOON, 600, ticket)
    records.work(SOON + 60, 300, ticket)
    records.work(SOON, 900, ticket, agent=BOB)
    frames = records.frames(engine)
    assert (ask("aht", frames).figure.value, ask("aht", frames).figure.n) == (1800, 1)
    assert {key: (figure.value, figure.n) for key, figure in by(ask("aht", frames, by=("agent",))).items()} == {
        ALICE: (900, 1),
        BOB: (900, 1),
    }
    assert {key: figure.value for key, figure in by(ask("aht", frames, by=("type",))).items()} == {"invoice": 1800}


def test_a_call_and_the_time_entries_on_its_ticket_both_count(engine):
    records = Records()
    ticket = records.ticket(T0, channel="phone")
    records.call(T0, T0 + 5, SOON, talk_s=400, ticket=ticket)
    records.work(SOON, 200, ticket)
    figure = ask("aht", records.frames(engine)).figure
    assert (figure.value, figure.parts["calls"].value, figure.parts["tickets"].value) == (300, 400, 200)


def test_time_is_counted_when_it_was_spent_and_only_with_what_it_was_spent_on(engine):
    after = at("2026-11-01 00:00", PARIS)
    records = Records()
    ticket = records.ticket(T0)
    records.work(after - 1, 100, ticket)
    records.work(after, 900, ticket)
    records.work(SOON, 500)  # on no ticket
    records.call(T0, T0 + 5, after, talk_s=900)  # ended in November
    records.call(T0, T0 + 5, None, talk_s=300)  # an unknown end: dated by the answer
    records.call(T0, T0 + 5, SOON)  # nobody knows how long it took
    records.call(T0, None, SOON, talk_s=3)  # not answered
    records.call(T0, T0 + 5, SOON, talk_s=50, direction="out")
    records.work(SOON, 700, records.ticket(T0, left_out="test"))
    told = ask("aht", records.frames(engine))
    assert (told.figure.value, told.figure.n) == ((100 + 300) / 2, 2)
    assert told.notes == {"contacts_without_time": 1, "time_without_ticket": 1}
    assert told.left_out == {"test": 1}


def test_handle_time_of_one_agent_can_be_asked_for(engine):
    records = handled()
    records.name("agents", BOB, "Bob")
    told = ask("aht", records.frames(engine), filters=(Filter(dimension="agent", values=(BOB,)),))
    assert (told.figure.value, told.figure.n) == (15 * MINUTE, 200)


def test_without_any_time_it_says_what_is_needed(engine):
    records = Records()
    records.ticket(T0)
    assert ask("aht", records.frames(engine)).needs == "handle_time"

"""The tickets behind a number: exactly its rows, the worst first."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from random import Random
from shutil import copy

import pytest
from cast import ALICE, BOB, DAY, DINA, HOUR, MINUTE, PARIS, at
from records import Records
from sqlalchemy import update

from bot.database import open_database
from kpi import schema
from kpi.catalogue import CATALOGUE
from kpi.drilldown import Listing, Row, has_tickets, tickets_behind
from kpi.errors import QuestionError
from kpi.frames import DatabaseFrames
from kpi.memory import MemoryFrames
from kpi.period import Grain, Period
from kpi.question import Filter, Question, Reading

NOW = at("2026-11-24 12:00")
OCTOBER = Period.of(date(2026, 10, 1), Grain.MONTH, PARIS)
T0 = at("2026-10-12 08:00")


def ask(kpi: str, **question: object) -> Question:
    return Question(kpi=kpi, period=OCTOBER, **question)


def desk() -> Records:
    """Return a desk whose messages and ratings are known."""
    return Records(has=("messages", "ratings"))


def numbers(listing) -> list[str]:
    return [row.ticket.external_id for row in listing.rows]


# --- Order, by hand ----------------------------------------------------------------------------------------------


def test_of_a_ratio_the_failures_come_first_and_of_those_the_newest(engine):
    ledger = desk()
    for day, replies in ((1, 1), (2, 2), (3, 1), (4, 3)):
        ledger.solved(T0, T0 + day * DAY, replies=replies)
    found = tickets_behind(ask("fcr"), ledger.frames(engine), NOW)
    assert numbers(found) == ["4", "2", "3", "1"]
    assert [row.success for row in found.rows] == [False, False, True, True]
    assert (found.answer.figure.n, found.answer.figure.numerator, found.total) == (4, 2, 4)


def test_where_lower_is_better_what_counts_comes_first(engine):
    ledger = desk()
    for day, after in ((1, None), (2, HOUR), (3, None)):
        solved = T0 + day * DAY
        ledger.solved(T0, solved, first_solved_at=solved, first_reopen_s=after, reopens=int(after is not None))
    found = tickets_behind(ask("reopen_rate"), ledger.frames(engine), NOW)
    assert [(row.ticket.external_id, row.success) for row in found.rows] == [("2", True), ("3", False), ("1", False)]


def test_of_durations_the_longest_come_first_each_with_its_own(engine):
    ledger = desk()
    for minutes in (5, 90, 30):
        ticket = ledger.ticket(T0)
        ledger.turn(ticket, T0, T0 + minutes * MINUTE)
    found = tickets_behind(ask("frt"), ledger.frames(engine), NOW)
    assert [(row.ticket.external_id, row.value) for row in found.rows] == [
        ("2", 90 * MINUTE),
        ("3", 30 * MINUTE),
        ("1", 5 * MINUTE),
    ]


def test_business_time_or_calendar_time_is_that_of_the_question(engine):
    ledger = desk()
    for business, waited in ((10, 900), (20, 300)):
        ticket = ledger.ticket(T0)
        ledger.turn(ticket, T0, T0 + waited, reply_s=business)
    frames = ledger.frames(engine)
    assert [row.value for row in tickets_behind(ask("frt"), frames, NOW).rows] == [20, 10]
    assert [row.value for row in tickets_behind(ask("frt", calendar=True), frames, NOW).rows] == [900, 300]


def test_of_what_is_open_the_oldest_tickets_come_first_whenever_their_stretch_began(engine):
    ledger = desk()
    old, young = ledger.ticket(T0 - 30 * DAY), ledger.ticket(T0 - DAY)
    ledger.span(young, T0 - DAY)
    ledger.span(old, T0)  # reopened
    found = tickets_behind(ask("backlog"), ledger.frames(engine), NOW)
    assert numbers(found) == [str(old), str(young)]
    assert [row.at for row in found.rows] == [T0 - 30 * DAY, T0 - DAY]


def test_of_other_counts_the_newest_come_first_and_of_one_second_the_lower_number(engine):
    ledger = desk()
    for day in (1, 3, 2, 3):
        ledger.ticket(T0 + day * DAY)
    assert numbers(tickets_behind(ask("volume"), ledger.frames(engine), NOW)) == ["2", "4", "3", "1"]


def test_a_limit_keeps_the_worst_and_tells_how_many_there_are(engine):
    ledger = desk()
    for day in range(12):
        ledger.ticket(T0 + day * DAY)
    found = tickets_behind(ask("volume"), ledger.frames(engine), NOW, limit=3)
    assert (numbers(found), found.total) == (["12", "11", "10"], 12)


# --- Which rows, and what of them --------------------------------------------------------------------------------


def test_filters_and_reading_are_those_of_the_question(engine):
    ledger = desk()
    ledger.name("teams", "1", "Billing")
    ledger.solved(T0, T0 + 30 * DAY, solved_team="1", created_team="1")  # solved in November
    ledger.solved(T0, T0 + DAY, solved_team="1", created_team="1")
    ledger.solved(T0, T0 + DAY)
    ledger.solved(T0, T0 + DAY, left_out="spam", solved_team="1", created_team="1")
    frames = ledger.frames(engine)
    billing = (Filter(dimension="team", values=("1",)),)
    assert numbers(tickets_behind(ask("fcr", filters=billing), frames, NOW)) == ["2"]
    cohort = tickets_behind(ask("fcr", filters=billing, reading=Reading.COHORT), frames, NOW)
    assert sorted(numbers(cohort)) == ["1", "2"]
    assert {row.team for row in cohort.rows} == {"Billing"}


def test_a_row_leads_to_its_helpdesk_and_names_no_customer(engine):
    ledger = desk()
    ledger.name("customers", DINA, "Dina Dupont")
    ledger.ticket(T0, customer=DINA)
    frames = ledger.frames(engine)
    with engine.begin() as connection:
        connection.execute(update(schema.tickets).values(url="https://desk.example/1"))
    (row,) = tickets_behind(ask("volume"), frames, NOW).rows
    assert (row.ticket.helpdesk, row.ticket.external_id, row.ticket.url) == ("desk", "1", "https://desk.example/1")
    assert row.ticket.subject is None
    assert "Dina" not in repr(row)


def test_a_record_of_no_ticket_goes_by_its_own_name(engine):
    ledger = desk()
    ledger.rating("nps", T0, 3, (0, 10), customer="a")
    ledger.rating("nps", T0, 9, (0, 10), customer="b")
    found = tickets_behind(ask("nps"), ledger.frames(engine), NOW)
    assert [(row.ticket, row.record, row.value) for row in found.rows] == [
        (None, "x000001", -100),
        (None, "x000002", 100),
    ]


def test_several_entries_of_time_on_one_ticket_are_one_row(engine):
    ledger = desk()
    long, short = ledger.ticket(T0), ledger.ticket(T0)
    for seconds in (100, 200):
        ledger.work(T0, seconds, ticket=long)
    ledger.work(T0, 50, ticket=short)
    found = tickets_behind(ask("aht"), ledger.frames(engine), NOW)
    assert [(row.ticket.external_id, row.value) for row in found.rows] == [(str(long), 300), (str(short), 50)]
    assert found.answer.figure.n == found.total == 2


# --- What has no list --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "refused"),
    [
        (ask("volume", by=("team",)), "list_alone"),
        (ask("volume", per=Grain.DAY), "list_alone"),
        (ask("volume", versus=OCTOBER.previous()), "list_alone"),
        (ask("clearance"), r"no_tickets_behind.*\['volume', 'solved'\]"),
        (ask("volume_forecast"), r"no_tickets_behind.*\['volume'\]"),
        (ask("training_effect"), r"no_tickets_behind.*\['csat'\]"),
        (ask("training_effect", of="fcr"), r"no_tickets_behind.*\['fcr'\]"),
        (ask("agent_satisfaction"), "no_tickets_behind"),
    ],
)
def test_what_has_no_tickets_behind_it_says_what_to_ask_instead(engine, question, refused):
    with pytest.raises(QuestionError, match=refused):
        tickets_behind(question, DatabaseFrames(engine), NOW)


def test_a_kpi_without_its_data_lists_nothing_and_says_what_it_needs(engine):
    found = tickets_behind(ask("csat"), DatabaseFrames(engine), NOW)
    assert (found.rows, found.answer.needs) == ((), "tickets")


# --- Every KPI ---------------------------------------------------------------------------------------------------


def a_month_of_everything() -> Records:
    """Return tickets, turns, clocks, calls, time, reviews and ratings of one October, from a fixed chance."""
    chance, ledger = Random(4), desk()  # noqa: S311  # chance for a test
    for number in range(60):
        created = T0 - 10 * DAY + number * 7 * HOUR
        solved = created + chance.randrange(HOUR, 5 * DAY)
        facts = {
            "replies": chance.randrange(4),
            "customer": f"dina{number % 20}",
            "previous_contact_at": chance.choice((None, created - DAY)),
            "first_solved_at": solved,
            "first_reopen_s": chance.choice((None, None, HOUR)),
            "transfers": chance.randrange(2),
            "escalated": chance.randrange(2),
            "automation_acted": chance.randrange(2),
            "solved_agent": chance.choice((ALICE, BOB, None)),
            "full_resolution_calendar_s": solved - created,
            "first_resolution_calendar_s": solved - created,
            "left_out": chance.choice((None, None, None, "spam")),
        }
        if chance.random() < 0.5:
            score = chance.randrange(1, 6)
            facts |= {"rated_at": solved + HOUR, "rating": score, "rating_lowest": 1, "rating_highest": 5}
            facts |= {"rating_positive": int(score > 3)}
        is_open = chance.random() < 0.3
        ticket = ledger.ticket(created) if is_open else ledger.solved(created, solved, **facts)
        ledger.turn(ticket, created, chance.choice((None, created + chance.randrange(DAY))))
        ledger.turn(ticket, created + DAY, created + DAY + chance.randrange(DAY))
        ledger.span(ticket, created, None if is_open else solved, waiting_since=chance.choice((None, created)))
        for metric in ("first_reply", "next_reply", "resolution"):
            stopped = {"state": "stopped", "stopped_at": solved, "breached": chance.randrange(2)}
            ledger.clock(ticket, metric, **stopped, stopped_by="solve" if metric == "resolution" else "reply")
        for survey in ("nps", "ces", "wait", "perceived"):
            ledger.rating(survey, solved, chance.randrange(0, 11), (0, 10), ticket=ticket, customer=f"d{number % 9}")
        answered = chance.choice((None, created + chance.randrange(60)))
        ledger.call(created, answered, created + 200, talk_s=100, hold_s=chance.randrange(50), wrap_up_s=9)
        ledger.work(solved, chance.randrange(1000), ticket=chance.choice((None, ticket)))
        ledger.review(
            f"review{number}", solved, "tone", chance.randrange(100), ticket=ticket, error=chance.randrange(2)
        )
    return ledger


@pytest.fixture(scope="module")
def october(tmp_path_factory, sqlite_template) -> Iterator[DatabaseFrames]:
    path = tmp_path_factory.mktemp("october") / "kpi-bot.db"
    copy(sqlite_template, path)
    engine = open_database(f"sqlite:///{path}")
    yield a_month_of_everything().frames(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def remembered(october) -> Iterator[MemoryFrames]:
    memory = MemoryFrames(october)
    memory.refresh()
    yield memory
    memory.close()


@pytest.fixture(scope="module")
def listed(october) -> Callable[[str, Reading], Listing]:
    """Give the whole list of a KPI in a reading, which several tests look at."""
    return cache(lambda kpi, reading: tickets_behind(ask(kpi, reading=reading), october, NOW))


LISTED = [(kpi, reading) for kpi in CATALOGUE.values() if has_tickets(kpi) for reading in kpi.readings]


def amounts(rows: tuple[Row, ...], name: str) -> float:
    return sum(getattr(row, name) or 0 for row in rows)


@pytest.mark.parametrize(("kpi", "reading"), LISTED, ids=lambda value: getattr(value, "key", value))
def test_the_rows_are_exactly_those_of_the_number(listed, kpi, reading):
    found = listed(kpi.key, reading)
    if not found.answer.available:
        pytest.skip(f"needs {found.answer.needs}")
    figure = found.answer.figure
    assert len(found.rows) == found.total == figure.n
    if figure.numerator is not None:
        assert amounts(found.rows, "success") == figure.numerator
    if figure.mean is not None and figure.n:
        assert amounts(found.rows, "value") / figure.n == pytest.approx(figure.mean)


def test_most_kpis_have_rows_there(listed):
    totals = {kpi.key: listed(kpi.key, Reading.EVENT).total for kpi, _ in LISTED}
    assert len([key for key, total in totals.items() if total > 5]) > len(totals) * 0.8, totals


@pytest.mark.parametrize(("kpi", "reading"), LISTED, ids=lambda value: getattr(value, "key", value))
def test_the_list_is_the_same_in_memory_and_cut_there_too(listed, remembered, kpi, reading):
    question, whole = ask(kpi.key, reading=reading), listed(kpi.key, reading)
    assert tickets_behind(question, remembered, NOW).rows == whole.rows
    assert tickets_behind(question, remembered, NOW, limit=4).rows == whole.rows[:4]

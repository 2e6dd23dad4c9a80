"""Tickets told event by event, through the fold and the database, to answers known by hand."""

from datetime import date

import pytest
from cast import ALICE, BOB, DAY, HOUR, PARIS, Tale, at
from sqlalchemy import Engine

from bot.helpdesks.connector import Page
from bot.storage import Desk, store_page
from kpi.answer import answer
from kpi.events import Author, Field, Status
from kpi.frames import DatabaseFrames
from kpi.period import Grain, Period
from kpi.policies import Rulebook
from kpi.question import Answer, Figure, Question

NOW = at("2026-11-24 12:00")
SEPTEMBER, OCTOBER, NOVEMBER = (Period.of(date(2026, month, 1), Grain.MONTH, PARIS) for month in (9, 10, 11))
MONTHS = (SEPTEMBER, OCTOBER, NOVEMBER)


def stored(engine: Engine, *tales: Tale) -> DatabaseFrames:
    """Store tickets as a helpdesk tells them, as of now."""
    page = Page(tickets=tuple(tale.history for tale in tales), cursor={}, done=True, seen_until=NOW)
    with engine.begin() as connection:
        store_page(connection, Desk(key="desk", kind="demo", rulebook=lambda *_: Rulebook()), page, NOW)
    return DatabaseFrames(engine)


def ask(kpi: str, frames: DatabaseFrames, period: Period = OCTOBER, **question: object) -> Answer:
    return answer(Question(kpi=kpi, period=period, **question), frames, NOW)


def fraction(figure: Figure) -> tuple[int | None, int | None]:
    return figure.numerator, figure.denominator


@pytest.fixture
def reopened() -> Tale:
    """Asked and solved in September, reopened by the customer in October, solved again by another in November."""
    tale = Tale(at("2026-09-28 08:00"))
    tale.change(at("2026-09-28 09:00"), Field.AGENT, ALICE).replies(at("2026-09-28 10:00"))
    tale.solved(at("2026-09-29 08:00"))
    tale.asks(at("2026-10-02 08:00")).becomes(at("2026-10-02 08:00"), Status.OPEN, Author.SYSTEM)
    tale.change(at("2026-10-03 08:00"), Field.AGENT, BOB)
    return tale.replies(at("2026-11-03 08:00"), BOB).solved(at("2026-11-03 09:00"))


def test_a_ticket_reopened_across_months_is_told_in_each_of_them(engine, reopened):
    frames = stored(engine, reopened)

    def by_month(kpi: str) -> list[float | None]:
        return [ask(kpi, frames, month).figure.value for month in MONTHS]

    assert by_month("volume") == [1, 0, 0]
    assert by_month("solved") == [0, 0, 1]
    assert by_month("resolutions") == [1, 0, 1]
    assert by_month("backlog") == by_month("actionable") == [0, 1, 0]
    assert by_month("unanswered") == [0, 1, 0]
    assert [fraction(ask("reopen_rate", frames, month).figure) for month in MONTHS] == [(1, 1), (0, 0), (0, 0)]
    assert [fraction(ask("clearance", frames, month).figure) for month in MONTHS] == [(0, 1), (0, 0), (1, 0)]
    assert by_month("first_resolution_time") == [DAY, None, None]
    # From 28 September 08:00 to 3 November 09:00 are 36 days and an hour; nothing of it was pending.
    assert by_month("full_resolution_time") == [None, None, 36 * DAY + HOUR]
    assert by_month("replies_per_ticket") == [None, None, 2]
    assert by_month("messages_per_ticket") == [None, None, 4], "two questions, two replies"
    assert by_month("one_touch") == [None, None, 0]
    assert by_month("resolution_rate") == [1, None, None]


def test_each_solve_and_the_wait_between_belong_to_whoever_had_the_ticket(engine, reopened):
    frames = stored(engine, reopened)

    def owner(kpi: str, month: Period) -> list[str | None]:
        return [group.keys[0] for group in ask(kpi, frames, month, by=("agent",)).groups]

    assert (owner("resolutions", SEPTEMBER), owner("resolutions", NOVEMBER)) == ([ALICE], [BOB])
    assert (owner("reopen_rate", SEPTEMBER), owner("first_resolution_time", SEPTEMBER)) == ([ALICE], [ALICE])
    assert (owner("solved_per_agent", NOVEMBER), owner("backlog_age", OCTOBER)) == ([BOB], [BOB])


def test_the_oldest_question_waits_since_it_was_asked(engine, reopened):
    figure = ask("unanswered", stored(engine, reopened)).figure
    # Asked on 2 October 08:00; the month ends on 31 October 23:00 (UTC): 29 days and 15 hours.
    assert figure.parts["longest"].value == 29 * DAY + 15 * HOUR


def test_a_rating_that_was_changed_counts_once_where_it_was_changed(engine):
    tale = Tale(at("2026-09-28 08:00")).replies(at("2026-09-28 10:00")).solved(at("2026-09-28 11:00"))
    tale.rated(at("2026-09-29 08:00"), 1).rated(at("2026-10-05 08:00"), 5)
    frames = stored(engine, tale)
    assert [fraction(ask("csat", frames, month).figure) for month in MONTHS] == [(0, 0), (1, 1), (0, 0)]
    score = ask("csat_score", frames).figure
    assert (score.value, score.n, score.scale) == (5, 1, (1, 5))


def test_a_merged_ticket_is_left_out_everywhere_and_told(engine):
    kept = Tale(at("2026-10-05 08:00"), "1")
    merged = Tale(at("2026-10-05 09:00"), "2").becomes(at("2026-10-06 08:00"), Status.MERGED)
    frames = stored(engine, kept, merged.now(merged_into="1"))
    for kpi in ("volume", "escalation_rate", "returning_customers", "ticket_abandonment"):
        told = ask(kpi, frames)
        assert (told.figure.n, told.left_out) == (1, {"merged": 1}), kpi
    first_day = Period(start=date(2026, 10, 5), end=date(2026, 10, 6), zone=PARIS)
    told = ask("backlog_age", frames, first_day)
    assert (told.figure.n, told.left_out) == (1, {"merged": 1}), "also where it was still open"


def test_a_deleted_ticket_that_was_recovered_counts_again_but_not_while_it_was_gone(engine):
    tale = Tale(at("2026-10-05 08:00")).becomes(at("2026-10-07 08:00"), Status.DELETED)
    tale.becomes(at("2026-10-09 08:00"), Status.OPEN)
    frames = stored(engine, tale.replies(at("2026-10-11 08:00")))
    days = Period(start=date(2026, 10, 5), end=date(2026, 10, 13), zone=PARIS)
    told = ask("backlog", frames, days, per=Grain.DAY)
    assert [bucket.figure.value for bucket in told.buckets] == [1, 1, 0, 0, 1, 1, 1, 1]
    assert [bucket.figure.value for bucket in ask("unanswered", frames, days, per=Grain.DAY).buckets] == [
        *(1, 1, 0, 0, 1, 1, 0, 0)
    ]
    assert ask("volume", frames).figure.value == 1
    assert fraction(ask("reopen_rate", frames).figure) == (0, 0), "it was never solved"


def test_a_ticket_that_stays_deleted_is_gone(engine):
    kept = Tale(at("2026-10-05 08:00"), "1")
    gone = Tale(at("2026-10-05 08:00"), "2").replies(at("2026-10-05 09:00")).becomes(NOW - DAY, Status.DELETED)
    frames = stored(engine, kept, gone)
    assert (ask("volume", frames).figure.value, ask("backlog", frames).figure.value) == (1, 1)
    told = ask("response_bands", frames)
    assert (fraction(told.figure), told.left_out) == ((0, 0), {"deleted": 1})


def test_what_a_machine_solves_is_automated_until_somebody_asks_for_a_person(engine):
    alone, asked = (
        Tale(at("2026-10-05 08:00"), external_id, customer=external_id)
        .bot_says(at("2026-10-05 08:01"))
        .becomes(at("2026-10-05 08:02"), Status.SOLVED, Author.BOT)
        for external_id in ("1", "2")
    )
    asked.asks(at("2026-10-06 08:00"), "2").becomes(at("2026-10-06 08:00"), Status.OPEN, Author.SYSTEM)
    frames = stored(engine, alone, asked)
    assert fraction(ask("automated_rate", frames).figure) == (1, 2)
    assert ask("solved_per_agent", frames).figure.parts["automatic"].value == 2


def test_a_customer_returns_with_the_second_ticket(engine):
    tales = [Tale(at(f"2026-{month:02}-05 08:00"), str(month)) for month in (9, 10)]
    frames = stored(engine, *tales)
    assert [fraction(ask("returning_customers", frames, month).figure) for month in MONTHS] == [(0, 1), (1, 1), (0, 0)]


def test_the_leap_day_and_week_53_are_whole_for_what_goes_on_too(engine):
    lives = (("2027-01-03 22:00", "2027-01-03 22:59:59"), ("2027-01-03 22:30", "2027-01-03 23:00"))
    tales = [Tale(at(start), str(n)).solved(at(end)) for n, (start, end) in enumerate(lives)]
    leap = Tale(at("2028-02-29 08:00"), "leap").solved(at("2028-02-29 22:59:59"))
    later = at("2028-06-01 00:00")
    page = Page(tickets=tuple(t.history for t in (*tales, leap)), cursor={}, done=True, seen_until=later)
    with engine.begin() as connection:
        store_page(connection, Desk(key="desk", kind="demo", rulebook=lambda *_: Rulebook()), page, later)
    week_53 = Period.of(date(2026, 12, 31), Grain.WEEK, PARIS)
    february = Period.of(date(2028, 2, 1), Grain.MONTH, PARIS)
    found = {
        (kpi, period.start): answer(Question(kpi=kpi, period=period), DatabaseFrames(engine), later).figure.value
        for kpi in ("resolutions", "backlog", "clearance")
        for period in (week_53, february)
    }
    # The second was solved at midnight in Paris: not in week 53, where it was still open.
    assert found == {
        ("resolutions", week_53.start): 1,
        ("backlog", week_53.start): 1,
        ("clearance", week_53.start): 0.5,
        ("resolutions", february.start): 1,
        ("backlog", february.start): 0,
        ("clearance", february.start): 1,
    }

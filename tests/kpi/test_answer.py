"""What a question may be, and what an answer says besides its number."""

from collections.abc import Iterator
from datetime import date

import pytest
from cast import ALICE, DAY, HOUR, PARIS, at
from facts import Ledger
from sqlalchemy import Engine

from bot.database import open_database
from kpi.answer import answer
from kpi.catalogue import CATALOGUE, AnyKpi, Composite, Effect
from kpi.errors import QuestionError
from kpi.frames import DatabaseFrames
from kpi.period import Grain, Period
from kpi.question import Figure, Filter, Question, Reading, Unit

NOW = at("2026-11-24 12:00")
OCTOBER = Period.of(date(2026, 10, 1), Grain.MONTH, PARIS)
T0 = at("2026-10-12 08:00")


def ask(kpi: str = "volume", period: Period = OCTOBER, **question: object) -> Question:
    return Question(kpi=kpi, period=period, **question)


def only(dimension: str, *values: str) -> tuple[Filter, ...]:
    return (Filter(dimension=dimension, values=values),)


def days(start: str, end: str) -> Period:
    return Period(start=date.fromisoformat(start), end=date.fromisoformat(end), zone=PARIS)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def engine(make_sqlite) -> Iterator[Engine]:
    """Give SQLite alone; `tests/soundness` asks the same of PostgreSQL."""
    opened = open_database(make_sqlite())
    yield opened
    opened.dispose()


@pytest.fixture
def frames(engine, ledger) -> DatabaseFrames:
    return one_ticket(ledger, engine)


def one_ticket(ledger: Ledger, engine: Engine) -> DatabaseFrames:
    """Write a database with one ticket of Alice's and of the support team."""
    ledger.name("teams", "1", "Support")
    ledger.name("teams", "2", "Billing")
    ledger.name("agents", ALICE, "Alice Martin")
    ledger.name("customers", "dina", "Dina")
    ticket = ledger.solved(T0, T0 + HOUR, created_team="1", solved_team="1", solved_agent=ALICE, tags="|vip|")
    ledger.clock(ticket, "first_reply")
    return ledger.frames(engine)


# --- Questions without an answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "refused"),
    [
        (ask("fcrr"), r"unknown_kpi\(word='fcrr', suggestions=\['fcr'\]\)"),
        (ask("zzzzzz"), r"unknown_kpi\(.*suggestions=\[\]\)"),
        (ask("volume", reading=Reading.COHORT), r"no_cohort_reading\(kpi='volume'\)"),
        (ask("backlog", reading=Reading.COHORT), "no_cohort_reading"),
        (ask(period=days("2026-10-05", "2026-10-05")), "empty_period"),
        (ask(period=days("2026-10-05", "2026-10-01")), "reversed_period"),
        (ask(period=days("2026-11-25", "2026-11-26")), "period_in_future"),
        (ask(versus=days("2026-11-25", "2026-11-26")), "period_in_future"),
        (ask(versus=days("2026-10-05", "2026-10-01")), "reversed_period"),
        (ask(by=("tems",)), r"unknown_dimension.*\['team'\]"),
        (ask(by=("tag",)), "no_breakdown"),
        (ask(filters=only("colour", "red")), "unknown_dimension"),
        (ask(filters=only("team", "3")), r"unknown_value\(dimension='team', value='3', suggestions=\[\]\)"),
        (ask(filters=only("team", "Suport")), r"unknown_value.*\['Support'\]"),
        (ask(filters=only("team", "1", "9")), r"unknown_value.*value='9'"),
        (ask(filters=only("agent", "bob")), "unknown_value"),
        (ask(filters=only("customer", "eve")), "unknown_value"),
        (ask(filters=only("channel", "emial")), r"unknown_value.*\['email'\]"),
        (ask(filters=only("tag", "vipp")), r"unknown_value.*\['vip'\]"),
        (ask(filters=only("helpdesk", "dest")), r"unknown_value.*\['desk'\]"),
    ],
)
def test_a_question_without_an_answer_is_refused_with_what_to_do(frames, question, refused):
    with pytest.raises(QuestionError, match=refused):
        answer(question, frames, NOW)


def test_a_team_that_two_helpdesks_have_is_asked_back(engine):
    ledger = Ledger(("rt", "zendesk"))
    for helpdesk in ("rt", "zendesk"):
        ledger.name("teams", "1", "Support", helpdesk)
        ledger.ticket(T0, helpdesk=helpdesk, created_team="1")
    ledger.name("teams", "2", "Billing", "rt")
    ledger.ticket(T0, helpdesk="rt", created_team="2")
    frames = ledger.frames(engine)
    with pytest.raises(QuestionError, match=r"ambiguous_value.*\['rt/1', 'zendesk/1'\]"):
        answer(ask(filters=only("team", "1")), frames, NOW)
    with pytest.raises(QuestionError, match="unknown_value"):
        answer(ask(filters=only("team", "zendesk/2")), frames, NOW)
    assert answer(ask(filters=only("team", "2")), frames, NOW).figure.value == 1, "only one helpdesk has it"
    assert answer(ask(filters=only("team", "rt/1", "2")), frames, NOW).figure.value == 2


def test_a_period_that_begins_this_very_second_holds_nothing_yet(frames):
    told = answer(ask(period=days("2026-11-24", "2026-11-25")), frames, at("2026-11-24 00:00", PARIS))
    assert told.figure.value == 0


# --- Filters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "n"),
    [
        (only("team", "1"), 1),
        (only("team", "2"), 0),
        (only("team", "1", "2"), 1),
        (only("team", "desk/1"), 1),
        (only("channel", "email"), 1),
        (only("tag", "vip"), 1),
        (only("customer", "dina"), 1),
        (only("status", "solved"), 1),
        (only("status", "hold"), 0),
        (only("team", "1") + only("channel", "email"), 1),
        (only("team", "2") + only("channel", "email"), 0),
    ],
)
def test_filters_narrow_and_several_all_hold(frames, filters, n):
    told = answer(ask("solved", filters=filters), frames, NOW)
    assert told.figure.value == n
    assert told.compared_figure.value == 0


def test_filters_carry_the_names_people_say(frames):
    told = answer(ask("solved", filters=only("team", "2", "1") + only("channel", "email")), frames, NOW)
    assert told.named_filters == only("team", "Billing", "Support") + only("channel", "email")


def test_a_filter_reaches_what_stands_beside(frames):
    filters = only("team", "2")
    told = answer(ask("frt_sla", filters=filters), frames, NOW)
    assert told.beside["running_overdue"].value == 0
    assert answer(ask("frt_sla"), frames, NOW).beside["running_overdue"].value == 1


# --- Data that is not there --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("has", "kpi", "needs"),
    [
        (("ratings",), "fcr", "messages"),
        (("ratings",), "frt", "first_replies"),
        (("ratings",), "reply_time", "messages"),
        (("messages",), "csat", "ratings"),
        (("messages",), "frt_sla", "sla_policies"),
        (("messages",), "resolution_sla", "sla_policies"),
        ((), "volume", None),
        ((), "solved", None),
        ((), "backlog", None),
        ((), "resolution_time", None),
    ],
)
def test_a_kpi_whose_data_is_missing_names_it_and_gives_no_number(engine, has, kpi, needs):
    ledger = Ledger(has=has)
    ledger.solved(T0, T0 + HOUR)
    told = answer(ask(kpi), ledger.frames(engine), NOW)
    assert (told.needs, told.available) == (needs, needs is None)
    assert (told.figure is None) == (needs is not None)


@pytest.mark.parametrize("kpi", CATALOGUE)
def test_an_empty_database_needs_tickets_or_what_a_kpi_is_measured_on(engine, kpi):
    told = answer(ask(kpi), DatabaseFrames(engine), NOW)
    found = CATALOGUE[kpi]
    needs = "tickets" if isinstance(found, Effect) else found.needs[0]  # an effect is one on another KPI
    assert (told.needs, told.figure, told.data_as_of, told.uncovered) == (needs, None, None, "not_synced")


def test_a_helpdesk_that_was_read_and_is_empty_has_a_volume_of_zero(engine):
    told = answer(ask(), Ledger().frames(engine), NOW)
    assert (told.figure.value, told.uncovered) == (0, None)


# --- What the data covers ----------------------------------------------------------------------------------------


def test_the_age_of_the_data_is_told(engine, ledger):
    ledger.covers(None, NOW - 600)
    assert answer(ask(), ledger.frames(engine), NOW).data_as_of == NOW - 600


@pytest.mark.parametrize(
    ("covered", "uncovered", "value"),
    [
        ((None, OCTOBER.span(NOW).end), None, 0),
        ((None, OCTOBER.span(NOW).end - 1), "not_synced", 0),
        ((None, OCTOBER.span(NOW).start), "not_synced", None),
        ((None, None), "not_synced", None),
        ((OCTOBER.span(NOW).start, NOW), None, 0),
        ((OCTOBER.span(NOW).start + 1, NOW), "before_history", 0),
        ((OCTOBER.span(NOW).end, NOW), "before_history", None),
    ],
)
def test_a_period_the_data_does_not_cover_says_so_and_is_never_zero(engine, ledger, covered, uncovered, value):
    ledger.covers(*covered)
    ledger.ticket(NOW - HOUR)
    told = answer(ask(), ledger.frames(engine), NOW)
    assert (told.uncovered, told.figure.value) == (uncovered, value)


def test_a_running_period_is_covered_by_a_recent_sync(engine, ledger):
    november = Period.of(date(2026, 11, 1), Grain.MONTH, PARIS)
    ledger.covers(None, NOW - HOUR)
    frames = ledger.frames(engine)
    assert answer(ask(period=november), frames, NOW).uncovered is None
    assert answer(ask(period=november), frames, NOW + 1).uncovered == "not_synced"


def test_what_was_counted_before_the_sync_got_there_is_shown(engine, ledger):
    ledger.covers(None, None)  # a first synchronisation that is under way
    ledger.ticket(T0)
    told = answer(ask(), ledger.frames(engine), NOW)
    assert (told.figure.value, told.uncovered) == (1, "not_synced")


def test_buckets_that_the_data_does_not_cover_have_no_value(engine, ledger):
    ledger.covers(at("2026-10-03 00:00", PARIS), at("2026-10-05 00:00", PARIS))
    told = answer(ask(period=days("2026-10-01", "2026-10-07"), per=Grain.DAY), ledger.frames(engine), NOW)
    assert [bucket.figure.value for bucket in told.buckets] == [None, None, 0, 0, None, None]


def test_only_the_helpdesks_asked_for_need_to_be_synced(engine):
    ledger = Ledger(("rt", "zendesk"))
    ledger.covers(None, None, "zendesk")
    frames = ledger.frames(engine)
    assert answer(ask(), frames, NOW).uncovered == "not_synced"
    assert answer(ask(filters=only("helpdesk", "rt")), frames, NOW).uncovered is None


# --- The catalogue -----------------------------------------------------------------------------------------------


def test_cohort_readings_are_those_of_the_specification():
    assert {key for key, kpi in CATALOGUE.items() if Reading.COHORT in kpi.readings} == {
        "frt",
        "response_bands",
        "frt_sla",
        "next_reply_sla",
        "resolution_sla",
        "resolution_time",
        "full_resolution_time",
        "first_resolution_time",
        "fcr",
        "csat",
        "csat_score",
    }


def test_every_row_of_the_specification_that_tickets_answer_is_there():
    assert set(CATALOGUE) >= {
        *("backlog", "actionable", "backlog_age", "unanswered", "overdue"),
        *("volume", "solved", "resolutions", "clearance", "automated_rate"),
        *("frt", "reply_time", "response_bands", "frt_sla", "next_reply_sla", "resolution_sla"),
        *("resolution_time", "full_resolution_time", "first_resolution_time", "fcr", "one_touch"),
        *("resolution_rate", "reopen_rate", "replies_per_ticket", "messages_per_ticket", "escalation_rate"),
        *("transfer_rate", "ticket_abandonment", "solved_per_agent", "csat", "csat_score", "returning_customers"),
        *("channel_performance", "efficiency_index"),
    }


@pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=CATALOGUE)
def test_every_kpi_says_what_it_is(kpi):
    assert kpi.sources
    assert set(kpi.sources) <= {"S0", "S1", "S2", "S3", "S4"}
    assert kpi.needs
    assert (kpi.unit is Unit.RATIO) or kpi.target_range is None


@pytest.mark.parametrize(
    ("kpi", "reading"),
    [(kpi, reading) for kpi in CATALOGUE.values() if isinstance(kpi, AnyKpi) for reading in kpi.readings],
    ids=lambda value: getattr(value, "key", value),
)
def test_every_kpi_answers_in_every_reading_with_every_extra(frames, kpi, reading):
    possible = ("team", "agent", "customer", "priority", "helpdesk")
    told_apart = [by for by in possible if kpi.dimensions is None or by in kpi.dimensions]
    for by in told_apart:
        per = Grain.WEEK if by == told_apart[0] else None  # the trend is the same beside every breakdown
        told = answer(ask(kpi.key, reading=reading, by=(by,), per=per), frames, NOW)
        if told.available:
            assert isinstance(told.figure, Figure)
            assert sum(group.figure.n for group in told.groups) == told.figure.n
            if per is not None and adds_up(kpi):
                assert sum(bucket.figure.n for bucket in told.buckets) == told.figure.n


def adds_up(kpi: AnyKpi) -> bool:
    """Whether each row is in one bucket of a trend: what goes on, or the latest of each, can be in several."""
    if isinstance(kpi, Composite):
        return all(adds_up(member) for member in kpi.made_of.values())
    return kpi.event.until is None and not kpi.latest_per


def test_asking_twice_gives_the_same_answer(frames):
    question = ask("fcr", by=("team",), per=Grain.DAY)
    assert answer(question, frames, NOW) == answer(question, frames, NOW)


def test_an_answer_says_which_instants_it_rests_on(frames):
    told = answer(ask(), frames, NOW)
    assert (told.span.end - told.span.start) == 31 * DAY + HOUR, "October in Paris has an hour more"

"""Random rows: the answer is that of a slow reading of the same rows, in every part."""

from dataclasses import asdict
from datetime import date
from itertools import pairwise

import narwhals as nw
import pandas as pd
import pytest
import slow_reading
from cast import DAY, PARIS
from facts import Ledger
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from kpi import schema
from kpi.answer import answer
from kpi.calendar import bucket_number
from kpi.catalogue import CATALOGUE
from kpi.period import Grain, Period, midnight
from kpi.question import Question
from kpi.schema import LEFT_OUT

# Five days around the clock change of 25 October 2026, and a now in the midst of them.
PERIOD = Period(start=date(2026, 10, 23), end=date(2026, 10, 28), zone=PARIS)
START, END = midnight(PERIOD.start, PARIS), midnight(PERIOD.end, PARIS)

EDGES = [midnight(date(2026, 10, day), PARIS) for day in range(17, 31)]
INSTANTS = st.one_of(
    st.builds(lambda edge, second: edge + second, st.sampled_from(EDGES), st.sampled_from([-1, 0, 1])),
    st.integers(EDGES[0], EDGES[-1]),
)
MAYBE = st.none() | INSTANTS
SECONDS = st.sampled_from([0, 60, 60, 3599, 3600, 3601, 90_000])
TEAMS = st.sampled_from(["1", "2", None])
NOWS = st.sampled_from([END + 30 * DAY, END + 3 * DAY, END, END - DAY - 1, START + DAY + 3600, START + 1])


@st.composite
def ledgers(draw) -> Ledger:
    """Draw a few tickets with turns, clocks and spans; every column a KPI reads takes every kind of value."""
    ledger = Ledger(("rt", "zendesk"))
    for _ in range(draw(st.integers(1, 12))):
        facts = {
            "helpdesk": draw(st.sampled_from(["rt", "zendesk"])),
            "left_out": draw(st.sampled_from([None, None, None, *LEFT_OUT])),
            "opened_by_agent": draw(st.sampled_from([0, 0, 0, 1])),
            "last_solved_at": draw(MAYBE),
            "is_solved": draw(st.integers(0, 1)),
            "replies": draw(st.sampled_from([0, 1, 1, 2])),
            "solved_in_contact": draw(st.sampled_from([0, 0, 1])),
            "teams": draw(st.sampled_from([0, 1, 1, 2])),
            "customer_messages": draw(st.sampled_from([0, 0, 1])),
            "automatic_reopens": draw(st.sampled_from([0, 0, 2])),
            "fastest_reopen_s": draw(st.none() | st.sampled_from([7 * DAY, 7 * DAY + 1])),
            "resolution_s": draw(st.none() | SECONDS),
            "resolution_calendar_s": draw(SECONDS),
            "rated_at": draw(MAYBE),
            "rating_positive": draw(st.sampled_from([None, 0, 1])),
            "created_team": draw(TEAMS),
            "solved_team": draw(TEAMS),
            "rated_team": draw(TEAMS),
        }
        if facts["last_solved_at"] is not None:
            after = draw(st.sampled_from([None, 7 * DAY, 7 * DAY + 1]))
            facts["next_contact_at"] = None if after is None else facts["last_solved_at"] + after
        _add_rows(draw, ledger, ledger.ticket(draw(INSTANTS), **facts))
    return ledger


def _add_rows(draw, ledger: Ledger, ticket: int) -> None:
    for _ in range(draw(st.integers(0, 2))):
        replied = draw(MAYBE)
        waited = None if replied is None else draw(SECONDS)
        business = None if replied is None else draw(st.none() | SECONDS)
        facts = {"team": draw(TEAMS), "reply_calendar_s": waited, "reply_s": business}
        ledger.turn(ticket, draw(INSTANTS), replied, **facts)
    for metric in ("first_reply", "next_reply", "resolution"):
        state = draw(st.sampled_from(["running", "paused", "stopped"]))
        ledger.clock(
            ticket,
            metric,
            team=draw(TEAMS),
            state=state,
            stopped_at=draw(INSTANTS) if state == "stopped" else None,
            stopped_by=draw(st.sampled_from(["reply", "solve", "closed"])) if state == "stopped" else None,
            breached=None if state == "running" else draw(st.integers(0, 1)),
            late_after=None if state == "paused" else draw(INSTANTS),
        )
    for _ in range(draw(st.integers(0, 2))):
        started, ended = draw(INSTANTS), draw(MAYBE)
        ledger.span(ticket, started, None if ended is None else max(started, ended), team=draw(TEAMS))


@pytest.fixture(scope="module")
def database():
    """Give one database in memory, which each example empties."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    schema.metadata.create_all(engine)
    yield engine
    engine.dispose()


def shown(figure) -> dict[str, object]:
    """Return the numbers of a figure that a slow reading knows; intervals are tested against scipy."""
    known = {"value", "n", "median", "p90", "mean", "maximum", "numerator", "denominator"}
    return {name: number for name, number in asdict(figure).items() if name in known and number is not None}


def expected(kpi: str, rows: list[dict], *, calendar: bool = False) -> dict[str, object]:
    numbers = slow_reading.figure(kpi, rows, calendar=calendar)
    return {name: pytest.approx(number) for name, number in numbers.items() if number is not None}


@pytest.mark.parametrize(
    "asked",
    [(kpi.key, reading) for kpi in CATALOGUE.values() if kpi.key in slow_reading.KNOWN for reading in kpi.readings],
    ids=lambda asked: f"{asked[0]}-{asked[1]}",
)
@given(ledger=ledgers(), now=NOWS, calendar=st.booleans())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_answer_is_what_a_slow_reading_of_the_rows_gives(database, asked, ledger, now, calendar):
    kpi, reading = asked
    with database.begin() as connection:
        for table in reversed(schema.metadata.sorted_tables):
            connection.execute(table.delete())
    frames = ledger.frames(database)
    question = Question(kpi=kpi, period=PERIOD, reading=reading, calendar=calendar, by=("team",), per=Grain.DAY)
    told = answer(question, frames, now)
    if not told.available:
        return
    start, end = START, min(END, now)
    read = slow_reading.read(kpi, reading, ledger.rows, (start, end), now)

    assert shown(told.figure) == expected(kpi, read.counted, calendar=calendar)
    assert (told.left_out, told.notes) == (read.left_out, read.notes)
    _groups_agree(told, read, calendar=calendar)
    _buckets_agree(told, ledger, now)
    _compared_agrees(told, ledger, now)
    _others_agree(told, ledger, now)


def _groups_agree(told, read, *, calendar: bool) -> None:
    column = slow_reading.team_column(told.question.kpi, told.question.reading)
    grouped: dict[str | None, list[dict]] = {}
    for row in read.counted:
        team = row.get(column)
        grouped.setdefault(team and f"{row['helpdesk']}/{team}", []).append(row)
    assert {group.keys[0]: shown(group.figure) for group in told.groups} == {
        key: expected(told.question.kpi, rows, calendar=calendar) for key, rows in grouped.items()
    }


def _buckets_agree(told, ledger: Ledger, now: int) -> None:
    edges = [edge for edge in EDGES if START <= edge <= END]
    stretches = [(start, min(end, now)) for start, end in pairwise(edges) if start < now]
    kpi, reading, calendar = told.question.kpi, told.question.reading, told.question.calendar
    assert [shown(bucket.figure) for bucket in told.buckets] == [
        expected(kpi, slow_reading.read(kpi, reading, ledger.rows, stretch, now).counted, calendar=calendar)
        for stretch in stretches
    ]


def _compared_agrees(told, ledger: Ledger, now: int) -> None:
    kpi, reading, calendar = told.question.kpi, told.question.reading, told.question.calendar
    read = slow_reading.read(kpi, reading, ledger.rows, (told.compared_span.start, told.compared_span.end), now)
    numbers = expected(kpi, read.counted, calendar=calendar)
    assert shown(told.compared_figure) == numbers
    if "value" in numbers and told.figure.value is not None:
        assert told.change.value == pytest.approx(told.figure.value - told.compared_figure.value)
    else:
        assert told.change is None


def _others_agree(told, ledger: Ledger, now: int) -> None:
    kpi, calendar = told.question.kpi, told.question.calendar
    for reading in {"event", "cohort"} & set(told.beside):
        read = slow_reading.read(kpi, reading, ledger.rows, (START, min(END, now)), now)
        assert shown(told.beside[reading]) == expected(kpi, read.counted, calendar=calendar)
    if "running_overdue" in told.beside:
        overdue = [
            row
            for row in slow_reading.rows_of(kpi, ledger.rows)
            if row["state"] == "running" and row["late_after"] < now and not row["left_out"]
        ]
        if kpi == "frt_sla":
            overdue = [row for row in overdue if not row["opened_by_agent"]]
        assert told.beside["running_overdue"].value == len(overdue)


@given(
    zone=st.sampled_from(
        [
            "Europe/Paris",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "America/St_Johns",
            "Pacific/Apia",
        ]
    ),
    first=st.dates(date(2006, 1, 1), date(2027, 1, 1)),
    length=st.integers(1, 500),
    grain=st.sampled_from(Grain),
    week_start=st.integers(0, 6),
)
@settings(max_examples=40, deadline=None)
def test_every_instant_is_numbered_with_the_bucket_that_holds_it(zone, first, length, grain, week_start):
    period = Period(start=first, end=date.fromordinal(first.toordinal() + length), zone=zone)
    buckets = period.buckets(grain, week_start)
    edges = [(midnight(bucket.start, zone), midnight(bucket.end, zone)) for bucket in buckets]
    placed = [
        (at, number)
        for number, (start, end) in enumerate(edges)
        for at in (start, (start + end) // 2, end - 1)
        if start < end  # a day that a zone skipped holds nothing
    ]
    before = (edges[0][0] - 5, 0)
    instants, numbers = zip(before, *placed, strict=True)
    rows = nw.from_native(pd.DataFrame({"at": pd.array(list(instants), dtype="Int64")})).lazy()
    assert list(rows.select(bucket=bucket_number("at", buckets, zone)).collect().get_column("bucket")) == list(numbers)

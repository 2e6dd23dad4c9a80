"""Random tickets, from their events through the database to the answer, against a reference in plain Python."""

from dataclasses import asdict
from datetime import timedelta

import pytest
import slow_reading
from cast import DAY, HOUR, PARIS, Tale, at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference import Told, facts
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool
from strategies import CLOSES, OPENED, histories, rulebooks

from bot.helpdesks.connector import Page
from bot.storage import Desk, store_page
from kpi import schema
from kpi.answer import answer
from kpi.catalogue import CATALOGUE
from kpi.frames import DatabaseFrames
from kpi.period import Period, local_day
from kpi.question import Question

LATER = CLOSES + 20 * DAY
# Long before the others, so that the data covers every period that is asked about.
OLDEST = Tale(OPENED - 9 * DAY, "oldest", customer=None).solved(OPENED - 8 * DAY).history

READINGS = [
    (kpi.key, reading) for kpi in CATALOGUE.values() if kpi.key in slow_reading.KNOWN for reading in kpi.readings
]


@st.composite
def desks(draw) -> tuple:
    """A few tickets and the rules they are under."""
    count = draw(st.integers(1, 6))
    told = [draw(histories(f"{number}", nasty=draw(st.booleans()))) for number in range(count)]
    return [OLDEST, *told], draw(rulebooks())


@st.composite
def periods(draw) -> Period:
    start = local_day(draw(st.integers(OPENED, CLOSES)), PARIS)
    return Period(start=start, end=start + timedelta(days=draw(st.integers(1, 40))), zone=PARIS)


@pytest.fixture(scope="module")
def engine():
    """Give one database in memory, which each example empties."""
    opened = create_engine("sqlite://", poolclass=StaticPool)
    schema.metadata.create_all(opened)
    yield opened
    opened.dispose()


def stored(engine, told, rules, orders) -> DatabaseFrames:
    """Store the tickets once in each order."""
    desk = Desk(key="desk", kind="demo", rulebook=lambda _: rules)
    with engine.begin() as connection:
        for table in reversed(schema.metadata.sorted_tables):
            connection.execute(table.delete())
        for order in orders:
            page = Page(tickets=tuple(told[number] for number in order), cursor={}, done=True, seen_until=LATER)
            store_page(connection, desk, page, LATER)
    return DatabaseFrames(engine)


def numbers(figure) -> dict:
    return {
        name: number
        for name, number in asdict(figure).items()
        if number is not None and name not in {"interval", "level", "parts"}
    }


def expected(kpi: str, rows: list[dict], *, calendar: bool) -> dict:
    found = slow_reading.figure(kpi, rows, calendar=calendar)
    return {name: pytest.approx(number) for name, number in found.items() if number is not None}


@given(
    data=st.data(),
    desk=desks(),
    asked=st.tuples(periods(), st.sampled_from((CLOSES + HOUR, CLOSES + 3 * DAY, LATER)), st.booleans()),
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_an_answer_is_what_the_reference_counts(engine, data, desk, asked):
    (told, rules), (period, now, calendar) = desk, asked
    orders = [data.draw(st.permutations(range(len(told)))) for _ in range(2)]
    frames = stored(engine, told, rules, orders)
    reference = facts([Told(history, rules) for history in told])
    span = (at(f"{period.start}", PARIS), min(at(f"{period.end}", PARIS), now))
    for kpi, reading in data.draw(st.lists(st.sampled_from(READINGS), min_size=3, max_size=3, unique=True)):
        question = Question(kpi=kpi, period=period, reading=reading, calendar=calendar, by=("team",))
        given_answer = answer(question, frames, now)
        if not given_answer.available:
            continue
        read = slow_reading.read(kpi, reading, reference, span, now)
        assert numbers(given_answer.figure) == expected(kpi, read.counted, calendar=calendar), (kpi, reading)
        assert given_answer.left_out == read.left_out, (kpi, reading)
        assert given_answer.notes == read.notes, (kpi, reading)
        column = slow_reading.team_column(kpi, reading)
        for group in given_answer.groups:
            rows = [row for row in read.counted if row[column] == group.keys[0]]
            assert numbers(group.figure) == expected(kpi, rows, calendar=calendar), (kpi, reading, group.keys[0])

"""Facts in the process's memory: the same rows and answers as the database's, at every moment."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from cast import DAY, PARIS
from engines import by_or_per, held_rows, stored_rows, told
from facts import Ledger
from lives import CHANGED
from records import Records
from scripted_desk import DESK, NOW, START, ScriptedDesk, page, settings, story
from sqlalchemy import delete, text

from bot.database import open_database, writing
from bot.facts import bump
from bot.storage import Desk, store_page
from bot.sync import refresh, sync
from kpi import schema
from kpi.answer import answer
from kpi.dimensions import DIMENSIONS
from kpi.events import Team
from kpi.frames import DatabaseFrames
from kpi.memory import BLOCK, MemoryFrames
from kpi.period import Grain, Period, Span
from kpi.question import Question
from kpi.sources import SOURCES

PERIOD = Period(start=date(2026, 3, 2), end=date(2026, 3, 30), zone=PARIS)
TOLD = story(seed=5, pages=14)


def read(engine, pages: int) -> None:
    """Let a bot have read so many pages of the story."""
    sync(engine, ScriptedDesk(TOLD[:pages]), settings(), DESK, clock=lambda: NOW)


def in_memory(engine) -> MemoryFrames:
    memory = MemoryFrames(DatabaseFrames(engine))
    memory.refresh()
    return memory


def is_the_same(engine, memory) -> bool:
    with memory.snapshot() as facts:
        return held_rows(facts) == stored_rows(engine)


def test_memory_holds_the_rows_of_every_source(engine):
    read(engine, 6)
    memory = in_memory(engine)
    with memory.snapshot() as facts:
        held = held_rows(facts)
    assert held == stored_rows(engine)
    assert all(held[name] for name in ("ticket_facts", "turn_facts", "span_facts", "rating_facts"))


def test_nothing_is_there_before_the_first_load(engine):
    memory = MemoryFrames(DatabaseFrames(engine))
    assert not memory.is_ready
    memory.refresh()
    assert memory.is_ready
    with memory.snapshot() as facts:
        assert facts.helpdesks() == ()
        assert facts.available() == DatabaseFrames(engine).available()


@pytest.mark.parametrize("block", [0, BLOCK], ids=["put in order", "added"])
def test_memory_follows_every_sync(engine, monkeypatch, block):
    monkeypatch.setattr("kpi.memory.BLOCK", block)
    memory = in_memory(engine)
    for pages in range(1, len(TOLD) + 1):
        read(engine, pages)
        assert memory.refresh(), pages
        assert is_the_same(engine, memory), pages
    assert not memory.refresh()


def test_memory_follows_a_rebuild_by_other_rules(engine):
    read(engine, 8)
    memory = in_memory(engine)
    with memory.snapshot() as facts:
        before = held_rows(facts)
    refresh(engine, CHANGED, DESK)
    memory.refresh()
    assert is_the_same(engine, memory)
    with memory.snapshot() as facts:
        assert held_rows(facts) != before


def test_memory_forgets_tickets_that_lost_their_facts(engine):
    read(engine, 6)
    memory = in_memory(engine)
    with writing(engine) as connection:
        for table in schema.FACTS.values():
            connection.execute(delete(table).where(table.c.ticket_id <= 3))
        bump(connection, "facts_removed")
    memory.refresh()
    assert is_the_same(engine, memory)


def test_records_follow_both_their_own_table_and_their_ticket(engine):
    read(engine, 6)
    memory = in_memory(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE ratings SET score = 1"))
        bump(connection, "ratings")
    memory.refresh()
    assert is_the_same(engine, memory)
    with writing(engine) as connection:
        version = bump(connection, "facts")
        connection.execute(text("UPDATE ticket_facts SET channel = 'chat', version = :version"), {"version": version})
    memory.refresh()
    assert is_the_same(engine, memory)
    with memory.snapshot() as facts:
        assert {row[0] for row in facts._connection.execute("SELECT channel FROM rating_facts").fetchall()} == {"chat"}


OTHER = {
    "ratings": "agent = 'bob'",
    "contacts": "agent = 'bob'",
    "work": "agent = 'bob'",
    "reviews": "agent = 'bob'",
    "sales": "agent = 'bob'",
    "shifts": "ended_at = ended_at + 60",
}
WRITTEN = (
    "UPDATE {table} SET {other} WHERE external_id = 'one'",
    "UPDATE {table} SET ticket_id = 2 WHERE external_id = 'one'",
    "UPDATE {table} SET ticket_id = NULL WHERE external_id = 'one'",
    "UPDATE {table} SET {other} WHERE external_id = 'none'",
    "UPDATE {table} SET ticket_id = 3 WHERE external_id = 'none'",
    "DELETE FROM {table} WHERE external_id = 'one'",
    "UPDATE {table} SET {other}",
    "DELETE FROM {table}",
)


def with_records() -> Records:
    """Return three tickets with a record of each kind, and as many records of no ticket."""
    records = Records()
    for day in range(3):
        records.solved(START + day * DAY, START + (day + 1) * DAY)
    records.shift(START, START + 2 * DAY)
    for name, ticket in (("one", 1), ("two", 2), ("none", None)):
        known = {"external_id": name, "ticket_id": ticket}
        records.call(START + DAY, START + DAY + 20, START + DAY + 90, talk_s=60, **known)
        records.work(START + DAY, 600, **known)
        records.rating("csat", START + DAY, 4, (1, 5), **known)
        records.review(name, START + DAY, "tone", 80, ticket_id=ticket)
        records.sale(START + DAY, 20, **known)
    return records


@pytest.mark.parametrize("table", OTHER)
def test_records_follow_whatever_is_written_of_them(engine, table):
    with_records().frames(engine)
    memory = in_memory(engine)
    assert is_the_same(engine, memory)
    for statement in WRITTEN:
        if table == "shifts" and "_id" in statement:
            continue
        with writing(engine) as connection:
            connection.execute(text(statement.format(table=table, other=OTHER[table])))
            bump(connection, table)
        assert memory.refresh()
        assert is_the_same(engine, memory), statement


def test_records_of_a_ticket_that_loses_its_facts_or_has_others_follow_it(engine):
    with_records().frames(engine)
    memory = in_memory(engine)
    with writing(engine) as connection:
        version = bump(connection, "facts")
        connection.execute(
            text("UPDATE ticket_facts SET channel = 'chat', version = :v WHERE ticket_id = 2"), {"v": version}
        )
        for fact in schema.FACTS.values():
            connection.execute(delete(fact).where(fact.c.ticket_id == 1))
        bump(connection, "facts_removed")
    memory.refresh()
    assert is_the_same(engine, memory)


def test_names_are_those_of_the_last_sync(engine):
    memory = in_memory(engine)
    read(engine, 2)
    memory.refresh()
    renamed = page(2, teams=(Team(external_id="billing", name="Rechnungen"),), seen_until=TOLD[1].seen_until)
    desk = Desk(key=DESK, kind="scripted", rulebook=settings().rulebook)
    with writing(engine) as connection:
        store_page(connection, desk, renamed, NOW)
    assert memory.refresh()
    with memory.snapshot() as facts:
        assert facts.labels("teams", {"billing", "nobody"}) == {(DESK, "billing"): "Rechnungen"}
        assert facts.labels("teams", ()) == {}
    with writing(engine) as connection:
        store_page(connection, desk, renamed, NOW)
    assert not memory.refresh()


def test_words_arrive_letter_by_letter(engine):
    words = ["\r", "", " ", "a,b", 'say "no"', "two\nlines", "back\\slash", "é😀", "'", "50%", "NULL"]
    ledger = Ledger()
    for word in words:
        ledger.ticket(START, type=word, brand=None, tags="")
    ledger.name("customers", "x", 'O"Neil, \\N')
    frames = ledger.frames(engine)
    memory = MemoryFrames(frames)
    memory.refresh()
    assert is_the_same(engine, memory)
    with memory.snapshot() as facts:
        rows = facts.window("ticket_facts", {"type"}, "created_at", Span(START, START + 1), {"tags": ""})
        assert sorted(rows.collect(backend="pandas").to_native()["type"]) == sorted(words)
        assert facts.labels("customers", ["x"]) == frames.labels("customers", ["x"])


def test_integers_and_halves_arrive_as_they_are(engine):
    ledger = Ledger()
    ledger.ticket(START, last_solved_at=2**53 + 1, rating=0.1 + 0.2, fastest_reopen_s=0)
    memory = MemoryFrames(ledger.frames(engine))
    memory.refresh()
    assert is_the_same(engine, memory)


def test_an_empty_window_has_the_columns_of_a_full_one(engine):
    read(engine, 3)
    memory = in_memory(engine)
    with memory.snapshot() as facts:
        for name, source in SOURCES.items():
            instant = next(column for column, kind in source.c.items() if str(kind.type) in {"BIGINT", "INTEGER"})
            frames = [
                facts.window(name, source.c.keys(), instant, Span(0, end), {}).collect_schema() for end in (0, NOW)
            ]
            assert frames[0] == frames[1]
            assert set(frames[0].names()) == set(source.c.keys())


def test_values_are_those_of_the_database_after_every_sync(engine):
    memory = in_memory(engine)
    for pages in range(1, len(TOLD) + 1):
        read(engine, pages)
        memory.refresh()
        database = DatabaseFrames(engine)
        with memory.snapshot() as facts:
            there = {key: facts.values(key) for key in DIMENSIONS}
        # A value that no ticket has any more may stay until the next start.
        assert all(there[key].items() >= database.values(key).items() for key in DIMENSIONS), pages
    assert there == {key: database.values(key) for key in DIMENSIONS}


def test_a_helpdesk_that_does_not_count_is_not_counted(engine):
    ledger = Ledger(("old", "new"))
    for helpdesk in ("old", "new"):
        ledger.ticket(START, helpdesk=helpdesk, channel=helpdesk)
        ledger.name("teams", "1", helpdesk, helpdesk)
    ledger.frames(engine)
    database = DatabaseFrames(engine, ["new"])
    memory = MemoryFrames(database)
    memory.refresh()
    question = Question(kpi="volume", period=PERIOD)
    with memory.snapshot() as facts:
        assert told(question, facts, NOW) == told(question, database, NOW)
        assert answer(question, facts, NOW).figure.n == 1
        assert facts.helpdesks() == ("new",)
        assert facts.labels("teams", ["1"]) == {("new", "1"): "new"}
        assert facts.values("channel") == {"new": "new"}


def test_every_answer_is_the_one_of_the_database(make_sqlite):
    engine = open_database(make_sqlite())
    read(engine, 10)
    memory, database = in_memory(engine), DatabaseFrames(engine)
    now = TOLD[9].seen_until
    with memory.snapshot() as facts:
        for question in by_or_per(PERIOD):  # the differential test asks both at once
            assert told(question, facts, now) == told(question, database, now), question
    engine.dispose()


def test_a_question_asked_again_of_another_period_at_another_moment_has_its_own_answer(make_sqlite):
    engine = open_database(make_sqlite())
    read(engine, 10)
    memory, database = in_memory(engine), DatabaseFrames(engine)
    periods = [Period.of(date(2026, 3, day), Grain.WEEK, PARIS) for day in (4, 11, 18, 25)]
    for kpi in ("fcr", "frt", "backlog", "resolution_time"):
        answers = []
        for number, period in enumerate(periods):
            now = TOLD[9].seen_until - 40_000 * number
            question = Question(kpi=kpi, period=period, per=Grain.DAY, by=("team",))
            answers.append(told(question, memory, now))
            assert answers[-1] == told(question, database, now), question
        assert any(answers[0] != other for other in answers)
    engine.dispose()


def test_who_asks_while_memory_is_refreshed_gets_the_answer_of_one_moment(make_sqlite):
    engine = open_database(make_sqlite())
    memory = in_memory(engine)
    asked = [
        Question(kpi=kpi, period=replace(PERIOD, grain=None), per=Grain.WEEK, by=by)
        for kpi, by in (("volume", ("team",)), ("fcr", ("agent",)), ("frt", ()), ("backlog", ()))
    ]
    read(engine, 1)
    memory.refresh()
    moments, ended = [], []

    def state() -> list:
        with memory.snapshot() as facts:
            return [told(question, facts, NOW) for question in asked]

    def ask() -> list:
        found = [state()]
        while not ended:
            found.append(state())
        return found

    moments.append(state())
    with ThreadPoolExecutor(2) as threads:
        asking = [threads.submit(ask) for _ in range(2)]
        for pages in range(2, 9):
            read(engine, pages)
            memory.refresh()
            moments.append(state())
        ended.append(True)
        seen = [each for asker in asking for each in asker.result()]
    assert all(each in moments for each in seen)
    assert len(moments) > 5
    assert any(each != moments[0] for each in seen)
    engine.dispose()


def test_a_refresh_that_fails_leaves_what_was_there(engine, monkeypatch):
    read(engine, 3)
    memory = in_memory(engine)
    with memory.snapshot() as facts:
        before = held_rows(facts)
    read(engine, 5)
    with monkeypatch.context() as broken:
        broken.setattr("kpi.memory._values", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            memory.refresh()
    with memory.snapshot() as facts:
        assert held_rows(facts) == before
    assert memory.refresh()
    assert is_the_same(engine, memory)


def test_helpdesks_whose_facts_follow_other_rules_are_told_with_the_facts(engine):
    refused = ["desk"]
    memory = MemoryFrames(DatabaseFrames(engine), lambda *_: tuple(refused))
    memory.refresh()
    with memory.snapshot() as before:
        refused.clear()
        assert memory.refresh()
        assert before.refused == {"desk"}
    with memory.snapshot() as after:
        assert after.refused == frozenset()


def test_whoever_finds_memory_ready_can_read_it(make_sqlite):
    engine = open_database(make_sqlite())
    for _ in range(5):
        frames = MemoryFrames(DatabaseFrames(engine))
        with ThreadPoolExecutor(1) as loader:
            loading = loader.submit(frames.refresh)
            while not frames.is_ready:
                pass
            with frames.snapshot() as facts:
                assert facts.helpdesks() == ()
            loading.result()
        frames.close()
    engine.dispose()

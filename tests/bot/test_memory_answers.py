"""The running bot answers from the database until facts are in memory, and from memory afterwards."""

from dataclasses import replace
from threading import Event
from time import monotonic, sleep

import pytest
from lives import CHANGED
from scripted_desk import DESK, NOW, ScriptedDesk, settings, story
from sqlalchemy import delete, event

from bot.asking import Asker, memory_of
from bot.database import open_database, writing
from bot.jobs import Ticker, memory_job, sync_jobs
from bot.sync import refresh, sync
from bot.tables import facts_rules
from kpi.errors import StorageError

TOLD = story(seed=7, pages=6)
AT = TOLD[-1].seen_until
WORDS = "volume 2026-03 by team"


def read(engine, pages: int) -> None:
    sync(engine, ScriptedDesk(TOLD[:pages]), settings(), DESK, clock=lambda: NOW)


@pytest.fixture
def statements(engine):
    """Give what is asked of the database."""
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    return asked


def test_an_answer_from_memory_asks_the_database_for_nothing_but_the_targets_that_were_set(engine, statements):
    read(engine, 4)
    memory = memory_of(engine, settings())
    asker = Asker(engine, settings(), memory, remembers=False)
    from_database = asker.ask(WORDS, AT, "en")
    memory.refresh()
    statements.clear()
    assert asker.ask(WORDS, AT, "en") == from_database
    assert asker.helpdesks() == (DESK,)
    assert asker.freshness().synced_at == TOLD[3].seen_until
    assert all("FROM targets_set" in asked for asked in statements if "FROM" in asked)


def test_facts_and_freshness_are_of_one_moment(engine):
    read(engine, 2)
    memory = memory_of(engine, settings())
    memory.refresh()
    asker = Asker(engine, settings(), memory)
    earlier = asker.ask(WORDS, AT, "en")
    read(engine, 6)
    assert asker.ask(WORDS, AT, "en") == earlier
    memory.refresh()
    later = asker.ask(WORDS, AT, "en")
    assert later.data_as_of == TOLD[5].seen_until
    assert later.figure.n > earlier.figure.n


def test_figures_made_with_other_rules_are_refused_from_memory_too(engine):
    read(engine, 3)
    memory = memory_of(engine, CHANGED)
    memory.refresh()
    asker = Asker(engine, CHANGED, memory)
    with pytest.raises(StorageError, match="facts_stale"):
        asker.ask(WORDS, AT, "en")
    refresh(engine, CHANGED, DESK)
    memory.refresh()
    assert asker.ask(WORDS, AT, "en") == Asker(engine, CHANGED).ask(WORDS, AT, "en")


def test_a_rebuild_under_way_is_noticed(engine):
    read(engine, 3)
    memory = memory_of(engine, settings())
    memory.refresh()
    with writing(engine) as connection:
        connection.execute(delete(facts_rules))  # what another process does first of all
    assert memory.refresh()
    with pytest.raises(StorageError, match="facts_stale"):
        Asker(engine, settings(), memory).ask(WORDS, AT, "en")


def test_the_ticker_loads_memory_and_follows_another_process(make_sqlite, monkeypatch):
    monkeypatch.setattr("bot.jobs.FOLLOWED_EVERY_S", 1)
    engine = open_database(make_sqlite())
    read(engine, 2)
    memory = memory_of(engine, settings())
    ticker = Ticker([memory_job(memory)], Event())
    ticker.start()

    def seen() -> int | None:
        return Asker(engine, settings(), memory).freshness().synced_at if memory.is_ready else None

    assert becomes(seen, TOLD[1].seen_until)
    read(engine, 4)
    assert becomes(seen, TOLD[3].seen_until)
    ticker.stop()
    memory.close()
    engine.dispose()


def test_a_sync_of_this_process_is_in_memory_at_once(make_sqlite):
    engine = open_database(make_sqlite())
    configured = replace(settings(), sync_every_s=3600)
    memory = memory_of(engine, configured)
    stopping = Event()
    ticker = Ticker([*sync_jobs(engine, configured, lambda _: ScriptedDesk(TOLD), stopping, memory)], stopping)
    ticker.start()
    assert becomes(lambda: memory.is_ready and Asker(engine, configured, memory).freshness().synced_at, AT)
    ticker.stop()
    engine.dispose()


def becomes(found, wanted, within_s: float = 60) -> bool:
    """Tell whether a value turns up in time."""
    until = monotonic() + within_s
    while monotonic() < until:
        if found() == wanted:
            return True
        sleep(0.05)
    return False

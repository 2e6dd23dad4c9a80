"""Facts exported to Parquet: the same rows and answers as the database's, and never half of them."""

import json
from dataclasses import replace
from datetime import date

import pytest
from cast import PARIS
from engines import by_or_per, held_rows, stored_rows, told
from facts import Ledger
from scripted_desk import DESK, NOW, START, ScriptedDesk, settings, story

from bot.asking import Asker
from bot.database import open_database, writing
from bot.exporting import NULL, export_facts
from bot.facts import remember_rules
from bot.settings import HelpdeskSettings, Settings
from bot.sync import sync
from bot.text import LANGUAGES, Text
from kpi import schema
from kpi.answer import answer
from kpi.copying import columns
from kpi.dimensions import DIMENSIONS
from kpi.errors import KpiError, StorageError
from kpi.frames import DatabaseFrames
from kpi.parquet import MANIFEST, ParquetFrames
from kpi.period import Period, Span
from kpi.question import Question
from kpi.sources import SOURCES

PERIOD = Period(start=date(2026, 3, 2), end=date(2026, 3, 30), zone=PARIS)
TOLD = story(seed=6, pages=10)
NO_RULES = Settings(database_url="")


@pytest.fixture
def place(tmp_path):
    """Give a directory that is still to be made."""
    return tmp_path / "exported"


def read(engine, pages: int) -> None:
    sync(engine, ScriptedDesk(TOLD[:pages]), settings(), DESK, clock=lambda: NOW)


def data(directory):
    return directory / json.loads((directory / MANIFEST).read_text(encoding="utf-8"))["data"]


def stored(ledger, engine) -> None:
    """Store facts as if they had been made without any rules."""
    ledger.frames(engine)
    with writing(engine) as connection:
        for helpdesk in ledger.helpdesks:
            remember_rules(connection, helpdesk["key"], NO_RULES.rules)


def test_an_export_has_the_rows_of_every_source(engine, place):
    read(engine, 5)
    done = export_facts(engine, settings(), place, NOW)
    frames = ParquetFrames(place)
    assert held_rows(frames) == stored_rows(engine)
    assert frames._known == DatabaseFrames(engine, [DESK]).known()
    assert frames.exported_at == NOW
    assert done.rows > 100
    assert done.size > 1000
    assert (data(place) / "ticket_facts" / "helpdesk=desk" / "year=2026" / "facts.parquet").is_file()


def test_every_answer_is_the_one_of_the_database(make_sqlite, place):
    engine = open_database(make_sqlite())
    read(engine, 8)
    export_facts(engine, settings(), place, NOW)
    database, now = DatabaseFrames(engine), TOLD[7].seen_until
    with ParquetFrames(place).snapshot() as frames:
        for question in by_or_per(PERIOD)[::3]:
            assert told(question, frames, now) == told(question, database, now), question
        assert {key: frames.values(key) for key in DIMENSIONS} == {key: database.values(key) for key in DIMENSIONS}
        assert frames.labels("teams", ["billing"]) == database.labels("teams", ["billing"])
        assert frames.tickets([1, 2, 10**9]) == database.tickets([1, 2])
    engine.dispose()


def test_an_empty_database_gives_an_export_with_columns_and_no_rows(engine, place):
    export_facts(engine, NO_RULES, place, NOW)
    frames = ParquetFrames(place)
    for name, source in SOURCES.items():
        instant = next(column for column, kind in columns(source).items() if kind == "BIGINT")
        window = frames.window(name, source.c.keys(), instant, Span(0, 1), {})
        assert window.collect_schema().names() == sorted(source.c.keys())
    assert frames.helpdesks() == ()
    assert frames.available() == DatabaseFrames(engine).available()


def test_years_and_helpdesks_stand_in_files_of_their_own(engine, place):
    ledger = Ledger(("a/b", "%none"))
    for helpdesk in ledger.helpdesks:
        for year in (2019, 2021):
            ledger.ticket(int(START) + (year - 2026) * 31_556_952, helpdesk=helpdesk["key"])
    stored(ledger, engine)
    export_facts(engine, NO_RULES, place, NOW)
    tickets = data(place) / "ticket_facts"
    places = {str(file.parent.relative_to(tickets)) for file in tickets.rglob("*.parquet")}
    of_helpdesks = {f"helpdesk={owner}/year={year}" for owner in ("a%2Fb", "%25none") for year in (2019, 2021)}
    assert places == {f"helpdesk={NULL}/year={NULL}", *of_helpdesks}
    assert held_rows(ParquetFrames(place)) == stored_rows(engine)


def test_what_belongs_to_no_helpdesk_is_exported_too(engine, place):
    with writing(engine) as connection:
        row = {"month": 1767225600, "label": "rent", "channel": None, "amount": 12.5, "currency": "EUR"}
        connection.execute(schema.costs.insert(), [row])
    export_facts(engine, NO_RULES, place, NOW)
    assert held_rows(ParquetFrames(place)) == stored_rows(engine)


def test_a_helpdesk_that_does_not_count_is_left_out(engine, place):
    ledger = Ledger(("old", "new"))
    for helpdesk in ("old", "new"):
        ledger.ticket(START, helpdesk=helpdesk)
    stored(ledger, engine)
    only = Settings(database_url="", helpdesks=(HelpdeskSettings(key="new", kind="demo"),))
    question = Question(kpi="volume", period=PERIOD)
    for configured, count in ((NO_RULES, 2), (only, 1)):
        export_facts(engine, configured, place, NOW)
        assert answer(question, ParquetFrames(place), NOW).figure.n == count


def test_facts_that_follow_other_rules_are_not_exported(engine, place):
    read(engine, 2)
    with pytest.raises(StorageError, match="facts_stale"):
        export_facts(engine, replace(settings(), test_tags=frozenset({"other"})), place, NOW)
    assert not list(place.glob("*"))


def test_a_new_export_replaces_the_earlier_one_and_is_read_by_who_begins_afterwards(engine, place):
    read(engine, 2)
    export_facts(engine, settings(), place, NOW)
    earlier = ParquetFrames(place)
    before = held_rows(earlier)
    read(engine, 5)
    export_facts(engine, settings(), place, NOW + 1)
    assert held_rows(earlier) == before
    assert held_rows(ParquetFrames(place)) == stored_rows(engine) != before
    export_facts(engine, settings(), place, NOW + 2)
    assert len(list(place.glob("facts-*"))) == 2, "of those that nobody can be reading any more none is kept"


def test_an_export_that_fails_leaves_the_earlier_one(engine, place, monkeypatch):
    read(engine, 2)
    export_facts(engine, settings(), place, NOW)
    before = held_rows(ParquetFrames(place))
    read(engine, 3)
    written = []

    def progress(done, left):
        written.append(done)
        if len(written) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_facts(engine, settings(), place, NOW + 1, progress)
    assert written
    assert held_rows(ParquetFrames(place)) == before
    assert len(list(place.glob("facts-*"))) == 1


def test_progress_ends_with_nothing_left(engine, place):
    read(engine, 2)
    told_progress = []
    done = export_facts(engine, settings(), place, NOW, lambda rows, left: told_progress.append((rows, left)))
    assert told_progress[-1] == (done.rows, 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_export_or_another_versions_is_refused_in_words(engine, place, language):
    text = Text(language)
    with pytest.raises(StorageError) as missing:
        ParquetFrames(place / "nowhere")
    assert "kpi-bot export facts" in text.error(missing.value)
    place.mkdir()
    (place / MANIFEST).write_text('{"version": 99}')
    with pytest.raises(StorageError) as newer:
        ParquetFrames(place)
    assert "99" in text.error(newer.value)


def test_a_directory_with_something_else_is_left_alone(engine, place):
    place.mkdir()
    (place / "thesis.txt").write_text("years of work")
    with pytest.raises(StorageError, match="export_directory_taken"):
        export_facts(engine, NO_RULES, place, NOW)
    assert [path.name for path in place.iterdir()] == ["thesis.txt"]


def test_a_place_that_can_not_be_written_is_told(engine, place):
    place.mkdir()
    (place / "file").write_text("")
    with pytest.raises(KpiError, match="file_unwritable"):
        export_facts(engine, NO_RULES, place / "file" / "out", NOW)


def test_questions_in_words_are_answered_from_an_export_without_a_database(engine, place):
    read(engine, 5)
    export_facts(engine, settings(), place, NOW)
    asker = Asker(ParquetFrames(place), settings())
    assert asker.ask("volume 2026-03 by team", TOLD[4].seen_until, "en").figure.n > 5
    assert asker.helpdesks() == (DESK,)
    assert asker.freshness().synced_at == TOLD[4].seen_until

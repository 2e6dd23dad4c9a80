"""An import that is killed: the next one ends with the database of one that was left alone."""

from pathlib import Path

import import_lives
import pytest
from importer import Importer
from lives import lives
from sqlalchemy import Engine, event

EVENTS = 60


def story(directory):
    """Return a file whose tickets' rows are scattered and of which some are rejected."""
    rows = ["ticket,at,event,value,author,role"]
    for number in range(EVENTS):
        ticket, minute = number % 13, number // 2
        value = (
            ("open", "solved", "pending", "wrong")[number % 4] if number % 17 == 0 else ("open", "solved")[number % 2]
        )
        rows.append(f"{ticket},2026-11-03 09:{minute:02},status,{value},alice,agent")
    path = directory / "events.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def processes():
    with lives(Path(import_lives.__file__)) as started:
        yield started


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr("bot.importing.sinks.BATCH", import_lives.BATCH)
    monkeypatch.setattr("bot.importing.ticket_rows.PAGE", import_lives.PAGE)


def test_an_import_killed_again_and_again_ends_like_one_that_was_left_alone(
    door, make_database, tmp_path, small_batches, processes
):
    path = story(tmp_path)
    undisturbed = make_database()
    moments = count(undisturbed, path, tmp_path)
    # While rows are kept, between, and while histories are made; what one life has done the next needn't do again.
    parts = (0.2, 0.4, 0.6, 0.8)
    assert sum(processes.is_cut_short(path, door.url, round(moments * part)) for part in parts) >= 2
    assert not processes.is_cut_short(path, door.url, 10 * moments)
    assert door.dump() == Importer(undisturbed, tmp_path).dump()


def count(url, path, directory):
    """Import and return how many statements and ends of transactions it took."""
    moments = 0

    def note(*_):
        nonlocal moments
        moments += 1

    names = ("before_cursor_execute", "commit", "rollback")
    for name in names:
        event.listen(Engine, name, note)
    try:
        Importer(url, directory).bad("events", path)
    finally:
        for name in names:
            event.remove(Engine, name, note)
    return moments

"""An import that is killed: the next one ends with the database of one that was left alone."""

import os
import signal
import subprocess
import sys

import pytest
from importer import VARIABLES, Importer
from sqlalchemy import Engine, event

EVENTS = 60
LIFE = """
import os, signal, sys
from sqlalchemy import Engine, event
left = int(sys.argv.pop(1))
def die_in_time(*_):
    global left
    left -= 1
    if left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
for name in ("before_cursor_execute", "commit", "rollback"):
    event.listen(Engine, name, die_in_time)
import bot.importing.sinks, bot.importing.ticket_rows
bot.importing.sinks.BATCH, bot.importing.ticket_rows.PAGE = 20, 5
from bot.cli import main
main(sys.argv[1:])
"""


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


def live(url, path, moments):
    """Import in a process that is killed after some statements; return whether it was."""
    command = [sys.executable, "-c", LIFE, str(moments), "import", "events", str(path), "--source", "desk"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KPI_BOT_")}
    done = subprocess.run(
        command,
        env=environment | VARIABLES | {"KPI_BOT_DATABASE_URL": url},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode in {0, 2, -signal.SIGKILL}, done.stderr.decode()
    return done.returncode == -signal.SIGKILL


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr("bot.importing.sinks.BATCH", 20)
    monkeypatch.setattr("bot.importing.ticket_rows.PAGE", 5)


def test_an_import_killed_again_and_again_ends_like_one_that_was_left_alone(
    door, make_database, tmp_path, small_batches
):
    path = story(tmp_path)
    undisturbed = make_database()
    moments = count(undisturbed, path, tmp_path)
    # While rows are kept, between, and while histories are made; what one life has done the next needn't do again.
    assert sum(live(door.url, path, round(moments * part)) for part in (0.2, 0.4, 0.6, 0.8)) >= 2
    assert not live(door.url, path, 10 * moments)
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

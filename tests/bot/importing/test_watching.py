"""A watched folder: what lands in it is imported once it is whole, moved, and never lost."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from importer import VARIABLES, Importer, cells
from running_bot import environment

from bot.importing.folder import SETTLED_S, TEMPORARY, Folder
from kpi import schema

WATCH = """
import os, signal, sys
import bot.importing.folder, bot.terminal.watching
from bot.cli import main
bot.importing.folder.SETTLED_S = 0.2
bot.terminal.watching.LOOKED_EVERY_S = bot.terminal.watching.RETRIED_AFTER_S = 0.05
left = int(sys.argv.pop(1))

def die_in_time(name, arguments):
    global left
    left -= name == "os.rename"
    if left == 0 and name == "os.rename":
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die_in_time)
main(["import", "contacts", "--source", "desk", "--watch", *sys.argv[1:]])
"""
HEADER = "id,channel,queued_at,answered_at"
GOOD = f"{HEADER}\nC1,phone,2026-11-23 09:00:00,2026-11-23 09:00:10\n"
LATER = f"{HEADER}\nC2,phone,2026-11-24 09:00:00,2026-11-24 09:00:10\n"
MIXED = f"{GOOD}C3,phone,some day,\n"


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "incoming"
    path.mkdir()
    return path


class Watcher:
    def __init__(self, process, said):
        self.process, self._said = process, said

    @property
    def said(self):
        return self._said.read_text(encoding="utf-8")

    def until(self, holds, seconds=30):
        deadline = time.monotonic() + seconds
        while not holds():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.02)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(20)


@contextmanager
def watching(door, folder, *arguments, killed_at_move=0):
    """Run the program on a folder, with short pauses; it may kill itself before it moves a file for the nth time."""
    said = door.directory / "said"
    variables = {name.removeprefix("KPI_BOT_"): value for name, value in VARIABLES.items()}
    with said.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", WATCH, str(killed_at_move), str(folder), *arguments],
            env=environment(database_url=door.url, **variables),
            stdout=stream,
            stderr=stream,
        )
    try:
        yield Watcher(process, said)
    finally:
        process.kill()
        process.wait()


def names(directory):
    return sorted(path.name for path in directory.iterdir() if path.is_file())


def calls(door):
    return sorted(row["external_id"] for row in door.rows(schema.contacts))


# --- What is whole -----------------------------------------------------------------------------------------------


def touch(path, text, changed_at):
    path.write_text(text, encoding="utf-8")
    os.utime(path, (changed_at, changed_at))


def test_a_file_is_whole_once_it_has_stood_still(folder):
    watched, file = Folder(folder), folder / "calls.csv"
    touch(file, HEADER, 100)
    assert watched.first(now=0) is None
    touch(file, GOOD, 100)  # it grew: it was half written
    assert watched.first(now=SETTLED_S) is None
    assert watched.first(now=2 * SETTLED_S - 1) is None
    assert watched.first(now=2 * SETTLED_S) == file


def test_files_come_in_the_order_in_which_they_were_changed_then_by_name(folder):
    watched = Folder(folder)
    for name, changed_at in (("a.csv", 300), ("c.csv", 100), ("b.csv", 100)):
        touch(folder / name, GOOD, changed_at)
    watched.first(now=0)
    order = []
    while file := watched.first(now=SETTLED_S):
        order.append(watched.settle(file, "done").file.name)
    assert order == ["b.csv", "c.csv", "a.csv"]
    assert names(folder) == []


@pytest.mark.parametrize(
    "name", [*(f"calls.csv{ending}" for ending in TEMPORARY), ".calls.csv", "~$calls.xlsx", "A.PART"]
)
def test_temporary_and_hidden_files_are_left_alone(folder, name):
    watched = Folder(folder)
    touch(folder / name, GOOD, 100)
    assert [watched.first(now=0), watched.first(now=10 * SETTLED_S)] == [None, None]


def test_a_file_that_changes_while_it_is_imported_stays_and_is_imported_again(folder):
    watched, file = Folder(folder), folder / "calls.csv"
    touch(file, HEADER, 100)
    watched.first(now=0)
    assert watched.first(now=SETTLED_S) == file
    touch(file, GOOD, 200)
    assert watched.settle(file, "done") is None
    assert names(folder) == ["calls.csv"]
    watched.first(now=2 * SETTLED_S)
    assert watched.first(now=3 * SETTLED_S) == file


def test_rejected_rows_of_a_try_that_was_killed_are_not_taken_for_those_of_the_next(folder):
    watched, file = Folder(folder), folder / "calls.csv"
    touch(file, GOOD, 100)
    watched.first(now=0)
    watched.first(now=SETTLED_S)
    watched.collecting(file).write_text("half of them")
    watched.collecting(file)  # the next try rejects nothing
    assert watched.settle(file, "done").rejected is None
    assert names(folder / "rejected") == []


# --- The program -------------------------------------------------------------------------------------------------


def test_what_lands_is_imported_and_moved_until_sigterm(door_on_sqlite, folder):
    door = door_on_sqlite
    for name in ("done", "rejected", "failed"):
        (folder / name).mkdir()
    (folder / "done" / "calls.csv").write_text("of yesterday")
    touch(folder / "calls.csv", GOOD, 100)
    touch(folder / "half.csv.part", LATER, 200)
    touch(folder / "broken.csv", f'{HEADER}\n"C9,phone', 300)
    touch(folder / "mixed.csv", MIXED, 400)
    rejected = folder / "rejected" / "mixed.csv"
    with watching(door, folder, "--lang", "fr") as watcher:
        watcher.until(lambda: "mixed.csv" in names(folder / "done"))
        assert [row[0] for row in cells(rejected)] == ["id", "C3"]
        (folder / "half.csv.part").rename(folder / "half.csv")
        watcher.until(lambda: "half.csv" in names(folder / "done"))
        assert calls(door) == ["C1", "C2"]
        rejected.write_text(rejected.read_text("utf-8-sig").replace("some day", "2026-11-25 09:00"))
        rejected.rename(folder / "mixed.csv")
        watcher.until(lambda: "mixed-2.csv" in names(folder / "done"))
        assert watcher.stop() == 0
    assert calls(door) == ["C1", "C2", "C3"]
    assert names(folder) == names(folder / "rejected") == []
    assert names(folder / "failed") == ["broken.csv"]
    assert names(folder / "done") == ["calls-2.csv", "calls.csv", "half.csv", "mixed-2.csv", "mixed.csv"]
    assert (folder / "done" / "calls.csv").read_text() == "of yesterday"
    first, *said, last = watcher.said.splitlines()
    assert (str(folder) in first, last) == (True, "Surveillance arrêtée.")
    assert [line.split(" ")[0] for line in said] == ["calls.csv", "broken.csv", "mixed.csv", "half.csv", "mixed.csv"]
    assert str(folder / "failed" / "broken.csv") in said[1]
    assert str(rejected) in said[2]


def test_a_watch_killed_between_import_and_move_loses_nothing_and_imports_nothing_twice(make_sqlite, folder, tmp_path):
    door, undisturbed = Importer(make_sqlite(), tmp_path), Importer(make_sqlite(), tmp_path)
    undisturbed.bad("contacts", undisturbed.write("mixed.csv", MIXED))
    touch(folder / "mixed.csv", MIXED, 100)
    with watching(door, folder, killed_at_move=2) as watcher:  # the first is that of the rejected rows
        assert watcher.process.wait(30) == -signal.SIGKILL
    assert (names(folder), names(folder / "done"), calls(door)) == (["mixed.csv"], [], ["C1"])
    with watching(door, folder) as watcher:
        watcher.until(lambda: "Rows read" in watcher.said)
        assert watcher.stop(signal.SIGINT) == 0
    assert (names(folder), names(folder / "done")) == ([], ["mixed.csv"])
    assert {cells(path)[1][0] for path in (folder / "rejected").iterdir()} == {"C3"}
    assert calls(door) == calls(undisturbed)


def test_a_database_that_is_away_is_said_once_and_waited_out(sqlite_template, folder, tmp_path):
    home, away = tmp_path / "data", tmp_path / "away"
    home.mkdir()
    shutil.copyfile(sqlite_template, home / "kpi-bot.db")
    door = Importer(f"sqlite:///{home / 'kpi-bot.db'}", tmp_path)
    with watching(door, folder) as watcher:
        watcher.until(lambda: "Watching" in watcher.said)
        home.rename(away)
        touch(folder / "calls.csv", GOOD, 100)
        watcher.until(lambda: "Waiting" in watcher.said)
        time.sleep(0.3)
        assert names(folder) == ["calls.csv"]
        away.rename(home)
        watcher.until(lambda: "Rows read" in watcher.said)
        waits = [line for line in watcher.said.splitlines() if "Waiting" in line]
        assert len(waits) == len(set(waits))  # it may have gone away while it was open, which is another sentence
    assert calls(door) == ["C1"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["contacts", "--watch", "nowhere"], "nowhere can't be read"),
        (["tickets", "--watch", "."], "--source"),
        (["contacts", "calls.csv", "--watch", "."], "--watch goes with neither FILE"),
        (["contacts", "--watch", ".", "--dry-run"], "--watch goes with neither FILE"),
        (["contacts", "--watch", ".", "--source", "desk", "--mapping", "esiware"], "esiware"),
    ],
)
def test_a_watch_that_can_not_be_meant_ends_at_once(door_on_sqlite, folder, monkeypatch, arguments, said):
    monkeypatch.chdir(folder)
    result = door_on_sqlite.run(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())

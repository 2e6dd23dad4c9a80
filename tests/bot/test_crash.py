"""A process that is killed at any moment: the next one goes on, and in the end nothing is lost or doubled."""

import multiprocessing
import time
from dataclasses import replace
from random import Random

import pytest
from scripted_desk import DESK, NOW, ScriptedDesk, dump, settings, story

from bot.database import is_current, migrate, open_database
from bot.sync import refresh, sync
from kpi.hours import AROUND_THE_CLOCK, Schedule
from kpi.policies import Assignment

SEED = 20261124
PAGES = 20
ALWAYS = Assignment(schedule=Schedule(key="always", zone="UTC", weeks=(AROUND_THE_CLOCK,)))
CHANGED = replace(settings(), schedules=(ALWAYS,), test_tags=frozenset({"test"}))

# A server that has imported everything forks each process, so that most of a life is spent in the database.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["scripted_desk", "bot.sync", "sqlalchemy.dialects.postgresql.psycopg"])


def run_migrate(engine):
    migrate(engine)


def run_sync(engine):
    sync(engine, ScriptedDesk(story(SEED, pages=PAGES)), settings(), DESK, clock=lambda: NOW)


def run_refresh(engine):
    refresh(engine, CHANGED, DESK)


def live(work, url, alive):
    engine = open_database(url)
    alive.send("alive")
    work(engine)


def dies(work, url, seconds):
    """Work in a process of its own and kill -9 it after some seconds; tell whether that came before it was done."""
    ours, theirs = processes.Pipe(duplex=False)
    process = processes.Process(target=live, args=(work, url, theirs))
    process.start()
    theirs.close()
    ours.recv()
    process.join(seconds)
    process.kill()
    process.join()
    ours.close()
    assert process.exitcode in {0, -9}
    return process.exitcode != 0


def kill_until_done(work, url, normally):
    """Kill the work at random points of its usual duration until it is faster; return how often it was killed."""
    random, kills = Random(SEED), 0  # noqa: S311  # moments, not secrets
    # The longer it has been disturbed the longer it may live, so that a slow machine gets there too.
    while dies(work, url, random.uniform(0, normally * (0.3 + kills / 10))):
        kills += 1
    return kills


@pytest.fixture
def disturbed(engine, make_database, monkeypatch):
    """Do some work undisturbed on one database and killed again and again on another; both start out alike."""
    monkeypatch.setattr("bot.sync.LOCK_PATIENCE_S", 60)
    opened = []

    def compare(work, *before, migrated=True):
        url = make_database(migrated=migrated)
        other = open_database(url)
        opened.append(other)
        for earlier in before:
            earlier(engine)
            earlier(other)
        started = time.monotonic()
        work(engine)
        kills = kill_until_done(work, url, time.monotonic() - started)
        return kills, other

    yield compare
    for other in opened:
        other.dispose()


def test_a_sync_killed_at_random_points_ends_like_one_that_was_left_alone(engine, disturbed):
    kills, other = disturbed(run_sync)
    assert kills >= 4
    assert dump(other) == dump(engine)


def test_a_rebuild_killed_at_random_points_ends_like_one_that_was_left_alone(engine, disturbed, monkeypatch):
    kills, other = disturbed(run_refresh, run_sync)
    assert kills >= 1
    assert dump(other) == dump(engine)


def test_a_migration_killed_at_random_points_is_done_by_the_next(make_database):
    measured = open_database(make_database(migrated=False))
    started = time.monotonic()
    migrate(measured)
    measured.dispose()
    url = make_database(migrated=False)
    assert kill_until_done(run_migrate, url, time.monotonic() - started) >= 1
    engine = open_database(url)
    assert is_current(engine)
    engine.dispose()

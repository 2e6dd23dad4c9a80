"""A process that is killed at any moment: the next one goes on, and in the end nothing is lost or doubled."""

from random import Random

import pytest
from lives import SEED, WORKS, count, lives
from scripted_desk import dump

from bot.database import is_current, open_database


@pytest.fixture(scope="module")
def processes():
    with lives() as started:
        yield started


@pytest.fixture
def kill_until_done(processes):
    """Kill some work at random moments of the first part of it until none is left; return how often it was killed."""

    def kill(work, url, moments, patience):
        random, kills = Random(SEED), 0  # noqa: S311  # moments, not secrets
        # The more often it was killed the longer it may live: what starts over has to get through in one life.
        while processes.is_cut_short(work, url, random.randint(1, round(moments * (0.15 + kills * patience)))):
            kills += 1
        return kills

    return kill


def test_a_sync_killed_at_random_points_ends_like_one_that_was_left_alone(engine, make_database, kill_until_done):
    url = make_database()
    assert kill_until_done("run_sync", url, count("run_sync", engine), 0.02) >= 5
    disturbed = open_database(url)
    assert dump(disturbed) == dump(engine)
    disturbed.dispose()


def test_a_rebuild_killed_at_random_points_ends_like_one_that_was_left_alone(engine, make_database, kill_until_done):
    disturbed = open_database(make_database())
    for each in (engine, disturbed):
        WORKS["run_sync"](each)
    url = disturbed.url.render_as_string(hide_password=False)
    assert kill_until_done("run_refresh", url, count("run_refresh", engine), 0.2) >= 2
    assert dump(disturbed) == dump(engine)
    disturbed.dispose()


def test_a_migration_killed_at_random_points_is_done_by_the_next(make_database, kill_until_done):
    undisturbed = open_database(make_database(migrated=False))
    url = make_database(migrated=False)
    assert kill_until_done("migrate", url, count("migrate", undisturbed), 0.2) >= 2
    disturbed = open_database(url)
    assert is_current(disturbed)
    for each in (disturbed, undisturbed):
        each.dispose()

import io
import json
from threading import Event
from time import monotonic

import pytest

from bot.jobs import Job, Ticker
from bot.logs import configure
from kpi.errors import HelpdeskError

SOON_S = 20


def run_until(done, *jobs):
    """Run jobs until one says that it is done."""
    ticker = Ticker(jobs, Event())
    ticker.start()
    assert done.wait(SOON_S)
    ticker.stop()


def counting(times, done, *, failure=None):
    """Return a job that is done once it ran so many times; before, it may fail."""
    runs = []

    def run():
        runs.append(1)
        if len(runs) == times:
            done.set()
        elif failure is not None:
            raise failure

    return run


def test_a_job_runs_at_once_and_then_again():
    started, done = monotonic(), Event()
    run_until(done, Job("once", counting(1, done), 3600))
    assert monotonic() - started < 5
    done = Event()
    run_until(done, Job("often", counting(3, done), 0.05))


@pytest.mark.parametrize("failure", [HelpdeskError("helpdesk_down"), RuntimeError("a defect")])
def test_a_job_that_failed_is_tried_again_and_the_log_says_which(failure):
    written, done = io.StringIO(), Event()
    configure(as_json=True, stream=written)
    run_until(done, Job("fragile", counting(2, done, failure=failure), 0.05))
    (event,) = [event for event in map(json.loads, written.getvalue().splitlines()) if event["event"] == "job failed"]
    assert event["job"] == "fragile"
    assert str(failure.args[0]) in json.dumps(event)


def test_a_job_that_takes_long_holds_up_no_other_and_never_runs_twice_at_a_time():
    done, release, running = Event(), Event(), []

    def slow():
        running.append(1)
        release.wait(SOON_S)

    ticker = Ticker([Job("slow", slow, 0.05), Job("quick", counting(5, done), 0.05)], Event())
    ticker.start()
    assert done.wait(SOON_S)
    assert running == [1]
    release.set()
    ticker.stop()


def test_stopping_waits_for_the_job_under_way_which_is_told_and_starts_none():
    begun, stopping, ended = Event(), Event(), []

    def run():
        begun.set()
        assert stopping.wait(SOON_S)
        ended.append(1)

    ticker = Ticker([Job("long", run, 0.05)], stopping)
    ticker.start()
    assert begun.wait(SOON_S)
    ticker.stop()
    assert ended == [1]


def test_stopping_does_not_wait_for_ever_and_names_what_it_leaves():
    written, begun, release = io.StringIO(), Event(), Event()
    configure(as_json=True, stream=written)

    def pause():
        begun.set()
        release.wait(SOON_S)

    ticker = Ticker([Job("pausing", pause, 1)], Event())
    ticker.start()
    assert begun.wait(SOON_S)
    ticker.stop(within_s=0.1)
    release.set()
    assert json.loads(written.getvalue())["job"] == "pausing"

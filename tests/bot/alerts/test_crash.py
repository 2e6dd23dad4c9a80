"""Three processes tell alerts of one database and die at random: none is lost, none is told twice."""

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from alert_desk import AlertDesk
from alert_worker import LEASE_S
from cast import PARIS, Tale, at

from bot.demo.slack.faults import Fault, rate_limited

TESTS = Path(__file__).parents[2]
FAULTS = (
    Fault(status=500),
    Fault(status=500, taken=True),
    Fault(cut=True),
    Fault(cut=True, taken=True),
    rate_limited(1),
)
TICKETS = 5


class Workers:
    """Processes that are started again whenever one has died."""

    def __init__(self, url, slack, clock, seed):
        self._arguments = [url, slack.api_url, str(clock)]
        self._log = clock.with_name("log")
        self._random = Random(seed)  # noqa: S311  # a story, not a secret
        self._running = [self._start() for _ in range(3)]
        self.deaths = 0

    def _start(self):
        command = [sys.executable, str(TESTS / "alert_worker.py"), *self._arguments, str(self._random.random())]
        paths = f"{TESTS}{os.pathsep}{TESTS.parent}"
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        with self._log.open("a") as log:
            return subprocess.Popen(command, env=environment | {"PYTHONPATH": paths}, stdout=log, stderr=log)

    def tend(self):
        for place, process in enumerate(self._running):
            if process.poll() is not None:
                assert process.returncode == -9, self._log.read_text()[-3000:]
                self.deaths += 1
                self._running[place] = self._start()

    def end(self):
        for process in self._running:
            process.kill()
            process.wait()


@pytest.mark.parametrize("seed", [1])
def test_workers_that_die_tell_each_alert_once(database_url, engine, slack, tmp_path, seed):
    random = Random(seed)  # noqa: S311  # a story, not a secret
    clock = tmp_path / "clock"
    clock.write_text("0")
    desk = AlertDesk(engine, slack, now=at("2026-11-24 12:00", PARIS))
    desk.subscribe()
    desk.tell(*(Tale(at("2026-11-24 09:30", PARIS), str(number)) for number in range(1, TICKETS + 1)))

    def it_is(wall):
        desk.now = at(f"2026-11-24 {wall}", PARIS)
        desk.sync()
        written = clock.with_suffix(".new")
        written.write_text(str(desk.now - time.time()))
        written.replace(clock)

    def until(holds, workers):
        end = time.monotonic() + 120
        faults = random.sample(FAULTS, len(FAULTS))
        while not holds():
            assert time.monotonic() < end, Counter(one.text.split("\n")[0] for one in desk.posted("C_SUPPORT"))
            method = random.choice(["chat.postMessage", "chat.update"])
            if faults and random.random() < 0.1:
                slack.fail(method, faults.pop())
            workers.tend()
            time.sleep(0.1)
        slack.workspace.faults.waiting.clear()
        quiet = time.monotonic() + LEASE_S + 1  # whoever died may have left something half done
        while time.monotonic() < quiet:
            workers.tend()
            time.sleep(0.1)

    it_is("12:30")
    workers = Workers(database_url, slack, clock, seed)
    try:
        until(lambda: len(desk.roots()) >= TICKETS, workers)
        it_is("13:16")
        until(lambda: len(desk.posted("C_SUPPORT")) >= 2 * TICKETS, workers)
        it_is("13:31")
        until(lambda: all("still waiting" in root.text for root in desk.roots()), workers)
        until(lambda: len(desk.posted("C_SUPPORT")) >= 3 * TICKETS, workers)
    finally:
        workers.end()
    assert workers.deaths > 0
    roots = desk.roots()
    assert len(roots) == TICKETS
    for root in roots:
        told = ["late" if one.broadcast else "soon" for one in desk.replies(root)]
        assert told == ["soon", "late"]

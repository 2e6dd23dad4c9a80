"""Three processes on one database, killed at any moment, while Slack fails: no alert is lost, none is told twice."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from random import Random

import alert_lives
import pytest
from alert_desk import AlertDesk
from cast import PARIS, Tale, at
from lives import SEED, lives

from bot.demo.slack.faults import Fault, rate_limited
from bot.posting.outbox import LEASE_S

WORKERS = 3
TICKETS = 5
MOMENTS = 120
"""About as many statements and ends of transactions as a tick takes that tells all of them."""

FAULTS = (
    Fault(status=500),
    Fault(status=500, taken=True),
    Fault(cut=True),
    Fault(cut=True, taken=True),
    rate_limited(1),
)
PHASES = {"12:30": 14, "13:15": 5, "13:31": 14}
"""When the first alert, the next lead time and the breach are due, and how often it is looked at each of them."""

STEP_S = LEASE_S + 10
DEADLY = 3
"""So many times at each of them all three die at random."""


@pytest.fixture(scope="module")
def processes():
    with ExitStack() as started:
        yield [started.enter_context(lives(Path(alert_lives.__file__))) for _ in range(WORKERS)]


@pytest.fixture
def tick(processes, engine, slack):
    """Give what lets all processes tell what is due at a time; returns how many were killed meanwhile."""
    url = engine.url.render_as_string(hide_password=False)

    def run(now, moments=(alert_lives.NEVER,) * WORKERS):
        with ThreadPoolExecutor(WORKERS) as threads:
            words = [
                (process, url, slack.api_url, now, moment) for process, moment in zip(processes, moments, strict=True)
            ]
            return sum(threads.map(lambda one: one[0].is_cut_short(*one[1:]), words))

    return run


def test_killed_at_random_points_each_alert_is_told_once(engine, slack, tick):
    random = Random(SEED)  # noqa: S311  # moments, not secrets
    desk = AlertDesk(engine, slack, now=at("2026-11-24 12:00", PARIS))
    desk.subscribe()
    desk.tell(*(Tale(at("2026-11-24 09:30", PARIS), str(number)) for number in range(1, TICKETS + 1)))
    kills = 0
    for wall, turns in PHASES.items():
        for turn in range(turns):
            desk.now = at(f"2026-11-24 {wall}", PARIS) + turn * STEP_S
            desk.sync()
            if turn < DEADLY:
                slack.fail(random.choice(["chat.postMessage", "chat.update"]), random.choice(FAULTS))
                kills += tick(desk.now, [random.randint(1, MOMENTS) for _ in range(WORKERS)])
            else:
                slack.workspace.faults.waiting.clear()
                tick(desk.now)
    assert kills >= WORKERS
    roots = desk.roots()
    assert len(roots) == TICKETS
    for root in roots:
        assert "still waiting" in root.text
        assert ["late" if one.broadcast else "soon" for one in desk.replies(root)] == ["soon", "late"]

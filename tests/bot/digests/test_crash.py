"""Three processes on one database, killed at any moment, under a clock that jumps: nothing twice, nothing lost."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random

import digest_lives
import pytest
from cast import PARIS, at
from digest_desk import BILLING, SUPPORT, WANTED, DigestDesk, a_monday
from lives import SEED, lives

from bot.posting.outbox import LEASE_S

WORKERS = 3
CHANNELS = (SUPPORT, BILLING, "D_BOB")
MOMENTS = 220
"""About as many statements and ends of transactions as a tick takes."""

DAYS = {24: "Mon, 23 Nov 2026", 25: "Tue, 24 Nov 2026", 26: "Wed, 25 Nov 2026", 27: "Thu, 26 Nov 2026"}


@pytest.fixture(scope="module")
def processes():
    with ExitStack() as started:
        yield [started.enter_context(lives(Path(digest_lives.__file__))) for _ in range(WORKERS)]


@pytest.fixture
def tick(processes, engine, slack):
    """Give what lets all processes tell what is due at a time; returns how many were killed meanwhile."""
    url = engine.url.render_as_string(hide_password=False)

    def run(now, moments=(digest_lives.NEVER,) * WORKERS):
        with ThreadPoolExecutor(WORKERS) as threads:
            words = [
                (process, url, slack.api_url, now, moment) for process, moment in zip(processes, moments, strict=True)
            ]
            return sum(threads.map(lambda one: one[0].is_cut_short(*one[1:]), words))

    return run


def titles(desk, channel):
    return [text.splitlines()[0].removeprefix("Digest · ") for text in texts(desk, channel)]


def texts(desk, channel):
    return [one.text for one in desk.posted(channel) if one.thread_ts is None and one.text.startswith("Digest · ")]


def named(desk, channel):
    """Return the days that digests of a channel said were not surely sent."""
    said = [found[1] for text in texts(desk, channel) if (found := re.search(r"^Not sent: (.*)$", text, re.MULTILINE))]
    return {int(day) for line in said for day in re.findall(r"(\d+) November 2026 \(", line)}


def test_killed_at_random_points_no_digest_comes_twice_and_none_is_missing_in_silence(engine, slack, tick):
    random = Random(SEED)  # noqa: S311  # moments, not secrets
    desk = DigestDesk(engine, slack)
    desk.tell(*a_monday(23, at_once=20))
    for channel in CHANNELS:
        desk.subscribe(replace(WANTED, kpis=("volume",)), channel=channel)
    kills = 0
    for day in (24, 25):
        for turn in range(3):
            now = at(f"2026-11-{day} 08:30", PARIS) + turn * (LEASE_S + 10)
            kills += tick(now, [random.randint(1, MOMENTS) for _ in range(WORKERS)])
            tick(now - 3 * 3600)  # a clock that goes back for a moment
    kills += tick(at("2026-11-26 23:59", PARIS), [random.randint(1, MOMENTS) for _ in range(WORKERS)])
    for turn in range(4):
        tick(at("2026-11-27 08:30", PARIS) + turn * (LEASE_S + 10))
    assert kills >= WORKERS
    states = desk.states()
    for subscription in desk.subscriptions.every():
        came, told = titles(desk, subscription.channel), named(desk, subscription.channel)
        for day, title in DAYS.items():
            state = states[f"digest:{subscription.id}:2026-11-{day}"]
            assert came.count(title) == {"sent": 1, "missed": 0}.get(state, came.count(title))
            assert came.count(title) <= 1
            assert state == "sent" or day in told
        assert states[f"digest:{subscription.id}:2026-11-27"] == "sent"
    desk.digests.stop()

"""Digests when they are due: once, in time, whatever Slack, the sync, other workers and the clock do."""

import re
import time
from dataclasses import replace

import pytest
from cast import PARIS, at
from digest_desk import BILLING, MORNING, SUPPORT, WANTED, a_monday

from bot.demo.slack import Fault
from bot.demo.slack.faults import rate_limited
from bot.posting.outbox import LEASE_S
from bot.recurrence import Recurrence

CALM = replace(WANTED, kpis=("volume",))


@pytest.fixture
def subscribed(desk):
    """Give a desk whose support channel wants a digest at 8:30 on weekdays."""
    desk.tell(*a_monday(23, at_once=20))
    desk.subscribe(CALM)
    return desk


def titles(desk, channel=SUPPORT):
    return [root.text.splitlines()[0] for root in desk.roots(channel)]


def unsent(desk):
    """Return what the last digest says was not sent."""
    found = re.search(r"^Not sent: (.*)$", desk.roots()[-1].text, re.MULTILINE)
    return found and found.group(1)


def test_it_comes_at_its_time_and_once(subscribed):
    subscribed.at("24 08:29")
    assert titles(subscribed) == []
    for minute in ("08:30", "08:31", "12:00"):
        subscribed.at(f"24 {minute}")
    assert titles(subscribed) == ["Digest · Mon, 23 Nov 2026"]


def test_the_next_day_has_the_next_one(subscribed):
    subscribed.at("24 08:30")
    subscribed.at("25 08:30")
    assert titles(subscribed) == ["Digest · Mon, 23 Nov 2026", "Digest · Tue, 24 Nov 2026"]


def test_several_workers_tell_it_once(subscribed):
    workers = [subscribed.worker() for _ in range(3)]
    subscribed.now = at("2026-11-24 08:30", PARIS)
    subscribed.sync()
    for _ in range(3):
        for worker in workers:
            worker.tick()
    for worker in workers:
        worker.stop()
    subscribed.tick()
    assert len(subscribed.roots()) == 1
    assert len(subscribed.replies(subscribed.roots()[0])) == 1


def test_a_change_of_the_time_on_the_day_gives_no_second_one(subscribed):
    subscribed.at("24 08:30")
    (one,) = subscribed.subscriptions.every()
    later = replace(one.wanted, recurrence=replace(MORNING, at=600))
    subscribed.subscriptions.change(replace(one, wanted=later), subscribed.now)
    subscribed.at("24 10:00")
    assert len(subscribed.roots()) == 1
    subscribed.at("25 10:00")
    assert len(subscribed.roots()) == 2


def test_a_clock_that_is_set_back_gives_no_second_one(subscribed):
    subscribed.at("24 08:30")
    subscribed.at("24 08:00")
    subscribed.at("24 08:30")
    assert len(subscribed.roots()) == 1


# --- Fresh data ------------------------------------------------------------------------------------------------------


def test_it_waits_for_fresh_data(subscribed):
    subscribed.now = at("2026-11-24 08:15", PARIS)
    subscribed.sync()
    subscribed.at("24 08:30", synced=False)
    assert titles(subscribed) == []
    subscribed.at("24 08:35", synced=True)
    assert "data as of 08:35" in subscribed.roots()[0].text


def test_after_half_an_hour_it_says_what_it_has_and_since_when_nothing_comes(subscribed):
    subscribed.now = at("2026-11-24 02:10", PARIS)
    subscribed.sync()
    for minute in ("08:30", "08:59"):
        subscribed.at(f"24 {minute}", synced=False)
        assert titles(subscribed) == []
    subscribed.at("24 09:00", synced=False)
    assert "nothing newer than 24 Nov 2026 02:10 (Europe/Paris) could be read" in subscribed.roots()[0].text


def test_a_bot_that_was_down_in_the_morning_gives_the_sync_its_time(subscribed):
    subscribed.now = at("2026-11-24 11:00", PARIS)
    late = subscribed.worker()
    subscribed.tick(late)
    assert titles(subscribed) == []
    subscribed.sync()
    subscribed.tick(late)
    late.stop()
    assert "data as of 11:00" in subscribed.roots()[0].text


# --- Days without one ------------------------------------------------------------------------------------------------


def test_a_day_that_is_over_has_none_and_the_next_one_says_so(subscribed):
    subscribed.at("26 08:30")
    subscribed.at("26 08:30")
    subscribed.at("26 08:31")
    assert titles(subscribed) == ["Digest · Wed, 25 Nov 2026"]
    why = "I was not running, or could not be heard, that day"
    assert unsent(subscribed) == f"24 November 2026 ({why}) · 25 November 2026 ({why})"
    subscribed.at("27 08:30")
    assert unsent(subscribed) is None


def test_slack_that_is_away_all_day_is_told_the_day_after(subscribed):
    subscribed.slack.fail("chat.postMessage", *[rate_limited(600) for _ in range(50)])
    for hour in range(9, 24):
        subscribed.at(f"24 {hour:02}:00")
    subscribed.slack.workspace.faults.waiting["chat.postMessage"].clear()
    subscribed.at("25 08:30")
    subscribed.at("25 08:30")
    assert titles(subscribed) == ["Digest · Tue, 24 Nov 2026"]
    assert unsent(subscribed).startswith("24 November 2026 (I was not running")


def test_after_a_long_absence_the_last_days_are_named_and_the_others_counted(subscribed):
    subscribed.now = at("2026-12-18 08:30", PARIS)
    subscribed.sync()
    for _ in range(20):
        subscribed.tick()
    assert unsent(subscribed).startswith("11 digests before · 9 December 2026")
    assert len(subscribed.roots()) == 1


# --- What Slack does -------------------------------------------------------------------------------------------------


def test_a_rate_limit_is_waited_for(subscribed):
    subscribed.slack.fail("chat.postMessage", rate_limited(30))
    subscribed.at("24 08:30:00")
    assert titles(subscribed) == []
    subscribed.at("24 08:30:30")
    assert len(titles(subscribed)) == 1


@pytest.mark.parametrize(
    "fault",
    [Fault(status=500, body="down", taken=True), Fault(cut=True, taken=True), Fault(cut=True)],
    ids=["500 after it was taken", "cut after it was taken", "cut before"],
)
def test_where_nobody_knows_whether_it_arrived_it_is_not_repeated_and_the_owner_is_told(subscribed, fault):
    subscribed.slack.fail("chat.postMessage", fault)
    for minute in ("08:30", "08:31", "08:45"):
        subscribed.at(f"24 {minute}")
    assert len(titles(subscribed)) == int(fault.taken)
    (told,) = subscribed.direct()
    assert "<#C_SUPPORT>" in told
    subscribed.at("25 08:30")
    assert unsent(subscribed) == "24 November 2026 (perhaps it was: Slack did not answer)"


@pytest.mark.parametrize("code", ["not_in_channel", "is_archived", "channel_not_found"])
def test_where_it_can_not_be_posted_it_is_paused_and_the_owner_told_once_what_to_do(subscribed, code):
    subscribed.slack.fail("chat.postMessage", Fault(error=code))
    for day in (24, 25, 26):
        subscribed.at(f"{day} 08:30")
    assert titles(subscribed) == []
    (one,) = subscribed.subscriptions.every()
    assert one.paused_for == code
    (told,) = subscribed.direct()
    assert "/kpi digest resume" in told


def test_an_archived_channel_is_found_out_for_real(subscribed):
    subscribed.slack.directory.archive(SUPPORT)
    subscribed.at("24 08:30")
    assert subscribed.subscriptions.every()[0].paused_for == "is_archived"


def test_the_third_other_refusal_pauses(subscribed):
    paused = []
    for day in (24, 25, 26):
        subscribed.slack.fail("chat.postMessage", Fault(error="no_text"))
        subscribed.at(f"{day} 08:30")
        paused.append(subscribed.subscriptions.every()[0].paused_for)
    assert paused == [None, None, "no_text"]
    assert len(subscribed.direct()) == 3


def test_refused_charts_become_simpler_blocks(subscribed):
    subscribed.slack.refuses_blocks = frozenset({"data_visualization", "data_table"})
    subscribed.tell(*a_monday(16, at_once=5, of=5))
    subscribed.at("24 08:30")
    (root,) = subscribed.roots()
    assert {"header", "section", "image"} <= {block["type"] for block in root.blocks}


def test_a_revoked_token_pauses_until_one_works_and_then_it_is_told_what_was_missed(subscribed):
    token = subscribed.slack.bot_token
    subscribed.slack.bot_token = "xoxb-another"
    subscribed.at("24 08:30")
    assert subscribed.subscriptions.every()[0].paused_for == "invalid_auth"
    subscribed.at("25 08:30")
    subscribed.slack.bot_token = token
    subscribed.now = at("2026-11-26 09:00", PARIS)
    subscribed.sync()
    subscribed.digests.start()
    subscribed.tick()
    subscribed.tick()
    assert titles(subscribed) == ["Digest · Wed, 25 Nov 2026"]
    assert unsent(subscribed).startswith("24 November 2026 (Slack said invalid_auth) · 25 November 2026 (I was not")


def test_who_has_left_tells_nothing_more_and_the_channel_knows(subscribed):
    subscribed.gone.add("U_BOB")
    subscribed.at("24 08:30")
    subscribed.at("25 08:30")
    assert subscribed.subscriptions.every()[0].paused_for == "owner_gone"
    (said,) = subscribed.posted(SUPPORT)
    assert "whoever made it has left" in said.text


# --- Many ------------------------------------------------------------------------------------------------------------


def test_a_target_that_hangs_holds_up_no_other(subscribed):
    subscribed.subscribe(CALM, channel=BILLING)
    subscribed.slack.fail("chat.postMessage", Fault(delay_s=3, taken=True))
    subscribed.now = at("2026-11-24 08:30", PARIS)
    subscribed.sync()
    started = time.monotonic()
    subscribed.digests.tick()
    while not (subscribed.roots(BILLING) or subscribed.roots(SUPPORT)):
        time.sleep(0.01)
    assert time.monotonic() - started < 2.5
    while not subscribed.digests.idle():
        time.sleep(0.01)


def test_a_target_that_fails_holds_up_no_other(subscribed):
    subscribed.subscribe(CALM, channel="C_NOWHERE")
    subscribed.subscribe(CALM, channel=BILLING)
    subscribed.at("24 08:30")
    assert len(subscribed.roots(SUPPORT)) == len(subscribed.roots(BILLING)) == 1


def test_a_personal_digest_comes_as_a_direct_message(desk):
    desk.tell(*a_monday(23, at_once=20))
    desk.subscribe(CALM, channel="D_ALICE", owner="U_ALICE")
    desk.at("24 08:30")
    assert [text.splitlines()[0] for text in desk.direct("U_ALICE")][:1] == ["Digest · Mon, 23 Nov 2026"]


def test_a_worker_that_is_told_to_stop_ends_what_it_has_begun(subscribed):
    subscribed.now = at("2026-11-24 08:30", PARIS)
    subscribed.sync()
    subscribed.digests.tick()
    subscribed.digests.stop()
    assert set(subscribed.states().values()) <= {"sent"}


# --- Whose process dies ----------------------------------------------------------------------------------------------


class Died(BaseException):
    """The process is gone."""


def dying(worker, *, after_post):
    """Let a worker's process die when it posts, or when it has."""
    poster = worker._means.outbox._poster
    post = poster.post

    def die(*given, **named):
        if after_post:
            post(*given, **named)
        raise Died

    poster.post = die
    return worker


@pytest.mark.parametrize("after_post", [False, True])
def test_a_process_that_dies_while_it_posts_leaves_no_double_and_the_owner_knows(subscribed, after_post):
    subscribed.now = at("2026-11-24 08:30", PARIS)
    subscribed.sync()
    subscribed.tick(dying(subscribed.worker(), after_post=after_post))
    subscribed.tick()
    assert len(subscribed.roots()) == int(after_post)
    subscribed.now += LEASE_S
    subscribed.tick()
    assert len(subscribed.roots()) == int(after_post)
    assert len(subscribed.direct()) == 1
    subscribed.at("25 08:30")
    assert unsent(subscribed).startswith("24 November 2026 (perhaps it was")


def test_a_thread_that_its_process_did_not_live_to_post_is_posted_by_another(subscribed, monkeypatch):
    subscribed.now = at("2026-11-24 08:30", PARIS)
    subscribed.sync()
    worker = subscribed.worker()
    monkeypatch.setattr(worker, "_tell_teams", lambda *_: False)
    subscribed.tick(worker)
    assert subscribed.replies(subscribed.roots()[0]) == []
    subscribed.tick()
    assert len(subscribed.replies(subscribed.roots()[0])) == 1


def test_zones_have_their_own_mornings(desk):
    desk.tell(*a_monday(23, at_once=20))
    tokyo = Recurrence(at=510, zone="Asia/Tokyo")
    desk.subscribe(replace(CALM, recurrence=tokyo))
    desk.at("24 00:29")
    assert desk.roots() == []
    desk.at("24 00:30")
    assert "next: 25 Nov 2026 08:30 (Asia/Tokyo)" in desk.roots()[0].text

"""What is posted once: claimed, posted, written down; whoever dies or is cut off on the way."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot import metrics
from bot.demo.slack import Fault
from bot.demo.slack.faults import rate_limited
from bot.posting.outbox import KEPT_S, LEASE_S, Outbox, Parcel, State
from bot.posting.send import Message, posting_once
from bot.slack.manifest import BOT_SCOPES
from bot.tables import deliveries

NOW = 1_800_000_000
DIGEST = Parcel(key="digest:1:2026-11-24", team_id="T_DEMO", channel="C_SUPPORT", due_at=NOW - 5, subscription="1")
ALERT = replace(DIGEST, key="alert:1", repeatable=True)
HELLO = [Message(text="Good morning")]


class Clock:
    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def outbox(engine, poster, clock):
    return Outbox(engine, poster, clock, "first")


@pytest.fixture
def other(engine, poster, clock):
    return Outbox(engine, poster, clock, "second")


class Died(BaseException):
    """The process is gone: nothing after it runs."""


class DyingBefore:
    """Posts nothing, for its process dies."""

    def post(self, *_given, **_named):
        raise Died


class DyingAfter:
    """Posts, and its process dies before it could write that down."""

    def __init__(self, poster):
        self._poster = poster

    def post(self, *given, **named):
        self._poster.post(*given, **named)
        raise Died


@pytest.fixture
def dying_before(engine, clock):
    return Outbox(engine, DyingBefore(), clock, "dying")


@pytest.fixture
def dying_after(engine, clock, poster):
    return Outbox(engine, DyingAfter(poster), clock, "dying")


def texts(slack):
    return [message.text for message in slack.seen_by("U_BOB", "C_SUPPORT")]


def test_it_is_posted_and_named(outbox, workspace, engine):
    outcome = outbox.send(DIGEST, lambda: HELLO)
    assert (outcome.state, outcome.mine) == (State.SENT, True)
    assert texts(workspace) == ["Good morning"]
    with engine.connect() as connection:
        row = connection.execute(select(deliveries)).one()
    assert (row.ts, row.sent_at, row.state) == (outcome.ts, NOW, "sent")


def test_nobody_posts_it_again(outbox, other, workspace):
    first = outbox.send(DIGEST, lambda: HELLO)
    second = other.send(DIGEST, lambda: pytest.fail("made again"))
    assert (second.state, second.ts, second.mine) == (State.SENT, first.ts, False)
    assert len(texts(workspace)) == 1


def test_what_can_not_be_made_gives_the_claim_back_for_a_moment(outbox, other, clock, workspace):
    with pytest.raises(ZeroDivisionError):
        outbox.send(DIGEST, lambda: 1 / 0)
    assert other.send(DIGEST, lambda: HELLO).state is State.WAITING
    clock.now += 15
    assert other.send(DIGEST, lambda: HELLO).state is State.SENT


# --- What Slack does -------------------------------------------------------------------------------------------------


def test_a_rate_limit_is_waited_for_as_long_as_slack_says(outbox, workspace, clock):
    workspace.fail("chat.postMessage", rate_limited(40))
    assert outbox.send(DIGEST, lambda: HELLO).state is State.WAITING
    clock.now += 39
    assert outbox.send(DIGEST, lambda: HELLO).state is State.WAITING
    clock.now += 1
    assert outbox.send(DIGEST, lambda: HELLO).state is State.SENT


UNSURE = {
    "cut before it was taken": Fault(cut=True),
    "cut after it was taken": Fault(cut=True, taken=True),
    "500": Fault(status=500, body="down"),
    "500 after it was taken": Fault(status=500, body="down", taken=True),
    "internal_error": Fault(error="internal_error"),
}


@pytest.mark.parametrize("fault", UNSURE.values(), ids=UNSURE)
def test_a_digest_that_may_have_arrived_is_not_posted_again(outbox, workspace, clock, fault):
    workspace.fail("chat.postMessage", fault)
    outcome = outbox.send(DIGEST, lambda: HELLO)
    assert (outcome.state, outcome.mine) == (State.UNSURE, True)
    clock.now += 10 * LEASE_S
    outbox.send(DIGEST, lambda: HELLO)
    assert len(texts(workspace)) == int(fault.taken)


@pytest.mark.parametrize("fault", UNSURE.values(), ids=UNSURE)
def test_an_alert_that_may_have_arrived_is_looked_for_before_it_is_posted_again(outbox, workspace, clock, fault):
    workspace.fail("chat.postMessage", fault)
    assert outbox.send(ALERT, lambda: HELLO).state is State.WAITING
    clock.now += 15
    outcome = outbox.send(ALERT, lambda: HELLO)
    assert outcome.state is State.SENT
    assert [one.ts for one in workspace.seen_by("U_BOB", "C_SUPPORT")] == [outcome.ts]


def test_one_in_a_thread_is_looked_for_there(outbox, workspace, clock):
    root = outbox.send(DIGEST, lambda: HELLO)
    reply = replace(ALERT, thread=root.ts)
    workspace.fail("chat.postMessage", Fault(cut=True, taken=True))
    outbox.send(reply, lambda: HELLO)
    clock.now += 15
    assert outbox.send(reply, lambda: HELLO).state is State.SENT
    assert len([one for one in workspace.workspace.messages if one.thread_ts == root.ts]) == 1


def test_where_the_bot_may_not_read_an_alert_is_rather_posted_twice_than_not_at_all(outbox, workspace, clock):
    workspace.workspace.scopes = frozenset(BOT_SCOPES)
    workspace.fail("chat.postMessage", Fault(cut=True, taken=True))
    outbox.send(ALERT, lambda: HELLO)
    clock.now += 15
    assert outbox.send(ALERT, lambda: HELLO).state is State.SENT
    assert len(texts(workspace)) == 2


def test_it_is_found_among_hundreds_of_messages(outbox, workspace, clock, poster):
    workspace.fail("chat.postMessage", Fault(cut=True, taken=True))
    outbox.send(ALERT, lambda: HELLO)
    for number in range(450):
        workspace.write("U_BOB", "C_SUPPORT", f"and {number}")
    clock.now += 15
    outbox.send(ALERT, lambda: HELLO)
    assert texts(workspace).count("Good morning") == 1


def test_a_timeout_after_it_was_taken_is_unsure(outbox, workspace, poster):
    poster._client.timeout = 1
    workspace.fail("chat.postMessage", Fault(taken=True, delay_s=2))
    assert outbox.send(DIGEST, lambda: HELLO).state is State.UNSURE
    assert len(texts(workspace)) == 1


def test_where_nobody_listens_it_surely_was_not_taken_and_is_tried_again(engine, clock, outbox, workspace):
    unplugged = Outbox(engine, posting_once("xoxb", "http://127.0.0.1:9/api/"), clock)
    assert unplugged.send(DIGEST, lambda: HELLO).state is State.WAITING
    clock.now += 15
    assert outbox.send(DIGEST, lambda: HELLO).state is State.SENT


def test_waits_grow_while_it_is_not_taken(engine, clock):
    unplugged = Outbox(engine, posting_once("xoxb", "http://127.0.0.1:9/api/"), clock)
    waits = []
    for _ in range(8):
        assert unplugged.send(DIGEST, lambda: HELLO).state is State.WAITING
        with engine.connect() as connection:
            until = connection.scalar(select(deliveries.c.leased_until))
        waits.append(until - clock.now)
        clock.now = until
    assert waits == [15, 30, 60, 120, 240, 480, 900, 900]


@pytest.mark.parametrize(
    "code", ["not_in_channel", "is_archived", "channel_not_found", "token_revoked", "msg_too_long"]
)
def test_what_slack_will_never_take_has_failed_with_its_word(outbox, workspace, clock, code):
    workspace.fail("chat.postMessage", Fault(error=code))
    outcome = outbox.send(DIGEST, lambda: HELLO)
    assert (outcome.state, outcome.error, outcome.mine) == (State.FAILED, code, True)
    assert outbox.send(DIGEST, lambda: HELLO).state is State.FAILED


def test_refused_blocks_are_followed_by_simpler_ones(outbox, workspace):
    workspace.refuses_blocks = frozenset({"header"})
    header = {"type": "header", "text": {"type": "plain_text", "text": "Digest"}}
    outbox.send(DIGEST, lambda: [Message(text="full", blocks=[header]), Message(text="simple")])
    assert texts(workspace) == ["simple"]


# --- Who dies --------------------------------------------------------------------------------------------------------


def test_who_dies_before_posting_leaves_it_to_another_once_the_lease_is_over(dying_before, outbox, clock, workspace):
    with pytest.raises(Died):
        dying_before.send(ALERT, lambda: HELLO)
    assert outbox.send(ALERT, lambda: HELLO).state is State.SENDING
    clock.now += LEASE_S
    assert outbox.send(ALERT, lambda: HELLO).state is State.SENT
    assert len(texts(workspace)) == 1


def test_a_digest_whose_process_died_after_the_post_is_unsure_and_told_by_one(
    dying_after, outbox, other, clock, workspace
):
    with pytest.raises(Died):
        dying_after.send(DIGEST, lambda: HELLO)
    assert outbox.send(DIGEST, lambda: HELLO).state is State.SENDING
    clock.now += LEASE_S
    first, second = outbox.send(DIGEST, lambda: HELLO), other.send(DIGEST, lambda: HELLO)
    assert (first.state, first.mine) == (State.UNSURE, True)
    assert (second.state, second.mine) == (State.UNSURE, False)
    assert len(texts(workspace)) == 1


def test_a_failure_whose_process_died_before_it_told_is_told_by_another(outbox, other, workspace, clock):
    workspace.fail("chat.postMessage", Fault(error="is_archived"))
    assert outbox.send(DIGEST, lambda: HELLO).mine
    assert not other.send(DIGEST, lambda: HELLO).mine
    clock.now += LEASE_S
    assert other.send(DIGEST, lambda: HELLO).mine


def test_who_was_too_slow_with_making_it_does_not_post_it_too(outbox, other, workspace, clock):
    def slow():
        clock.now += LEASE_S
        assert other.send(DIGEST, lambda: HELLO).state is State.SENT
        return HELLO

    assert outbox.send(DIGEST, slow).state is State.SENT
    assert len(texts(workspace)) == 1


# --- What is too late ------------------------------------------------------------------------------------------------


def test_what_nobody_posted_in_time_is_missed_and_not_posted_after_all(outbox, other, workspace):
    assert outbox.miss(DIGEST).state is State.MISSED
    assert other.send(DIGEST, lambda: HELLO).state is State.MISSED
    assert texts(workspace) == []


def test_what_somebody_is_posting_is_not_missed(outbox, other):
    outcomes = []

    def meanwhile():
        outcomes.append(other.miss(DIGEST))
        return HELLO

    assert outbox.send(DIGEST, meanwhile).state is State.SENT
    assert [outcome.state for outcome in outcomes] == [State.CLAIMED]


def test_what_was_not_surely_sent_since_the_last_one_is_known(outbox, workspace):
    def on(day):
        return replace(DIGEST, key=f"digest:1:2026-11-{day}", due_at=NOW + day * 86_400)

    outbox.miss(on(19))
    outbox.send(on(20), lambda: HELLO)
    outbox.miss(on(21))
    workspace.fail("chat.postMessage", Fault(error="is_archived"))
    outbox.send(on(22), lambda: HELLO)
    outbox.miss(replace(on(23), subscription="another"))
    found = outbox.untold("1", "digest:")
    assert [(one.key, one.state, one.error) for one in found] == [
        ("digest:1:2026-11-21", State.MISSED, None),
        ("digest:1:2026-11-22", State.FAILED, "is_archived"),
    ]


def test_old_deliveries_are_forgotten(outbox, clock):
    outbox.send(DIGEST, lambda: HELLO)
    clock.now += KEPT_S
    outbox.forget_old()
    assert outbox.delivered("1", "digest:") == []


# --- What is counted -------------------------------------------------------------------------------------------------


def counted(kind, outcome):
    return metrics.REGISTRY.get_sample_value("kpi_bot_deliveries_total", {"kind": kind, "outcome": outcome}) or 0


@pytest.fixture
def more():
    """Give what tells how many more deliveries of a kind have come to an end."""
    ends = [(kind, state) for kind in ("digest", "alert", "notice", "kpi") for state in State]
    before = {each: counted(*each) for each in ends}
    return lambda: {each: n for each in ends if (n := counted(*each) - before[each])}


def test_each_kind_is_counted_once_when_it_is_sent(outbox, other, more):
    for key in ("digest:2", "kpi:2:week", "alert:2", "notice:alert:2:failed"):
        for worker in (outbox, other, outbox):
            worker.send(replace(DIGEST, key=key), lambda: HELLO)
    assert more() == {(kind, "sent"): 1 for kind in ("digest", "kpi", "alert", "notice")}


def test_what_is_only_put_off_is_not_counted(outbox, workspace, more):
    workspace.fail("chat.postMessage", rate_limited(30))
    outbox.send(ALERT, lambda: HELLO)
    assert more() == {}


def test_what_failed_or_was_missed_is_counted_so(outbox, workspace, more):
    workspace.fail("chat.postMessage", Fault(error="is_archived"))
    outbox.send(DIGEST, lambda: HELLO)
    outbox.miss(replace(DIGEST, key="digest:2"))
    assert more() == {("digest", "failed"): 1, ("digest", "missed"): 1}


def test_what_is_unsure_since_its_process_died_is_counted_once(dying_after, outbox, other, clock, more):
    with pytest.raises(Died):
        dying_after.send(DIGEST, lambda: HELLO)
    for worker in (outbox, other):
        clock.now += LEASE_S
        worker.send(DIGEST, lambda: HELLO)
    assert more() == {("digest", "unsure"): 1}

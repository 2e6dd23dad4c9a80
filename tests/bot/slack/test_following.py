"""One request is followed through the logs by its id, from what was asked to what was sent."""

import io
import json
import re
import time

import pytest
from slack_desk import FailingCommands, asked, connected, seen

from bot.demo.slack.faults import Fault
from bot.logs import configure
from bot.metrics import REGISTRY
from kpi.errors import StorageError


@pytest.fixture
def logged():
    """Log as JSON; give what was logged until now, an object a line."""
    stream = io.StringIO()
    configure(as_json=True, stream=stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def logged_once(logged, event, count=1):
    """Return what was logged of an event, as soon as it was logged so many times."""
    for _ in range(400):
        found = [line for line in logged() if line["event"] == event]
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError(logged())


def ended(logged, count=1):
    """Return the ends of requests, when there are so many."""
    return logged_once(logged, "answered", count)


def counted(surface, outcome):
    labels = {"surface": surface, "outcome": outcome}
    return REGISTRY.get_sample_value("kpi_bot_answer_seconds_count", labels) or 0


def test_what_is_sent_and_how_a_request_ends_is_logged_under_one_id(slack, logged):
    before = counted("command", "told")
    asked(slack, "fcr last week", "75.0% (30 of 40)")
    (end,) = ended(logged)
    assert re.fullmatch(r"[0-9a-f]{8}", end["request"])
    assert (end["surface"], end["outcome"]) == ("command", "told")
    assert 0 < end["seconds"] < 20
    of_it = [event["event"] for event in logged() if event.get("request") == end["request"]]
    assert of_it.index("sent") < of_it.index("answered")
    assert counted("command", "told") == before + 1


def test_two_requests_have_two_ids(slack, logged):
    asked(slack, "fcr last week", "75.0% (30 of 40)")
    asked(slack, "backlog", "Backlog")
    assert len({end["request"] for end in ended(logged, 2)}) == 2


def test_each_surface_is_told_apart(slack, logged):
    answer = asked(slack, "fcr last week", "75.0% (30 of 40)")
    slack.click("U_BOB", answer, "tickets")
    seen(slack, "20 of 40 shown")
    slack.mention("U_BOB", "C_SUPPORT", "define fcr")
    seen(slack, "In a question: fcr")
    slack.open_home("U_BOB")
    slack.wait_for(lambda: slack.home("U_BOB"))
    assert {end["surface"] for end in ended(logged, 4)} == {"command", "button", "mention", "home"}


def test_a_question_that_is_refused_and_one_that_fails_end_differently(slack, commands, engine, logged):
    slack.command("fcrr")
    assert [end["outcome"] for end in ended(logged)] == ["refused"]
    failing = FailingCommands(StorageError("database_unreachable", database="kpi", reason="no"))
    with connected(failing, engine) as other:
        other.command("fcr last week")
        assert [end["outcome"] for end in ended(logged, 2)] == ["refused", "failed"]


def test_the_reference_that_a_person_is_told_is_the_id_of_the_request(engine, logged):
    with connected(FailingCommands(RuntimeError("a defect")), engine) as slack:
        slack.command("fcr last week")
        (post,) = slack.wait(1)
    (end,) = ended(logged)
    assert end["request"] in post.text
    (failure,) = [event for event in logged() if event["event"] == "listener_failed"]
    assert failure["request"] == failure["reference"] == end["request"]
    assert "a defect" in failure["exception"]


def test_an_answer_that_slack_does_not_take_is_logged_under_the_id(slack, logged):
    slack.faults.extend([Fault(status=404, body="used_url")] * 2)
    slack.command("fcr last week")
    (end,) = ended(logged)
    (lost,) = logged_once(logged, "answer_lost")
    assert lost["request"] == end["request"]


def test_libraries_log_under_the_id_too(slack, logged):
    slack.faults.append(Fault(status=503, body="down"))
    asked(slack, "fcr last week", "75.0% (30 of 40)")
    (end,) = ended(logged)
    from_slack_sdk = [event for event in logged() if event["logger"].startswith("slack_sdk")]
    assert {event.get("request") for event in from_slack_sdk} == {end["request"]}

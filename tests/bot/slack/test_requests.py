import time
from urllib.parse import urlencode

import httpx2
import pytest
from slack_desk import SlowCommands, connected, settings

from bot.demo.slack import StandInSlack
from bot.slack.app import create_app
from bot.slack.replay import REMEMBERED_S, Replays
from bot.text import Text
from kpi.errors import SettingsError


@pytest.fixture
def body(slack):
    return urlencode(slack.payload("fcr last week"))


def test_a_request_signed_by_slack_is_answered(slack, body):
    assert slack.deliver(body, slack.signed_headers(body)).status == 200
    slack.wait(1)


def test_a_request_signed_with_another_secret_is_refused(slack, body):
    assert slack.deliver(body, slack.signed_headers(body, secret="another")).status == 401


def test_a_request_that_was_changed_on_the_way_is_refused(slack, body):
    assert slack.deliver(body + "&text=backlog", slack.signed_headers(body)).status == 401


def test_a_request_without_a_signature_is_refused(slack, body):
    assert slack.deliver(body, {"content-type": "application/x-www-form-urlencoded"}).status == 401


@pytest.mark.parametrize("seconds", [-310, 310])
def test_a_signature_of_another_time_is_refused(slack, body, seconds):
    assert slack.deliver(body, slack.signed_headers(body, at=time.time() + seconds)).status == 401


def test_a_request_that_comes_twice_is_answered_once(slack, body):
    headers = slack.signed_headers(body)
    assert [slack.deliver(body, headers).status for _ in range(3)] == [200, 200, 200]
    slack.wait(1)
    slack.command("backlog")
    posts = slack.wait(2)
    assert [post.text.split(" · ")[0] for post in posts] == ["First contact resolution", "Backlog"]


def test_the_same_question_asked_twice_is_answered_twice(slack):
    slack.command("fcr last week")
    slack.command("fcr last week")
    slack.wait(2)


def test_a_question_is_acknowledged_at_once_while_every_thread_that_answers_is_busy(commands, engine, monkeypatch):
    monkeypatch.setattr("bot.slack.app.LISTENERS", 1)
    with connected(SlowCommands(commands, 1.5), engine) as slack:
        seconds = [slack.command("fcr last week").seconds for _ in range(3)]
        assert max(seconds) < 1
        slack.wait(3)


def test_whatever_the_command_is_called_it_is_ours(slack):
    slack.command("fcr last week", name="/support-kpi")
    slack.wait(1)


def test_a_request_that_is_no_command_is_not_ours(slack):
    body = urlencode({"payload": "{}"})
    assert slack.deliver(body, slack.signed_headers(body)).status == 404


@pytest.mark.parametrize(("body", "status"), [(b"\xff\xfe", 400), (b"x" * 1_000_001, 413), (b"", 401)])
def test_what_slack_would_never_send_is_refused(slack, body, status):
    assert httpx2.post(slack.events_url, content=body, trust_env=False).status_code == status


def test_a_token_that_slack_refuses_is_told_before_anything_is_served(commands, engine):
    slack = StandInSlack(signing_secret="s", bot_token="xoxb-another")
    with slack.running(), pytest.raises(SettingsError) as refused:
        create_app(commands, engine, settings(), clock=time.time, api_url=slack.api_url)
    assert "KPI_BOT_SLACK_BOT_TOKEN" in Text("en").error(refused.value)


def test_a_slack_that_is_not_there_is_told(commands, engine, monkeypatch):
    monkeypatch.setattr("bot.posting.refusals.RETRIES", 0)
    with pytest.raises(SettingsError) as refused:
        create_app(commands, engine, settings(), clock=time.time, api_url="http://127.0.0.1:9/api/")
    assert Text("en").error(refused.value).startswith("Slack can't be reached")


def test_signatures_are_forgotten_when_slack_would_refuse_them_anyway():
    now = [1_000.0]
    replays = Replays(lambda: now[0])
    assert replays.is_new("v0=a")
    assert not replays.is_new("v0=a")
    now[0] += REMEMBERED_S + 1
    assert replays.is_new("v0=b")
    assert replays.is_new("v0=a")
    assert len(replays._seen) == 2

import pytest
from slack_desk import connected
from structlog.testing import capture_logs

from bot.demo.slack import RESPONSE_URL_USES, Fault
from bot.slack.send import Message, SendError, reply


@pytest.fixture
def address(slack):
    return slack.payload("fcr week")["response_url"]


def kinds(post):
    return {block["type"] for block in post.blocks}


def test_a_rate_limit_is_waited_for(slack):
    slack.faults.append(Fault(status=429, body="rate_limited", headers={"Retry-After": "1"}))
    slack.command("fcr last week")
    assert "30 of 40" in slack.wait(1)[0].text


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_passing_failure_of_slack_is_retried(slack, status):
    slack.faults.append(Fault(status=status, body="upstream"))
    slack.command("fcr last week")
    (post,) = slack.wait(1)
    assert "30 of 40" in post.text
    assert "header" in kinds(post)


def test_a_workspace_without_charts_and_tables_gets_simpler_blocks(slack):
    slack.refuses_blocks = frozenset({"data_visualization", "data_table"})
    slack.command("fcr last week by team")
    (post,) = slack.wait(1)
    assert kinds(post) == {"header", "section", "image", "context", "actions"}
    assert "12 of 20" in str(post.blocks)


def test_a_workspace_that_refuses_every_block_gets_the_text(slack):
    slack.refuses_blocks = frozenset({"header", "section"})
    slack.command("fcr last week")
    (post,) = slack.wait(1)
    assert post.blocks == []
    assert "30 of 40" in post.text


def test_charts_are_sent_where_they_are_taken(slack):
    slack.command("fcr last month to today per week")
    slack.command("volume 2026-11 per week")
    assert any("data_visualization" in kinds(post) for post in slack.wait(2))
    assert slack.refused == []


def test_an_answer_that_slack_never_takes_is_in_the_log(commands, engine, monkeypatch):
    monkeypatch.setattr("bot.slack.send.RETRIES", 1)
    with capture_logs() as logs, connected(commands, engine) as slack:
        slack.faults.extend([Fault(status=500, body="down")] * 4)
        assert slack.command("fcr last week").acknowledged
        while slack.faults:
            pass
        slack.command("backlog")
        slack.wait(1)
    assert "answer_lost" in [entry["event"] for entry in logs]


def test_slack_may_refuse_with_status_200(slack, address):
    slack.faults.append(Fault(status=200, body='{"ok": false, "error": "invalid_blocks"}'))
    reply(address, [Message(text="full", blocks=[{"type": "divider"}]), Message(text="simple")])
    assert [post.text for post in slack.posts] == ["simple"]


def test_an_address_that_is_used_up_is_given_up(slack, address):
    for _ in range(RESPONSE_URL_USES):
        reply(address, [Message(text="again")])
    with pytest.raises(SendError):
        reply(address, [Message(text="once too often"), Message(text="simpler")])
    assert len(slack.posts) == RESPONSE_URL_USES


def test_an_address_that_cannot_be_reached_is_given_up(monkeypatch):
    monkeypatch.setattr("bot.slack.send.RETRIES", 0)
    with pytest.raises(SendError):
        reply("http://127.0.0.1:9/commands/x", [Message(text="hello")])

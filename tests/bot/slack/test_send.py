import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_desk import TOKEN, connected
from slack_sdk import WebClient
from structlog.testing import capture_logs

from bot.demo.slack import RESPONSE_URL_USES, Fault
from bot.posting.send import Message, Poster, SendError, reply


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


SIMPLE = {"header", "section", "context", "actions"}


@pytest.mark.parametrize(
    "refused", [("data_visualization",), ("data_table",), ("data_visualization", "data_table")], ids=" ".join
)
@pytest.mark.parametrize("words", ["fcr last week by team", "volume 2026-11 per week"])
def test_a_workspace_that_refuses_charts_or_tables_gets_the_chart_as_a_picture(slack, refused, words):
    slack.refuses_blocks = frozenset(refused)
    slack.command(words)
    (post,) = slack.wait(1)
    assert kinds(post) == {*SIMPLE, "image"}
    (image,) = [block for block in post.blocks if block["type"] == "image"]
    assert image["alt_text"].startswith(post.text[:20])
    file = slack.workspace.files[image["slack_file"]["id"]]
    assert file.content.startswith(b"\x89PNG")


def test_without_the_extra_a_workspace_that_refuses_charts_gets_simpler_blocks(slack, monkeypatch):
    monkeypatch.setattr("bot.posting.forms.can_draw", lambda: False)
    slack.refuses_blocks = frozenset({"data_visualization", "data_table"})
    slack.command("fcr last week by team")
    (post,) = slack.wait(1)
    assert kinds(post) == SIMPLE
    assert "12 of 20" in str(post.blocks)
    assert not slack.workspace.files


def test_a_picture_that_slack_does_not_take_costs_no_answer(slack):
    slack.refuses_blocks = frozenset({"data_visualization"})
    slack.fail("files.getUploadURLExternal", Fault(error="file_upload_disabled"))
    slack.command("fcr last week by team")
    (post,) = slack.wait(1)
    assert kinds(post) == SIMPLE


def test_pictures_are_drawn_only_where_charts_are_refused(slack):
    slack.command("fcr last week by team")
    slack.wait(1)
    assert not slack.workspace.files


def test_a_why_has_a_native_table_or_a_plain_one(slack):
    slack.command("why fcr 2026-11-17 by team vs 2026-11-18")
    slack.wait(1)
    slack.refuses_blocks = frozenset({"data_table"})
    slack.command("why fcr 2026-11-17 by team vs 2026-11-18")
    first, second = slack.wait(2)
    assert kinds(first) - kinds(second) <= {"data_table"}
    assert "header" in kinds(second)


def test_a_workspace_that_refuses_every_block_gets_the_text(slack):
    slack.refuses_blocks = frozenset({"header", "section"})
    slack.command("fcr last week")
    (post,) = slack.wait(1)
    assert post.blocks == []
    assert "30 of 40" in post.text


@pytest.mark.parametrize("seconds", [0.0, 0.2])
def test_a_channel_takes_a_message_a_second_and_threads_take_turns(slack, monkeypatch, seconds):
    monkeypatch.setattr("bot.posting.send.A_MESSAGE_EVERY_S", seconds)
    poster, started = Poster(WebClient(TOKEN, base_url=slack.api_url)), time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: poster.post("C_SUPPORT", [Message(text=f"{n}")]), range(4)))
    assert len(slack.posts) == 4
    assert time.monotonic() - started >= 3 * seconds


def test_charts_are_sent_where_they_are_taken(slack):
    slack.command("fcr last month to today per week")
    slack.command("volume 2026-11 per week")
    assert any("data_visualization" in kinds(post) for post in slack.wait(2))
    assert slack.refused == []


def test_an_answer_that_slack_never_takes_is_in_the_log(commands, engine, monkeypatch):
    monkeypatch.setattr("bot.posting.refusals.RETRIES", 1)
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
    monkeypatch.setattr("bot.posting.refusals.RETRIES", 0)
    with pytest.raises(SendError):
        reply("http://127.0.0.1:9/commands/x", [Message(text="hello")])

import pytest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_desk import NOW, TOKEN, settings

from bot.demo.slack import StandInSlack
from bot.slack.app import create_app


@pytest.fixture
def slack(commands, engine):
    """Give a stand-in Slack with the bot connected in Socket Mode: no public URL, no signing secret."""
    stand_in = StandInSlack(signing_secret="unused", bot_token=TOKEN)
    with stand_in.running():
        app = create_app(commands, engine, settings(), clock=lambda: NOW, api_url=stand_in.api_url)
        handler = SocketModeHandler(app, stand_in.app_token)
        handler.connect()
        stand_in.wait_for_socket()
        yield stand_in
        handler.close()


def test_socket_mode_answers_questions_and_errors_as_http_does(slack):
    delivery = slack.command("fcr last week")
    assert delivery.acknowledged
    (post,) = slack.wait(1)
    assert "75.0% (30 of 40)" in post.text
    assert post.blocks[0]["type"] == "header"
    assert slack.command("define").acknowledged
    assert slack.wait(2)[1].text.startswith("Define which KPI?")

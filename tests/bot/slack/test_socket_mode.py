import pytest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_desk import NOW, TOKEN, asked, seen, settings

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


def test_buttons_mentions_modals_and_the_home_work_in_socket_mode(slack):
    answer = asked(slack, "fcr last week", "75.0% (30 of 40)")
    slack.click("U_BOB", answer, "tickets")
    seen(slack, "20 of 40 shown")
    slack.mention("U_BOB", "C_SUPPORT", "define fcr")
    seen(slack, "In a question: fcr")
    slack.open_home("U_BOB")
    slack.click("U_BOB", slack.wait_for(lambda: slack.home("U_BOB")), "target")
    slack.wait_for(lambda: slack.modal("U_BOB"))
    assert list(slack.submit("U_BOB", None, {"kpi": "fcr", "value": "soon"}).errors) == ["value"]

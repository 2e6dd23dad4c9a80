"""No secret is ever written: the bot runs through failures of every kind, and all that it wrote is searched.

It runs as who debugs has it run: it then writes all that it writes otherwise, in the same way, and more.
"""

import re

import pytest
from contract.desks import busy_rt, serve
from running_bot import own_postgresql, running, served
from slack_desk import store_facts
from werkzeug import Response

from bot.database import migrate, open_database
from bot.demo.slack import StandInSlack
from bot.demo.slack.faults import Fault

BOT_TOKEN, APP_TOKEN = "xoxb-777-bot-Qm9U", "xapp-1-888-app-Qm9U"
SIGNING, HELPDESK, PASSWORD = "5161c94f0e52443b86a4de1d3f0a7d10", "1-37-feedfacecafebeef", "pa-55/word&Qm9U"
SESSION, WEBHOOK = "5e5510nc00k1e", "3fd8c1a77e0b4b52+Qm9U"
SECRETS = (BOT_TOKEN, APP_TOKEN, SIGNING, HELPDESK, WEBHOOK, PASSWORD, "pa-55%2Fword%26Qm9U", SESSION)


def searched(bot):
    """Return which secrets a bot has written, and that it wrote at all."""
    written = bot.written.read_text(encoding="utf-8")
    assert written
    return [secret for secret in SECRETS if secret in written]


@pytest.fixture
def slack():
    stand_in = StandInSlack(signing_secret=SIGNING, bot_token=BOT_TOKEN, app_token=APP_TOKEN)
    yield stand_in
    stand_in.sender.end()


@pytest.fixture
def helpdesk(httpserver):
    """Give a helpdesk that sets a cookie and fails in every other way it can, in turn."""
    rt, asked = busy_rt(3), []

    def answer(request):
        asked.append(request)
        fault = (None, 500, 502, 429, 401, 403, 302)[len(asked) % 7]
        if fault is None:
            return rt(request)
        headers = {"Set-Cookie": f"RT_SID={SESSION}", "Retry-After": "0", "Location": "https://login.example"}
        return Response(f"no: {request.headers['Authorization']}", fault, headers=headers)

    secrets = {"helpdesk_token": HELPDESK, "helpdesk_webhook_secret": WEBHOOK}
    return {"helpdesk": "request-tracker", "helpdesk_url": serve(httpserver, answer)} | secrets


def with_password(uri):
    return re.sub(r"//postgres(:[^@]*)?@", "//postgres:pa-55%2Fword%26Qm9U@", uri)


def test_nothing_secret_is_written_through_failures_of_slack_helpdesk_and_database(slack, helpdesk):
    with own_postgresql() as server, served(slack):
        url = with_password(server.get_uri())
        assert "pa-55" in url
        engine = open_database(url)
        migrate(engine)
        store_facts(engine)
        engine.dispose()
        ways = {"slack_bot_token": BOT_TOKEN, "slack_signing_secret": SIGNING}
        with running(slack.api_url, database_url=url, sync_every="1s", debug="1", **ways, **helpdesk) as bot:
            bot.ready()
            slack.events_url = f"http://127.0.0.1:{bot.port}/slack/events"
            slack.faults.extend([Fault(status=500, body="no"), Fault(cut=True), Fault(status=404, body="used_url")])
            slack.command("fcr 2026-11", user="U_BOB")
            slack.command("fcrr", user="U_BOB")
            slack.fail("views.publish", Fault(error="invalid_auth"), Fault(error="token_revoked"))
            slack.open_home("U_BOB")
            slack.deliver("text=fcr", slack.signed_headers("text=fcr", secret="another"))
            bot.until(lambda: len(bot.logged("job failed")) > 2)
            heard = [bot.post(f"/helpdesks/request-tracker/{WEBHOOK}{more}", '{"ticket": 1}') for more in ("", "/no")]
            assert heard == [200, 404]
            server.stop()
            bot.until(lambda: bot.told("/healthz").get("database") == "database_unreachable")
            slack.command("fcr 2026-11", user="U_BOB")
            slack.open_home("U_BOB")
            assert bot.post(f"/helpdesks/request-tracker/{WEBHOOK}", '{"ticket": 1}') == 503
            bot.until(lambda: bot.logged("question_failed"))
            assert bot.stop() == 0
            assert searched(bot) == []


def test_nothing_secret_is_written_in_socket_mode(slack, helpdesk, make_sqlite):
    tokens = {"slack_bot_token": BOT_TOKEN, "slack_app_token": APP_TOKEN}
    with served(slack), running(slack.api_url, database_url=make_sqlite(), debug="1", **tokens, **helpdesk) as bot:
        bot.ready()
        slack.faults.append(Fault(status=500, body="no"))
        slack.command("backlog", user="U_BOB")
        slack.open_home("U_BOB")
        slack.wait(1)
        assert bot.stop() == 0
        assert searched(bot) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"slack_bot_token": f"{BOT_TOKEN}-wrong"},
        {"slack_app_token": f"{APP_TOKEN}-wrong"},
        {"slack_bot_token": SIGNING},
        {"database_url": f"postgresql://bot:{PASSWORD}@127.0.0.1:9/kpi"},
        {"database_url": f"oracle://bot:{PASSWORD}@127.0.0.1:9/kpi"},
        {"helpdesk": "none-of-ours"},
    ],
    ids=["bot token", "app token", "swapped", "address", "kind of database", "kind of helpdesk"],
)
def test_nothing_secret_is_written_by_a_bot_that_can_not_start(slack, make_sqlite, wrong):
    given = {"slack_bot_token": BOT_TOKEN, "slack_app_token": APP_TOKEN, "database_url": make_sqlite()}
    given |= {"helpdesk": "request-tracker", "helpdesk_url": "http://127.0.0.1:9", "helpdesk_token": HELPDESK} | wrong
    with served(slack), running(slack.api_url, debug="1", **given) as bot:
        if "127.0.0.1:9" in wrong.get("database_url", "") and "postgresql" in wrong["database_url"]:
            bot.until(lambda: bot.logged("waiting"))
        else:
            assert bot.ended() not in {None, 0}
        assert searched(bot) == []

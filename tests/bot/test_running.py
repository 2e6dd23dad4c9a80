"""The running bot as a process: in parts, through outages, and to its end."""

import socket
from contextlib import ExitStack

import pytest
from contract.desks import busy_rt, serve
from contract.fake_rt import TOKEN as RT_TOKEN
from running_bot import own_postgresql, running, served
from slack_desk import SECRET, TOKEN, store_facts
from typer.testing import CliRunner
from werkzeug import Response

from bot.cli import app
from bot.database import open_database
from bot.demo.slack import StandInSlack
from bot.demo.slack.faults import Fault
from bot.settings import load_settings

QUESTION, ANSWER = "fcr 2026-11", "75.0% (30 of 40)"


@pytest.fixture
def slack():
    """Give a stand-in Slack that is not served yet."""
    stand_in = StandInSlack(signing_secret=SECRET, bot_token=TOKEN)
    yield stand_in
    stand_in.sender.end()


@pytest.fixture
def helpdesk(httpserver):
    """Give the settings of a Request Tracker with five tickets."""
    httpserver.no_handler_status_code = 500
    return {"helpdesk": "request-tracker", "helpdesk_url": serve(httpserver, busy_rt(5)), "helpdesk_token": RT_TOKEN}


@pytest.fixture
def desk_url(make_sqlite):
    """Give a database with a small desk's facts."""
    url = make_sqlite()
    engine = open_database(url)
    store_facts(engine)
    engine.dispose()
    return url


def by_http():
    return {"slack_bot_token": TOKEN, "slack_signing_secret": SECRET}


def by_socket(slack):
    return {"slack_bot_token": TOKEN, "slack_app_token": slack.app_token}


def asks(slack, bot, words=QUESTION):
    """Ask over HTTP; return the answer."""
    slack.events_url = f"http://127.0.0.1:{bot.port}/slack/events"
    before = len(slack.posts)
    assert slack.command(words, user="U_BOB").acknowledged
    return slack.wait(before + 1)[-1].text


# --- In parts ----------------------------------------------------------------------------------------------------


def test_a_worker_reads_the_helpdesk_without_any_of_slacks_secrets_and_without_slack(helpdesk, make_sqlite):
    with running(only="worker", database_url=make_sqlite(), **helpdesk) as bot:
        bot.ready()
        bot.until(lambda: bot.metric("kpi_bot_sync_seconds_count", helpdesk="request-tracker", outcome="done"))
        assert bot.told() == {"ok": True, "database": "ok", "migrations": "ok"}
        assert bot.told("/healthz") == {"ok": True, "database": "ok"}
        assert bot.get("/slack/events").status_code == 404
        assert bot.metric("kpi_bot_sync_lag_seconds", helpdesk="request-tracker") >= 0
        assert bot.metric("kpi_bot_helpdesk_requests_total", status="2xx") > 1
        assert bot.stop() == 0


def test_a_worker_of_nothing_but_imports_runs_and_reads_no_helpdesk(slack, desk_url):
    with served(slack), running(slack.api_url, "worker", database_url=desk_url, slack_bot_token=TOKEN) as bot:
        bot.ready()
        assert bot.metric("kpi_bot_sync_seconds_count") is None
        assert bot.stop() == 0


def test_a_worker_without_anything_to_tell_of_says_what_to_set(monkeypatch, make_database):
    monkeypatch.setenv("KPI_BOT_DATABASE_URL", make_database())
    refused = CliRunner().invoke(app, ["run", "--only", "worker"])
    assert refused.exit_code == 2
    assert "No helpdesk is set" in refused.output


def test_web_answers_without_anything_of_the_helpdesk_and_reads_none(slack, desk_url):
    with served(slack), running(slack.api_url, "web", database_url=desk_url, **by_http()) as bot:
        bot.ready()
        assert ANSWER in asks(slack, bot)
        bot.until(lambda: bot.told()["facts"] == "memory")
        assert bot.told() == {"ok": True, "database": "ok", "migrations": "ok", "facts": "memory", "slack": "ok"}
        assert bot.metric("kpi_bot_sync_seconds_count") is None
        assert bot.metric("kpi_bot_answer_seconds_count", surface="command", outcome="told") == 1
        assert bot.metric("kpi_bot_memory_facts_bytes") > 0
        assert bot.metric("kpi_bot_facts_age_seconds", helpdesk="desk") > 0
        assert bot.stop() == 0


def test_web_follows_what_a_worker_reads(slack, helpdesk, make_database):
    url = make_database()
    with (
        served(slack),
        running(only="worker", database_url=url, **helpdesk) as worker,
        running(slack.api_url, "web", database_url=url, **by_http()) as web,
    ):
        web.ready()
        worker.ready()
        web.until(lambda: web.metric("kpi_bot_facts_age_seconds", helpdesk="request-tracker") is not None)
        assert web.stop() == worker.stop() == 0


def test_a_web_process_looks_at_no_helpdesks_secrets(tmp_path):
    file = tmp_path / "kpi-bot.toml"
    file.write_text('[[helpdesks]]\nkey = "support"\nkind = "request-tracker"\ntoken_file = "/nowhere"\n')
    variables = {"KPI_BOT_SETTINGS": str(file), "KPI_BOT_HELPDESK": "demo"}
    found = load_settings(variables, reads_helpdesks=False).helpdesks
    assert [(helpdesk.key, helpdesk.token.get_secret_value()) for helpdesk in found] == [("demo", ""), ("support", "")]


@pytest.mark.parametrize(
    ("words", "language", "says"),
    [("workr", "en", "Did you mean worker?"), ("web,ouvrier", "fr", "« ouvrier » n’est pas une partie du bot")],
)
def test_a_part_that_there_is_not_is_refused_with_those_that_there_are(words, language, says):
    result = CliRunner().invoke(app, ["run", "--only", words, "--lang", language])
    assert result.exit_code == 2
    assert says in result.stderr.replace("\N{NO-BREAK SPACE}", " ")
    assert "web" in result.stderr


# --- Through outages ---------------------------------------------------------------------------------------------


def test_a_database_that_goes_away_and_comes_back_needs_nobody(slack, helpdesk):
    with own_postgresql() as server, served(slack):
        url = server.get_uri()
        with running(slack.api_url, database_url=url, sync_every="1s", **by_http(), **helpdesk) as bot:
            bot.ready()
            syncs = lambda: bot.metric("kpi_bot_sync_seconds_count", outcome="done") or 0  # noqa: E731
            bot.until(syncs)
            server.stop()
            bot.until(lambda: bot.told("/healthz").get("database") == "database_unreachable")
            assert bot.get("/readyz").status_code == 503
            assert bot.get("/metrics").status_code == 200
            assert "database" in asks(slack, bot), "a sentence, not silence"
            bot.until(lambda: bot.logged("job failed"))
            server.ensure_postgres_running()
            bot.ready()
            before = syncs()
            bot.until(lambda: syncs() > before)
            assert asks(slack, bot, "volume 2026-10").startswith("Tickets received")
            assert bot.stop() == 0


def test_a_slack_that_goes_away_and_comes_back_is_connected_to_again(slack, desk_url):
    with ExitStack() as first:
        port = first.enter_context(served(slack))
        with running(slack.api_url, "web", database_url=desk_url, **by_socket(slack)) as bot:
            bot.ready()
            assert bot.told()["slack"] == "connected"
            first.close()
            bot.until(lambda: bot.told().get("slack") == "slack_unreachable")
            assert bot.told("/healthz")["ok"], "only readiness needs Slack"
            with served(slack, port):
                bot.ready()
                slack.wait_for_socket()
                slack.command(QUESTION, user="U_BOB")
                assert ANSWER in slack.wait(1)[0].text
                assert bot.stop() == 0


def test_a_bot_that_starts_before_slack_and_its_database_waits_for_them(slack, desk_url):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    api_url = f"http://127.0.0.1:{port}/api/"
    with own_postgresql() as server:
        server.stop()
        with running(api_url, "web", database_url=server.get_uri(), **by_http()) as bot:
            bot.until(lambda: any(line["error"] == "database_unreachable" for line in bot.logged("waiting")))
            server.ensure_postgres_running()
            bot.until(lambda: any(line["error"] == "slack_unreachable" for line in bot.logged("waiting")))
            with served(slack, port):
                bot.ready()
                assert bot.stop() == 0


# --- To its end --------------------------------------------------------------------------------------------------


def test_an_answer_under_way_still_gets_there(slack, desk_url):
    with served(slack), running(slack.api_url, "web", database_url=desk_url, **by_http()) as bot:
        bot.ready()
        slack.faults.append(Fault(status=503, body="busy", delay_s=2))  # the first try fails after the signal
        slack.events_url = f"http://127.0.0.1:{bot.port}/slack/events"
        assert slack.command(QUESTION, user="U_BOB").acknowledged
        assert bot.stop() == 0
        assert ANSWER in slack.posts[0].text
        assert [line["event"] for line in bot.events[-4:]].count("stopped") == 1


def test_a_helpdesk_that_asks_for_a_long_pause_does_not_hold_up_the_end(httpserver, make_sqlite):
    busy = lambda _: Response("later", 429, headers={"Retry-After": "280"})  # noqa: E731
    helpdesk = {"helpdesk": "request-tracker", "helpdesk_url": serve(httpserver, busy), "helpdesk_token": RT_TOKEN}
    with running(only="worker", database_url=make_sqlite(), **helpdesk) as bot:
        bot.ready()
        bot.until(lambda: bot.logged("trying again"))
        assert bot.stop(seconds=30) == 0
        assert [line["job"] for line in bot.logged("job left")] == ["sync request-tracker"]
        assert bot.events[-1]["event"] == "stopped"

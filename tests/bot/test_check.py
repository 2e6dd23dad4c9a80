import socket
from dataclasses import replace

import pytest
from demo_desk import DEMO_NOW, demo_settings
from pydantic import SecretStr
from sqlalchemy import text as sql
from sqlalchemy import update

from bot import checking
from bot.checking import Check, State
from bot.database import open_database, writing
from bot.helpdesks.connector import Account
from bot.helpdesks.demo import connect as connect_demo
from bot.helpdesks.registry import connect
from bot.settings import HelpdeskSettings, Settings, SlackSettings
from bot.subscriptions import SlaWanted, Subscriptions
from bot.tables import refused_tickets
from bot.text import LANGUAGES, Text
from kpi.errors import HelpdeskError
from kpi.policies import Assignment, Condition
from kpi.schema import helpdesks

BOT, APP = SecretStr("xoxb-stand-in"), SecretStr("xapp-stand-in")


def findings(settings, *, now=DEMO_NOW, connector=connect, slack_url="http://localhost:1/", language="en"):
    """Return the sentences found, by how good they are."""
    found = {state: [] for state in State}
    for finding in Check(settings, Text(language), now, connect=connector, slack_url=slack_url).findings():
        found[finding.state].append(finding.sentence)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bot_that_is_set_up_has_nothing_to_mend(demo_url, language):
    found = findings(demo_settings(demo_url), language=language)
    assert found[State.BAD] == []
    assert len(found[State.GOOD]) == 5
    assert len(found[State.NOTE]) == 1  # Slack is not set up


def test_an_empty_environment_is_told_what_to_set(tmp_path):
    found = findings(Settings(database_url=f"sqlite:///{tmp_path / 'kpi-bot.db'}"))
    (helpdesk,) = found[State.BAD]
    assert helpdesk.startswith("No helpdesk is set.")
    assert any("opening hours" in sentence for sentence in found[State.NOTE])
    assert any("SLA policy" in sentence for sentence in found[State.NOTE])
    assert not (tmp_path / "kpi-bot.db").exists()


@pytest.mark.parametrize(
    ("kind", "secret", "state", "words"),
    [
        ("zendesk", "3fd8c1a77e0b4b52", State.GOOD, "public address, followed by /helpdesks/desk"),
        ("freshdesk", "3fd8c1a77e0b4b52", State.GOOD, "followed by /helpdesks/desk/ and the webhook secret."),
        ("zendesk", None, State.NOTE, "webhooks are off"),
    ],
)
def test_what_to_enter_for_webhooks_is_told_without_the_secret(demo_url, kind, secret, state, words):
    desk = HelpdeskSettings(key="desk", kind=kind, webhook_secret=None if secret is None else SecretStr(secret))
    found = findings(replace(demo_settings(demo_url), helpdesks=(desk,)), connector=lambda _: connect_demo(desk))
    (line,) = (line for line in found[state] if "webhooks" in line)
    assert line.startswith("desk: ")
    assert words in line
    assert "3fd8c1a77e0b4b52" not in str(found)


def test_a_database_that_the_first_sync_will_make_is_nothing_to_mend(tmp_path):
    path = tmp_path / "kpi-bot.db"
    found = findings(demo_settings(f"sqlite:///{path}"))
    assert found[State.BAD] == []
    assert any(str(path) in line and "the first “kpi-bot sync” makes it" in line for line in found[State.NOTE])
    assert not path.exists()


def test_a_database_that_no_sync_could_make_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(checking.os, "access", lambda *_: False)  # the tests may run as root, who may write anywhere
    (bad,) = findings(demo_settings(f"sqlite:///{tmp_path / 'kpi-bot.db'}"))[State.BAD]
    assert "may not make one there" in bad


def test_facts_made_with_other_rules_are_to_be_mended_as_questions_are_refused(demo_url):
    found = findings(replace(demo_settings(demo_url), schedules=()))
    (bad,) = found[State.BAD]
    assert "since the figures of demo were made" in bad
    assert "kpi-bot migrate --rebuild" in bad


def test_a_helpdesk_that_the_settings_no_longer_name_is_told(demo_url):
    settings = demo_settings(demo_url)
    renamed = replace(settings, helpdesks=(replace(settings.helpdesks[0], key="other"),))
    assert [line for line in findings(renamed)[State.NOTE] if line.startswith("demo: is in the database")] != []
    assert not any("in the database" in line for line in findings(settings)[State.NOTE])
    unnamed = findings(replace(settings, helpdesks=()))
    assert not any("in the database" in line for line in unnamed[State.NOTE]), "then all of them count"


def test_a_database_of_an_earlier_version_asks_to_be_migrated(make_sqlite):
    url = make_sqlite(migrated=False)
    open_database(url).dispose()
    found = findings(demo_settings(url))
    assert any("kpi-bot migrate" in sentence for sentence in found[State.BAD])


def test_a_database_of_a_later_version_is_told(demo_url):
    engine = open_database(demo_url)
    with writing(engine) as connection:
        connection.execute(sql("UPDATE alembic_version SET version_num = 'later'"))
    engine.dispose()
    assert any("later version of the bot" in sentence for sentence in findings(demo_settings(demo_url))[State.BAD])


def test_a_database_that_cant_be_written_to_is_told(demo_url):
    path = demo_url.removeprefix("sqlite:///")
    found = findings(demo_settings(f"sqlite:///file:{path}?mode=ro&uri=true"))
    assert any("can't be written to" in sentence for sentence in found[State.BAD])


def test_a_helpdesk_that_was_never_read_asks_for_a_sync(make_sqlite):
    found = findings(demo_settings(make_sqlite()))
    assert any("kpi-bot sync" in sentence for sentence in found[State.BAD])


def test_old_data_is_told_with_its_age(demo_url):
    found = findings(demo_settings(demo_url), now=DEMO_NOW + 3 * 86_400)
    assert any("3 d ago" in sentence for sentence in found[State.NOTE])


def test_tickets_that_could_not_be_read_are_counted(demo_url):
    engine = open_database(demo_url)
    with writing(engine) as connection:
        rows = [
            {"helpdesk": "demo", "external_id": name, "reason": "forbidden", "attempts": 1, "next_try_at": 0}
            for name in "ab"
        ]
        connection.execute(refused_tickets.insert(), rows)
    engine.dispose()
    assert any("2 tickets could not be read" in line for line in findings(demo_settings(demo_url))[State.NOTE])


def test_a_team_that_no_helpdesk_has_gets_the_nearest_name(demo_url):
    settings = demo_settings(demo_url)
    (office,) = settings.schedules
    asked = tuple(
        Assignment(schedule=office.schedule, when=(Condition(field="team", values=(name,)),))
        for name in ("Bilings", "returns", "Zzz")
    )
    found = findings(replace(settings, schedules=asked))
    near, none = (line for line in found[State.BAD] if "ask for the team" in line)
    assert near == "The settings ask for the team “Bilings”, which no helpdesk has. Did you mean Billing?"
    assert none.startswith("The settings ask for the team “Zzz”, which no helpdesk has. Write the team's name")


class Desk:
    def __init__(self, account):
        self.account = account

    def check(self):
        if isinstance(self.account, Exception):
            raise self.account
        return self.account


def test_what_the_helpdesk_says_of_its_account_is_passed_on(demo_url):
    account = Account(name="kpi", version="5.0.3", clock_skew_s=-125, warnings=(("rt_no_queues", {}),))
    found = findings(demo_settings(demo_url), connector=lambda _: Desk(account))
    assert "demo: reached as kpi, version 5.0.3." in found[State.GOOD]
    assert any("2 min 05 s behind" in sentence for sentence in found[State.NOTE])
    assert any(sentence.startswith("demo: ") and "queue" in sentence for sentence in found[State.NOTE])


def test_one_helpdesk_that_fails_doesnt_hide_the_others(demo_url):
    settings = demo_settings(demo_url)
    two = (HelpdeskSettings(key="broken", kind="demo"), *settings.helpdesks)
    broken = HelpdeskError("helpdesk_wrong_token", url="https://rt.example")
    desks = {"broken": Desk(broken), "demo": Desk(Account(name="me"))}
    found = findings(replace(settings, helpdesks=two), connector=lambda helpdesk: desks[helpdesk.key])
    assert any(sentence.startswith("broken: ") and "token" in sentence for sentence in found[State.BAD])
    assert "demo: reached as me." in found[State.GOOD]


# --- What is told by itself --------------------------------------------------------------------------------------


def subscribed(url, *, paused=None):
    engine = open_database(url)
    store = Subscriptions(engine)
    made = store.add(
        SlaWanted(zone="UTC"), team_id="T1", channel="C_SUPPORT", owner="U_BOB", language="en", now=DEMO_NOW
    )
    if paused is not None:
        store.pause(made, paused, DEMO_NOW)
    engine.dispose()


def test_alerts_that_nobody_tells_for_want_of_a_token_are_to_be_mended(demo_url):
    subscribed(demo_url)
    found = findings(demo_settings(demo_url))
    assert "Posted automatically: 0 digests, 1 alert." in found[State.GOOD]
    (bad,) = found[State.BAD]
    assert "KPI_BOT_SLACK_BOT_TOKEN is not set here" in bad


def test_a_paused_alert_is_told_with_its_channel_and_what_to_do(demo_url):
    subscribed(demo_url, paused="not_in_channel")
    found = findings(demo_settings(demo_url))
    (line,) = (line for line in found[State.NOTE] if "C_SUPPORT" in line)
    assert line.startswith("1 alert (C_SUPPORT) can't be posted")
    assert found[State.BAD] == []


# --- Slack -------------------------------------------------------------------------------------------------------


@pytest.fixture
def slack(httpserver):
    """Give a Slack that answers two methods as told."""

    def answers(auth, connection=None):
        httpserver.expect_request("/api/auth.test").respond_with_json(auth)
        httpserver.expect_request("/api/apps.connections.open").respond_with_json(connection or {})
        return httpserver.url_for("/api/")

    return answers


def slack_findings(url, demo_url, **tokens):
    found = findings(replace(demo_settings(demo_url), slack=SlackSettings(**tokens)), slack_url=url)
    return {state: [line for line in lines if "Slack" in line] for state, lines in found.items()}


def test_tokens_that_slack_takes_are_good(slack, demo_url):
    url = slack({"ok": True, "team": "Véga", "user": "kpi"}, {"ok": True, "url": "wss://x"})
    found = slack_findings(url, demo_url, bot_token=BOT, app_token=APP)
    assert found[State.GOOD] == ["Slack: the bot is kpi in the workspace Véga.", "Slack: Socket Mode works."]
    assert found[State.BAD] == []


def test_tokens_that_slack_refuses_are_named(slack, demo_url):
    url = slack({"ok": False, "error": "invalid_auth"}, {"ok": False, "error": "not_allowed_token_type"})
    found = slack_findings(url, demo_url, bot_token=BOT, app_token=APP)
    assert [line.partition(".")[0] for line in found[State.BAD]] == [
        "Slack refuses KPI_BOT_SLACK_BOT_TOKEN (invalid_auth)",
        "Slack refuses KPI_BOT_SLACK_APP_TOKEN (not_allowed_token_type)",
    ]


def test_a_bot_without_a_way_in_is_told_both_ways(slack, demo_url):
    url = slack({"ok": True, "team": "Véga", "user": "kpi"})
    (bad,) = slack_findings(url, demo_url, bot_token=BOT)[State.BAD]
    assert "KPI_BOT_SLACK_APP_TOKEN" in bad
    assert "KPI_BOT_SLACK_SIGNING_SECRET" in bad


def test_a_signing_secret_alone_misses_the_bot_token(demo_url):
    (bad,) = slack_findings("http://localhost:1/", demo_url, signing_secret=SecretStr("s"))[State.BAD]
    assert "KPI_BOT_SLACK_BOT_TOKEN is missing" in bad


def test_a_slack_that_cant_be_reached_is_told(demo_url):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    found = slack_findings(f"http://127.0.0.1:{port}/api/", demo_url, bot_token=BOT, app_token=APP)
    assert len(found[State.BAD]) == 2
    assert all("can't be reached" in line for line in found[State.BAD])


def test_no_finding_shows_a_secret(slack, demo_url):
    url = slack({"ok": False, "error": "invalid_auth"})
    settings = replace(demo_settings(demo_url), slack=SlackSettings(bot_token=BOT, app_token=APP))
    said = str(findings(settings, slack_url=url))
    assert BOT.get_secret_value() not in said
    assert APP.get_secret_value() not in said


def test_the_freshness_is_that_of_each_helpdesk(demo_url):
    engine = open_database(demo_url)
    with writing(engine) as connection:
        connection.execute(update(helpdesks).values(synced_at=None))
    engine.dispose()
    assert any("nothing has been read" in line for line in findings(demo_settings(demo_url))[State.BAD])

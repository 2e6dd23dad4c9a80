"""Who sees what in Slack: by a user group that Slack is asked about, for the asker alone and when it is shared."""

import pytest
from access_desk import NOW, asker
from pydantic import SecretStr
from slack_desk import SECRET, TOKEN, seen

from bot.asking import Asker
from bot.audit import Audit
from bot.commands import Commands
from bot.demo.slack import Channel, Fault, StandInSlack, serving
from bot.settings import Settings, SlackSettings
from bot.settings_access import AccessTable
from bot.slack.app import create_app
from bot.web import create_web

WORDS = "frt 2026-W47 by agent"
RULES = AccessTable(leads=("S_LEADS",), people={"U_ALICE": ("alice",)}, channels=("C_LEADS",))
EVERYBODY = frozenset({"U_BOB", "U_ALICE", "U_DINA", "U_APP"})


@pytest.fixture
def engine(new_engine):
    engine = new_engine()
    asker(engine, RULES)
    return engine


@pytest.fixture
def slack(engine):
    tokens = SlackSettings(bot_token=SecretStr(TOKEN), signing_secret=SecretStr(SECRET))
    settings = Settings(database_url="", access=RULES, slack=tokens)
    channels = [Channel(id=f"C_{name.upper()}", name=name, members=EVERYBODY) for name in ("support", "leads")]
    slack = StandInSlack(signing_secret=SECRET, bot_token=TOKEN, channels=channels)
    with slack.running():
        commands = Commands(Asker(engine, settings))
        app = create_app(commands, engine, settings, clock=lambda: NOW, api_url=slack.api_url)
        with serving(create_web(app)) as url:
            slack.events_url = f"{url}/slack/events"
            yield slack


def asks(slack, user, says, channel="C_SUPPORT", words=WORDS):
    assert slack.command(words, user=user, channel=channel).acknowledged
    return seen(slack, says, user, channel)


def test_a_lead_by_a_user_group_sees_everybody_and_an_agent_the_own_row(slack):
    assert all(name in asks(slack, "U_BOB", "Chloé").text for name in ("Alice Martin", "Bob", "Chloé"))
    own = asks(slack, "U_ALICE", "Alice Martin")
    assert "Chloé" not in str(own.blocks) + own.text
    assert own.only_for == "U_ALICE"


def test_who_is_neither_is_told_how_to_become_one(slack):
    assert "[access.people]" in asks(slack, "U_DINA", "lead").text


def test_while_slack_cannot_tell_who_leads_a_lead_sees_nobody(slack):
    slack.fail("usergroups.users.list", Fault(error="fatal_error"))
    assert "Slack can't say" in asks(slack, "U_BOB", "moment").text


def test_what_is_about_persons_is_shared_with_no_channel_that_is_not_open(slack):
    answer = asks(slack, "U_BOB", "Chloé")
    slack.click("U_BOB", answer, "share")
    assert "whole channel" in seen(slack, "whole channel", "U_BOB").text
    assert [message for message in slack.seen_by("U_DINA", "C_SUPPORT") if "Chloé" in message.text] == []


def test_in_a_channel_that_is_open_it_is_and_stands_in_the_audit(slack, engine):
    answer = asks(slack, "U_BOB", "Chloé", "C_LEADS")
    slack.click("U_BOB", answer, "share")
    assert seen(slack, "Chloé", "U_DINA", "C_LEADS").only_for is None
    shared, asked = Audit(engine, RULES.keep_audit).entries()
    assert (shared.what, shared.channel, shared.asker) == ("shared", "C_LEADS", "U_BOB")
    assert (asked.what, asked.channel) == ("asked", "C_LEADS")


def test_a_button_below_what_a_lead_shared_shows_everybody_what_they_may_see(slack):
    answer = asks(slack, "U_BOB", "Chloé", "C_LEADS")
    slack.click("U_BOB", answer, "share")
    shared = seen(slack, "Chloé", "U_ALICE", "C_LEADS")
    slack.click("U_ALICE", shared, "csv")
    (file,) = seen(slack, "", "U_ALICE", "D_ALICE").files
    assert "alice" in str(file.content)
    assert "chlo" not in str(file.content)

"""A small desk's facts, and a bot connected to a stand-in Slack."""

import time
from contextlib import contextmanager
from datetime import UTC, datetime

from pydantic import SecretStr
from sqlalchemy import insert

from bot.commands import Commands
from bot.database import writing
from bot.demo.slack import StandInSlack, serving
from bot.facts import remember_rules
from bot.settings import Settings, SlackSettings
from bot.settings_access import AccessTable
from bot.slack.app import create_app
from bot.slack.manifest import BOT_SCOPES
from bot.web import create_web
from kpi import schema
from kpi.policies import Rulebook

NOW = int(datetime(2026, 11, 24, 9, 26, tzinfo=UTC).timestamp())
DAY = 86_400
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TOKEN = "xoxb-stand-in"


def facts_of(number, *, replies=1, team="1"):
    """Return a ticket of Dina's, created a week ago and solved the day after, as its row of ticket_facts."""
    created = NOW - 8 * DAY + number * 600
    solved = created + DAY
    return {
        "ticket_id": number,
        "helpdesk": "desk",
        "created_at": created,
        "status": "solved",
        "customer": f"dina{number}",
        "created_team": team,
        "solved_team": team,
        "created_priority": "high",
        "solved_priority": "high",
        "replies": replies,
        "customer_messages": 0,
        "teams": 1,
        "first_solved_at": solved,
        "last_solved_at": solved,
        "is_solved": 1,
        "solves": 1,
        "reopens": 0,
        "automatic_reopens": 0,
        "resolution_calendar_s": DAY,
        "full_resolution_calendar_s": DAY,
        "first_resolution_calendar_s": DAY,
    }


def store_facts(engine):
    """Store forty tickets solved last week, thirty at first contact: 18 of 20 for Billing, 12 of 20 for Care."""
    rows = [facts_of(n, replies=1 if n <= 18 else 2, team="1") for n in range(1, 21)]
    rows += [facts_of(n, replies=1 if n <= 32 else 3, team="2") for n in range(21, 41)]
    teams = [("1", "Billing"), ("2", "Care <!channel>")]
    tickets = [
        {"id": row["ticket_id"], "helpdesk": "desk", "external_id": str(row["ticket_id"]), "status": "solved"}
        | {"created_at": row["created_at"], "priority": "high"}
        for row in rows
    ]
    message = {"ticket_id": 1, "external_id": "1", "at": NOW - DAY, "position": 0, "author_kind": "agent", "public": 1}
    with writing(engine) as connection:
        covered = {"history_start": NOW - 400 * DAY, "synced_at": NOW - 60, "messages": "all"}
        desk = {"key": "desk", "kind": "demo", **covered}
        connection.execute(insert(schema.helpdesks), desk)
        connection.execute(
            insert(schema.teams), [{"helpdesk": "desk", "external_id": key, "name": name} for key, name in teams]
        )
        connection.execute(insert(schema.tickets), tickets)
        connection.execute(insert(schema.messages), message)
        connection.execute(insert(schema.ticket_facts), rows)
        remember_rules(connection, "desk", Rulebook())


class SlowCommands(Commands):
    """Answers as the real ones do, later."""

    def __init__(self, commands, seconds):
        super().__init__(commands._asker)
        self._seconds = seconds

    def say(self, *asked):
        time.sleep(self._seconds)
        return super().say(*asked)


class FailingCommands(Commands):
    """Fails whatever is asked."""

    def __init__(self, error):
        self._error = error

    def say(self, *_asked):
        raise self._error


LEADS = AccessTable(leads=("U_BOB",))
"""Bob leads every team."""


def settings(**given):
    return Settings(
        database_url="sqlite://",
        timezone="Europe/Paris",
        slack=SlackSettings(bot_token=SecretStr(TOKEN), signing_secret=SecretStr(SECRET)),
        access=LEADS,
        **given,
    )


@contextmanager
def connected(commands, engine, *, clock=lambda: NOW, slack=None):
    """Give a stand-in Slack with the bot connected over HTTP."""
    slack = slack or StandInSlack(signing_secret=SECRET, bot_token=TOKEN)
    slack.workspace.scopes = frozenset(BOT_SCOPES)
    with slack.running(), replica(slack, commands, engine, clock=clock) as url:
        slack.events_url = url
        yield slack


@contextmanager
def replica(slack, commands, engine, *, clock=lambda: NOW):
    """Give the address of one more process of the bot, which works with the same Slack and the same database."""
    app = create_app(commands, engine, settings(), clock=clock, api_url=slack.api_url)
    with serving(create_web(app)) as url:
        yield f"{url}/slack/events"


def seen(slack, words, user="U_BOB", channel="C_SUPPORT"):
    """Return the last message that somebody sees in a channel once it says these words."""

    def look():
        found = slack.seen_by(user, channel)
        return found[-1] if found and words in found[-1].text else None

    return slack.wait_for(look)


def asked(slack, words, says, user="U_BOB", channel="C_SUPPORT"):
    """Ask; return the answer."""
    assert slack.command(words, user=user, channel=channel).acknowledged
    return seen(slack, says, user, channel)


def buttons(message):
    """Return the actions of the buttons and selects below a message, without what tells several of a kind apart."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [element["action_id"].partition(".")[0] for row in rows for element in row]


def choice(message, action, ending):
    """Return the value of an option of a select."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    (element,) = [element for row in rows for element in row if element["action_id"] == action]
    (value,) = [option["value"] for option in element["options"] if option["value"].endswith(ending)]
    return value

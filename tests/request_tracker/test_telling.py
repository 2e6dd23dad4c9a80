"""SLA alerts and the digest of a real Request Tracker whose clock is moved: what its own service agreement promises."""

import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from alert_desk import SUPPORT, alert_slack
from cast import HOUR, MINUTE, PARIS, at
from pydantic import SecretStr
from request_tracker.conftest import SETTINGS
from request_tracker.moving import MovingTracker
from slack_desk import LEADS, SECRET, TOKEN
from slack_sdk import WebClient

from bot.alerts.run import alerts_for
from bot.asking import Asker
from bot.commands import Commands
from bot.database import migrate, open_database
from bot.demo.slack import serving
from bot.demo.slack.directory import TEAM
from bot.digests.run import digests_for
from bot.helpdesks.registry import connect
from bot.posting.send import posting_once
from bot.recurrence import WORKING_DAYS, Recurrence
from bot.settings import SlackSettings, load_settings
from bot.slack.app import create_app
from bot.slack.directory import SlackDirectory
from bot.subscriptions import DigestWanted, SlaWanted, Subscriptions
from bot.sync import sync
from bot.text import Text
from bot.web import create_web

pytestmark = pytest.mark.request_tracker

MONDAY = at("2026-11-23 10:00", PARIS)
"""A week after the saved history ends."""
TUESDAY = at("2026-11-24 08:30", PARIS)
WEDNESDAY, THURSDAY = at("2026-11-25 17:30", PARIS), at("2026-11-26 08:30", PARIS)
DINA = "Dina <dina@example.test>"
ALERTED = SlaWanted(zone=PARIS, metrics=("first_reply",), leads_s=(60 * MINUTE, 15 * MINUTE))
MORNING = DigestWanted(recurrence=Recurrence(at=510, zone=PARIS, weekdays=WORKING_DAYS), kpis=("frt_sla",))


class Desk:
    """The whole bot between a Request Tracker and a stand-in Slack, all of them at the same moved instant."""

    def __init__(self, tracker, slack, settings, engine):
        self.tracker, self.slack, self.settings, self.engine = tracker, slack, settings, engine
        self.now = MONDAY
        self.connector = connect(settings.helpdesks[0])
        self.asker = Asker(engine, settings)
        poster = posting_once(TOKEN, slack.api_url)
        people = SlackDirectory(WebClient(TOKEN, base_url=slack.api_url))
        self.alerts = alerts_for(engine, settings, poster, self.clock)
        self.digests = digests_for(engine, settings, self.asker, poster=poster, people=people, clock=self.clock)

    def clock(self):
        return float(self.now)

    def at(self, now):
        """Let it be that instant, read what happened and tell what is to be told then."""
        self.now = now
        self.tracker.move(now)
        sync(self.engine, self.connector, self.settings, "rt", clock=self.clock)
        self.alerts.tick()
        self.digests.tick()
        until = time.monotonic() + 30
        while not self.digests.idle():
            assert time.monotonic() < until
            time.sleep(0.01)

    def subscribe(self, wanted):
        Subscriptions(self.engine).add(
            wanted, team_id=TEAM, channel=SUPPORT, owner="U_BOB", language="en", now=self.now
        )

    def roots(self):
        return [one for one in self._posted() if one.thread_ts is None]

    def replies(self, root):
        return [one for one in self._posted() if one.thread_ts == root.ts]

    def _posted(self):
        return [one for one in self.slack.workspace.messages if one.channel == SUPPORT and not one.ephemeral]


@pytest.fixture(scope="module")
def tracker(rt_settings, rt_file, tmp_path_factory):
    directory = tmp_path_factory.mktemp("moving-rt")
    tracker = MovingTracker.boot(directory, MONDAY)
    yield tracker
    tracker.stop()


@contextmanager
def running(tracker, directory):
    file = directory / "settings.toml"
    file.write_text(SETTINGS.format(url=tracker.url, token=tracker.token))
    settings = replace(
        load_settings(
            {
                "KPI_BOT_SETTINGS": str(file),
                "KPI_BOT_TIMEZONE": PARIS,
                "KPI_BOT_DATABASE_URL": f"sqlite:///{directory / 'kpi.db'}",
            }
        ),
        slack=SlackSettings(bot_token=SecretStr(TOKEN), signing_secret=SecretStr(SECRET)),
        access=LEADS,
    )
    engine = open_database(settings.database_url)
    migrate(engine)
    with ExitStack() as ending:
        ending.callback(engine.dispose)
        slack = ending.enter_context(alert_slack().running())
        desk = Desk(tracker, slack, settings, engine)
        ending.callback(desk.digests.stop)
        app = create_app(Commands(desk.asker), engine, settings, clock=desk.clock, api_url=slack.api_url)
        slack.events_url = f"{ending.enter_context(serving(create_web(app)))}/slack/events"
        yield desk


def test_an_alert_comes_before_the_due_time_of_rt_and_turns_to_answered_when_an_agent_replies_there(tracker, tmp_path):
    with running(tracker, tmp_path) as desk:
        desk.at(MONDAY)
        desk.subscribe(ALERTED)
        desk.subscribe(MORNING)
        ticket = tracker.writes(DINA, "The printer is silent")
        due = tracker.due(ticket)
        assert due == MONDAY + 4 * HOUR, "Request Tracker promises a response within four business hours"

        desk.at(due - HOUR - MINUTE)
        assert desk.roots() == []
        desk.at(due - HOUR)
        (root,) = desk.roots()
        assert "First reply at risk" in root.text
        assert Text("en").instant(due, PARIS) in root.text
        assert f"/Ticket/Display.html?id={ticket}" in str(root.blocks)

        desk.slack.click("U_ALICE", root, "alert_ack")
        desk.slack.wait_for(lambda: "<@U_ALICE>" in str(desk.roots()[0].blocks))

        tracker.move(due - 40 * MINUTE)
        tracker.replies("anna", ticket, "It needs paper.")
        for later in (due - 39 * MINUTE, due - 15 * MINUTE, due + MINUTE):
            desk.at(later)
        (root,) = desk.roots()
        assert "Answered in time" in root.text
        assert desk.replies(root) == []

        desk.at(TUESDAY)
        _, digest = desk.roots()
        assert "*First response SLA*: 1 of 1" in digest.text


def test_what_rt_promises_by_the_clock_is_told_late_after_hours_and_counted_so(tracker, tmp_path):
    with running(tracker, tmp_path) as desk:
        desk.at(WEDNESDAY)
        desk.subscribe(ALERTED)
        desk.subscribe(MORNING)
        ticket = tracker.writes(DINA, "The server is down")
        tracker.calls("anna", "PUT", f"ticket/{ticket}", {"SLA": "urgent"})
        due = tracker.due(ticket)
        assert due == WEDNESDAY + HOUR, "Request Tracker promises a response within 60 minutes, also after hours"

        desk.at(due - 15 * MINUTE)
        (root,) = desk.roots()
        assert "First reply at risk" in root.text
        desk.at(due + MINUTE)
        (root,) = desk.roots()
        assert "First reply late, still waiting" in root.text
        assert [one.broadcast for one in desk.replies(root)] == [True]

        tracker.move(due + 12 * MINUTE)
        tracker.replies("anna", ticket, "It is up again.")
        desk.at(due + 13 * MINUTE)
        (root,) = desk.roots()
        assert "Answered 12 min" in root.text.replace("\u202f", " ")

        desk.at(THURSDAY)
        _, digest = desk.roots()
        assert "*First response SLA*: 0 of 1" in digest.text

"""A desk with promises, whose clocks run out, and alerts that tell a stand-in Slack of them."""

from dataclasses import replace

from cast import HOUR, MINUTE, PARIS, at
from slack_desk import SECRET, TOKEN
from slack_sdk import WebClient
from sqlalchemy import insert, select, update

from bot.alerts.run import Alerts
from bot.alerts.telling import Voice
from bot.database import writing
from bot.demo.slack import Channel, StandInSlack
from bot.demo.slack.directory import APP_USER
from bot.posting.notices import Notices
from bot.posting.outbox import Outbox
from bot.posting.send import Poster
from bot.settings import Settings
from bot.storage import Desk, store_tickets
from bot.subscriptions import SlaWanted, Subscriptions
from kpi import schema
from kpi.hours import Schedule, Week
from kpi.policies import Assignment, Metric, Policy, Target

NINE_TO_SIX = Week(days=(((9 * HOUR, 18 * HOUR),),) * 5 + ((), ()))
OFFICE = Assignment(schedule=Schedule(key="office", zone=PARIS, weeks=(NINE_TO_SIX,)))
PROMISES = Policy(
    key="standard",
    targets=(
        Target(metric=Metric.FIRST_REPLY, seconds=4 * HOUR),
        Target(metric=Metric.NEXT_REPLY, seconds=8 * HOUR),
        Target(metric=Metric.RESOLUTION, seconds=16 * HOUR),
    ),
)
SUPPORT, BILLING = "C_SUPPORT", "C_BILLING"
ALERTED = SlaWanted(zone=PARIS, metrics=("first_reply",), leads_s=(60 * MINUTE, 15 * MINUTE))
MORE_CHANNELS = (BILLING, "C_FIRST_REPLY", "C_NEXT_REPLY", "C_RESOLUTION")
TUESDAY = at("2026-11-24 09:00", PARIS)


def alert_settings(**given) -> Settings:
    return Settings(
        **{"database_url": "sqlite://", "timezone": PARIS, "schedules": (OFFICE,), "policies": (PROMISES,)} | given
    )


class AlertDesk:
    """A desk whose clock the test moves: `tell` is a sync, `tick` what the worker does twice a minute."""

    def __init__(self, engine, slack, settings=None, now=TUESDAY):
        self.engine, self.slack, self.now = engine, slack, now
        self.settings = settings or alert_settings()
        self.delays = []
        self.subscriptions = Subscriptions(engine)
        self.alerts = self.worker()
        with writing(engine) as connection:
            desk = {"key": "desk", "kind": "demo", "history_start": 0, "synced_at": now, "messages": "all"}
            connection.execute(insert(schema.helpdesks), desk)
            teams = [("support", "Support"), ("billing", "Billing")]
            connection.execute(
                insert(schema.teams), [{"helpdesk": "desk", "external_id": key, "name": name} for key, name in teams]
            )

    def worker(self) -> Alerts:
        """Return one more process that tells alerts."""
        poster = Poster(WebClient(TOKEN, base_url=self.slack.api_url, retry_handlers=[], timeout=5))
        outbox = Outbox(self.engine, poster, self.clock)
        notices = Notices(outbox, poster, self.subscriptions, self.clock)
        voice = Voice(outbox=outbox, poster=poster, notices=notices, delayed=self.delays.append)
        return Alerts(self.engine, self.settings, voice, self.clock)

    def clock(self):
        return float(self.now)

    def subscribe(self, wanted=ALERTED, channel=SUPPORT, **changes):
        return self.subscriptions.add(
            replace(wanted, **changes), team_id="T1", channel=channel, owner="U_BOB", language="en", now=self.now
        )

    def tell(self, *tales):
        """Read these tickets, and know everything up to now."""
        desk = Desk(key="desk", kind="demo", rulebook=self.settings.rulebook, keep_subjects=True)
        with writing(self.engine) as connection:
            store_tickets(connection, desk, [tale.history for tale in tales], self.now)
        self.sync()

    def sync(self):
        with writing(self.engine) as connection:
            connection.execute(update(schema.helpdesks).values(synced_at=self.now))

    def at(self, wall, *, synced=True):
        """Let it be that time on the day that it is, or at another, and tell what is to be told then."""
        day = "2026-11-24 " if len(wall) <= len("09:00:00") else ""
        self.now = at(f"{day}{wall}", PARIS)
        if synced:
            self.sync()
        self.alerts.tick()

    def roots(self, channel=SUPPORT):
        """Return the messages that stand in a channel by themselves."""
        return [one for one in self.posted(channel) if one.thread_ts is None]

    def replies(self, root):
        return [one for one in self.posted(root.channel) if one.thread_ts == root.ts]

    def posted(self, channel):
        return [
            one
            for one in self.slack.workspace.messages
            if one.channel == channel and not (one.deleted or one.ephemeral)
        ]

    def direct(self, user="U_BOB"):
        """Return what the bot has written to somebody directly."""
        found = [one for one in self.slack.workspace.messages if one.user == APP_USER]
        channel = self.slack.directory.direct(user).id
        return [one.text for one in found if one.channel == channel]

    def clocks(self, metric, holds):
        """Return the clocks of a metric that the SLA percentages count and for which something holds."""
        clock, ticket = schema.clock_facts.c, schema.tickets.c
        query = select(ticket.external_id, schema.clock_facts).join(schema.clock_facts, clock.ticket_id == ticket.id)
        with self.engine.connect() as connection:
            rows = connection.execute(query.where(clock.metric == metric, clock.left_out.is_(None))).all()
        counted = [row for row in rows if not (metric == "first_reply" and row.opened_by_agent)]
        return {(row.external_id, row.instance) for row in counted if holds(row)}

    def runs_late(self, row):
        return row.state == "running" and row.late_after < self.now

    def is_broken(self, row):
        return row.breached == 1 or self.runs_late(row)

    @property
    def is_open(self):
        """Whether anybody is at work, so that alerts may be told."""
        return OFFICE.schedule.elapsed(self.now, self.now + 1) == 1


def alert_slack() -> StandInSlack:
    everybody = frozenset({APP_USER, "U_BOB", "U_ALICE"})
    channels = [Channel(id=SUPPORT, name="support", members=everybody)]
    channels += [Channel(id=key, name=key[2:].lower(), members=everybody) for key in MORE_CHANNELS]
    return StandInSlack(signing_secret=SECRET, bot_token=TOKEN, channels=channels)

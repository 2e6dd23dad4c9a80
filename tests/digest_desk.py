"""A desk with two Mondays to compare, and digests that tell a stand-in Slack of them."""

import time
from dataclasses import replace

from alert_desk import OFFICE, PROMISES
from cast import MINUTE, PARIS, Tale, at
from slack_desk import SECRET, TOKEN
from slack_sdk import WebClient
from sqlalchemy import insert, select, update

from bot.access import Access
from bot.asking import Asker
from bot.database import writing
from bot.demo.slack import Channel, StandInSlack
from bot.demo.slack.directory import APP_USER, TEAM
from bot.digests.making import Means
from bot.digests.run import Digests
from bot.facts import remember_rules, rules_of
from bot.posting.notices import Notices
from bot.posting.outbox import Outbox
from bot.posting.send import posting_once
from bot.questions import Questions
from bot.recurrence import WORKING_DAYS, Recurrence
from bot.settings import Settings
from bot.settings_access import AccessTable
from bot.slack.directory import SlackDirectory
from bot.storage import Desk, store_tickets
from bot.subscriptions import DigestWanted, Subscriptions
from bot.tables import deliveries
from kpi import schema

SUPPORT, BILLING = "C_SUPPORT", "C_BILLING"
MORNING = Recurrence(at=510, zone=PARIS, weekdays=WORKING_DAYS)
WANTED = DigestWanted(recurrence=MORNING, kpis=("volume", "fcr", "csat"))
MONDAY, TUESDAY = at("2026-11-23 18:00", PARIS), at("2026-11-24 08:30", PARIS)


def digest_settings(**given) -> Settings:
    usual = {
        "database_url": "sqlite://",
        "timezone": PARIS,
        "schedules": (OFFICE,),
        "policies": (PROMISES,),
        "access": AccessTable(leads=("U_BOB",)),
    }
    return Settings(**usual | given)


def solved(number, day, *, at_once, team="support", hour="09:00"):
    """Return a ticket of a day that was solved there, with one reply or with two."""
    start = at(f"2026-11-{day} {hour}", PARIS) + number * 5 * MINUTE
    tale = Tale(start, f"{day}-{team}-{number}", team=team).replies(start + 10 * MINUTE)
    if not at_once:
        tale.asks(start + 20 * MINUTE).replies(start + 30 * MINUTE)
    return tale.solved(start + 40 * MINUTE)


def a_monday(day, *, at_once, of=40):
    """Return as many tickets of a Monday, so many of them solved at first contact, two thirds of them in Billing."""
    return [
        solved(number, day, at_once=number < at_once, team="support" if number % 3 == 0 else "billing")
        for number in range(of)
    ]


def open_ticket(name, asked, team="support", **values):
    return Tale(asked, name, team=team, **values)


class DigestDesk:
    """A desk whose clock the test moves: `tick` is what the worker does again and again."""

    def __init__(self, engine, slack, settings=None, now=MONDAY):
        self.engine, self.slack, self.now = engine, slack, now
        self.settings = settings or digest_settings()
        self.subscriptions = Subscriptions(engine)
        self.gone = set()
        with writing(engine) as connection:
            desk = {"key": "desk", "kind": "demo", "history_start": 0, "synced_at": now, "messages": "all"}
            connection.execute(insert(schema.helpdesks), desk)
            teams = [("support", "Support"), ("billing", "Billing <!channel>")]
            connection.execute(
                insert(schema.teams), [{"helpdesk": "desk", "external_id": key, "name": name} for key, name in teams]
            )
            remember_rules(connection, "desk", rules_of(connection, "desk", self.settings.rulebook))
        self.asker = Asker(engine, self.settings)
        self.digests = self.worker()

    def worker(self, workers=4) -> Digests:
        """Return one more process that tells digests."""
        poster = posting_once(TOKEN, self.slack.api_url)
        poster._client.timeout = 5
        outbox = Outbox(self.engine, poster, self.clock)
        client = WebClient(TOKEN, base_url=self.slack.api_url)
        means = Means(
            asker=self.asker,
            access=Access(self.settings.access, self.engine, SlackDirectory(client)),
            questions=Questions(self.engine),
            subscriptions=self.subscriptions,
            outbox=outbox,
            poster=poster,
            notices=Notices(outbox, poster, self.subscriptions, self.clock),
            helpdesks=("desk",),
            is_gone=lambda _, user: user in self.gone,
            clock=self.clock,
        )
        return Digests(means, workers)

    def clock(self):
        return float(self.now)

    def subscribe(self, wanted=WANTED, channel=SUPPORT, owner="U_BOB", language="en", **changes):
        wanted = replace(wanted, **changes)
        return self.subscriptions.add(
            wanted, team_id=TEAM, channel=channel, owner=owner, language=language, now=self.now
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
        """Let it be a time of November 2026 and tell what is to be told then."""
        self.now = at(f"2026-11-{wall}", PARIS)
        if synced:
            self.sync()
        self.tick()

    def tick(self, digests=None):
        """Tell what is due, once, to its end."""
        worker = digests or self.digests
        worker.tick()
        until = time.monotonic() + 20
        while not worker.idle():
            assert time.monotonic() < until, "it takes too long"
            time.sleep(0.005)

    def roots(self, channel=SUPPORT):
        return [one for one in self.posted(channel) if one.thread_ts is None]

    def replies(self, root):
        return [one for one in self.posted(root.channel) if one.thread_ts == root.ts]

    def posted(self, channel):
        return [one for one in self.slack.workspace.messages if one.channel == channel and not one.deleted]

    def direct(self, user="U_BOB"):
        return [one.text for one in self.posted(self.slack.directory.direct(user).id)]

    def states(self):
        with self.engine.connect() as connection:
            return dict(connection.execute(select(deliveries.c.key, deliveries.c.state)).all())


def digest_slack() -> StandInSlack:
    everybody = frozenset({APP_USER, "U_BOB", "U_ALICE", "U_DINA"})
    names = {SUPPORT: "support", BILLING: "billing"}
    channels = [Channel(id=key, name=name, members=everybody) for key, name in names.items()]
    return StandInSlack(signing_secret=SECRET, bot_token=TOKEN, channels=channels)

"""Digests and alerts in the demo: told as time passes there, however fast somebody makes it pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from time import sleep

import structlog
from slack_sdk import WebClient

from bot.access import Access
from bot.alerts.run import alerts_for
from bot.asking import Asker
from bot.demo.desk import DemoDesk
from bot.demo.slack import StandInSlack
from bot.demo.slack.directory import TEAM
from bot.demo.workplace import LEAD, ORDERS, SUPPORT
from bot.digests.making import post_now
from bot.digests.run import digests_for
from bot.helpdesks.demo.story import ZONE
from bot.posting.send import SendError, posting_once
from bot.recurrence import WORKING_DAYS, Recurrence
from bot.slack.directory import SlackDirectory
from bot.subscriptions import DigestWanted, SlaWanted, Subscriptions
from kpi.errors import KpiError
from kpi.question import Filter

TOLD_EVERY_S = 2
READ_EVERY_S = 60

STEPS = 24
SHORTEST_STEP_S = 900
"""The demo's clock is moved in steps, so that alerts come when they are due and not all at the end."""

BEFORE_S = 12 * 3600
"""For so long the channels have had their alerts when the demo begins."""

EVERY_MORNING = Recurrence(at=8 * 60 + 30, zone=ZONE, weekdays=WORKING_DAYS, calendar="FR")

log = structlog.get_logger(__name__)


class DemoTelling:
    """Tells what is due in the demo; `move` lets time pass."""

    def __init__(self, desk: DemoDesk, asker: Asker, slack: StandInSlack) -> None:
        self._desk, self._asker = desk, asker
        settings, token = desk.settings, slack.bot_token
        people = SlackDirectory(WebClient(token, base_url=slack.api_url))
        self._poster = posting_once(token, slack.api_url, every_s=0)
        self._access = Access(settings.access, desk.engine, people)
        self._subscriptions = Subscriptions(desk.engine)
        self._digests = digests_for(desk.engine, settings, asker, poster=self._poster, people=people, clock=desk.clock)
        self._alerts = alerts_for(desk.engine, settings, self._poster, desk.clock)
        self._telling = Lock()

    def begin(self) -> None:
        """Give the channels their digest and alerts, and post the digest, unless somebody has decided otherwise."""
        if self._subscriptions.every():
            return
        now, language = int(self._desk.clock()), self._desk.settings.language
        whose = {"team_id": TEAM, "owner": LEAD, "language": language}
        morning = self._subscriptions.add(DigestWanted(recurrence=EVERY_MORNING), channel=SUPPORT, now=now, **whose)
        orders = (Filter(dimension="team", values=("orders",)),)
        for channel, filters in ((SUPPORT, ()), (ORDERS, orders)):
            self._subscriptions.add(SlaWanted(zone=ZONE, filters=filters), channel=channel, now=now - BEFORE_S, **whose)
        try:
            post_now(self._asker, self._access, self._poster, morning, now)
        except (KpiError, SendError) as error:
            log.warning("demo_without_digest", error=str(error))

    def tell(self) -> None:
        """Tell what is due at this moment."""
        with self._telling:
            try:
                self._digests.tick()
                while not self._digests.idle():
                    sleep(0.02)
                self._alerts.tick()
            except KpiError as error:
                log.warning("demo_not_told", error=error.key, values=error.values)

    def move(self, seconds: float) -> None:
        """Let time pass, read what happened and tell what comes due meanwhile.

        Raises ValueError when time would go back.
        """
        step = max(SHORTEST_STEP_S, seconds / STEPS)
        while True:
            with self._telling:  # not before what happened meanwhile is read
                self._desk.move(min(step, seconds))
            self.tell()
            seconds -= step
            if seconds <= 0:
                return

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Read the helpdesk and tell what is due while this lasts."""
        stopping = Event()

        def keep_up() -> None:
            rounds = 0
            while not stopping.wait(TOLD_EVERY_S):
                rounds += 1
                try:
                    if rounds * TOLD_EVERY_S % READ_EVERY_S == 0:
                        self._desk.read()
                except KpiError as error:
                    log.warning("demo_not_read", error=error.key, values=error.values)
                self.tell()

        thread = Thread(target=keep_up, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()
            self._digests.stop()

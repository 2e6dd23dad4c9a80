"""The tick of alerts: finds clocks that come due, and has every message looked after."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from bot import metrics
from bot.alerts.book import KEPT_S, Book
from bot.alerts.clocks import Clock, changed_messages, clocks_of, due_clocks, facts_version, horizon, matching
from bot.alerts.life import may_be_told
from bot.alerts.telling import Teller, Voice
from bot.alerts.world import World, world
from bot.posting.notices import Notices
from bot.posting.outbox import Outbox
from bot.posting.send import Poster
from bot.settings import Settings
from bot.subscriptions import Kind, SlaWanted, Subscription, Subscriptions
from bot.text import Text
from kpi.errors import KpiError, QuestionError
from kpi.filters import choose

GROUPED_FROM = 6
"""So many at once are told in one message."""

WORKERS = 4
DAY_S = 86_400

log = structlog.get_logger(__name__)


class Alerts:
    """Tells of clocks that come due, once each, and keeps every message as its ticket is.

    Args:
        engine: the database, in which every replica finds what was told.
        settings: opening hours, which helpdesks count, and how often they are read.
        voice: how things get to Slack.
        clock: tells the time, seconds since 1970.
    """

    def __init__(self, engine: Engine, settings: Settings, voice: Voice, clock: Callable[[], float]) -> None:
        self._engine, self._settings, self._voice, self._clock = engine, settings, voice, clock
        self._subscriptions = Subscriptions(engine)
        self._ticking = Lock()
        self._seen = self._forgets_at = 0
        self.book = Book(engine)
        self._teller = Teller(engine, settings, self.book, voice, clock)

    def tick(self) -> None:
        """Tell what is to be told now. Raises StorageError."""
        with self._ticking:
            now = int(self._clock())
            if now >= self._forgets_at:
                self._forgets_at = now + DAY_S
                self.book.forget_old(now)
            orders = [one for one in self._subscriptions.every(Kind.SLA) if not one.is_paused]
            if not orders:
                return
            with world(self._engine, self._settings, now) as known:
                looked = [order for order in orders if self._open_surely(order, known)]
            self._subscriptions.looked_at(looked, now)
            with self._engine.connect() as connection:
                version = facts_version(connection)
                messages = changed_messages(connection, now, self._seen)
            with ThreadPoolExecutor(WORKERS, thread_name_prefix="alerts") as pool:
                done = list(pool.map(self.look_after, messages))
            # What could not be brought up to date is looked at again; so is what another worker had.
            self._seen = version if all(done) else self._seen

    def look_after(self, message: str) -> bool:
        """Bring a message up to date, unless another worker does; return whether that is done."""
        try:
            claimed = self.book.claim(message, int(self._clock()))
            if claimed is None:
                return False
            order = self._subscriptions.of(claimed.subscription)
            if order is not None and isinstance(order.wanted, SlaWanted):
                self._teller.bring_up_to_date(claimed, order, order.wanted)
        except KpiError as error:
            log.warning("alert_failed", alert=message, error=error.key, values=error.values)
            return False
        except Exception:
            log.exception("alert_failed", alert=message)  # the others are told all the same
            return False
        return True

    def next_opening(self, message: str, now: int) -> int | None:
        """Return when the time of a message's clocks goes on after the next pause; None where it never pauses."""
        found = self.book.find(message)
        with world(self._engine, self._settings, now) as known, known.frames.connect() as connection:
            clocks = clocks_of(connection, found.alerts if found is not None else ())
            rules = [(known.rules.get(clock.helpdesk), clock) for clock, _ in clocks.values() if clock.business]
            schedules = [each.schedule(clock.attributes, now) for each, clock in rules if each is not None]
        return min((each.next_opening(now) for each in schedules if each is not None), default=None)

    def _open_surely(self, order: Subscription, known: World) -> bool:
        """Make a subscription's messages, and tell whether that is done.

        One that fails, or has just ended, keeps no other from being told.
        """
        try:
            self._open(order, known)
        except KpiError as error:
            log.warning("alerts_not_opened", subscription=order.id, error=error.key, values=error.values)
        except IntegrityError:
            log.info("subscription_ended", subscription=order.id)
        except Exception:
            log.exception("alerts_not_opened", subscription=order.id)
        else:
            return True
        return False

    def _open(self, order: Subscription, known: World) -> None:
        """Make messages of what nobody was told of."""
        if not isinstance(order.wanted, SlaWanted):
            raise TypeError(order.wanted)
        self._tell_blind(order, known)
        try:
            found = self._due(order, order.wanted, known)
        except QuestionError as error:
            log.warning("alerts_unfiltered", subscription=order.id, error=error.key, values=error.values)
            self._voice.notices.tell(order, f"{order.id}:{error.key}", Text(order.language).error(error))
            return
        for clocks in [found] if len(found) >= GROUPED_FROM else [[clock] for clock in found]:
            self.book.open(order.id, clocks, known.now)

    def _due(self, order: Subscription, wanted: SlaWanted, known: World) -> list[Clock]:
        """Return the clocks to tell of that nobody was told of, the most urgent first. Raises QuestionError."""
        chosen = choose(wanted.filters, known.frames)
        if not known.sighted:
            return []
        longest = max(wanted.leads_s)
        # Not within what is known: what was told a moment ago, by another subscription of the channel, is told.
        with self._engine.connect() as connection:
            found = due_clocks(
                connection,
                order,
                wanted,
                # What was told so long ago that it is forgotten isn't told anew.
                since=max(order.created_at, known.now - KEPT_S),
                until=horizon([known.rules[name] for name in known.sighted], longest, known.now),
                helpdesks=known.sighted,
            )
        kept = matching(found, chosen)
        clocks = [clock for clock, _ in found if clock.key in kept]
        return [
            clock for clock in clocks if may_be_told(known.sight(clock, known.now, matches=True), wanted, known.now)
        ]

    def _tell_blind(self, order: Subscription, known: World) -> None:
        """Tell the owner, once a day, that a helpdesk can't be read: nothing is told of its clocks meanwhile."""
        text = Text(order.language)
        for helpdesk, read_at in known.blind.items():
            if isinstance(order.wanted, SlaWanted) and read_at >= order.created_at:
                at = text.instant(read_at, order.wanted.zone)
                what = text("notice.what.sla", channel="\0")
                words = text("notice.blind", what=what, helpdesk=helpdesk, at=at)
                # Once a day: while it catches up, it is read a little further every moment.
                self._voice.notices.tell(order, f"{order.id}:blind:{helpdesk}:{known.now // DAY_S}", words)


def alerts_for(engine: Engine, settings: Settings, poster: Poster, clock: Callable[[], float]) -> Alerts:
    """Return alerts that go to Slack by a poster; `clock` tells the time, seconds since 1970."""
    outbox = Outbox(engine, poster, clock)
    notices = Notices(outbox, poster, Subscriptions(engine), clock)
    voice = Voice(outbox=outbox, poster=poster, notices=notices, delayed=metrics.alert_delay)
    return Alerts(engine, settings, voice, clock)

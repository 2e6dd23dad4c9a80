"""Telling an alert: its message is posted once and edited after that; what is new goes into its thread, once."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import structlog
from sqlalchemy import Engine

from bot.alerts.book import AlertMessage, Book, Key, Posted
from bot.alerts.clocks import Clock, clocks_of, matching
from bot.alerts.layout import Layout, Told, shown
from bot.alerts.life import ENDED, WAITING, Alert, Look, News, Phase, look
from bot.alerts.world import World, world
from bot.posting.notices import Notices
from bot.posting.outbox import Outbox, Outcome, Parcel, State
from bot.posting.send import Message, Poster, SendError
from bot.settings import Settings
from bot.subscriptions import SlaWanted, Subscription, Subscriptions
from bot.text import Text
from kpi.errors import QuestionError
from kpi.filters import choose

TRIED_AGAIN_S = 15

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How things get to Slack.

    Attributes:
        outbox: posts each thing once.
        poster: edits what was posted.
        notices: tells owners what is wrong.
        delayed: called with the seconds between the moment an alert was to be told and its message.
    """

    outbox: Outbox
    poster: Poster
    notices: Notices
    delayed: Callable[[float], None] = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """An alert of a message: what was told, what follows now, how it is said, and since when that was to be told."""

    before: Alert
    look: Look
    said: Told
    due_at: int | None


class Teller:
    """Brings messages up to date. `clock` tells the time, seconds since 1970."""

    def __init__(
        self, engine: Engine, settings: Settings, book: Book, voice: Voice, clock: Callable[[], float]
    ) -> None:
        self._engine, self._settings, self._book, self._voice, self._clock = engine, settings, book, voice, clock
        self._subscriptions = Subscriptions(engine)

    def bring_up_to_date(self, message: AlertMessage, order: Subscription, wanted: SlaWanted) -> None:
        """Post what is to be said of a claimed message now, write that down and leave the message.

        Raises StorageError.
        """
        now = int(self._clock())
        # Read after the claim: facts from before it could take back what another worker has just told.
        with world(self._engine, self._settings, now) as known:
            items = self._items(message, order, wanted, known)
        if items is None:
            self._book.release(message, now + TRIED_AGAIN_S)
            return
        layout = Layout(text=Text(order.language), zone=wanted.zone)
        forms = layout.message(message.id, [item.said for item in items.values()])
        there = self._show(message, order, forms, items)
        if there is None or not self._tell_news(message, order, wanted, items, layout, there):
            self._book.release(message, now + TRIED_AGAIN_S)
            return
        self._book.keep(
            message,
            {key: item.said.alert for key, item in items.items()},
            {key: item.said.clock.version for key, item in items.items() if item.said.clock is not None},
            shown=shown(forms),
            next_at=min((item.look.next_at for item in items.values() if item.look.next_at is not None), default=None),
        )

    def _items(
        self, message: AlertMessage, order: Subscription, wanted: SlaWanted, known: World
    ) -> dict[Key, _Item] | None:
        """Return the alerts of a message; None while nothing can be said of one of them."""
        with known.frames.connect() as connection:
            found = clocks_of(connection, message.alerts)
        if not all(known.knows(clock) for clock, _ in found.values()):
            return None
        try:
            kept = matching(list(found.values()), choose(wanted.filters, known.frames))
        except QuestionError:
            kept = set(found)  # a team that it names is known no longer, which its owner is told
        return {
            key: self._item(message, before, found[key][0] if key in found else None, known, order, wanted, key in kept)
            for key, before in message.alerts.items()
        }

    def _item(  # noqa: PLR0917  # what one look takes
        self,
        message: AlertMessage,
        before: Alert,
        clock: Clock | None,
        known: World,
        order: Subscription,
        wanted: SlaWanted,
        matches: bool,  # noqa: FBT001
    ) -> _Item:
        sight = known.sight(clock, message.created_at, matches=matches)
        follows = look(before, sight, wanted, known.now)
        due_at = None
        if clock is not None and follows.phase in WAITING:
            due_at = _due(clock, follows, known, order, wanted, is_first=message.shown is None)
        if message.shown is None:
            follows = replace(follows, news=())  # the message itself is what is new
        alert = _after(before, follows, known.now, is_first=message.shown is None)
        return _Item(
            before=before,
            look=follows,
            said=Told(alert=alert, clock=sight.clock, team=known.team(clock), left_s=sight.left_s),
            due_at=due_at,
        )

    def _show(
        self, message: AlertMessage, order: Subscription, forms: Sequence[Message], items: Mapping[Key, _Item]
    ) -> Posted | None:
        """Post a message, or edit it into what it is now to say; return where it stands.

        That is where it was posted first, wherever its subscription tells by now. None when Slack can't take it now.
        """
        parcel = self._parcel(message.delivery, order, order.channel, due_at=message.created_at)
        outcome = self._send(order, parcel, forms)
        there = self._book.posted(message)
        if there is None:
            return None
        if outcome.mine:
            self._subscriptions.succeeded(order)
            self._measure(outcome, items)
        elif message.shown != shown(forms) and not self._edit(there, forms):
            return None
        return there

    def _edit(self, there: Posted, forms: Sequence[Message]) -> bool:
        """Put other words into a message; return whether that is over and done with."""
        try:
            self._voice.poster.edit(there.channel, there.ts, forms)
        except SendError as error:
            log.warning("alert_not_edited", channel=there.channel, error=error.code)
            return not error.is_temporary  # somebody may have deleted it
        return True

    def _tell_news(  # noqa: PLR0917  # what news is made of, and where it goes
        self,
        message: AlertMessage,
        order: Subscription,
        wanted: SlaWanted,
        items: Mapping[Key, _Item],
        layout: Layout,
        there: Posted,
    ) -> bool:
        """Post what is new into the thread; return whether that is over and done with."""
        new: dict[News, list[Told]] = defaultdict(list)
        for item in items.values():
            for news in item.look.news:
                new[news].append(item.said)
        if not new:
            return True
        key = f"{message.delivery}:{_name(items)}"
        thread = replace(
            self._parcel(key, order, there.channel), thread=there.ts, broadcast=News.BREACH in new and wanted.broadcast
        )
        told = self._send(order, thread, layout.news(new, wanted.escalate_to))
        self._measure(told, items)
        is_over = told.state is State.SENT or (told.state is State.FAILED and there.channel != order.channel)
        channel = wanted.escalate_to
        if is_over and News.ESCALATION in new and channel is not None and not channel.startswith("S"):
            parcel = self._parcel(f"{message.delivery}:escalation", order, channel)
            return self._escalate(order, parcel, layout.news({News.ESCALATION: new[News.ESCALATION]}, None))
        return is_over

    def _escalate(self, order: Subscription, parcel: Parcel, forms: Sequence[Message]) -> bool:
        """Post to the channel that is escalated to; return whether that is over and done with.

        One that can't be told is its owner's to mend, and holds up nothing of the alerts' own channel.
        """
        told = self._voice.outbox.send(parcel, lambda: forms)
        if told.mine and told.state is State.FAILED:
            words = Text(order.language)("notice.escalation", code=told.error, channel="\0")
            self._voice.notices.tell(order, f"{order.id}:escalation:{parcel.channel}:{told.error}", words)
        return told.state in {State.SENT, State.FAILED}

    def _measure(self, outcome: Outcome, items: Mapping[Key, _Item]) -> None:
        """Tell how late a message is that this worker has brought there."""
        due = [item.due_at for item in items.values() if item.due_at is not None]
        if due and outcome.mine and outcome.state is State.SENT:
            self._voice.delayed(self._clock() - min(due))

    def _send(self, order: Subscription, parcel: Parcel, forms: Sequence[Message]) -> Outcome:
        outcome = self._voice.outbox.send(parcel, lambda: forms)
        if parcel.channel == order.channel:  # what can't be told where it once told is nothing against it
            self._voice.notices.undelivered(order, parcel, outcome)
        return outcome

    def _parcel(self, key: str, order: Subscription, channel: str, *, due_at: int | None = None) -> Parcel:
        return Parcel(
            key=key,
            team_id=order.team_id,
            channel=channel,
            due_at=int(self._clock()) if due_at is None else due_at,
            subscription=order.id,
            repeatable=True,
        )


def _due(
    clock: Clock, follows: Look, known: World, order: Subscription, wanted: SlaWanted, *, is_first: bool
) -> int | None:
    """Return since when what follows was to be told; None of what people brought about."""
    if is_first:
        return known.was_due(clock, wanted, max(wanted.leads_s), order.created_at)
    if News.BREACH in follows.news:
        return known.was_due(clock, wanted, None, order.created_at)
    if {News.LEAD, News.REMINDER}.isdisjoint(follows.news):
        return None
    return known.was_due(clock, wanted, follows.lead_s, order.created_at)


def _after(before: Alert, follows: Look, now: int, *, is_first: bool) -> Alert:
    """Return an alert once what follows has been told."""
    phase, news = follows.phase, follows.news
    if News.AGAIN in news:
        before = Alert(phase=phase)
    if News.SNOOZE_OVER in news:
        before = replace(before, snoozed_until=None, snoozed_by=None)
    heard = phase is Phase.BREACHED and (is_first or not {News.BREACH, News.SNOOZE_OVER, News.AGAIN}.isdisjoint(news))
    return replace(
        before,
        phase=phase,
        lead_s=follows.lead_s,
        breached_at=now if heard else before.breached_at,
        reminded_at=now if News.REMINDER in news else before.reminded_at,
        escalated_at=now if News.ESCALATION in news else before.escalated_at,
        ended_at=(before.ended_at or now) if phase in ENDED else None,
    )


def _name(items: Mapping[Key, _Item]) -> str:
    """Return what news is called: the same by whoever tells it, and as often as it is tried."""
    said = [
        f"{key} {news} {item.look.lead_s} {item.before.ended_at} {item.before.snoozed_until}"
        for key, item in items.items()
        for news in item.look.news
    ]
    return sha256("\n".join(sorted(said)).encode()).hexdigest()[:16]

"""Digests and KPI alerts when they are due: longest due first, each once, none waiting for another."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Lock
from typing import Protocol

import structlog
from sqlalchemy import Engine

from bot.access import Access, Directory
from bot.asking import Asker
from bot.digests import alert
from bot.digests.alert import Verdict
from bot.digests.layout import thread
from bot.digests.making import Made, Means, Round, kept, viewer
from bot.posting.forms import forms, simpler
from bot.posting.notices import Notices
from bot.posting.outbox import CONCLUDED, Outbox, Outcome, Parcel, State
from bot.posting.refusals import TOKEN_REFUSED
from bot.posting.send import Message, Poster
from bot.questions import Asked, Questions
from bot.recurrence import Occurrence
from bot.render.elements import actions, button
from bot.render.mrkdwn import escape
from bot.settings import Settings
from bot.subscriptions import OWNER_GONE, DigestWanted, KpiWanted, Subscription, Subscriptions
from bot.text import Text
from kpi.errors import AccessError, KpiError, QuestionError
from kpi.period import midnight

WORKERS = 16
"""How many channels are told at a time. Most of them wait: for Slack, or for the second between a digest and what
stands in its thread."""

FRESH_WITHIN_S = 600
"""How much older than its time the data of a digest may be."""

PATIENCE_S = 1800
"""How long a digest waits for fresh data."""

FORGETS_EVERY_S = 86_400
"""How often what was delivered long ago is forgotten."""

log = structlog.get_logger(__name__)


class Digests:
    """Tells what is due. A channel is told by one thread at a time, so one that is slow holds up no other."""

    def __init__(self, means: Means, workers: int = WORKERS) -> None:
        self._means = means
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="digests")
        self._lock, self._busy, self._stopping = Lock(), set[tuple[str, str]](), Event()
        self._started = self._forgets_at = self._now

    @property
    def _now(self) -> int:
        return int(self._means.clock())

    def start(self) -> None:
        """Go on with what was paused because Slack refused the bot's token; call it once a token works.

        Raises StorageError.
        """
        going_on = self._means.subscriptions.resume_all(TOKEN_REFUSED)
        if going_on:
            log.info("subscriptions_resumed", count=going_on)

    def tick(self) -> None:
        """Begin to tell what is due, where nothing is being told; return at once. Raises StorageError."""
        if self._now >= self._forgets_at:
            self._forgets_at = self._now + FORGETS_EVERY_S
            self._means.outbox.forget_old()
        this = Round(asker=self._means.asker.shared(), now=self._now)
        waiting: dict[tuple[str, str], list[Subscription]] = {}
        for subscription in self._means.subscriptions.due(this.now):
            waiting.setdefault((subscription.team_id, subscription.channel), []).append(subscription)
        for place, due in waiting.items():
            with self._lock:
                if place in self._busy or self._stopping.is_set():
                    continue
                self._busy.add(place)
            self._pool.submit(self._tell_all, place, due, this)

    def stop(self) -> None:
        """Begin nothing more, and wait for what is being told."""
        self._stopping.set()
        self._pool.shutdown(wait=True)

    def idle(self) -> bool:
        """Tell whether nothing is being told."""
        with self._lock:
            return not self._busy

    def _tell_all(self, place: tuple[str, str], due: Sequence[Subscription], this: Round) -> None:
        try:
            for subscription in due:
                if self._stopping.is_set():
                    return
                self._tell(subscription, this)
        finally:
            with self._lock:
                self._busy.discard(place)

    def _tell(self, subscription: Subscription, this: Round) -> None:
        """Tell one subscription; what goes wrong is tried again while its time lasts."""
        if subscription.next_at is None:
            return
        with structlog.contextvars.bound_contextvars(subscription=subscription.id):
            try:
                match subscription.wanted:
                    case DigestWanted() as wanted:
                        self._tell_digest(subscription, wanted, wanted.recurrence.next(subscription.next_at - 1), this)
                    case KpiWanted() as wanted:
                        self._tell_alert(subscription, wanted, wanted.recurrence.next(subscription.next_at - 1), this)
            except KpiError as error:
                log.warning("not_told", error=error.key, values=error.values)
            except Exception:
                log.exception("not_told")

    # --- Digests -----------------------------------------------------------------------------------------------------

    def _tell_digest(
        self, subscription: Subscription, wanted: DigestWanted, occurrence: Occurrence, this: Round
    ) -> None:
        means, parcel = self._means, self._parcel("digest", subscription, occurrence)
        if self._now >= midnight(occurrence.day + timedelta(days=1), wanted.recurrence.zone):
            self._conclude(subscription, parcel, means.outbox.miss(parcel))
            return
        if self._waits(occurrence) or self._is_orphan(subscription, parcel):
            return
        made = Made(means, this, subscription, wanted, occurrence, late=not self._is_fresh(occurrence))
        outcome = means.outbox.send(parcel, made.messages)
        if outcome.state is State.SENT and not self._tell_teams(subscription, made, outcome):
            return
        self._conclude(subscription, parcel, outcome)

    def _tell_teams(self, subscription: Subscription, made: Made, outcome: Outcome) -> bool:
        """Post the figures by team into the thread; return whether that is over and done with."""
        text = Text(subscription.language)
        found = thread(made.digest, text)
        if found is None:
            return True
        reply = self._parcel("thread", subscription, made.occurrence, thread=outcome.ts)
        told = self._means.outbox.send(reply, lambda: simpler(*found, self._means.poster))
        return told.state in CONCLUDED

    def _conclude(self, subscription: Subscription, parcel: Parcel, outcome: Outcome) -> None:
        """Count what became of an occurrence and let it be over; one that still is to be posted stays due."""
        failed = outcome.state in {State.FAILED, State.UNSURE}
        if outcome.state not in CONCLUDED or (failed and not outcome.mine):
            return  # whoever it failed for tells the owner, or another worker once that one is gone
        means = self._means
        if outcome.state is State.SENT:
            means.subscriptions.succeeded(subscription)
        means.notices.undelivered(subscription, parcel, outcome)
        means.subscriptions.advance(subscription)

    # --- Alerts on KPIs ----------------------------------------------------------------------------------------------

    def _tell_alert(self, subscription: Subscription, wanted: KpiWanted, occurrence: Occurrence, this: Round) -> None:
        means, recurrence = self._means, wanted.recurrence
        if recurrence.next(occurrence.at).at <= self._now:
            log.warning("alert_skipped", day=str(occurrence.day))  # the next one tells of later figures
            means.subscriptions.advance(subscription)
            return
        parcel = self._parcel("kpi", subscription, occurrence)
        if self._waits(occurrence) or self._is_orphan(subscription, parcel):
            return
        text = Text(subscription.language)
        try:
            found = alert.find(this.asker, wanted, occurrence, this.now, viewer(means.access, subscription))
        except (AccessError, QuestionError) as error:
            means.notices.tell(subscription, f"{parcel.key}:refused", text.error(error))
            means.subscriptions.advance(subscription)
            return
        if found.verdict is not Verdict.TOLD or found.answer is None:
            log.info("alert_not_told", why=found.verdict.value)
            means.subscriptions.advance(subscription)
            return
        if found.watched is not None:  # a week is told of once, however often it is looked at
            parcel = self._parcel("kpi", subscription, occurrence, of=f"week:{found.watched.week.start}")
        answer, reason = found.answer, alert.reason(wanted, found, self._streak(subscription, wanted, occurrence), text)
        key = kept(means.questions, Asked(question=answer.question), subscription, self._now)
        row = [] if key is None else actions([button(text("button.digest_look"), "digest_kpi", f"{key} {wanted.kpi}")])
        outcome = means.outbox.send(parcel, lambda: forms(answer, text, means.poster, row, above=reason))
        self._conclude(subscription, parcel, outcome)

    def _streak(self, subscription: Subscription, wanted: KpiWanted, occurrence: Occurrence) -> int:
        """Return how many times in a row it is told, this one included."""
        told = {one.due_at for one in self._means.outbox.delivered(subscription.id, "kpi:") if one.state is State.SENT}
        streak, before = 1, wanted.recurrence.previous(occurrence.at)
        while before.at in told:
            streak, before = streak + 1, wanted.recurrence.previous(before.at)
        return streak

    # --- What both have in common ------------------------------------------------------------------------------------

    def _parcel(
        self,
        kind: str,
        subscription: Subscription,
        occurrence: Occurrence,
        *,
        of: str | None = None,
        thread: str | None = None,
    ) -> Parcel:
        return Parcel(
            key=f"{kind}:{subscription.id}:{of or occurrence.day}",
            team_id=subscription.team_id,
            channel=subscription.channel,
            due_at=occurrence.at,
            subscription=subscription.id,
            thread=thread,
        )

    def _waits(self, occurrence: Occurrence) -> bool:
        """Tell whether fresher data may still come; a process that has just started gives the sync its time too."""
        return not self._is_fresh(occurrence) and self._now < max(occurrence.at, self._started) + PATIENCE_S

    def _is_fresh(self, occurrence: Occurrence) -> bool:
        means = self._means
        if not means.helpdesks:
            return True
        synced = means.asker.freshness(means.helpdesks).synced_at
        return synced is not None and synced >= occurrence.at - FRESH_WITHIN_S

    def _is_orphan(self, subscription: Subscription, parcel: Parcel) -> bool:
        """Pause what belongs to somebody who left, and tell the channel; return whether it does."""
        means, text = self._means, Text(subscription.language)
        try:
            if not means.is_gone(subscription.team_id, subscription.owner):
                return False
        except OSError as error:
            log.info("owner_unknown", error=str(error))
            return False
        means.subscriptions.pause(subscription, OWNER_GONE, self._now)
        if not subscription.is_personal:
            note = Parcel(
                key=f"notice:{parcel.key}:gone",
                team_id=parcel.team_id,
                channel=parcel.channel,
                due_at=parcel.due_at,
                subscription=parcel.subscription,
            )
            words = escape(text(f"digest.owner_gone.{subscription.kind}"))
            means.outbox.send(note, lambda: [Message(text=words)])
        return True


class People(Directory, Protocol):
    """What Slack knows of people, and who has left."""

    def is_gone(self, team_id: str, user: str) -> bool:
        """Tell whether a user has left a workspace; raises OSError when Slack can't tell."""
        ...


def digests_for(
    engine: Engine, settings: Settings, asker: Asker, *, poster: Poster, people: People, clock: Callable[[], float]
) -> Digests:
    """Return digests that go to Slack by a poster that repeats nothing; `clock` tells the time, seconds since 1970."""
    outbox, subscriptions = Outbox(engine, poster, clock), Subscriptions(engine)
    means = Means(
        asker=asker,
        access=Access(settings.access, engine, people),
        questions=Questions(engine),
        subscriptions=subscriptions,
        outbox=outbox,
        poster=poster,
        notices=Notices(outbox, poster, subscriptions, clock),
        helpdesks=[helpdesk.key for helpdesk in settings.helpdesks],
        is_gone=people.is_gone,
        clock=clock,
    )
    return Digests(means)

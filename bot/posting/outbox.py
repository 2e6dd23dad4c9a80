"""What the bot posts by itself, once: every message is a row that one worker claims, posts and marks as sent.

A worker that dies leaves its claim to the next one once the lease is over. Where it may have died between Slack's
answer and the mark, nobody knows whether the message is there. An alert is then looked for in its channel, by the key
that it carries, and posted again when it isn't there, or when the bot may not read there; a digest is not posted again,
and its owner is told.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import structlog
from sqlalchemy import ColumnElement, Engine, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot import metrics
from bot.database import writing
from bot.posting.send import Message, Poster, SendError
from bot.tables import deliveries

LEASE_S = 120
"""For so long a claim holds: longer than the slowest answer and Slack's patience together."""

RETRY_FIRST_S = 15
RETRY_AT_MOST_S = 900

CLOCKS_APART_S = 300
"""How far Slack's clock may be behind."""

KEPT_S = 90 * 86_400

log = structlog.get_logger(__name__)


class State(StrEnum):
    """What has become of a delivery."""

    CLAIMED = "claimed"  # a worker is making it; nothing has been posted
    SENDING = "sending"  # a worker is posting it
    WAITING = "waiting"  # not taken for now; to be tried again
    SENT = "sent"
    FAILED = "failed"  # Slack won't take it, however often it is tried
    UNSURE = "unsure"  # may have been posted; not to be tried again
    MISSED = "missed"  # its time was over before it could be posted


CONCLUDED = frozenset({State.SENT, State.FAILED, State.UNSURE, State.MISSED})
"""What nothing more becomes of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Something to be posted once.

    Attributes:
        key: the occurrence, which begins with its kind; whoever posts the same has the same key.
        due_at: when it was to be posted.
        thread: the message that it replies to.
        broadcast: whether a reply is also shown in the channel.
        repeatable: rather twice than not at all, when nobody knows.
    """

    key: str
    team_id: str
    channel: str
    due_at: int
    subscription: str | None = None
    thread: str | None = None
    broadcast: bool = False
    repeatable: bool = False

    @property
    def kind(self) -> str:
        """What it is, for whoever counts: `digest`, its `thread`, `kpi`, `alert`, `notice`."""
        return self.key.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of it: `ts` names the message once it is sent; `error` is Slack's word.

    `mine` is whether it is for this worker to tell and to count: it brought it about, or whoever did died since.
    """

    state: State
    ts: str | None = None
    error: str | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of something that was due at an instant."""

    key: str
    state: State
    due_at: int
    error: str | None


class Outbox:
    """Posts what is to be posted once. `holder` names this worker; `clock` tells the time, seconds since 1970."""

    def __init__(self, engine: Engine, poster: Poster, clock: Callable[[], float], holder: str | None = None) -> None:
        self._engine, self._poster, self._clock = engine, poster, clock
        self._holder = holder or secrets.token_hex(6)

    def send(self, parcel: Parcel, messages: Callable[[], Iterable[Message]]) -> Outcome:
        """Post it unless somebody else has or does; return what has become of it.

        Args:
            parcel: what is posted, and where.
            messages: makes the same in simpler and simpler blocks; what it raises gives the claim back.

        Raises StorageError, and whatever `messages` raises.
        """
        attempt = self._claim(parcel)
        if not attempt:
            return self._found(parcel)
        there = self._look_for(parcel) if attempt > 1 and parcel.repeatable else None
        if there is not None:
            self._mark(parcel, State.SENT, State.CLAIMED, ts=there, sent_at=self._now, error=None)
            return Outcome(state=State.SENT, ts=there, mine=True)
        try:
            forms = list(messages())
        except BaseException:
            self._mark(parcel, State.WAITING, State.CLAIMED, leased_until=self._now + RETRY_FIRST_S)
            raise
        if not self._mark(parcel, State.SENDING, State.CLAIMED, leased_until=self._now + LEASE_S):
            return self._found(parcel)  # it took so long that another worker has it
        return self._post(parcel, forms)

    def miss(self, parcel: Parcel) -> Outcome:
        """Give up what was to be posted by now, unless somebody posts it; return what has become of it.

        Raises StorageError.
        """
        if not self._claim(parcel):
            return self._found(parcel)
        self._mark(parcel, State.MISSED, State.CLAIMED)
        log.warning("missed", delivery=parcel.key, channel=parcel.channel)
        return Outcome(state=State.MISSED, mine=True)

    def untold(self, subscription: str, prefix: str) -> list[Delivered]:
        """Return what was not surely sent of a subscription since it last was, the oldest first."""
        found: list[Delivered] = []
        for one in self.delivered(subscription, prefix):
            if one.state is State.SENT:
                break
            if one.state in CONCLUDED:
                found.append(one)
        return found[::-1]

    def delivered(self, subscription: str, prefix: str) -> list[Delivered]:
        """Return what became of the deliveries of a subscription whose keys begin alike, the latest first."""
        table = deliveries.c
        query = select(table.key, table.state, table.due_at, table.error).where(
            table.subscription == subscription, table.key.startswith(prefix, autoescape=True)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(table.due_at.desc(), table.key.desc())).all()
        return [Delivered(key=row.key, state=State(row.state), due_at=row.due_at, error=row.error) for row in rows]

    def forget_old(self) -> None:
        """Delete what was delivered long ago; raises StorageError."""
        with writing(self._engine) as connection:
            connection.execute(delete(deliveries).where(deliveries.c.due_at < self._now - KEPT_S))

    @property
    def _now(self) -> int:
        return int(self._clock())

    def _claim(self, parcel: Parcel) -> int:
        """Make it this worker's; return which attempt this is, 0 when it is another's."""
        table, now = deliveries.c, self._now
        free = or_(table.leased_until.is_(None), table.leased_until <= now)
        states = [State.CLAIMED, State.WAITING] + ([State.SENDING] if parcel.repeatable else [])
        row = {
            "key": parcel.key,
            "team_id": parcel.team_id,
            "channel": parcel.channel,
            "subscription": parcel.subscription,
            "state": State.CLAIMED.value,
            "holder": self._holder,
            "leased_until": now + LEASE_S,
            "attempts": 1,
            "due_at": parcel.due_at,
        }
        with writing(self._engine) as connection:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            claimed = connection.execute(
                dialect.insert(deliveries)
                .values(row)
                .on_conflict_do_update(
                    index_elements=(table.key,),
                    set_={
                        "channel": parcel.channel,
                        "state": State.CLAIMED.value,
                        "holder": self._holder,
                        "leased_until": now + LEASE_S,
                        "attempts": table.attempts + 1,
                    },
                    where=and_(free, table.state.in_([state.value for state in states])),
                )
                .returning(table.attempts)
            ).first()
        return 0 if claimed is None else claimed.attempts

    def _look_for(self, parcel: Parcel) -> str | None:
        """Return the ts of what an earlier attempt has posted; None when it hasn't, or that can't be told."""
        try:
            return self._poster.find(
                parcel.channel, parcel.key, since=parcel.due_at - CLOCKS_APART_S, thread=parcel.thread
            )
        except SendError as error:
            log.info("delivery_not_looked_for", delivery=parcel.key, error=error.code)
            return None

    def _found(self, parcel: Parcel) -> Outcome:
        """Return what others have made of it.

        Of what is posted only once this worker takes over what another didn't live to tell: a post that it didn't
        confirm is now unsure, and what failed and still is asked about was told to nobody.
        """
        mine = not parcel.repeatable and self._take_over(parcel)
        table = deliveries.c
        with self._engine.connect() as connection:
            row = connection.execute(select(table.state, table.ts, table.error).where(table.key == parcel.key)).one()
        return Outcome(state=State(row.state), ts=row.ts, error=row.error, mine=mine)

    def _take_over(self, parcel: Parcel) -> bool:
        table, now = deliveries.c, self._now
        left, mine = table.leased_until <= now, {"holder": self._holder, "leased_until": now + LEASE_S}
        if self._update(parcel, and_(table.state == State.SENDING.value, left), state=State.UNSURE.value, **mine):
            metrics.delivered(parcel.kind, State.UNSURE.value)
            return True
        return self._update(parcel, and_(table.state.in_([State.UNSURE.value, State.FAILED.value]), left), **mine)

    def _post(self, parcel: Parcel, forms: list[Message]) -> Outcome:
        try:
            ts = self._poster.post(
                parcel.channel, forms, thread=parcel.thread, broadcast=parcel.broadcast, key=parcel.key
            )
        except SendError as error:
            return self._refused(parcel, error)
        self._mark(parcel, State.SENT, State.SENDING, ts=ts, sent_at=self._now, error=None)
        log.info("delivered", delivery=parcel.key, channel=parcel.channel, late_s=self._now - parcel.due_at)
        return Outcome(state=State.SENT, ts=ts, mine=True)

    def _refused(self, parcel: Parcel, error: SendError) -> Outcome:
        if error.may_have_arrived and not parcel.repeatable:
            state = State.UNSURE
        else:
            state = State.WAITING if error.is_temporary else State.FAILED
        wait = float(LEASE_S) if state in CONCLUDED else self._wait_s(parcel, error)
        self._mark(parcel, state, State.SENDING, error=error.code, leased_until=self._now + round(wait))
        log.warning("not_delivered", delivery=parcel.key, channel=parcel.channel, error=error.code, state=state.value)
        return Outcome(state=state, error=error.code, mine=True)

    def _wait_s(self, parcel: Parcel, error: SendError) -> float:
        if error.retry_after is not None:
            return error.retry_after
        with self._engine.connect() as connection:
            attempts = connection.scalar(select(deliveries.c.attempts).where(deliveries.c.key == parcel.key)) or 1
        return float(min(RETRY_FIRST_S * 2 ** min(attempts - 1, 10), RETRY_AT_MOST_S))

    def _mark(self, parcel: Parcel, state: State, before: State, **values: object) -> bool:
        """Write down how far this worker is; return whether the claim was still its own."""
        table = deliveries.c
        own = and_(table.holder == self._holder, table.state == before.value)
        is_own = self._update(parcel, own, state=state.value, **values)
        if is_own and state in CONCLUDED:
            metrics.delivered(parcel.kind, state.value)
        return is_own

    def _update(self, parcel: Parcel, condition: ColumnElement[bool], **values: object) -> bool:
        table = deliveries.c
        with writing(self._engine) as connection:
            changed = update(deliveries).where(table.key == parcel.key, condition).values(**values)
            return connection.execute(changed.returning(table.key)).first() is not None

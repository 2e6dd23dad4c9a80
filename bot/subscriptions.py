"""What people want to be told without asking again: digests, SLA alerts, alerts on KPIs; in the database."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine, Row, and_, delete, insert, select, update

from bot.database import writing
from bot.recurrence import Recurrence
from bot.tables import subscriptions
from kpi.question import Filter

MINUTE_S = 60
USUAL_LEADS_S = (60 * MINUTE_S, 15 * MINUTE_S)
FEWEST = 10
"""How many a KPI alert must rest on, unless it is told otherwise: fewer make any rate jump."""


LOOKED_AT_EVERY_S = 60
"""Within so long a worker that runs has looked at SLA clocks again, and says so."""


class Kind(StrEnum):
    """What is told."""

    DIGEST = "digest"
    SLA = "sla"
    KPI = "kpi"


class Trigger(StrEnum):
    """When a KPI alert is told."""

    BELOW = "below"
    ABOVE = "above"
    ANOMALY = "anomaly"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestWanted:
    """A digest: `kpis` are keys, empty for those that everybody watches."""

    recurrence: Recurrence
    kpis: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours in which nothing is posted, `[start, end)`: minutes after local midnight, over it where `end` is first."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaWanted:
    """Alerts on SLA clocks.

    Attributes:
        zone: in which times are written and quiet hours are meant.
        filters: which tickets.
        metrics: which promises, of `kpi.policies.Metric`; empty for all.
        leads_s: how long before it is due, in the clock's own time (business or calendar), longest first.
        broadcast: a breach is also shown in the channel, not only in the thread.
        escalate_after_s: so long after the message nobody has acknowledged it; None for no escalation.
        escalate_to: a user group (`S…`) or a channel (`C…`, `G…`).
        quiet: hours in which nothing is posted.
    """

    zone: str
    filters: tuple[Filter, ...] = ()
    metrics: tuple[str, ...] = ()
    leads_s: tuple[int, ...] = USUAL_LEADS_S
    broadcast: bool = True
    escalate_after_s: int | None = None
    escalate_to: str | None = None
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiWanted:
    """An alert on a KPI: its figure of each period that has passed, told when it is beyond `threshold` or unusual.

    `threshold` is in the KPI's unit: a ratio 0-1, seconds, or as it counts. `fewest` is how many it must rest on.
    """

    recurrence: Recurrence
    kpi: str
    trigger: Trigger
    threshold: float | None = None
    filters: tuple[Filter, ...] = ()
    fewest: int = FEWEST


Wanted = DigestWanted | SlaWanted | KpiWanted

_JSON: dict[Kind, TypeAdapter[Any]] = {
    Kind.DIGEST: TypeAdapter(DigestWanted),
    Kind.SLA: TypeAdapter(SlaWanted),
    Kind.KPI: TypeAdapter(KpiWanted),
}
_KIND_OF = {DigestWanted: Kind.DIGEST, SlaWanted: Kind.SLA, KpiWanted: Kind.KPI}

ASKED = "asked"
"""Why a subscription is paused that somebody paused."""

OWNER_GONE = "owner_gone"
"""Why a subscription is paused whose owner has left the workspace."""

GIVEN_UP_AFTER = 3
"""Permanent failures in a row that pause a subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Something to be told, again and again.

    Attributes:
        team_id: the Slack workspace.
        channel: where it is told; one of direct messages for a person's own.
        owner: the Slack user who made it: what it tells is what that person may show there.
        language: of what is told.
        next_at: when a digest or a KPI alert is due, and SLA clocks are looked at again; None while it is paused.
        paused_for: why nothing is told: `asked`, or Slack's word; None while it is.
        failures: permanent ones in a row.
        created_at: nothing that was due before is told.
    """

    id: str
    team_id: str
    channel: str
    owner: str
    language: str
    wanted: Wanted
    created_at: int
    next_at: int | None = None
    paused_at: int | None = None
    paused_for: str | None = None
    failures: int = 0

    @property
    def kind(self) -> Kind:
        """What is told."""
        return _KIND_OF[type(self.wanted)]

    @property
    def is_personal(self) -> bool:
        """Whether nobody but its owner reads it."""
        return self.channel.startswith("D")

    @property
    def is_paused(self) -> bool:
        """Whether nothing is told for the time being."""
        return self.paused_at is not None


def next_at(wanted: Wanted, now: int) -> int:
    """Return when something is due first after an instant; what follows tickets is looked at again and again."""
    return now + LOOKED_AT_EVERY_S if isinstance(wanted, SlaWanted) else wanted.recurrence.next(now).at


class Subscriptions:
    """The subscriptions in the database; every replica knows them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, wanted: Wanted, *, team_id: str, channel: str, owner: str, language: str, now: int) -> Subscription:
        """Store a subscription and return it. Raises StorageError."""
        made = Subscription(
            id=secrets.token_hex(4),
            team_id=team_id,
            channel=channel,
            owner=owner,
            language=language,
            wanted=wanted,
            created_at=now,
            next_at=next_at(wanted, now),
        )
        with writing(self._engine) as connection:
            connection.execute(insert(subscriptions).values(_row(made)))
        return made

    def change(self, changed: Subscription, now: int) -> Subscription:
        """Store what somebody changed of a subscription; it is due anew from now on. Raises StorageError."""
        found = replace(changed, next_at=None if changed.is_paused else next_at(changed.wanted, now))
        with writing(self._engine) as connection:
            connection.execute(
                update(subscriptions).where(subscriptions.c.id == found.id).values(**_row(found), failures=0)
            )
        return replace(found, failures=0)

    def pause(self, subscription: Subscription, why: str, now: int) -> Subscription:
        """Stop telling something; raises StorageError."""
        return self.change(replace(subscription, paused_at=now, paused_for=why), now)

    def resume(self, subscription: Subscription, since: int) -> Subscription:
        """Tell it again, and what was due since an instant; raises StorageError."""
        return self.change(replace(subscription, paused_at=None, paused_for=None), since)

    def remove(self, key: str) -> None:
        """Forget a subscription with its alerts; raises StorageError."""
        with writing(self._engine) as connection:
            connection.execute(delete(subscriptions).where(subscriptions.c.id == key))

    def find(self, team_id: str, key: str) -> Subscription | None:
        """Return a subscription of a workspace; None when there is none such."""
        table = subscriptions.c
        found = self._read(table.id == key, table.team_id == team_id)
        return found[0] if found else None

    def of(self, key: str) -> Subscription | None:
        """Return a subscription of any workspace; None when there is none such."""
        found = self._read(subscriptions.c.id == key)
        return found[0] if found else None

    def of_channel(self, team_id: str, channel: str, *kinds: Kind) -> list[Subscription]:
        """Return what is told in a channel, of some kinds or all, the oldest first."""
        table = subscriptions.c
        return self._read(table.team_id == team_id, table.channel == channel, _among(kinds))

    def of_owner(self, team_id: str, owner: str) -> list[Subscription]:
        """Return what a person has made, the oldest first."""
        table = subscriptions.c
        return self._read(table.team_id == team_id, table.owner == owner)

    def every(self, *kinds: Kind) -> list[Subscription]:
        """Return all of some kinds, the oldest first."""
        return self._read(_among(kinds))

    def due(self, now: int) -> list[Subscription]:
        """Return the digests and KPI alerts that are due, longest due first: nobody waits behind who came later."""
        found = self._read(subscriptions.c.next_at <= now, _among([Kind.DIGEST, Kind.KPI]))
        return sorted(found, key=lambda one: (one.next_at or 0, one.id))

    def looked_at(self, looked: Collection[Subscription], now: int) -> None:
        """Remember that the clocks of SLA alerts were looked at, unless that was a moment ago; raises StorageError."""
        keys = [one.id for one in looked if one.next_at is None or one.next_at <= now]
        if keys:
            table = subscriptions.c
            going = update(subscriptions).where(table.id.in_(keys), table.paused_at.is_(None))
            with writing(self._engine) as connection:
                connection.execute(going.values(next_at=now + LOOKED_AT_EVERY_S))

    def advance(self, subscription: Subscription) -> bool:
        """Let the occurrence that was due be over; return whether nobody said so before. Raises StorageError.

        The one after it is due then, whether its time has come already or not.
        """
        table, over = subscriptions.c, subscription.next_at
        if over is None:
            return False
        with writing(self._engine) as connection:
            moved = (
                update(subscriptions)
                .where(table.id == subscription.id, table.next_at == over)
                .values(next_at=next_at(subscription.wanted, over))
            )
            return connection.execute(moved.returning(table.id)).first() is not None

    def succeeded(self, subscription: Subscription) -> None:
        """Forget earlier failures; raises StorageError."""
        if subscription.failures:
            with writing(self._engine) as connection:
                connection.execute(
                    update(subscriptions).where(subscriptions.c.id == subscription.id).values(failures=0)
                )

    def failed(self, subscription: Subscription, why: str, now: int, *, for_good: bool) -> bool:
        """Count a permanent failure; return whether it paused the subscription: the third does, or one `for_good`.

        Raises StorageError.
        """
        table = subscriptions.c
        with writing(self._engine) as connection:
            counted = (
                update(subscriptions)
                .where(table.id == subscription.id, table.paused_at.is_(None))
                .values(failures=table.failures + 1)
                .returning(table.failures)
            )
            failures = connection.scalar(counted)
            if failures is None or (failures < GIVEN_UP_AFTER and not for_good):
                return False
            connection.execute(
                update(subscriptions)
                .where(table.id == subscription.id)
                .values(paused_at=now, paused_for=why, next_at=None)
            )
        return True

    def resume_all(self, whys: Collection[str]) -> int:
        """Tell again what was paused for reasons that have gone, and what was due since; return how many.

        Raises StorageError.
        """
        paused = self._read(subscriptions.c.paused_for.in_(sorted(whys)))
        for one in paused:
            self.resume(one, one.paused_at or one.created_at)
        return len(paused)

    def _read(self, *conditions: Any) -> list[Subscription]:  # noqa: ANN401  # SQLAlchemy's conditions
        query = select(subscriptions).where(and_(*conditions))
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(subscriptions.c.created_at, subscriptions.c.id)).all()
        return [found for found in map(_subscription, rows) if found is not None]


def _among(kinds: Sequence[Kind]) -> Any:  # noqa: ANN401  # SQLAlchemy's conditions
    return subscriptions.c.kind.in_([kind.value for kind in kinds or tuple(Kind)])


def _row(made: Subscription) -> dict[str, Any]:
    return {
        "id": made.id,
        "kind": made.kind.value,
        "team_id": made.team_id,
        "channel": made.channel,
        "owner": made.owner,
        "language": made.language,
        "wanted": _JSON[made.kind].dump_json(made.wanted).decode(),
        "next_at": made.next_at,
        "paused_at": made.paused_at,
        "paused_for": made.paused_for,
        "created_at": made.created_at,
    }


def _subscription(row: Row[Any]) -> Subscription | None:
    """Return a row as a subscription; None for one of a version that wanted otherwise."""
    try:
        wanted = _JSON[Kind(row.kind)].validate_json(row.wanted)
    except (ValidationError, ValueError):
        return None
    return Subscription(
        id=row.id,
        team_id=row.team_id,
        channel=row.channel,
        owner=row.owner,
        language=row.language,
        wanted=wanted,
        created_at=row.created_at,
        next_at=row.next_at,
        paused_at=row.paused_at,
        paused_for=row.paused_for,
        failures=row.failures,
    )

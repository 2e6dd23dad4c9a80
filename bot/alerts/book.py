"""What was told of which clocks, in the database: one row a message, which one worker at a time looks after."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, case, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.alerts.clocks import Clock
from bot.alerts.life import Alert, Phase
from bot.database import writing
from bot.tables import alert_messages, alerts, deliveries

LEASE_S = 120

KEPT_S = 60 * 86_400
"""For so long a message follows its tickets: not as long as its delivery is remembered, or it would be posted anew."""

Key = tuple[int, str, int]
"""A clock: its ticket, metric and instance."""

_STORED = tuple(field.name for field in fields(Alert))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMessage:
    """A message with the alerts that it tells of; `shown` is a digest of what it says, None before it is posted."""

    id: str
    subscription: str
    created_at: int
    shown: str | None
    alerts: dict[Key, Alert]

    @property
    def delivery(self) -> str:
        """The key that it is posted under."""
        return f"alert:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Where a message stands in Slack."""

    channel: str
    ts: str


class Book:
    """The alerts in the database. `holder` names this worker."""

    def __init__(self, engine: Engine, holder: str | None = None) -> None:
        self._engine = engine
        self._holder = holder or secrets.token_hex(6)

    def open(self, subscription: str, clocks: Sequence[Clock], now: int) -> str | None:
        """Make a message for clocks that nobody was told of; those that another worker took are left out.

        Returns its id, None when none is left. Raises StorageError.
        """
        message = secrets.token_hex(8)
        row = {"id": message, "subscription": subscription, "created_at": now, "next_at": now}
        rows = [
            {
                "subscription": subscription,
                **dict(zip(("ticket_id", "metric", "instance"), clock.key, strict=True)),
                "told_in": message,
                "version": clock.version,
                "phase": Phase.CALM.value,
                "due_at": clock.due_at,
            }
            for clock in clocks
        ]
        with writing(self._engine) as connection:
            connection.execute(insert(alert_messages).values(row))
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            taken = dialect.insert(alerts).values(rows).on_conflict_do_nothing().returning(alerts.c.ticket_id)
            if not connection.execute(taken).all():
                connection.execute(alert_messages.delete().where(alert_messages.c.id == message))
                return None
        return message

    def claim(self, message: str, now: int) -> AlertMessage | None:
        """Make a message this worker's to look after; None when another has it. Raises StorageError."""
        table = alert_messages.c
        free = or_(table.leased_until.is_(None), table.leased_until <= now)
        with writing(self._engine) as connection:
            row = connection.execute(
                update(alert_messages)
                .where(table.id == message, free)
                .values(holder=self._holder, leased_until=now + LEASE_S, next_at=now + LEASE_S)
                .returning(*_COLUMNS)
            ).one_or_none()
            return None if row is None else _message(row, connection)

    def release(self, message: AlertMessage, next_at: int | None) -> None:
        """Leave a message as it is, to be looked at again at an instant. Raises StorageError."""
        self._close(message, {}, {}, next_at=next_at)

    def keep(
        self,
        message: AlertMessage,
        told: dict[Key, Alert],
        versions: dict[Key, int],
        *,
        shown: str,
        next_at: int | None,
    ) -> None:
        """Write down what was told, and leave the message. Raises StorageError.

        What people did meanwhile — acknowledge, snooze, mute — stays.
        """
        self._close(message, told, versions, shown=shown, next_at=next_at)

    def _close(
        self,
        message: AlertMessage,
        told: Mapping[Key, Alert],
        versions: Mapping[Key, int],
        *,
        next_at: int | None,
        **values: object,
    ) -> None:
        table = alert_messages.c
        # Who did something with it meanwhile wants it looked at again at once.
        coming = case((table.next_at == table.leased_until, next_at), else_=table.next_at)
        with writing(self._engine) as connection:
            own = and_(table.id == message.id, table.holder == self._holder)
            closed = update(alert_messages).where(own)
            closed = closed.values(holder=None, leased_until=None, next_at=coming, **values)
            if connection.execute(closed.returning(table.id)).first() is None:
                return  # it took so long that another worker has it, which tells what is to be told
            for key, alert in told.items():
                changed = _changes(message.alerts[key], alert)
                if key in versions:
                    changed["version"] = versions[key]
                mine = and_(alerts.c.told_in == message.id, _is(key))
                connection.execute(update(alerts).where(mine).values(**changed))

    def forget_old(self, now: int) -> None:
        """Delete messages of long ago with their alerts; raises StorageError."""
        with writing(self._engine) as connection:
            connection.execute(delete(alert_messages).where(alert_messages.c.created_at < now - KEPT_S))

    # --- What people do ------------------------------------------------------------------------------------------

    def acknowledge(self, message: str, user: str, now: int) -> str | None:
        """Let somebody take care of a message's tickets; return who did so first, None when it is this person now."""
        return self._take(message, "acknowledged", now, user)

    def mute(self, message: str, user: str, now: int) -> str | None:
        """Tell nothing more of a message's tickets; return who wanted that first, None when it is this person now."""
        return self._take(message, "muted", now, user)

    def snooze(self, message: str, user: str, until: int, now: int) -> None:
        """Tell nothing of a message's tickets before an instant. Raises StorageError."""
        told = alerts.c
        with writing(self._engine) as connection:
            connection.execute(
                update(alerts)
                .where(told.told_in == message, told.ended_at.is_(None))
                .values(snoozed_until=until, snoozed_by=user)
            )
            _look_at(connection, message, now)

    def _take(self, message: str, what: str, now: int, user: str) -> str | None:
        told = alerts.c
        at, by = told[f"{what}_at"], told[f"{what}_by"]
        with writing(self._engine) as connection:
            first = connection.scalar(select(by).where(told.told_in == message, at.is_not(None)).order_by(at).limit(1))
            changed = update(alerts).where(told.told_in == message, at.is_(None)).values({at: now, by: user})
            taken = connection.execute(changed.returning(told.ticket_id)).first() is not None
            _look_at(connection, message, now)
        return None if taken else first

    # --- What there is -------------------------------------------------------------------------------------------

    def find(self, message: str) -> AlertMessage | None:
        """Return a message with its alerts; None when there is none such."""
        table = alert_messages.c
        query = select(*_COLUMNS).where(table.id == message)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else _message(row, connection)

    def messages(self, subscription: str) -> list[str]:
        """Return the messages of a subscription whose story goes on, the oldest first."""
        told, message = alerts.c, alert_messages.c
        query = (
            select(message.id, message.created_at)
            .join(alerts, told.told_in == message.id)
            .where(message.subscription == subscription, told.ended_at.is_(None))
            .distinct()
        )
        with self._engine.connect() as connection:
            return [row.id for row in connection.execute(query.order_by(message.created_at, message.id))]

    def posted(self, message: AlertMessage) -> Posted | None:
        """Return where a message stands; None before it does."""
        sent = deliveries.c
        query = select(sent.channel, sent.ts).where(sent.key == message.delivery, sent.ts.is_not(None))
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Posted(channel=row.channel, ts=row.ts)


_COLUMNS = tuple(alert_messages.c[name] for name in ("id", "subscription", "created_at", "shown"))


def _message(row: Any, connection: Connection) -> AlertMessage:  # noqa: ANN401  # a row of _COLUMNS
    rows = connection.execute(select(alerts).where(alerts.c.told_in == row.id)).all()
    told = {(one.ticket_id, one.metric, one.instance): _alert(one) for one in rows}
    return AlertMessage(
        id=row.id, subscription=row.subscription, created_at=row.created_at, shown=row.shown, alerts=told
    )


def _alert(row: Row[Any]) -> Alert:
    stored = {name: getattr(row, name) for name in _STORED}
    return replace(Alert(**stored), phase=Phase(row.phase))


def _changes(before: Alert, after: Alert) -> dict[str, Any]:
    """Return what a worker has changed; the rest may have been changed by somebody else."""
    changed = {name: getattr(after, name) for name in _STORED if getattr(after, name) != getattr(before, name)}
    return changed | {"phase": after.phase.value}


def _is(key: Key) -> Any:  # noqa: ANN401  # SQLAlchemy's conditions
    ticket_id, metric, instance = key
    return and_(alerts.c.ticket_id == ticket_id, alerts.c.metric == metric, alerts.c.instance == instance)


def _look_at(connection: Connection, message: str, now: int) -> None:
    connection.execute(update(alert_messages).where(alert_messages.c.id == message).values(next_at=now))

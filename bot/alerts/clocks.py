"""SLA clocks as alerts read them: the same rows that the SLA percentages count."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import narwhals as nw
import pandas as pd
from sqlalchemy import Connection, Row, Select, and_, exists, select

from bot.subscriptions import SlaWanted, Subscription
from bot.tables import alert_messages, alerts, subscriptions
from kpi.filters import Chosen
from kpi.policies import Attributes, Metric, Rulebook
from kpi.schema import clock_facts, ticket_facts, tickets, versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock as its facts have it (`kpi.schema.clock_facts`), with what its ticket is called."""

    helpdesk: str
    ticket_id: int
    metric: str
    instance: int
    external_id: str
    url: str | None
    subject: str | None
    level: str | None
    left_out: str | None
    opened_by_agent: int
    team: str | None
    priority: str | None
    channel: str | None
    type: str | None
    brand: str | None
    target_s: int
    business: int
    state: str
    started_at: int
    stopped_at: int | None
    stopped_by: str | None
    elapsed_s: int | None
    due_at: int | None
    late_after: int | None
    breached: int | None
    version: int

    @property
    def key(self) -> tuple[int, str, int]:
        """Which clock it is."""
        return self.ticket_id, self.metric, self.instance

    @property
    def counts(self) -> bool:
        """Whether the SLA percentages count it: its ticket counts, and somebody waits for the reply."""
        return self.left_out is None and not (self.metric == Metric.FIRST_REPLY and self.opened_by_agent)

    @property
    def attributes(self) -> Attributes:
        """What its ticket is, as schedules ask for it."""
        return {name: getattr(self, name) for name in ("team", "priority", "level", "type", "channel", "brand")}


_OF_TICKET = {"external_id", "url", "subject", "level"}
_NAMES = tuple(field.name for field in fields(Clock))
_FILTERED = ("helpdesk", "team", "agent", "priority", "channel", "type", "brand", "status", "customer", "tags")


@cache
def _columns() -> tuple[Any, ...]:
    def column(name: str) -> Any:  # noqa: ANN401  # SQLAlchemy's columns
        if name == "version":
            return ticket_facts.c.version
        return tickets.c[name] if name in _OF_TICKET else clock_facts.c[name]

    return tuple(map(column, _NAMES))


def _clocks() -> Select[Any]:
    return (
        select(*_columns(), *(clock_facts.c[name].label(f"filtered_{name}") for name in _FILTERED))
        .join(tickets, tickets.c.id == clock_facts.c.ticket_id)
        .join(ticket_facts, ticket_facts.c.ticket_id == clock_facts.c.ticket_id)
    )


def due_clocks(
    connection: Connection,
    order: Subscription,
    wanted: SlaWanted,
    *,
    since: int,
    until: "Horizon",
    helpdesks: Collection[str],
) -> list[tuple[Clock, Row[Any]]]:
    """Return running clocks that come due up to an instant and that nobody was told of, the most urgent first.

    Args:
        connection: to the database.
        order: for which alerts; what another subscription tells in its channel isn't told twice.
        wanted: what it wants told; its filters are for `matching`.
        since: what was late before isn't told.
        until: the last that matters.
        helpdesks: of which; of others nobody knows what has happened since.
    """
    clock, told, elsewhere, other = clock_facts.c, alerts.c, alerts.alias(), subscriptions.alias()
    same = and_(
        told.subscription == order.id,
        told.ticket_id == clock.ticket_id,
        told.metric == clock.metric,
        told.instance == clock.instance,
    )
    told_there = exists().where(
        elsewhere.c.ticket_id == clock.ticket_id,
        elsewhere.c.metric == clock.metric,
        elsewhere.c.instance == clock.instance,
        elsewhere.c.subscription != order.id,
        elsewhere.c.ended_at.is_(None),
        elsewhere.c.subscription == other.c.id,
        other.c.team_id == order.team_id,
        other.c.channel == order.channel,
        other.c.paused_at.is_(None),
    )
    query = (
        _clocks()
        .outerjoin(alerts, same)
        .where(
            clock.state == "running",
            clock.late_after > since,  # a narrow range of the index
            clock.late_after <= until.late_after,
            clock.due_at <= until.due_at,
            clock.helpdesk.in_(sorted(helpdesks)),
            clock.metric.in_(wanted.metrics or tuple(Metric)),
            clock.left_out.is_(None),
            told.ticket_id.is_(None),
            ~told_there,
        )
        .order_by(clock.due_at, clock.ticket_id, clock.metric, clock.instance)
    )
    found = [(_clock(row), row) for row in connection.execute(query)]
    return [(each, row) for each, row in found if each.counts]


def clocks_of(
    connection: Connection, keys: Iterable[tuple[int, str, int]]
) -> dict[tuple[int, str, int], tuple[Clock, Row[Any]]]:
    """Return clocks by what they are; those of tickets that are gone for good are missing."""
    wanted = set(keys)
    query = _clocks().where(clock_facts.c.ticket_id.in_(sorted({ticket_id for ticket_id, _, _ in wanted})))
    found = {(clock := _clock(row)).key: (clock, row) for row in connection.execute(query)}
    return {key: one for key, one in found.items() if key in wanted}


def changed_messages(connection: Connection, now: int, seen: int) -> Sequence[str]:
    """Return the alert messages to look at: their time has come, or a ticket of theirs changed after version `seen`."""
    message, alert, facts, order = alert_messages.c, alerts.c, ticket_facts.c, subscriptions.c
    told = select(message.id, message.created_at).join(subscriptions, order.id == message.subscription)
    active = told.where(order.paused_at.is_(None))
    due = active.where(message.next_at <= now)
    # By way of the few tickets that changed: of alerts there are as many as were ever told.
    changed = select(facts.ticket_id).where(facts.version > seen)
    moved = (
        active.join(alerts, alert.told_in == message.id)
        .join(ticket_facts, facts.ticket_id == alert.ticket_id)
        .where(alert.ticket_id.in_(changed), facts.version != alert.version)
    )
    rows = connection.execute(due.union(moved)).all()
    return [row.id for row in sorted(rows, key=lambda row: (row.created_at, row.id))]


def facts_version(connection: Connection) -> int:
    """Return the version of the facts: what changes later has a higher one."""
    return connection.scalar(select(versions.c.version).where(versions.c.name == "facts")) or 0


def matching(found: Sequence[tuple[Clock, Row[Any]]], chosen: Sequence[Chosen]) -> set[tuple[int, str, int]]:
    """Return which clocks filters keep; without filters, all."""
    if not found:
        return set()
    columns: Mapping[str, list[Any]] = {
        name: [getattr(row, f"filtered_{name}") for _, row in found] for name in _FILTERED
    }
    table = pd.DataFrame({name: pd.Series(values, dtype="string[python]") for name, values in columns.items()})
    frame = nw.from_native(table.assign(place=range(len(found))))
    for one in chosen:
        frame = frame.filter(one.condition(""))
    return {found[place][0].key for place in frame["place"].to_list()}


def _clock(row: Row[Any]) -> Clock:
    return Clock(**{name: getattr(row, name) for name in _NAMES})


def remaining(clock: Clock, rules: Rulebook, now: int) -> int:
    """Return the seconds until it is due, in its own time: business time where it counts that; below 0 none is left."""
    if clock.due_at is None:
        raise ValueError("a clock that is not running is never due")
    schedule = rules.schedule(clock.attributes, now) if clock.business else None
    if schedule is None or clock.due_at <= now:
        return clock.due_at - now
    return schedule.elapsed(now, clock.due_at)


def reached(clock: Clock, rules: Rulebook, lead_s: int, since: int, now: int) -> int:
    """Return the first instant in `[since, now]` at which no more time than that was left; now when there is none."""
    return since + bisect_left(range(since, now), True, key=lambda at: remaining(clock, rules, at) <= lead_s)


@dataclass(frozen=True, slots=True)
class Horizon:
    """The last instant at which a clock can be due, and the last after which such a one can be late."""

    due_at: int
    late_after: int


def horizon(rules: Iterable[Rulebook], lead_s: int, now: int) -> Horizon:
    """Return how far off clocks can be due that have so little time left."""
    schedules = [rule.schedule for each in rules for rule in each.schedules if rule.schedule is not None]
    due_at = max([now + lead_s, *(schedule.add(now, lead_s) for schedule in schedules)])
    return Horizon(due_at, max([due_at, *(schedule.last(due_at, 0) for schedule in schedules)]))


def opens_at(clock: Clock, rules: Rulebook, now: int) -> int:
    """Return when its time goes on: now, or at the next opening."""
    schedule = rules.schedule(clock.attributes, now) if clock.business else None
    return now if schedule is None else max(now, schedule.last(now, 0))

"""Stored events ─▶ facts: `kpi.history.fold` over what the database holds, for some tickets or for all of them."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from itertools import islice
from typing import Any, TypeVar

import structlog
from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    RowMapping,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    column,
    delete,
    func,
    or_,
    select,
    update,
    values,
)

from bot.database import upsert, writing
from bot.settings import Settings
from bot.tables import facts_rules
from kpi import schema
from kpi.errors import KpiError
from kpi.events import Author, Change, Contact, Field, History, Message, Rating, Status, Ticket, Work
from kpi.history import fold
from kpi.policies import Rulebook

log = structlog.get_logger()

FACTS_VERSION = 1
"""Counted up when `kpi.history` changes what facts say: every database then makes them again."""

BATCH = 500
GROUPS_AT_ONCE = 200
"""Each takes three variables, and older SQLites allow 999 in a statement."""

Progress = Callable[[int, int | None], None]
"""Called with the number of tickets done and of those left, None when that is unknown."""

Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Yield the items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def team_names(connection: Connection, helpdesk: str) -> dict[str, str]:
    """Return the names of a helpdesk's teams by identifier."""
    teams = schema.teams
    found = connection.execute(select(teams.c.external_id, teams.c.name).where(teams.c.helpdesk == helpdesk))
    return {row.external_id: row.name for row in found}


def read_histories(connection: Connection, ids: Collection[int]) -> dict[int, History]:
    """Return everything stored of these tickets by their id, whether it was synced or imported."""
    tables = {
        "changes": (schema.ticket_changes, Change),
        "messages": (schema.messages, Message),
        "ratings": (schema.ratings, Rating),
        "contacts": (schema.contacts, Contact),
        "work": (schema.work, Work),
    }
    found: dict[str, dict[int, list[Any]]] = {}
    for name, (table, kind) in tables.items():
        found[name] = defaultdict(list)
        for row in connection.execute(select(table).where(table.c.ticket_id.in_(ids))).mappings():
            found[name][row["ticket_id"]].append(_event(kind, row))
    rows = connection.execute(select(schema.tickets).where(schema.tickets.c.id.in_(ids))).mappings()
    return {
        row["id"]: History(
            ticket=_event(Ticket, row), **{name: tuple(events[row["id"]]) for name, events in found.items()}
        )
        for row in rows
    }


_READ: dict[str, Callable[[Any], Any]] = {
    "status": Status,
    "field": Field,
    "actor_kind": Author,
    "author_kind": Author,
    "opened_by_agent": bool,
    "public": bool,
    "automatic": bool,
    "abandoned": bool,
    "tags": lambda text: tuple(text.strip("|").split("|")) if text else (),
}


def _event(kind: Callable[..., Item], row: RowMapping) -> Item:
    """Return a row as the event it was stored from."""
    return kind(**{name: read(row[name]) if read else row[name] for name, read in _readers(kind)})


@cache
def _readers(kind: Callable[..., object]) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    return tuple((field.name, _READ.get(field.name)) for field in fields(kind))  # type: ignore[arg-type]  # a dataclass


def refold(connection: Connection, rules: Rulebook, ids: Collection[int]) -> list[str]:
    """Make the facts of these tickets again from all that is stored of them; rows that stay the same aren't written.

    Return the tickets, by the helpdesk's own identifiers, of which no facts can be made: they count in no KPI.
    """
    failed: list[str] = []
    since: dict[tuple[str, str, str], int] = {}
    for batch in batches(sorted(ids)):
        _note_groups(connection, batch, since)
        failed += _replace_facts(connection, rules, batch)
        _note_groups(connection, batch, since)
        _link_contacts(
            connection, select(schema.ticket_facts.c.ticket_id).where(schema.ticket_facts.c.ticket_id.in_(batch))
        )
    by_helpdesk = defaultdict(list)
    for (helpdesk, customer, kind), created_at in since.items():
        by_helpdesk[helpdesk].append((customer, kind, created_at))
    for helpdesk, groups in by_helpdesk.items():
        for some in batches(sorted(groups), GROUPS_AT_ONCE):
            _link_contacts(connection, _tickets_of(helpdesk, some))
    return failed


def _replace_facts(connection: Connection, rules: Rulebook, ids: Sequence[int]) -> list[str]:
    failed: list[str] = []
    rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in schema.FACTS.values()}
    for ticket_id, history in read_histories(connection, ids).items():
        try:
            facts = fold(history, rules)
        except KpiError:
            raise  # about the rules
        except Exception:  # one ticket whose events make no sense must not stop all the others for ever
            failed.append(history.ticket.external_id)
            log.exception("facts_failed", helpdesk=history.ticket.helpdesk, ticket=history.ticket.external_id)
            continue
        rows[schema.ticket_facts].append(facts.ticket | {"ticket_id": ticket_id})
        for table, made in (
            (schema.turn_facts, facts.turns),
            (schema.clock_facts, facts.clocks),
            (schema.span_facts, facts.spans),
        ):
            rows[table] += [row | {"ticket_id": ticket_id} for row in made]
    for table, made in rows.items():
        _delete_others(connection, table, ids, made)
        upsert(connection, table, made)
    return failed


def _delete_others(connection: Connection, table: Table, ids: Sequence[int], rows: list[dict[str, Any]]) -> None:
    """Delete these tickets' facts that are not among the new ones."""
    key = list(table.primary_key)
    wanted = {tuple(row[column.name] for column in key) for row in rows}
    stored = connection.execute(select(*key).where(table.c.ticket_id.in_(ids)))
    others = [tuple(row) for row in stored if tuple(row) not in wanted]
    if others:
        statement = delete(table).where(*(column == bindparam(f"_{column.name}") for column in key))
        connection.execute(statement, [{f"_{c.name}": v for c, v in zip(key, row, strict=True)} for row in others])


def _note_groups(connection: Connection, ids: Sequence[int], since: dict[tuple[str, str, str], int]) -> None:
    """Note the customers and types of these tickets, each with the earliest that can be a next contact."""
    facts = schema.ticket_facts.c
    found = select(facts.helpdesk, facts.customer, facts.type, func.min(facts.created_at))
    found = found.where(facts.ticket_id.in_(ids), facts.customer.is_not(None), facts.type.is_not(None))
    for helpdesk, customer, kind, at in connection.execute(found.group_by(facts.helpdesk, facts.customer, facts.type)):
        group = (helpdesk, customer, kind)
        since[group] = min(at, since.get(group, at))


def _tickets_of(helpdesk: str, groups: Sequence[tuple[str, str, int]]) -> Select[int]:
    """Return the query of the tickets of these customers and types whose next contact may be one from an instant on."""
    facts = schema.ticket_facts.c
    # Joined with, since SQLite looks pairs up in an index only one by one.
    pairs = (
        values(column("customer", Text), column("type", Text), column("since", BigInteger))
        .data(list(groups))
        .cte("pairs")
    )
    same = and_(facts.helpdesk == helpdesk, facts.customer == pairs.c.customer, facts.type == pairs.c.type)
    # One that came back earlier still did so first.
    open_ended = or_(facts.next_contact_at.is_(None), facts.next_contact_at >= pairs.c.since)
    found = select(facts.ticket_id).select_from(pairs.join(schema.ticket_facts, same))
    return found.where(facts.last_solved_at.is_not(None), open_ended)


def _link_contacts(connection: Connection, ids: Select[int]) -> None:
    """Set when the same customer next came back for the same reason, for the tickets that a query chooses."""
    facts, other = schema.ticket_facts, schema.ticket_facts.alias()
    following = (
        select(func.min(other.c.created_at))
        .where(
            other.c.helpdesk == facts.c.helpdesk,
            other.c.customer == facts.c.customer,
            other.c.type == facts.c.type,
            other.c.created_at > facts.c.last_solved_at,
            other.c.ticket_id != facts.c.ticket_id,
            other.c.left_out.is_(None),
        )
        .scalar_subquery()
    )
    query = select(facts.c.ticket_id, facts.c.next_contact_at, following.label("following"))
    found = query.where(facts.c.ticket_id.in_(ids)).subquery()
    differing = select(found).where(found.c.next_contact_at.is_distinct_from(found.c.following))
    changed = [
        {"_ticket_id": row.ticket_id, "_following": row.following} for row in connection.execute(differing).all()
    ]
    if changed:
        statement = update(facts).where(facts.c.ticket_id == bindparam("_ticket_id"))
        connection.execute(statement.values(next_contact_at=bindparam("_following")), changed)


# --- Rules that change -------------------------------------------------------------------------------------------


def fingerprint(rules: Rulebook) -> str:
    """Return a digest of all that facts depend on besides events; of team names, only those that rules mention."""
    mentioned = {word.casefold() for word in rules.teams_mentioned()}
    names = {key: name for key, name in rules.team_names.items() if name.casefold() in mentioned}
    calendars = _holidays_version() if any(a.schedule.country for a in rules.schedules) else None
    made_with = [FACTS_VERSION, calendars, rules.schedules, rules.policies, rules.test_tags, names]
    return sha256(json.dumps(_plain(made_with), sort_keys=True).encode()).hexdigest()


@cache
def _holidays_version() -> str:
    return version("holidays")


def _plain(value: Any) -> Any:  # noqa: ANN401  # any part of a rulebook ─▶ JSON, the same in every process
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.compare}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted((_plain(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value if value is None or isinstance(value, str | int | float) else str(value)


def has_tickets(connection: Connection, helpdesk: str) -> bool:
    """Tell whether anything was stored of this helpdesk."""
    some = select(schema.tickets.c.id).where(schema.tickets.c.helpdesk == helpdesk).limit(1)
    return connection.scalar(some) is not None


def facts_are_stale(connection: Connection, helpdesk: str, rules: Rulebook) -> bool:
    """Tell whether facts of this helpdesk were made with other rules than these, or only in part with these."""
    stored = connection.scalar(select(facts_rules.c.fingerprint).where(facts_rules.c.helpdesk == helpdesk))
    return stored != fingerprint(rules) and has_tickets(connection, helpdesk)


def needs_rebuild(connection: Connection, helpdesk: str, settings: Settings) -> bool:
    """Tell whether facts of this helpdesk don't follow the settings' rules, so that none of them may be shown."""
    return facts_are_stale(connection, helpdesk, settings.rulebook(team_names(connection, helpdesk)))


def remember_rules(connection: Connection, helpdesk: str, rules: Rulebook) -> None:
    """Record that all facts of this helpdesk were made with these rules."""
    upsert(connection, facts_rules, [{"helpdesk": helpdesk, "fingerprint": fingerprint(rules)}])


def rebuild(engine: Engine, helpdesk: str, rules: Rulebook, progress: Progress | None = None) -> int:
    """Make the facts of all tickets of a helpdesk again, batch by batch; return how many tickets there are.

    While it runs, and when it is killed, no rules are recorded, so the next run starts over.
    """
    tickets = schema.tickets
    with writing(engine) as connection:
        connection.execute(delete(facts_rules).where(facts_rules.c.helpdesk == helpdesk))
        count = select(func.count()).select_from(tickets).where(tickets.c.helpdesk == helpdesk)
        total = connection.scalar(count) or 0
    done, last = 0, 0
    while True:
        with writing(engine) as connection:
            after = select(tickets.c.id).where(tickets.c.helpdesk == helpdesk, tickets.c.id > last)
            ids = list(connection.scalars(after.order_by(tickets.c.id).limit(BATCH)))
            if not ids:
                if has_tickets(connection, helpdesk):
                    remember_rules(connection, helpdesk, rules)
                return done
            refold(connection, rules, ids)
        done, last = done + len(ids), ids[-1]
        if progress is not None:
            progress(done, max(total - done, 0))

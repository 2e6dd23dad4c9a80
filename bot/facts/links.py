"""Contacts of the same customer: which ticket came before, and which came next for the same reason."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)

from bot.database import ROWS, told_rows
from bot.facts.versions import FactsVersion
from kpi import schema

LINKS = ("previous_contact_at", "next_contact_at")

_FACTS = schema.ticket_facts
EDGES = ("first", "last")
LINKED_BY = ("helpdesk", "customer", "type", "created_at", "left_out")
"""What of a ticket others are linked by."""

Row = Mapping[str, Any]
Range = tuple[int, int]
MayDiffer = Callable[[ColumnElement[int], ColumnElement[int]], ColumnElement[bool]]


@dataclass(slots=True)
class Appearances:
    """Where tickets appeared, disappeared or moved: what others are linked to may be another ticket now.

    Both hold the first and last instant at which such a ticket was created: by helpdesk and customer, and by helpdesk,
    customer and type.
    """

    customers: dict[tuple[str, str], Range] = field(default_factory=dict)
    reasons: dict[tuple[str, str, str], Range] = field(default_factory=dict)

    def note(self, before: Row | None, after: Row | None) -> None:
        """Take in a ticket's row of ticket_facts as it was and as it is; None when there is none."""
        if before and after and all(before[name] == after[name] for name in LINKED_BY):
            return
        for row in (before, after):
            if row and row["customer"] is not None and row["left_out"] is None:
                customer = (row["helpdesk"], row["customer"])
                _widen(self.customers, customer, row["created_at"])
                if row["type"] is not None:
                    _widen(self.reasons, (*customer, row["type"]), row["created_at"])


def _widen(ranges: dict[Any, Range], key: tuple[str, ...], at: int) -> None:
    first, last = ranges.get(key, (at, at))
    ranges[key] = min(first, at), max(last, at)


def link(connection: Connection, version: FactsVersion, ids: Collection[int]) -> None:
    """Set the contacts before and after each of these tickets."""
    _link(connection, version, select(_FACTS.c.ticket_id).where(_FACTS.c.ticket_id.in_(ids)))


def link_others(connection: Connection, version: FactsVersion, appearances: Appearances) -> None:
    """Set the contacts before and after each ticket for which they may be others now."""
    for found, kind, may_differ in (
        (appearances.customers, ("helpdesk", "customer"), _may_follow),
        (appearances.reasons, ("helpdesk", "customer", "type"), _may_precede),
    ):
        if found:
            groups = [dict(zip((*kind, *EDGES), (*key, *edges), strict=True)) for key, edges in found.items()]
            _link(connection, version, _tickets_of(connection, kind, may_differ), {ROWS: json.dumps(groups)})


def _tickets_of(connection: Connection, kind: Sequence[str], may_differ: MayDiffer) -> Select[int]:
    """Return the query of the tickets whose contacts may be others, of the groups told in `ROWS`."""
    group = told_rows(connection.dialect, dict.fromkeys(kind, Text()) | dict.fromkeys(EDGES, BigInteger()))
    # Joined with, since SQLite looks pairs up in an index only one by one.
    found = select(_FACTS.c.ticket_id).join(group, and_(*(_FACTS.c[name] == group.c[name] for name in kind)))
    return found.where(may_differ(group.c.first, group.c.last))


def _may_follow(first: ColumnElement[int], last: ColumnElement[int]) -> ColumnElement[bool]:
    """Tell the tickets whose contact before may be one of those created in `[first, last]`."""
    before = _FACTS.c.previous_contact_at
    return and_(_FACTS.c.created_at > first, or_(before.is_(None), before <= last))


def _may_precede(first: ColumnElement[int], _last: ColumnElement[int]) -> ColumnElement[bool]:
    """Tell the solved tickets whose next contact may be one created from `first` on: an earlier one is first still."""
    following = _FACTS.c.next_contact_at
    return and_(_FACTS.c.last_solved_at.is_not(None), or_(following.is_(None), following >= first))


def _link(
    connection: Connection, version: FactsVersion, ids: Select[int], parameters: Mapping[str, Any] | None = None
) -> None:
    """Write the contacts before and after the tickets that a query chooses, where they differ."""
    facts, other = _FACTS, _FACTS.alias()
    same = and_(other.c.helpdesk == facts.c.helpdesk, other.c.customer == facts.c.customer, other.c.left_out.is_(None))
    before = select(func.max(other.c.created_at)).where(same, other.c.created_at < facts.c.created_at)
    after = select(func.min(other.c.created_at)).where(
        same,
        other.c.type == facts.c.type,
        other.c.created_at > facts.c.last_solved_at,
        other.c.ticket_id != facts.c.ticket_id,
    )
    links = dict(zip(LINKS, (before.scalar_subquery(), after.scalar_subquery()), strict=True))
    kept = [facts.c[name] for name in LINKS]
    query = select(facts.c.ticket_id, *kept, *(link.label(f"_{name}") for name, link in links.items()))
    found = query.where(facts.c.ticket_id.in_(ids)).subquery()
    differ = or_(*(found.c[name].is_distinct_from(found.c[f"_{name}"]) for name in LINKS))
    wanted = select(found.c.ticket_id.label("_ticket_id"), *(found.c[f"_{name}"] for name in LINKS)).where(differ)
    changed = [dict(row) for row in connection.execute(wanted, parameters).mappings()]
    if changed:
        statement = update(facts).where(facts.c.ticket_id == bindparam("_ticket_id"))
        new: dict[str, Any] = {name: bindparam(f"_{name}") for name in LINKS}
        connection.execute(statement.values(**new, version=version.get()), changed)

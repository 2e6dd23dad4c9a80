"""Imported things that name a ticket: linked to it when it is known, else remembered until it comes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.database import upsert
from bot.facts import batches, bump
from bot.tables import awaited_tickets
from kpi.schema import metadata

MAKE_FACTS = frozenset({"ratings", "contacts", "work"})
"""The tables whose rows are part of their ticket's facts."""


def await_tickets(
    connection: Connection, helpdesk: str, data: str, named: Mapping[str, str | None], known: Collection[str]
) -> None:
    """Remember which of the rows of a table wait for a ticket, and no longer those that don't.

    Args:
        connection: in a transaction of `writing`.
        helpdesk: whose tickets they are.
        data: the name of the rows' table.
        named: by the rows' identifiers the ticket that they name, if any.
        known: the tickets that are stored.
    """
    waiting = {key: ticket for key, ticket in named.items() if ticket is not None and ticket not in known}
    _forget(connection, helpdesk, data, [key for key in named if key not in waiting])
    rows = [
        {"helpdesk": helpdesk, "data": data, "external_id": key, "ticket": ticket} for key, ticket in waiting.items()
    ]
    upsert(connection, awaited_tickets, rows)


def link_awaited(connection: Connection, helpdesk: str, ids: Mapping[str, int]) -> set[int]:
    """Link what waits for these tickets to them; return those whose facts change by it.

    Args:
        connection: in a transaction of `writing`.
        helpdesk: whose tickets they are.
        ids: of tickets that are stored now, by the helpdesk's own.
    """
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    awaited = awaited_tickets
    for batch in batches(ids):
        query = select(awaited.c.data, awaited.c.external_id, awaited.c.ticket)
        waiting = query.where(awaited.c.helpdesk == helpdesk, awaited.c.ticket.in_(batch))
        for data, external_id, ticket in connection.execute(waiting):
            found[data].append((external_id, ids[ticket]))
    touched: set[int] = set()
    for data, links in found.items():
        _link(connection, helpdesk, data, links)
        touched |= {ticket_id for _, ticket_id in links} if data in MAKE_FACTS else set()
    return touched


def _link(connection: Connection, helpdesk: str, data: str, links: Sequence[tuple[str, int]]) -> None:
    table = metadata.tables[data]
    statement = update(table).where(table.c.helpdesk == helpdesk, table.c.external_id == bindparam("_external_id"))
    connection.execute(
        statement.values(ticket_id=bindparam("_ticket_id")),
        [{"_external_id": external_id, "_ticket_id": ticket_id} for external_id, ticket_id in links],
    )
    bump(connection, data)
    _forget(connection, helpdesk, data, [external_id for external_id, _ in links])


def _forget(connection: Connection, helpdesk: str, data: str, external_ids: Collection[str]) -> None:
    awaited = awaited_tickets
    for batch in batches(external_ids):
        mine = awaited.c.helpdesk == helpdesk, awaited.c.data == data, awaited.c.external_id.in_(batch)
        connection.execute(delete(awaited).where(*mine))

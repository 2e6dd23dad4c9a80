"""Making the facts of some tickets again, from all that is stored of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from operator import itemgetter
from typing import Any

import structlog
from sqlalchemy import Connection, delete, select

from bot.database import insert_rows
from bot.facts.histories import batches, read_histories
from bot.facts.links import LINKED_BY, LINKS, Appearances, link, link_others
from bot.facts.versions import FACTS_REMOVED, FactsVersion, bump
from kpi import schema
from kpi.errors import KpiError
from kpi.history import fold
from kpi.policies import Rulebook

log = structlog.get_logger()

Row = dict[str, Any]
Said = dict[str, dict[int, set[tuple[Any, ...]]]]
"""What facts say: by table and ticket, what stands in the columns of each row."""

_TOLD = {
    name: tuple(column.name for column in table.columns if column.name not in {*LINKS, "version"})
    for name, table in schema.FACTS.items()
}
"""The columns that a fold tells, `ticket_id` first."""


def refold(connection: Connection, rules: Rulebook, ids: Collection[int]) -> list[str]:
    """Make the facts of these tickets again from all that is stored of them; those that stay the same aren't written.

    Return the tickets, by the helpdesk's own identifiers, of which no facts can be made: they count in no KPI.
    """
    failed: list[str] = []
    version = FactsVersion(connection)
    appearances = Appearances()
    for batch in batches(sorted(ids)):
        rows, unreadable = _fold(connection, rules, batch)
        failed += unreadable
        _replace(connection, version, batch, rows, appearances)
    link_others(connection, version, appearances)
    return failed


def _fold(connection: Connection, rules: Rulebook, ids: Sequence[int]) -> tuple[dict[str, list[Row]], list[str]]:
    """Return the rows of these tickets by table, and the tickets of which none can be made."""
    rows: dict[str, list[Row]] = {name: [] for name in schema.FACTS}
    failed: list[str] = []
    for ticket_id, history in read_histories(connection, ids).items():
        try:
            facts = fold(history, rules)
        except KpiError:
            raise  # about the rules
        except Exception:  # one ticket whose events make no sense must not stop all the others for ever
            failed.append(history.ticket.external_id)
            log.exception("facts_failed", helpdesk=history.ticket.helpdesk, ticket=history.ticket.external_id)
            continue
        for name, made in facts.by_table().items():
            rows[name] += [row | {"ticket_id": ticket_id} for row in made]
    return rows, failed


def _replace(
    connection: Connection,
    version: FactsVersion,
    ids: Sequence[int],
    rows: dict[str, list[Row]],
    appearances: Appearances,
) -> None:
    """Write the rows of those tickets whose facts differ from the stored ones, and link these tickets anew."""
    stored, made = _stored(connection, ids), _made(rows)
    differing = {
        name: {ticket_id for ticket_id in ids if stored[name].get(ticket_id) != made[name].get(ticket_id)}
        for name in schema.FACTS
    }
    changed = differing["ticket_facts"] = set().union(*differing.values())
    if not changed:
        return
    number = version.get()
    before = _stored_tickets(connection, changed)
    after = {row["ticket_id"]: row for row in rows["ticket_facts"] if row["ticket_id"] in changed}
    if before.keys() - after.keys():
        bump(connection, FACTS_REMOVED)
    for ticket_id in changed:
        appearances.note(before.get(ticket_id), after.get(ticket_id))
    for ticket_id, row in after.items():
        kept = before.get(ticket_id, {})
        row.update({name: kept.get(name) for name in LINKS}, version=number)
    for name, table in schema.FACTS.items():
        old = [ticket_id for ticket_id in differing[name] if ticket_id in stored[name]]
        if old:
            connection.execute(delete(table).where(table.c.ticket_id.in_(old)))
        insert_rows(connection, table, [row for row in rows[name] if row["ticket_id"] in differing[name]])
    link(connection, version, changed)


def _stored(connection: Connection, ids: Sequence[int]) -> Said:
    said: Said = {name: defaultdict(set) for name in schema.FACTS}
    for name, table in schema.FACTS.items():
        told = select(*(table.c[column] for column in _TOLD[name])).where(table.c.ticket_id.in_(ids))
        for row in connection.execute(told).all():
            said[name][row[0]].add(tuple(row))
    return said


def _made(rows: dict[str, list[Row]]) -> Said:
    said: Said = {name: defaultdict(set) for name in schema.FACTS}
    for name, made in rows.items():
        values = itemgetter(*_TOLD[name])
        for row in made:
            said[name][row["ticket_id"]].add(values(row))
    return said


def _stored_tickets(connection: Connection, ids: Collection[int]) -> dict[int, Row]:
    """Return by id what others are linked by, and what these tickets are linked to."""
    facts = schema.ticket_facts.c
    told = select(facts.ticket_id, *(facts[name] for name in (*LINKED_BY, *LINKS)))
    found = connection.execute(told.where(facts.ticket_id.in_(ids))).mappings()
    return {row["ticket_id"]: dict(row) for row in found}

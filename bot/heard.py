"""Tickets that were heard of: whoever is told that they changed marks them, and the worker reads them again."""

from collections.abc import Iterable, Sequence
from secrets import token_hex

from sqlalchemy import Connection, Engine, Row, delete, select

from bot.database import upsert, writing
from bot.tables import heard_tickets
from kpi.schema import helpdesks


def mark(engine: Engine, helpdesk: str, external_ids: Iterable[str], now: int, patience_ms: int) -> None:
    """Mark tickets of a helpdesk to be read again; one that is marked already gets another mark, and nothing else.

    Whoever reads them deletes what has the mark that it found: what was marked meanwhile is read once more. Of a
    helpdesk that was never read nothing is marked, as its first sync reads everything. Raises StorageError, also when
    another writer takes longer than `patience_ms`.
    """
    with writing(engine, patience_ms) as connection:
        if connection.scalar(select(helpdesks.c.key).where(helpdesks.c.key == helpdesk)) is None:
            return
        # In one order, so that two writers can't wait for each other.
        rows = [
            {"helpdesk": helpdesk, "external_id": external_id, "mark": token_hex(8), "heard_at": now}
            for external_id in sorted(external_ids)
        ]
        upsert(connection, heard_tickets, rows, first=("heard_at",))


def marked(engine: Engine, helpdesk: str) -> Sequence[Row[str, str]]:
    """Return the marked tickets of a helpdesk, each with its mark, the one that was heard of first at the beginning."""
    heard = heard_tickets.c
    query = select(heard.external_id, heard.mark).where(heard.helpdesk == helpdesk)
    with engine.connect() as connection:
        return connection.execute(query.order_by(heard.heard_at, heard.external_id)).all()


def unmark(connection: Connection, helpdesk: str, external_id: str, mark: str) -> None:
    """Take a mark off a ticket that was read, unless it has got another one since."""
    heard = heard_tickets.c
    here = delete(heard_tickets).where(heard.helpdesk == helpdesk, heard.external_id == external_id)
    connection.execute(here.where(heard.mark == mark))

"""What every helpdesk tells is stored once, whatever becomes of the sync, and in whatever order its pages come."""

from contract.test_faults import desk  # noqa: F401  # a fixture: the small ones
from scripted_desk import dump, settings
from sqlalchemy import select

import bot.tables  # noqa: F401  # its tables belong to the metadata
from bot.database import writing
from bot.storage import Desk, store_page
from bot.sync import sync
from kpi import schema
from kpi.events import GONE

NOW = 1_900_000_000
KEY = "desk"
WHERE_IT_STANDS = {"helpdesks", "sync_cursors", "sweeps"}


def store(engine, connector, pages):
    where = Desk(key=KEY, kind=connector.kind, rulebook=settings().rulebook)
    for page in pages:
        with writing(engine) as connection:
            store_page(connection, where, page, NOW)


def stored(engine):
    """Return all that is stored of tickets, apart from how far reading went."""
    return {name: rows for name, rows in dump(engine).items() if name not in WHERE_IT_STANDS}


def test_the_same_pages_again_change_nothing(engine, desk):  # noqa: F811
    connector = desk.connect()
    pages = list(connector.pages(None))
    store(engine, connector, pages)
    before = dump(engine)
    store(engine, connector, pages)
    store(engine, connector, list(desk.connect().pages(None)))
    assert dump(engine) == before


def test_pages_that_come_twice_and_in_another_order_are_stored_the_same(engine, desk):  # noqa: F811
    connector = desk.connect()
    pages = list(connector.pages(None))
    store(engine, connector, pages)
    before = stored(engine)
    with writing(engine) as connection:
        for table in reversed(schema.metadata.sorted_tables):
            connection.execute(table.delete())
    store(engine, connector, [*pages[::-1], *pages[::2]])
    assert stored(engine) == before


def test_looking_at_every_ticket_again_changes_nothing(engine, desk):  # noqa: F811
    sync(engine, desk.connect(), settings(), KEY, clock=lambda: NOW)
    before = stored(engine)
    later = NOW + 8 * 86_400
    assert sync(engine, desk.connect(), settings(), KEY, clock=lambda: later).tickets > len(before["tickets"]) / 2
    assert stored(engine) == before
    swept = [dict(row) for row in dump(engine)["sweeps"]]
    assert [(row["began_at"], row["position"]) for row in swept] == [(later, None)] * 3


def test_a_sync_that_is_killed_after_any_page_ends_as_one_that_was_not(engine, desk):  # noqa: F811
    connector = desk.connect()
    store(engine, connector, list(connector.pages(None)))
    whole = stored(engine)
    for kill_after in (1, 2, 4):
        with writing(engine) as connection:
            for table in reversed(schema.metadata.sorted_tables):
                connection.execute(table.delete())
        left = iter([False] * (kill_after - 1) + [True])
        sync(engine, desk.connect(), settings(), KEY, clock=lambda: NOW, stopping=lambda left=left: next(left, True))
        sync(engine, desk.connect(), settings(), KEY, clock=lambda: NOW)
        assert stored(engine) == whole, kill_after


def test_what_is_read_later_is_added_to_what_was_there(engine, desk):  # noqa: F811
    connector = desk.connect()
    pages = list(connector.pages(None))
    store(engine, connector, pages)
    messages, tickets = schema.messages.c, schema.tickets.c
    with engine.connect() as connection:
        before = set(connection.execute(select(messages.ticket_id, messages.external_id)))
    desk.more()
    store(engine, connector, list(desk.connect().pages(pages[-1].cursor)))
    with engine.connect() as connection:
        after = set(connection.execute(select(messages.ticket_id, messages.external_id)))
        left_out = connection.execute(select(tickets.status).where(tickets.status.in_(GONE))).all()
    assert before < after
    assert left_out

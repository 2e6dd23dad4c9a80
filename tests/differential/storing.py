"""A world put into a database as the bot puts it there."""

from slow.world import Row, World
from sqlalchemy import Connection, Engine, insert, select

from bot.helpdesks.connector import Page
from bot.storage import Desk, store_page
from kpi import schema
from kpi.events import Person, Team

PEOPLE = ("agents", "customers")
TEAMS = (Team(external_id="support", name="Support desk"), *(Team(external_id=t, name=t) for t in ("billing", "field")))


def store(engine: Engine, world: World, seen_until: int) -> None:
    """Store a world in a database that it empties, and tell it the ids of its tickets."""
    with engine.begin() as connection:
        for table in reversed(schema.metadata.sorted_tables):
            connection.execute(table.delete())
        for name, (rules, told) in world.desks.items():
            messages = "first" if name in world.briefly else "all"
            desk = Desk(key=name, kind="demo", rulebook=lambda *_, rules=rules: rules, messages=messages)
            people = {kind: _people(world, kind, name) for kind in PEOPLE}
            for tickets in (told[::-2], told):  # some of them twice, in another order
                page = Page(tickets=tuple(tickets), cursor={}, done=True, seen_until=seen_until, teams=TEAMS, **people)
                store_page(connection, desk, page, seen_until)
        stored = schema.tickets.c
        found = connection.execute(select(stored.helpdesk, stored.external_id, stored.id))
        world.ids = {(desk, name): number for desk, name, number in found}
        for table, rows in world.beside.items():
            _insert(connection, table, [_stored(row, world) for row in rows])


def _people(world: World, kind: str, desk: str) -> tuple[Person, ...]:
    rows = [row for row in world.beside[kind] if row["helpdesk"] == desk]
    return tuple(Person(**{name: value for name, value in row.items() if name != "helpdesk"}) for row in rows)


def _stored(row: Row, world: World) -> Row:
    """Return a row with the id of its ticket, flags as numbers."""
    found = {name: int(value) if isinstance(value, bool) else value for name, value in row.items()}
    ticket = found.pop("ticket", None)
    if "external_id" in found and "joined_at" not in found:
        found["ticket_id"] = None if ticket is None else world.ids[row["helpdesk"], ticket]
    return found


def _insert(connection: Connection, table: str, rows: list[Row]) -> None:
    if table not in PEOPLE and rows:
        connection.execute(insert(schema.metadata.tables[table]), rows)

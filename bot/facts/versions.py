"""Versions: counters that tell those who keep copies of facts and records what changed since they looked."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from kpi import schema

FACTS = "facts"
"""Counted up by each transaction that writes facts; `ticket_facts.version` holds it for each ticket that it wrote."""

FACTS_REMOVED = "facts_removed"
"""Counted up when tickets lose their facts, which leaves no row with a version behind."""


def bump(connection: Connection, name: str) -> int:
    """Count a version up and return it.

    Its row stays locked until the transaction ends, so that versions are seen in their order: whoever has seen one has
    seen what all smaller ones were counted for.

    Args:
        connection: in a transaction of `bot.database.writing`.
        name: `facts`, or a table of things that happened or of names, such as `ratings`.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    versions = schema.versions
    counted = insert(versions).values(name=name, version=1)
    counted = counted.on_conflict_do_update(index_elements=["name"], set_={"version": versions.c.version + 1})
    return int(connection.execute(counted.returning(versions.c.version)).scalar_one())


class FactsVersion:
    """The version of the facts that one transaction writes: counted up when it first writes one.

    Meanwhile nobody else writes facts, so that what is compared and folded is not out of date when it is written.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._version: int | None = None
        mine = select(schema.versions.c.version).where(schema.versions.c.name == FACTS)
        connection.execute(mine.with_for_update())

    def get(self) -> int:
        """Return the version to write."""
        if self._version is None:
            self._version = bump(self._connection, FACTS)
        return self._version

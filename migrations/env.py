"""Alembic's entry: works on the connection that `bot.database.migrate` or a test hands over."""

from alembic import context
from sqlalchemy import Connection, Engine

import bot.tables  # noqa: F401  # its tables belong to the metadata
from kpi.schema import metadata


def run(connection: Connection) -> None:
    """Run the migrations in one transaction; SQLite's tables are part of it like PostgreSQL's."""
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()


given: Connection | Engine = context.config.attributes["connection"]
if isinstance(given, Engine):
    with given.connect() as opened:
        run(opened)
        opened.commit()
else:
    run(given)

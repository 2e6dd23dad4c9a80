"""The migrations that come with the package make exactly the tables of the code, on both databases."""

from importlib.resources import files

import pytest
from alembic import command
from pytest_alembic.tests import (  # noqa: F401  # pytest collects them here
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)
from sqlalchemy import inspect

import bot.tables  # noqa: F401  # its tables belong to the metadata
from bot.database import migrate, open_database
from kpi.schema import metadata


@pytest.fixture
def alembic_config():
    return {"script_location": "migrations"}


@pytest.fixture
def alembic_engine(make_database):
    engine = open_database(make_database(migrated=False))
    yield engine
    engine.dispose()


def test_the_migrations_are_part_of_the_package():
    packaged = files("migrations")
    assert packaged.joinpath("env.py").is_file()
    assert packaged.joinpath("versions", "0001_events_and_facts.py").is_file()


def test_migrating_makes_every_table_and_index(make_database):
    engine = open_database(make_database(migrated=False))
    migrate(engine)
    found = inspect(engine)
    assert set(found.get_table_names()) - {"alembic_version"} == set(metadata.tables)
    for name, table in metadata.tables.items():
        indexes = [index["name"] for index in found.get_indexes(name) if "duplicates_constraint" not in index]
        assert set(indexes) == {index.name for index in table.indexes}
        assert {column["name"] for column in found.get_columns(name)} == {column.name for column in table.columns}
    engine.dispose()


def test_a_failed_migration_leaves_nothing_half_done(make_database, monkeypatch):
    engine = open_database(make_database(migrated=False))
    upgrade = command.upgrade

    def upgrade_and_fail(configuration, revision):
        upgrade(configuration, revision)
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", upgrade_and_fail)
        with pytest.raises(RuntimeError):
            migrate(engine)
    assert inspect(engine).get_table_names() == []
    migrate(engine)
    assert "tickets" in inspect(engine).get_table_names()
    engine.dispose()

import pytest
from importer import Importer


@pytest.fixture
def door(database_url, tmp_path):
    """Give what imports files into an empty database, once on SQLite and once on PostgreSQL."""
    return Importer(database_url, tmp_path)


@pytest.fixture
def door_on_sqlite(make_sqlite, tmp_path):
    """Give what imports files, for what doesn't depend on the database."""
    return Importer(make_sqlite(), tmp_path)

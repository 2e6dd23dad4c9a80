import pytest

from bot.database import migrate, open_database


@pytest.fixture(scope="session")
def new_engine(tmp_path_factory):
    """Give a function that opens an empty database; what may be seen doesn't depend on which kind it is."""
    opened = []

    def open_one():
        opened.append(open_database(f"sqlite:///{tmp_path_factory.mktemp('access') / 'desk.db'}"))
        migrate(opened[-1])
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.dispose()

import pytest
from alert_desk import AlertDesk, alert_slack

from bot.database import open_database


@pytest.fixture
def slack():
    with alert_slack().running() as running:
        yield running


@pytest.fixture
def desk(engine, slack):
    """A desk on Tuesday 24 November at nine, on SQLite and on PostgreSQL."""
    return AlertDesk(engine, slack)


@pytest.fixture
def engine_of():
    """Open databases, and close them at the end."""
    opened = []

    def open_one(url):
        opened.append(open_database(url))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.dispose()

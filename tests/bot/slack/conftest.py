import pytest
from slack_desk import connected, settings, store_facts

from bot.asking import Asker
from bot.commands import Commands
from bot.database import open_database


@pytest.fixture
def engine(make_sqlite):
    engine = open_database(make_sqlite())
    store_facts(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def commands(engine):
    return Commands(Asker(engine, settings()))


@pytest.fixture
def slack(commands, engine):
    """Give a stand-in Slack with the bot connected over HTTP."""
    with connected(commands, engine) as stand_in:
        yield stand_in

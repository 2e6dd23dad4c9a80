import logging
import os
import shutil

import pytest
import structlog
from demo_desk import DEMO_NOW, demo_settings
from sqlalchemy.engine import make_url

from bot.database import migrate, open_database
from bot.helpdesks.demo import DemoHelpdesk
from bot.sync import sync


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    """Forget whatever the machine has set for a bot of its own."""
    for name in list(os.environ):
        if name.startswith("KPI_BOT_") and not name.startswith("KPI_BOT_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def slack_takes_messages_at_once(monkeypatch):
    """Post without Slack's pace; tests of the pace set their own."""
    monkeypatch.setattr("bot.posting.send.A_MESSAGE_EVERY_S", 0.0)


@pytest.fixture(autouse=True)
def logs_as_before():
    """Undo what a command set up for its own logs."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory) -> str:
    """Give a database in which the whole demo helpdesk has been read, as of 24 November 2026 10:26 in Paris."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}"
    engine = open_database(url)
    migrate(engine)
    sync(engine, DemoHelpdesk(clock=lambda: DEMO_NOW), demo_settings(url), "demo", clock=lambda: DEMO_NOW)
    engine.dispose()
    return url


@pytest.fixture
def demo_url(demo_template, tmp_path) -> str:
    """Give a copy of it, to be changed at will."""
    path = tmp_path / "demo.db"
    shutil.copyfile(str(make_url(demo_template).database), path)
    return f"sqlite:///{path}"

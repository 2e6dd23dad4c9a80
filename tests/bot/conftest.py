import os
import sqlite3
from datetime import UTC, datetime
from importlib.resources import as_file, files

import pytest
from sqlalchemy.engine import make_url

from bot.database import migrate, open_database
from bot.demo.helpdesk import DemoHelpdesk
from bot.settings import Settings, load_settings
from bot.sync import sync

DEMO_NOW = int(datetime(2026, 11, 24, 9, 26, tzinfo=UTC).timestamp())


def demo_settings(url: str) -> Settings:
    """Return the packaged settings of the demo over a database."""
    with as_file(files("bot.demo").joinpath("settings.toml")) as path:
        return load_settings(
            {"KPI_BOT_SETTINGS": str(path), "KPI_BOT_DATABASE_URL": url, "KPI_BOT_TIMEZONE": "Europe/Paris"}
        )


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    """Forget whatever the machine has set for a bot of its own."""
    for name in list(os.environ):
        if name.startswith("KPI_BOT_"):
            monkeypatch.delenv(name)


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
    source, copy = sqlite3.connect(str(make_url(demo_template).database)), sqlite3.connect(path)
    source.backup(copy)
    source.close()
    copy.close()
    return f"sqlite:///{path}"

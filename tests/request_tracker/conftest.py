"""A running Request Tracker, given by the environment, read into a database of our own."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.asking import Asker
from bot.database import migrate, open_database
from bot.helpdesks.connector import Cursor
from bot.helpdesks.registry import connect
from bot.helpdesks.request_tracker import RequestTracker
from bot.settings import HelpdeskSettings, Settings, load_settings
from bot.storage import read_cursor_text
from bot.sync import SyncReport, sync
from kpi.question import Answer

URL, TOKEN, DATABASE = "TEST_RT_URL", "TEST_RT_TOKEN", "TEST_RT_DATABASE"

# The instance's own working hours and service agreement (its ServiceBusinessHours and ServiceAgreements).
SETTINGS = """
[[helpdesks]]
key = "rt"
kind = "request-tracker"
url = "{url}"
token = "{token}"

[[schedules]]
name = "Paris office"
zone = "Europe/Paris"
hours = {{ mon-fri = "09:00-18:00" }}

[[policies]]
name = "standard"
when = {{ level = "standard" }}
first_reply = "4h"
resolution = "24h"

[[policies]]
name = "urgent"
when = {{ level = "urgent" }}
business = false
first_reply = "60m"
resolution = "8h"
"""


@dataclass(frozen=True, kw_only=True)
class Synced:
    """A Request Tracker that was read whole, and the way to ask about it."""

    asker: Asker
    report: SyncReport
    connector: RequestTracker
    now: int
    cursor: Cursor
    settings: Settings

    def ask(self, words: str) -> Answer:
        return self.asker.ask(words, self.now, "en")


@pytest.fixture(scope="session")
def rt_settings() -> HelpdeskSettings:
    if URL not in os.environ or TOKEN not in os.environ:
        pytest.skip(f"no Request Tracker: set {URL} and {TOKEN}, for instance from .ci/request-tracker.sh")
    return HelpdeskSettings(key="rt", kind="request-tracker", url=os.environ[URL], token=SecretStr(os.environ[TOKEN]))


@pytest.fixture(scope="session")
def rt_file() -> Path:
    """Give the SQLite file of the Request Tracker that is read."""
    if DATABASE not in os.environ:
        pytest.skip(f"set {DATABASE} to the SQLite file of the Request Tracker under {URL}")
    return Path(os.environ[DATABASE])


@pytest.fixture(scope="session")
def synced(rt_settings, tmp_path_factory) -> Iterator[Synced]:
    directory = tmp_path_factory.mktemp("request-tracker")
    file = directory / "settings.toml"
    file.write_text(SETTINGS.format(url=rt_settings.url, token=rt_settings.token.get_secret_value()))
    settings = load_settings(
        {
            "KPI_BOT_SETTINGS": str(file),
            "KPI_BOT_TIMEZONE": "Europe/Paris",
            "KPI_BOT_DATABASE_URL": f"sqlite:///{directory / 'kpi.db'}",
        }
    )
    engine = open_database(settings.database_url)
    migrate(engine)
    connector = connect(settings.helpdesks[0])
    report = sync(engine, connector, settings, "rt")
    with engine.connect() as connection:
        cursor = json.loads(read_cursor_text(connection, "rt"))
    asker = Asker(engine, settings)
    yield Synced(
        asker=asker, report=report, connector=connector, now=report.seen_until, cursor=cursor, settings=settings
    )
    engine.dispose()

"""The demo helpdesk at a fixed instant, and the settings that it comes with."""

from datetime import UTC, datetime
from importlib.resources import as_file, files

from bot.settings import Settings, load_settings

DEMO_NOW = int(datetime(2026, 11, 24, 9, 26, tzinfo=UTC).timestamp())


def demo_settings(url: str) -> Settings:
    """Return the packaged settings of the demo over a database."""
    with as_file(files("bot.demo").joinpath("settings.toml")) as path:
        return load_settings(
            {"KPI_BOT_SETTINGS": str(path), "KPI_BOT_DATABASE_URL": url, "KPI_BOT_TIMEZONE": "Europe/Paris"}
        )

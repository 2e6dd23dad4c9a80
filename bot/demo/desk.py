"""The made-up helpdesk of the demo: its settings, its clock, and the database that it is read into like a real one."""

import gc
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from threading import Lock

from bot.facts import Progress
from bot.helpdesks.demo import DemoHelpdesk
from bot.helpdesks.demo.story import ZONE
from bot.settings import Settings, load_settings
from bot.sync import SyncReport, sync
from bot.terminal.upkeep import open_to_write
from kpi.frames import DatabaseFrames

KEY = "demo"


class DemoClock:
    """The real time, and as much more as it was moved forward.

    Args:
        begins: seconds since 1970; the clock is there at first when that is later than it really is.
    """

    def __init__(self, begins: float = 0, really: Callable[[], float] = time.time) -> None:
        self._really = really
        self._ahead = max(0.0, begins - really())

    def __call__(self) -> float:
        """Return what time it is in the demo, seconds since 1970."""
        return self._really() + self._ahead

    def forward(self, seconds: float) -> None:
        """Let time pass; raises ValueError when it would go back."""
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"the clock goes forward only, not by {seconds} s")
        self._ahead += seconds


class DemoDesk:
    """The helpdesk and its database; time that passes is read from one into the other.

    A database that was kept goes on when it was left, even if its clock had been moved forward.

    Args:
        settings: what it is read by.
        really: tells the real time, seconds since 1970.
    """

    def __init__(self, settings: Settings, really: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.engine = open_to_write(settings)
        with DatabaseFrames(self.engine).snapshot() as frames:
            left_at = frames.freshness([KEY]).synced_at
        self.clock = DemoClock(left_at or 0, really)
        self._helpdesk = DemoHelpdesk(clock=self.clock)
        self._reading = Lock()

    def read(self, progress: Progress | None = None) -> SyncReport:
        """Read what is new on the helpdesk; return what was done."""
        with self._reading, _without_collections():
            return sync(self.engine, self._helpdesk, self.settings, KEY, progress=progress, clock=self.clock)

    def move(self, seconds: float) -> None:
        """Let time pass, and read what happened meanwhile; raises ValueError when time would go back."""
        self.clock.forward(seconds)
        self.read()


@contextmanager
def demo_desk(directory: Path, language: str) -> Iterator[DemoDesk]:
    """Give the helpdesk over the database in a directory, and close it at the end."""
    desk = DemoDesk(demo_settings(directory, language))
    try:
        yield desk
    finally:
        desk.engine.dispose()


def demo_settings(directory: Path, language: str) -> Settings:
    """Return the packaged settings over a database in `directory`, whatever the environment says."""
    with as_file(files("bot.demo").joinpath("settings.toml")) as path:
        return load_settings(
            {
                "KPI_BOT_SETTINGS": str(path),
                "KPI_BOT_DATABASE_URL": f"sqlite:///{directory / 'kpi-bot-demo.db'}",
                "KPI_BOT_TIMEZONE": ZONE,
                "KPI_BOT_LANGUAGE": language,
                "KPI_BOT_SLACK_BOT_TOKEN": "xoxb-demo",  # of the stand-in Slack
                "KPI_BOT_SLACK_SIGNING_SECRET": secrets.token_hex(16),
            }
        )


@contextmanager
def _without_collections() -> Iterator[None]:
    """Let Python look for no garbage meanwhile: a fifth of the time of reading goes there, for nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()

"""All that the stand-in Slack remembers."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.demo.slack.directory import Directory
from bot.demo.slack.errors import SlackError
from bot.demo.slack.faults import Faults, Rates
from bot.demo.slack.files import File
from bot.demo.slack.messages import Messages
from bot.demo.slack.permits import Permits
from bot.demo.slack.views import Views


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What Slack itself tells one person, such as that a command has failed."""

    user: str
    text: str
    at: float
    channel: str | None = None


@dataclass(kw_only=True)
class Workspace:
    """The state of the workspace; whoever reads or changes it holds `changed`.

    Attributes:
        clock: tells the time, seconds since 1970.
        url: where this Slack is served.
        refused: what was wrong with blocks and answers that the app sent.
        refuses_blocks: kinds of blocks that this workspace doesn't take.
        limits_rates: whether Slack's rate limits hold.
        scopes: what the app was granted; None for everything.
        revision: how many changes there were.
    """

    clock: Callable[[], float]
    directory: Directory
    url: str = ""
    refused: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    refuses_blocks: frozenset[str] = frozenset()
    limits_rates: bool = False
    scopes: frozenset[str] | None = None
    faults: Faults = field(default_factory=Faults)
    files: dict[str, File] = field(default_factory=dict)
    views: Views = field(default_factory=Views)
    revision: int = 0

    def __post_init__(self) -> None:
        self.messages = Messages(self.clock)
        self.permits = Permits(self.clock)
        self.rates = Rates(self.clock)
        self.changed = threading.Condition(threading.RLock())
        self._watchers: list[Callable[[], object]] = []

    def grants(self, scope: str) -> bool:
        """Tell whether the app was granted a scope."""
        return self.scopes is None or scope in self.scopes

    def require(self, scope: str) -> None:
        """Raise SlackError `missing_scope` when the app was not granted a scope."""
        if not self.grants(scope):
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(self.scopes or ())))

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the state while it is changed, then tell whoever waits."""
        with self.changed:
            yield
            self.revision += 1
            self.changed.notify_all()
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher()

    @contextmanager
    def watched(self, watcher: Callable[[], object]) -> Iterator[None]:
        """Call `watcher` after every change, from whichever thread made it."""
        with self.changed:
            self._watchers.append(watcher)
        try:
            yield
        finally:
            with self.changed:
                self._watchers.remove(watcher)

    def notice(self, user: str, text: str, channel: str | None = None) -> None:
        """Tell somebody what Slack itself has to say."""
        with self.changing():
            self.notices.append(Notice(user=user, text=text, at=self.clock(), channel=channel))

"""What every listener works with, and who asks where."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bot.access import Access, Viewer
from bot.alerts.run import Alerts
from bot.commands import Commands
from bot.once import Once
from bot.posting.send import Message, Poster
from bot.questions import Questions
from bot.slack.directory import SlackDirectory
from bot.slack.following import came_at
from bot.slack.languages import Languages
from bot.subscriptions import Subscriptions
from bot.text import Text

Respond = Callable[[Iterable[Message]], None]
"""Gives somebody a reply: the first of its forms that Slack takes. Raises SendError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Who does something, and where; in the App Home, which is no channel, `channel` is empty."""

    team_id: str
    user: str
    channel: str = ""

    @property
    def is_direct(self) -> bool:
        """Whether nobody but the person and the bot reads there."""
        return self.channel.startswith("D") or not self.channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a reply: where, in which language, and how it gets there; `trigger` opens a modal, for a moment."""

    place: Place
    text: Text
    respond: Respond
    trigger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """The parts of the running bot; `clock` tells the time, seconds since 1970."""

    commands: Commands
    questions: Questions
    once: Once
    access: Access
    directory: SlackDirectory
    languages: Languages
    poster: Poster
    subscriptions: Subscriptions
    alerts: Alerts
    clock: Callable[[], float]

    @property
    def now(self) -> int:
        """The epoch second; for a request that in which it came, so that those who ask at once ask the same."""
        at = came_at()
        return int(self.clock()) if at is None else at

    def text(self, place: Place, words: str = "") -> Text:
        """Return the language of somebody who alone reads the reply to these words."""
        return self.languages.reader(place.team_id, place.user, place.channel, words)

    def viewer(self, place: Place) -> Viewer:
        """Return who asks, for what that person may see."""
        return self.access.viewer(place.team_id, place.user, place.channel or None)

    def name(self, team_id: str, user: str) -> str:
        """Return what a person is called, without pinging them."""
        try:
            return self.directory.profile(team_id, user).name or user
        except OSError:
            return user

    def zone(self, place: Place) -> str:
        """Return the zone of a person, as Slack knows it; else the setting's."""
        try:
            return self.directory.profile(place.team_id, place.user).zone or self.commands.asker.zone
        except OSError:
            return self.commands.asker.zone

    def first_click(self, place: Place, key: str) -> AbstractContextManager[bool]:
        """Give whether a click is none that was made a moment ago, here or on another replica."""
        return self.once.doing(place.team_id, f"{key}:{place.user}", self.now, DOUBLE_CLICK_S)


DOUBLE_CLICK_S = 5

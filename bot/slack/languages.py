"""In which language whom to answer: the words decide, then the person's Slack, then the channel's, then the setting."""

import structlog
from sqlalchemy import Engine, delete, select

from bot.commands import language_of
from bot.database import upsert, writing
from bot.slack.directory import SlackDirectory
from bot.tables import channel_languages
from bot.text import LANGUAGES, Text

log = structlog.get_logger(__name__)


class Languages:
    """Knows the languages of people and channels; `usual` is that of the setting, for all others."""

    def __init__(self, engine: Engine, directory: SlackDirectory, usual: str) -> None:
        self._engine, self._directory, self.usual = engine, directory, usual

    def reader(self, team_id: str, user: str, channel: str, words: str = "") -> Text:
        """Return the language of what one person alone reads."""
        return Text(language_of(words, "") or self._of_person(team_id, user) or self._of_channel(team_id, channel))

    def channel(self, team_id: str, channel: str, otherwise: str) -> Text:
        """Return the language of what a whole channel reads: its own, if one was chosen."""
        return Text(self.chosen(team_id, channel) or otherwise)

    def chosen(self, team_id: str, channel: str) -> str | None:
        """Return the language that was chosen for a channel; None when none was."""
        table = channel_languages.c
        query = select(table.language).where(table.team_id == team_id, table.channel == channel)
        with self._engine.connect() as connection:
            return connection.scalar(query)

    def choose(self, team_id: str, channel: str, language: str | None, *, by: str, now: int) -> None:
        """Choose the language of a channel; None lets each be answered in their own. Raises StorageError."""
        table = channel_languages.c
        row = {"team_id": team_id, "channel": channel, "language": language, "set_by": by, "set_at": now}
        with writing(self._engine) as connection:
            if language is None:
                connection.execute(delete(channel_languages).where(table.team_id == team_id, table.channel == channel))
            else:
                upsert(connection, channel_languages, [row])

    def _of_person(self, team_id: str, user: str) -> str | None:
        try:
            locale = self._directory.profile(team_id, user).locale or ""
        except OSError as error:
            log.info("locale_unknown", error=str(error))
            return None
        language = locale[:2].lower()
        return language if language in LANGUAGES else None

    def _of_channel(self, team_id: str, channel: str) -> str:
        return self.chosen(team_id, channel) or self.usual

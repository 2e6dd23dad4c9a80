"""Words ─▶ answer: what the command line and Slack both ask with."""

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Engine

from bot.facts import needs_rebuild
from bot.settings import Settings
from kpi.answer import answer
from kpi.dimensions import DIMENSIONS
from kpi.errors import StorageError
from kpi.frames import DatabaseFrames, Frames, Freshness
from kpi.language import Context, parse
from kpi.question import Answer, Question


class KnownValues(Mapping[str, Mapping[str, str]]):
    """The known values of each dimension with their labels, read only when words call for them."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames

    def __getitem__(self, key: str) -> Mapping[str, str]:
        return self._frames.values(key)

    def __iter__(self) -> Iterator[str]:
        return iter(DIMENSIONS)

    def __len__(self) -> int:
        return len(DIMENSIONS)


class Asker:
    """Answers questions put in words, from one database."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._frames = DatabaseFrames(engine, [each.key for each in settings.helpdesks] or None)
        self._settings = settings

    @property
    def zone(self) -> str:
        """The reporting time zone."""
        return self._settings.timezone

    def understand(self, words: str, now: int, language: str, frames: Frames | None = None) -> Question:
        """Return the question that words ask, whose values are those of `frames`; raises QuestionError."""
        context = Context(
            now=now,
            zone=self._settings.timezone,
            week_start=self._settings.week_start,
            language=language,
            values=KnownValues(frames or self._frames),
        )
        return parse(words, context)

    def ask(self, words: str, now: int, language: str) -> Answer:
        """Return the answer to a question in words.

        Args:
            words: the question in English or French, without the command's name.
            now: the instant of asking; nothing after it counts.
            language: the reader's; it decides where the two languages differ.

        Raises:
            QuestionError: the words are not understood, or the question has no answer.
            StorageError: the database can't be read, or its facts were made with other rules (`facts_stale`).
        """
        # One connection and one snapshot for all of it: rules checked in one could be outdated in the next, and a
        # thread that holds one connection while it waits for another can wait for ever.
        with self._frames.snapshot() as frames:
            self._check_rules(frames)
            return answer(self.understand(words, now, language, frames), frames, now, self._settings.targets)

    def _check_rules(self, frames: DatabaseFrames) -> None:
        """Refuse figures made with other schedules or policies than the settings have: wrong without a sign of it."""
        with frames.connect() as connection:
            for helpdesk in frames.helpdesks():
                if needs_rebuild(connection, helpdesk, self._settings):
                    raise StorageError("facts_stale", helpdesk=helpdesk)

    def helpdesks(self) -> tuple[str, ...]:
        """Return the keys of the helpdesks that are read."""
        return self._frames.helpdesks()

    def freshness(self, helpdesks: Collection[str] = ()) -> Freshness:
        """Return what the data of these helpdesks covers, or of all."""
        return self._frames.freshness(helpdesks)

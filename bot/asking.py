"""Words ─▶ answer: what the command line and Slack both ask with."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from sqlalchemy import Engine

from bot.access import Viewer
from bot.facts import stale_helpdesks
from bot.said import with_restatement
from bot.settings import Settings
from kpi.answer import answer
from kpi.configuration import Configuration
from kpi.dimensions import DIMENSIONS
from kpi.drilldown import Listing, tickets_behind
from kpi.errors import StorageError
from kpi.explain import Explanation, explain
from kpi.frames import DatabaseFrames, Frames, Freshness
from kpi.language import Context, parse
from kpi.memory import MemoryFrames, MemorySnapshot
from kpi.projection import shared_holidays
from kpi.question import Answer, Question
from kpi.watch import Watch, watch


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
    """Answers questions put in words.

    Args:
        source: the database, or an export of it.
        settings: what they are read and answered by.
        memory: the database's facts in this process, from which answers come once they are loaded.
        remembers: whether the database remembers what is said, to tell later when a figure is another one.
    """

    def __init__(
        self,
        source: Engine | Frames,
        settings: Settings,
        memory: MemoryFrames | None = None,
        *,
        remembers: bool = True,
    ) -> None:
        self._said = source if remembers and isinstance(source, Engine) else None
        self._source = DatabaseFrames(source, settings.counted_helpdesks) if isinstance(source, Engine) else source
        self._memory = memory
        self._settings = settings
        self._holidays = shared_holidays(assigned.schedule for assigned in settings.schedules)

    @property
    def configuration(self) -> Configuration:
        """What the desk has decided about its KPIs."""
        return self._settings.configuration

    @property
    def zone(self) -> str:
        """The reporting time zone."""
        return self._settings.timezone

    def understand(self, words: str, now: int, language: str, frames: Frames | None = None) -> Question:
        """Return the question that words ask, whose values are those of `frames`; raises QuestionError."""
        if frames is None:
            with self._snapshot() as read:
                return self.understand(words, now, language, read)
        context = Context(
            now=now,
            zone=self._settings.timezone,
            week_start=self._settings.week_start,
            language=language,
            values=KnownValues(frames),
        )
        return parse(words, context)

    def ask(self, words: str, now: int, language: str, viewer: Viewer | None = None) -> Answer:
        """Return the answer to a question in words.

        Args:
            words: the question in English or French, without the command's name.
            now: the instant of asking; nothing after it counts.
            language: the reader's; it decides where the two languages differ.
            viewer: who asks; None for whoever has the database, who may see everything.

        Raises:
            QuestionError: the words are not understood, or the question has no answer.
            AccessError: the viewer may not see it.
            StorageError: the database can't be read, or its facts were made with other rules (`facts_stale`).
        """
        with self.facts() as frames:
            question = self.understand(words, now, language, frames)
            told = self._answer(question, frames, now, viewer)
        return self._with_restatement(told)

    def answer(self, question: Question, now: int, viewer: Viewer | None = None) -> Answer:
        """Return the answer to a question, as far as the viewer may see it; raises as `ask`."""
        with self.facts() as frames:
            told = self._answer(question, frames, now, viewer)
        return self._with_restatement(told)

    def behind(self, question: Question, now: int, viewer: Viewer | None = None, limit: int | None = None) -> Listing:
        """Return the tickets behind a number, as many as `limit`; raises as `ask`."""
        with self.facts() as frames:
            found = tickets_behind(question, frames, now, self.configuration, limit)
        return replace(found, answer=self._with_restatement(found.answer))

    def why(self, question: Question, now: int, viewer: Viewer | None = None) -> Explanation | Answer:
        """Return why a figure changed; raises as `ask`."""
        with self.facts() as frames:
            found = explain(question, frames, now, self.configuration)
        # It doesn't say the figure of a KPI whose means it splits.
        if isinstance(found, Answer) or found.means:
            return found
        return replace(found, answer=self._with_restatement(found.answer))

    def watch(self, question: Question, keys: Sequence[str], now: int, viewer: Viewer | None = None) -> Watch:
        """Return what is out of the ordinary of some KPIs; raises as `ask`."""
        with self.facts() as frames:
            return watch(question, keys, frames, now, self.configuration)

    def _answer(self, question: Question, frames: Frames, now: int, viewer: Viewer | None) -> Answer:
        return answer(question, frames, now, self.configuration, self._holidays)

    def _with_restatement(self, told: Answer) -> Answer:
        # Only once the connection that read the facts is free again: a thread that holds one while it waits for
        # another can wait for ever.
        return told if self._said is None else with_restatement(told, self._said)

    @contextmanager
    def facts(self) -> Iterator[Frames]:
        """Give the facts as they are at this moment; raises StorageError `facts_stale`."""
        # One connection and one snapshot for all of it: rules checked in one could be outdated in the next, and a
        # thread that holds one connection while it waits for another can wait for ever.
        with self._snapshot() as frames:
            for helpdesk in self._refused(frames):
                raise StorageError("facts_stale", helpdesk=helpdesk)
            yield frames

    def _snapshot(self) -> AbstractContextManager[Frames]:
        """Give the facts from memory, once they are there; until then from where they come from."""
        if self._memory is not None and self._memory.is_ready:
            return self._memory.snapshot()
        return self._source.snapshot()

    def _refused(self, frames: Frames) -> Collection[str]:
        """Return helpdesks whose facts don't follow the settings' rules: figures that are wrong without a sign of it.

        Memory was told in the transaction that its facts come from. An export is only made of facts that do follow.
        """
        if isinstance(frames, MemorySnapshot):
            return sorted(frames.refused)
        if not isinstance(frames, DatabaseFrames):
            return ()
        with frames.connect() as connection:
            return stale_helpdesks(connection, frames.helpdesks(), self._settings)

    def helpdesks(self) -> tuple[str, ...]:
        """Return the keys of the helpdesks that are read."""
        with self._snapshot() as frames:
            return frames.helpdesks()

    def freshness(self, helpdesks: Collection[str] = ()) -> Freshness:
        """Return what the data of these helpdesks covers, or of all."""
        with self._snapshot() as frames:
            return frames.freshness(helpdesks)


def memory_of(engine: Engine, settings: Settings) -> MemoryFrames:
    """Return facts in memory, to be loaded, that follow a database and know whether they follow the settings."""
    frames = DatabaseFrames(engine, settings.counted_helpdesks)
    return MemoryFrames(frames, lambda connection, helpdesks: stale_helpdesks(connection, helpdesks, settings))

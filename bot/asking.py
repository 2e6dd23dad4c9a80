"""Words ─▶ answer: what the command line and Slack both ask with."""

import os
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from dataclasses import replace
from functools import partial
from threading import BoundedSemaphore, Lock
from typing import Any, TypeVar

from sqlalchemy import Engine, func, select

from bot.access import Permitted, Viewer, check_customers, permitted
from bot.audit import Audit
from bot.facts import stale_helpdesks
from bot.questions import About
from bot.said import with_restatement
from bot.settings import Settings
from bot.settings_access import AccessTable
from bot.tables import refused_tickets
from bot.targets import TargetsSet
from kpi.answer import answer
from kpi.configuration import Configuration
from kpi.dimensions import DIMENSIONS
from kpi.drilldown import Listing, tickets_behind
from kpi.due import Promises, promises
from kpi.errors import AccessError, StorageError
from kpi.explain import Explanation, explain, usual_split
from kpi.frames import DatabaseFrames, Frames, Freshness
from kpi.language import Context, parse
from kpi.memory import MemoryFrames, MemorySnapshot
from kpi.period import Period, midnight
from kpi.projection import shared_holidays
from kpi.question import Answer, Filter, Question
from kpi.watch import Watch, watch

AT_ONCE = os.cpu_count() or 1
"""How many answers are worked out from memory at a time. More take no less time together, and hold up what has to be
acknowledged meanwhile; threads that wait for the database or for Slack don't count."""

Result = TypeVar("Result")


class KnownValues(Mapping[str, Mapping[str, str]]):
    """The known values of each dimension with their labels, read only when words call for them.

    Raises AccessError where the viewer may not read them.
    """

    def __init__(self, frames: Frames, viewer: Viewer | None, rules: AccessTable) -> None:
        self._frames, self._viewer, self._rules = frames, viewer, rules

    def __getitem__(self, key: str) -> Mapping[str, str]:
        if key == "customer":
            check_customers(self._viewer, self._rules)
        return self._frames.values(key)

    def __iter__(self) -> Iterator[str]:
        return iter(DIMENSIONS)

    def __len__(self) -> int:
        return len(DIMENSIONS)


class Results:
    """What was worked out, by what was asked; a thread that asks meanwhile waits for it."""

    def __init__(self) -> None:
        self._found: dict[Hashable, Future[Any]] = {}
        self._lock = Lock()

    def of(self, key: Hashable, work: Callable[[], Result]) -> Result:
        """Return what `work` returns, or has returned before; what it raises is raised by all who wait, and forgotten.

        A thread may wait here with a connection: whoever works has its own already.
        """
        with self._lock:
            is_known, found = key in self._found, self._found.setdefault(key, Future())
        if not is_known:
            try:
                found.set_result(work())
            except BaseException as error:  # noqa: BLE001  # it is raised below, and by all who wait
                with self._lock:
                    del self._found[key]
                found.set_exception(error)
        result: Result = found.result()
        return result


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
        self._engine = source if isinstance(source, Engine) else None
        self.targets_set = None if self._engine is None else TargetsSet(self._engine)
        """Targets that are set while the bot runs; None without a database."""
        self._audit = None if self._engine is None else Audit(self._engine, settings.access.keep_audit)
        self._said = source if remembers and isinstance(source, Engine) else None
        self._source = DatabaseFrames(source, settings.counted_helpdesks) if isinstance(source, Engine) else source
        self._memory = memory
        self._turns = BoundedSemaphore(AT_ONCE)
        self._results: Results | None = None
        self._settings = settings
        self._holidays = shared_holidays(assigned.schedule for assigned in settings.schedules)

    def shared(self) -> "Asker":
        """Return an asker that works out once what is asked of it more than once, for whoever may see the same of it.

        It is for many answers of one instant: what becomes of the data afterwards is seen once it is fresher, other
        targets are not. Who asked what is written down each time.
        """
        made = copy(self)
        made._results = Results()  # noqa: SLF001  # its own class
        return made

    @property
    def configuration(self) -> Configuration:
        """What the desk has decided about its KPIs, with the targets that were set while the bot runs."""
        given = self._settings.configuration
        return given if self.targets_set is None else replace(given, targets=self.targets_set.over(given.targets))

    @property
    def engine(self) -> Engine | None:
        """The database that it reads; None where it reads an export."""
        return self._engine

    @property
    def zone(self) -> str:
        """The reporting time zone."""
        return self._settings.timezone

    @property
    def week_start(self) -> int:
        """The first day of the week, from Monday 0."""
        return self._settings.week_start

    def understand(
        self, words: str, now: int, language: str, frames: Frames | None = None, viewer: Viewer | None = None
    ) -> Question:
        """Return the question that words ask, whose values are those of `frames`.

        Raises QuestionError, and AccessError for words about what the viewer may not even read the names of.
        """
        if frames is None:
            with self._snapshot() as read:
                return self.understand(words, now, language, read, viewer)
        context = Context(
            now=now,
            zone=self._settings.timezone,
            week_start=self._settings.week_start,
            language=language,
            values=KnownValues(frames, viewer, self._settings.access),
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
        return self.answer(self.understand(words, now, language, viewer=viewer), now, viewer)

    def answer(self, question: Question, now: int, viewer: Viewer | None = None) -> Answer:
        """Return the answer to a question, as far as the viewer may see it; raises as `ask`."""
        with self._asked(question, About.NUMBER, now, viewer) as (may, facts, configuration):
            key = (may.question, may.smallest, now)
            work = partial(answer, may.question, facts, now, configuration, self._holidays)
            told = self._once((About.NUMBER, *key), facts.freshness, work)
        said = self._once(("said", *key), lambda: told.data_as_of, lambda: self._with_restatement(told))
        return replace(said, narrowed=may.narrowed)

    def behind(self, question: Question, now: int, viewer: Viewer | None = None, limit: int | None = None) -> Listing:
        """Return the tickets behind a number, as many as `limit`; raises as `ask`."""
        with self._asked(question, About.TICKETS, now, viewer) as (may, facts, configuration):
            found = tickets_behind(may.question, facts, now, configuration, limit)
        return replace(found, answer=self._with_restatement(replace(found.answer, narrowed=may.narrowed)))

    def why(self, question: Question, now: int, viewer: Viewer | None = None) -> Explanation | Answer:
        """Return why a figure changed; raises as `ask`."""
        split = question.by or usual_split(self._settings.configuration.find(question.kpi))
        with self._asked(replace(question, by=split), About.WHY, now, viewer) as (may, facts, configuration):
            found = explain(may.question, facts, now, configuration)
        if isinstance(found, Answer):
            return replace(found, narrowed=may.narrowed)
        told = replace(found.answer, narrowed=may.narrowed)
        # It doesn't say the figure of a KPI whose means it splits.
        return replace(found, answer=told if found.means else self._with_restatement(told))

    def watch(self, question: Question, keys: Sequence[str], now: int, viewer: Viewer | None = None) -> Watch:
        """Return what is out of the ordinary of some KPIs; raises as `ask`."""
        with self._asked(question, About.ANOMALIES, now, viewer) as (may, facts, configuration):
            key = (About.ANOMALIES, may.question, *keys, may.smallest, now)
            found = self._once(key, facts.freshness, lambda: watch(may.question, keys, facts, now, configuration))
        return replace(found, narrowed=may.narrowed)

    def promises(
        self, filters: Sequence[Filter], period: Period, now: int, viewer: Viewer | None = None, limit: int = 3
    ) -> Promises | None:
        """Return which SLA clocks are late and which are due before a period ends, `limit` of each.

        None where nobody has promised anything; raises as `ask`.
        """
        question = Question(kpi="overdue", period=period, filters=tuple(filters))
        with self._asked(question, About.TICKETS, now, viewer) as (may, facts, _):
            key, until = (About.TICKETS, may.question, limit, now), midnight(period.end, period.zone)
            return self._once(key, facts.freshness, lambda: promises(may.question.filters, facts, now, until, limit))

    def _once(self, key: Hashable, fresh: Callable[[], Hashable], work: Callable[[], Result]) -> Result:
        """Return what `work` returns; where it is shared, what it has returned before of data as `fresh`."""
        return work() if self._results is None else self._results.of((key, fresh()), work)

    @contextmanager
    def _asked(
        self, question: Question, about: About, now: int, viewer: Viewer | None
    ) -> Iterator[tuple[Permitted, Frames, Configuration]]:
        """Give what a viewer may ask in place of a question, with what answers it; raises AccessError for nothing.

        It is written down once the connection that read the facts is free again: a thread that holds one while it waits
        for another can wait for ever.
        """
        configuration = self.configuration
        recording = nullcontext() if self._audit is None else self._audit.records(viewer, question, about, now)
        with recording, self._turn(), self.facts() as facts:
            kpi, rules = configuration.find(question.kpi), self._settings.access
            may = permitted(question, kpi, viewer, facts, rules, rows=about is About.TICKETS)
            yield may, facts, replace(configuration, smallest=may.smallest)

    def _turn(self) -> AbstractContextManager[object]:
        """Wait until it is this answer's turn to be worked out, or to be waited for with a connection."""
        from_memory = self._memory is not None and self._memory.is_ready
        return self._turns if from_memory or self._results is not None else nullcontext()

    def _with_restatement(self, told: Answer) -> Answer:
        """Return the answer with what was last said of the same, unless either may be of too few persons to be told."""
        # Outside of _asked, which says why.
        if self._said is None or told.withholds(told.figure):
            return told
        found = with_restatement(told, self._said)
        few = found.restated is not None and found.restated.figure.n < told.smallest
        return replace(found, restated=None) if few else found

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

    def values(self, dimension: str, viewer: Viewer | None = None) -> Mapping[str, str]:
        """Return the known values of a dimension, as questions call them, with their labels.

        None for a viewer who may not even read what they are called.
        """
        with self._snapshot() as frames:
            try:
                return KnownValues(frames, viewer, self._settings.access)[dimension]
            except AccessError:
                return {}

    def refused_tickets(self) -> Mapping[str, int]:
        """Return how many tickets of each helpdesk could not be read."""
        if self._engine is None:
            return {}
        counted = select(refused_tickets.c.helpdesk, func.count()).group_by(refused_tickets.c.helpdesk)
        with self._engine.connect() as connection:
            return dict(connection.execute(counted).all())

    def helpdesks(self) -> tuple[str, ...]:
        """Return the keys of the helpdesks that count."""
        with self._snapshot() as frames:
            return frames.helpdesks()

    @property
    def read(self) -> frozenset[str]:
        """The keys of the helpdesks that syncs read; others come in by imports."""
        return frozenset(helpdesk.key for helpdesk in self._settings.helpdesks)

    def freshness(self, helpdesks: Collection[str] = ()) -> Freshness:
        """Return what the data of these helpdesks covers, or of all."""
        with self._snapshot() as frames:
            return frames.freshness(helpdesks)


def memory_of(engine: Engine, settings: Settings) -> MemoryFrames:
    """Return facts in memory, to be loaded, that follow a database and know whether they follow the settings."""
    frames = DatabaseFrames(engine, settings.counted_helpdesks)
    return MemoryFrames(frames, lambda connection, helpdesks: stale_helpdesks(connection, helpdesks, settings))

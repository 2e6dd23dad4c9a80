"""What a digest says: figures of the period that has passed, in the order in which they matter."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from math import ceil
from typing import TypeVar

from bot.access import Viewer
from bot.asking import Asker
from bot.recurrence import Occurrence
from bot.subscriptions import DigestWanted
from kpi.catalogue import CATALOGUE, Composite, Kpi
from kpi.due import Promises
from kpi.errors import AccessError, KpiError, QuestionError
from kpi.known import Freshness
from kpi.period import Grain, Period, local_day, start_of
from kpi.question import Answer, Question
from kpi.targets import Standing
from kpi.watch import WATCHED, Watch, Watched

NAMED = 3
"""How many tickets of each kind are named."""

CHARTED = {Grain.DAY: 14, Grain.WEEK: 12, Grain.MONTH: 12}
"""How many units the chart goes back."""

DAYS_OF_WEEK = 7

MISSED = (Standing.MISSED, Standing.MISSED_CLOSE)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What there is to say.

    Attributes:
        period: what the figures are of; `now` is when they were read.
        fresh: what the data covers.
        missed: figures that missed their target, the farthest first.
        worse, better, otherwise: clear changes of the others: for the worse, for the better, and where neither is.
        calm: figures without a clear change.
        nothing: KPIs of which nothing happened.
        unavailable: KPIs that the data doesn't tell.
        refused: KPIs that the owner may not show here, or that can't be asked so, with why.
        promises: SLA clocks that are late, or due before the local day ends; None without SLA policies.
        anomalies: what was out of the ordinary in the last week; told once a week.
        trend: of the figure that matters most; None where nothing stands out.
        by_team: figures by team, for the thread.
    """

    wanted: DigestWanted
    period: Period
    compared: Period
    now: int
    fresh: Freshness
    missed: tuple[Answer, ...] = ()
    worse: tuple[Answer, ...] = ()
    better: tuple[Answer, ...] = ()
    otherwise: tuple[Answer, ...] = ()
    calm: tuple[Answer, ...] = ()
    nothing: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    refused: tuple[tuple[str, KpiError], ...] = ()
    promises: Promises | None = None
    anomalies: tuple[Watched, ...] = ()
    trend: Answer | None = None
    by_team: tuple[Answer, ...] = ()

    @property
    def told(self) -> tuple[Answer, ...]:
        """Every figure, in the order in which it is told."""
        return (*self.missed, *self.worse, *self.better, *self.otherwise, *self.calm)

    @property
    def narrowed(self) -> Answer | None:
        """A figure that is about less than what was asked for, as its reader may not see more; None without any."""
        return next((one for one in self.told if one.narrowed is not None), None)


def compared_with(period: Period) -> Period:
    """Return what a digest compares with: the week or the month before, of days the same days of the week."""
    if period.grain in {Grain.WEEK, Grain.MONTH}:
        return period.previous()
    return period.moved(Grain.DAY, -DAYS_OF_WEEK * ceil(period.days / DAYS_OF_WEEK))


def question_of(wanted: DigestWanted, kpi: str, period: Period, week_start: int) -> Question:
    """Return what a digest asks about a KPI."""
    return Question(kpi=kpi, period=period, filters=wanted.filters, versus=compared_with(period), week_start=week_start)


def digest(asker: Asker, wanted: DigestWanted, occurrence: Occurrence, now: int, viewer: Viewer | None) -> Digest:
    """Return what there is to say on a day, as far as the viewer may see it.

    Raises StorageError; what can't be asked or shown is told in the digest itself.
    """
    return _Making(asker, wanted, occurrence, now, viewer).digest()


class _Making:
    def __init__(
        self, asker: Asker, wanted: DigestWanted, occurrence: Occurrence, now: int, viewer: Viewer | None
    ) -> None:
        self.asker, self.wanted, self.occurrence, self.now, self.viewer = asker, wanted, occurrence, now, viewer
        self.zone = wanted.recurrence.zone
        self.period = wanted.recurrence.reported(occurrence.day, asker.week_start)
        self.refused: dict[str, KpiError] = {}

    def digest(self) -> Digest:
        keys = self.wanted.kpis or WATCHED
        answers = [answer for key in keys if (answer := self._answer(self._question(key))) is not None]
        told = [one for one in answers if one.figure is not None and (one.figure.value is not None or one.figure.n)]
        missed = sorted((one for one in told if _has_missed(one)), key=_how_far)
        others = [one for one in told if one not in missed]
        moved = [one for one in others if one.change is not None and one.change.clear]
        found = Digest(
            wanted=self.wanted,
            period=self.period,
            compared=compared_with(self.period),
            now=self.now,
            fresh=self.asker.freshness(),
            missed=tuple(missed),
            worse=tuple(one for one in moved if _is_better(one) is False),
            better=tuple(one for one in moved if _is_better(one) is True),
            otherwise=tuple(one for one in moved if _is_better(one) is None),
            calm=tuple(one for one in others if one not in moved),
            nothing=tuple(one.question.kpi for one in answers if one.available and one not in told),
            unavailable=tuple(one.question.kpi for one in answers if not one.available),
            promises=self._promises(),
            anomalies=self._anomalies(keys),
        )
        return replace(
            found,
            trend=self._trend(found),
            by_team=tuple(self._by_team(found.told)),
            refused=tuple(self.refused.items()),
        )

    def _question(self, kpi: str) -> Question:
        return question_of(self.wanted, kpi, self.period, self.asker.week_start)

    def _answer(self, question: Question) -> Answer | None:
        """Return the answer, None when it can't be had, which is then told."""
        try:
            return self.asker.answer(question, self.now, self.viewer)
        except (AccessError, QuestionError) as error:
            self.refused.setdefault(question.kpi, error)
            return None

    def _promises(self) -> Promises | None:
        today = Period.of(local_day(self.now, self.zone), Grain.DAY, self.zone)
        return _had(lambda: self.asker.promises(self.wanted.filters, today, self.now, self.viewer, NAMED))

    def _anomalies(self, keys: Sequence[str]) -> tuple[Watched, ...]:
        """Return what was out of the ordinary, in the first digest of a week: the week doesn't change after that."""
        week_start, day = self.asker.week_start, self.occurrence.day
        if self.wanted.recurrence.previous(self.occurrence.at).day >= start_of(day, Grain.WEEK, week_start):
            return ()
        week = Period.of(day, Grain.WEEK, self.zone, week_start)
        question = Question(kpi=keys[0], period=week, filters=self.wanted.filters, week_start=week_start)
        found: Watch | None = _had(lambda: self.asker.watch(question, keys, self.now, self.viewer))
        return () if found is None else found.anomalies

    def _by_team(self, told: Sequence[Answer]) -> Iterator[Answer]:
        """Yield the figures that there are by team, unless one team alone is asked about."""
        if any(chosen.dimension == "team" and len(chosen.values) == 1 for chosen in self.wanted.filters):
            return
        for one in told:
            known = CATALOGUE[one.question.kpi].dimensions
            if known is None or "team" in known:
                found = _had(partial(self.asker.answer, replace(one.question, by=("team",)), self.now, self.viewer))
                if found is not None and len(found.groups) > 1:
                    yield found

    def _trend(self, found: Digest) -> Answer | None:
        """Return how the figure that matters most came about."""
        standing_out = (*found.missed, *found.worse, *found.better, *found.otherwise)
        if not standing_out:
            return None
        grain = found.period.grain or Grain.DAY
        start = found.period.end - timedelta(days=CHARTED[Grain.DAY])
        if grain is not Grain.DAY:
            start = found.period.moved(grain, 1 - CHARTED[grain]).start
        long = Period(start=start, end=found.period.end, zone=self.zone)
        question = replace(standing_out[0].question, period=long, per=grain, versus=None)
        return _had(lambda: self.asker.answer(question, self.now, self.viewer))


def _had(ask: Callable[[], Result]) -> Result | None:
    """Return what can be had; None of what can't be asked or shown."""
    try:
        return ask()
    except (AccessError, QuestionError):
        return None


def _has_missed(answer: Answer) -> bool:
    """Tell whether a figure missed its target: one that somebody has set."""
    return not answer.target_is_usual and answer.standing in MISSED


def _how_far(answer: Answer) -> tuple[bool, float]:
    """Return an order: what surely missed before what was close, and the farthest from its target first."""
    value, target = (answer.figure.value if answer.figure else None) or 0.0, answer.target or 0.0
    return answer.standing is Standing.MISSED_CLOSE, -abs(value - target) / max(abs(target), 1e-9)


def _is_better(answer: Answer) -> bool | None:
    """Tell whether a change is for the better; None where neither way is."""
    if answer.change is None or answer.higher_is_better is None:
        return None
    return (answer.change.value > 0) == answer.higher_is_better


def can_be_told(kpi: str) -> bool:
    """Tell whether a KPI can stand in a digest: it is measured, period by period."""
    return isinstance(CATALOGUE[kpi], Kpi | Composite)

"""What is out of the ordinary: the last complete week of a KPI against the weeks before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kpi.anomaly import WEEKS_USED, Judgement, judge_count, judge_duration, judge_ratio
from kpi.asked import Asked
from kpi.breakdown import breakdown
from kpi.catalogue import AnyKpi, Composite, Kpi, Listed
from kpi.checked import Checked, check
from kpi.configuration import AS_PUBLISHED, Configuration
from kpi.errors import QuestionError
from kpi.frames import Frames
from kpi.period import Grain, Period, Span
from kpi.question import Figure, Filter, Narrowed, Question, Sample, Unit

WATCHED = (
    "volume",
    "solved",
    "backlog",
    "frt",
    "frt_sla",
    "resolution_time",
    "resolution_sla",
    "fcr",
    "reopen_rate",
    "csat",
)
"""The KPIs that are watched when the question names none."""

CHARTED = frozenset({Unit.COUNT, Unit.RATIO, Unit.SECONDS, Unit.NUMBER, Unit.MONEY})
"""What charts of weeks exist for: scores and net scores have a floor and a ceiling, and may be below zero."""

PATIENCE = 5
"""How many weeks back a figure may stop being provisional."""

PROVISIONAL = "provisional"

Keys = tuple[str | None, ...]
"""What the values of a group are called in questions; empty for all rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A KPI, or one group of it, in a week.

    Attributes:
        kpi: its key.
        labels: what people call the group; empty for all rows.
        week: the week that is judged: the last one that is complete, read whole, and no longer provisional.
        judgement: the week against those before; None when it can't be told.
        unit: of the judgement's values.
        business: durations are business time.
    """

    kpi: str
    labels: tuple[str | None, ...] = ()
    week: Period
    judgement: Judgement | None
    unit: Unit
    business: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What was looked at.

    `missing` are the KPIs whose data is not there; `narrowed` says what the reader may see, where that is less than was
    asked for.
    """

    question: Question
    now: int
    by: tuple[str, ...]
    watched: tuple[Watched, ...]
    missing: tuple[str, ...] = ()
    named_filters: tuple[Filter, ...] = ()
    narrowed: Narrowed | None = None
    data_as_of: int | None = None
    behind: str | None = None

    @property
    def anomalies(self) -> tuple[Watched, ...]:
        """What is out of the ordinary, the farthest out first."""
        out = [one for one in self.watched if one.judgement is not None and one.judgement.is_anomaly]
        return tuple(sorted(out, key=lambda one: -_distance(one.judgement)))

    @property
    def untold(self) -> tuple[Watched, ...]:
        """What can't be judged."""
        return tuple(one for one in self.watched if one.judgement is None)


def watch(
    question: Question, keys: Sequence[str], frames: Frames, now: int, configuration: Configuration = AS_PUBLISHED
) -> Watch:
    """Return a week of each KPI, or of each group of it, against up to half a year of weeks before.

    The running week stands for the last one that can be judged; any other week of the question is judged itself.

    Raises:
        QuestionError: `anomalies_alone` with a trend or comparison, `anomalies_of_weeks`, `anomalies_not_of` a KPI
            without such a chart when it is the only one, and as `check`.
    """
    if question.per or question.versus:
        raise QuestionError("anomalies_alone")
    if question.period.grain is not Grain.WEEK:
        raise QuestionError("anomalies_of_weeks")
    watched: list[Watched] = []
    missing: list[str] = []
    with frames.snapshot() as facts:
        checks = [
            check(
                *(replace(question, kpi=kpi.key), kpi, facts, now, configuration.targets),
                smallest=configuration.smallest,
            )
            for kpi in _fit(question, [configuration.find(key) for key in keys])
        ]
        for checked in checks:
            if checked.asking.missing(checked.kpi):
                missing.append(checked.kpi.key)
            else:
                watched += _judged(checked)
    return Watch(
        question=question,
        now=now,
        by=question.by,
        watched=tuple(watched),
        missing=tuple(missing),
        named_filters=tuple(chosen.named for checked in checks[:1] for chosen in checked.asking.filters),
        data_as_of=checks[0].coverage.freshness.synced_at if checks else None,
        behind=checks[0].coverage.freshness.behind if checks else None,
    )


def _fit(question: Question, kpis: Sequence[Listed]) -> list[AnyKpi]:
    """Return the KPIs that have a chart and what the question tells their rows apart by."""
    asked = {*question.by, *(chosen.dimension for chosen in question.filters)}
    found = []
    for kpi in kpis:
        if not isinstance(kpi, Kpi | Composite) or kpi.unit not in CHARTED:
            raise QuestionError("anomalies_not_of", kpi=kpi.key)
        if len(kpis) == 1 or kpi.dimensions is None or asked <= kpi.dimensions:
            found.append(kpi)
    return found


# --- Weeks -------------------------------------------------------------------------------------------------------


def _judged(checked: Checked) -> list[Watched]:
    asked, question = checked.asked(), checked.question
    week = _week(checked, asked)
    started = checked.coverage.freshness.history_start
    weeks = [week.moved(Grain.WEEK, -back) for back in range(WEEKS_USED, -1, -1)]
    spans = {one: one.span(checked.asking.now) for one in weeks}
    known = [one for one in weeks[:-1] if started is None or spans[one].start >= started]
    uncovered = checked.coverage.uncovered(spans[week]) is not None
    business = asked.totals(spans[week]).business
    if not question.by:
        figures = asked.trend([*known, week], [spans[one] for one in (*known, week)])
        judgement = None if uncovered else _judge(checked.kpi, figures)
        return [Watched(kpi=checked.kpi.key, week=week, judgement=judgement, unit=checked.kpi.unit, business=business)]
    found = []
    for labels, figures in _grouped(asked, [spans[one] for one in (*known, week)]):
        judgement = None if uncovered else _judge(checked.kpi, figures)
        found.append(
            Watched(
                kpi=checked.kpi.key,
                labels=labels,
                week=week,
                judgement=judgement,
                unit=checked.kpi.unit,
                business=business,
            )
        )
    return found


def _week(checked: Checked, asked: Asked) -> Period:
    """Return the week that is judged."""
    period, now = checked.question.period, checked.asking.now
    if not period.is_running(now):
        return period
    last = period.previous()
    for back in range(PATIENCE):
        week = last.moved(Grain.WEEK, -back)
        span = week.span(now)
        if not checked.coverage.uncovered(span) and not asked.totals(span).notes.get(PROVISIONAL):
            return week
    return last


def _grouped(asked: Asked, spans: Sequence[Span]) -> Iterator[tuple[tuple[str | None, ...], list[Figure]]]:
    """Yield the label of each group with its figures of all spans."""
    labels: dict[Keys, tuple[str | None, ...]] = {}
    weeks: list[dict[Keys, Figure]] = []
    for span in spans:
        groups = breakdown(asked, span)
        labels |= {group.keys: group.labels for group in groups}
        weeks.append({group.keys: group.figure for group in groups})
    for keys, label in labels.items():
        yield label, [week.get(keys, asked.kpi.nothing) for week in weeks]


# --- Charts ------------------------------------------------------------------------------------------------------


def _judge(kpi: AnyKpi, figures: Sequence[Figure]) -> Judgement | None:
    """Return the last figure against those before it, on the chart of its unit."""
    if kpi.unit is Unit.COUNT:
        *before, week = (int(figure.value or 0) for figure in figures)
        return judge_count(before, week)
    parts = [(0, 0) if figure.value is None else (figure.numerator, figure.denominator) for figure in figures]
    shares = [(yes, n) for yes, n in parts if yes is not None and n is not None]
    if kpi.unit is Unit.RATIO and len(shares) == len(parts) and all(yes <= n for yes, n in shares):
        return judge_ratio(shares[:-1], shares[-1])
    *earlier, last = (_shown(figure) for figure in figures)
    return judge_duration(earlier, last)


def _shown(figure: Figure) -> float | None:
    """Return a value that rests on enough to be shown."""
    return None if figure.sample is Sample.COUNTS_ONLY else figure.value


def _distance(judgement: Judgement | None) -> float:
    """Return how far a value lies outside the limits, as a part of the distance from the middle to the limit."""
    if judgement is None:
        return 0.0
    limit = judgement.high if judgement.value > judgement.high else judgement.low
    return abs(judgement.value - limit) / max(abs(limit - judgement.expected), 1e-9)

"""Why a figure changed: the groups of a dimension, and what each contributed to the change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isclose

from kpi.answer import answer
from kpi.breakdown import breakdown
from kpi.catalogue import AnyKpi, Composite, Kpi, Listed
from kpi.checked import Checked, check, things
from kpi.compare import compared_span
from kpi.configuration import AS_PUBLISHED, Configuration
from kpi.dimensions import BREAKDOWNS
from kpi.durations import Duration
from kpi.errors import QuestionError
from kpi.frames import Frames
from kpi.period import Span
from kpi.question import Answer, Figure, Question, Unit
from kpi.sources import OPINIONS
from kpi.totals import Total
from kpi.why import Effect, Shares, why_count, why_quotient

USUAL = ("team", "channel", "type", *BREAKDOWNS)
"""What a change is split by when the question doesn't say: the first that the KPI's rows have."""

Keys = tuple[str | None, ...]
"""What the values of a group are called in questions, one for each dimension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The change of a figure, and the groups behind it.

    Attributes:
        answer: the figure and the one it is compared with, and whether the change is clear.
        by: the dimensions the change is split by.
        before, after: what is split; of durations and amounts the means, since medians can't be.
        effects: the groups, the one that contributed most first; they sum to after − before.
        labels: what people call each group.
        counts: the figures are counts, so there are no rate and mix effects.
        means: what is split are means, where the figure itself is a median.
    """

    answer: Answer
    by: tuple[str, ...]
    before: float | None
    after: float | None
    effects: tuple[Effect[Keys], ...] = ()
    labels: Mapping[Keys, tuple[str | None, ...]]
    counts: bool
    means: bool

    @property
    def change(self) -> float | None:
        """After − before; None when one of them has no figure."""
        return None if self.before is None or self.after is None else self.after - self.before


def explain(
    question: Question, frames: Frames, now: int, configuration: Configuration = AS_PUBLISHED
) -> Explanation | Answer:
    """Return the change of a figure against the compared period, split by a dimension; by team, unless asked.

    The answer alone when the KPI's data is missing.

    Raises:
        QuestionError: `why_alone` with a trend, `why_not_of` what can't be split, `why_uncovered` when the data
            doesn't cover both periods, `why_too_few` when a group has too few opinions, and as `check`.
    """
    if question.per:
        raise QuestionError("why_alone")
    kpi = configuration.find(question.kpi)
    if not isinstance(kpi, Kpi | Composite):
        raise QuestionError("why_not_of", kpi=question.kpi)
    by = question.by or (_usual(kpi),)
    with frames.snapshot() as facts:
        told = answer(replace(question, by=()), facts, now, configuration)
        if not told.available:
            return told
        if told.uncovered or told.compared_figure is None or told.figure is None or told.compared is None:
            raise QuestionError("why_uncovered", kpi=question.kpi)
        asked = replace(question, by=by)
        # A few tickets of an agent weigh little in a change; a few opinions would tell whose they are.
        smallest = configuration.smallest if things(kpi) in OPINIONS else 0
        checked = check(asked, kpi, facts, now, configuration.targets, smallest=smallest)
        _, earlier = compared_span(question, now)
        return _split(told, checked, by, (earlier, told.span))


def usual_split(kpi: Listed) -> tuple[str, ...]:
    """Return what a change of a KPI is split by when the question doesn't say; nothing where it can't be split."""
    return (_usual(kpi),) if isinstance(kpi, Kpi | Composite) else ()


def _usual(kpi: AnyKpi) -> str:
    known = [key for key in USUAL if kpi.dimensions is None or key in kpi.dimensions]
    if not known:
        raise QuestionError("why_not_of", kpi=kpi.key)
    return known[0]


def _split(told: Answer, checked: Checked, by: tuple[str, ...], spans: tuple[Span, Span]) -> Explanation:
    labels: dict[Keys, tuple[str | None, ...]] = {}
    periods: list[dict[Keys, Figure]] = []
    for span in spans:
        groups = breakdown(checked.asked(), span)
        if any(told.withholds(group.figure) for group in groups):
            raise QuestionError("why_too_few", smallest=told.smallest)
        labels |= {group.keys: group.labels for group in groups}
        periods.append({group.keys: group.figure for group in groups})
    earlier, later = periods
    counts = _adds_up(checked.kpi)
    before: float | None
    after: float | None
    if counts:
        effects = why_count(_values(earlier), _values(later))
        before, after = (sum(_values(groups).values()) for groups in periods)
    else:
        shares = [{keys: _shares(figure, told) for keys, figure in groups.items()} for groups in periods]
        effects = why_quotient(*shares)
        before, after = (_whole(groups) for groups in shares)
    means = isinstance(checked.kpi, Kpi) and isinstance(checked.kpi.measure, Duration)
    for figure, whole in ((told.compared_figure, before), (told.figure, after)):
        _check_sum(told, figure, whole, means=means)
    return Explanation(
        answer=told, by=by, before=before, after=after, effects=effects, labels=labels, counts=counts, means=means
    )


def _adds_up(kpi: AnyKpi) -> bool:
    """Tell whether the figures of groups sum to the figure of all."""
    return kpi.unit is Unit.COUNT or (isinstance(kpi, Kpi) and isinstance(kpi.measure, Total))


def _values(groups: Mapping[Keys, Figure]) -> dict[Keys, float]:
    return {keys: figure.value or 0 for keys, figure in groups.items()}


def _shares(figure: Figure, told: Answer) -> Shares:
    """Return what a group adds to both sides of the figure of all; raises QuestionError `why_not_of`."""
    if figure.numerator is not None and figure.denominator is not None:
        return float(figure.numerator), float(figure.denominator)
    scales = {whole.scale for whole in (told.figure, told.compared_figure) if whole is not None and whole.n}
    if figure.mean is not None and scales <= {figure.scale}:
        return figure.mean * figure.n, float(figure.n)
    if figure.value is None and not figure.n:
        return 0.0, 0.0
    raise QuestionError("why_not_of", kpi=told.question.kpi)


def _whole(groups: Mapping[Keys, Shares]) -> float | None:
    over = sum(denominator for _, denominator in groups.values())
    return sum(numerator for numerator, _ in groups.values()) / over if over else None


def _check_sum(told: Answer, figure: Figure | None, whole: float | None, *, means: bool) -> None:
    """Raise when the groups don't make up the figure: what two groups worked on, say, is counted in both."""
    shown = None if figure is None else figure.mean if means else figure.value
    if shown is not None and (whole is None or not isclose(shown, whole, rel_tol=1e-9, abs_tol=1e-9)):
        raise QuestionError("why_not_of", kpi=told.question.kpi)

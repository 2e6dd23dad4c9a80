"""Question, facts and now ─▶ Answer: the one function behind every surface, so that no two can show two numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kpi.asked import Asked, Asking
from kpi.breakdown import breakdown
from kpi.catalogue import AnyKpi, Composite, Kpi, find
from kpi.compare import Coverage, change, compared_span
from kpi.dimensions import BREAKDOWNS, Dimension, dimension
from kpi.errors import QuestionError
from kpi.filters import Chosen, choose
from kpi.frames import Frames
from kpi.period import Period, Span, midnight
from kpi.question import Answer, Figure, Question
from kpi.trend import trend

NO_TARGETS: Mapping[str, float] = {}


def answer(question: Question, frames: Frames, now: int, targets: Mapping[str, float] = NO_TARGETS) -> Answer:
    """Return the answer to a question.

    1. Refuse what has no answer. 2. Say what is missing when the KPI's data is not there. 3. Read the window and
    count. 4. Compare with the other period. 5. Add what belongs beside the figure.

    Args:
        question: what is asked.
        frames: where the facts are.
        now: the instant of asking; nothing after it counts.
        targets: what is aimed at, by KPI key; otherwise the lower end of the sources' reference range.

    Raises:
        QuestionError: `unknown_kpi`, `no_cohort_reading`, `empty_period`, `reversed_period`, `period_in_future`,
            `unknown_dimension`, `no_breakdown`, `dimension_unknown_here`, `unknown_value`, `ambiguous_value`.
    """
    with frames.snapshot() as facts:
        return _answer(question, facts, now, targets)


def _answer(question: Question, frames: Frames, now: int, targets: Mapping[str, float]) -> Answer:
    kpi = find(question.kpi)
    if question.reading not in kpi.readings:
        raise QuestionError("no_cohort_reading", kpi=kpi.key)
    by = _breakdown_by(question, kpi)
    for period in (question.period, question.versus):
        _check(period, now)
    filters = choose(question.filters, frames)
    _check_dimensions(kpi, [chosen.dimension for chosen in filters])

    span = question.period.span(now)
    coverage = Coverage(freshness=frames.freshness(_helpdesks(filters), kpi.needs), now=now)
    given = Answer(
        question=question,
        unit=kpi.unit,
        higher_is_better=kpi.higher_is_better,
        span=span,
        now=now,
        figure=None,
        data_as_of=coverage.freshness.synced_at,
        uncovered=coverage.uncovered(span),
        target=targets.get(kpi.key, kpi.target_range[0] if kpi.target_range else None),
        target_is_usual=kpi.key not in targets and kpi.target_range is not None,
        named_filters=tuple(chosen.named for chosen in filters),
    )
    asking = Asking(
        frames=frames,
        available=frames.available(),
        now=now,
        zone=question.period.zone,
        calendar=question.calendar,
        filters=filters,
        by=by,
        targets=targets,
    )
    missing = asking.missing(kpi)
    if missing:
        return replace(given, needs=missing)

    asked = asking.ask(kpi, question.reading)
    totals = asked.totals(span)
    counted = replace(
        given,
        figure=coverage.honest(totals.figure, span),
        left_out=dict(totals.left_out),
        notes=dict(totals.notes),
        business=totals.business,
        groups=breakdown(asked, span),
        buckets=trend(asked, question, coverage),
        beside=_beside(asked, asking, span, coverage),
    )
    return _compared(counted, asked, coverage)


def _breakdown_by(question: Question, kpi: AnyKpi) -> tuple[Dimension, ...]:
    """Return the dimensions asked for, or those that the KPI is shown by."""
    asked = question.by or (kpi.by if isinstance(kpi, Composite) else ())
    kinds = tuple(dimension(key) for key in asked)
    for kind in kinds:
        if kind.many:
            raise QuestionError("no_breakdown", dimension=kind.key, choices=list(BREAKDOWNS))
    _check_dimensions(kpi, kinds)
    return kinds


def _check_dimensions(kpi: AnyKpi, kinds: Iterable[Dimension]) -> None:
    """Raise when a KPI's rows don't have what they are to be told apart by."""
    for kind in kinds:
        if kpi.dimensions is not None and kind.key not in kpi.dimensions:
            raise QuestionError(
                "dimension_unknown_here", kpi=kpi.key, dimension=kind.key, choices=sorted(kpi.dimensions)
            )


def _check(period: Period | None, now: int) -> None:
    """Raise when a period holds no time that has passed."""
    if period is None:
        return
    if period.end < period.start:
        raise QuestionError("reversed_period", start=period.start, end=period.end)
    if period.end == period.start:
        raise QuestionError("empty_period", day=period.start)
    if midnight(period.start, period.zone) > now:
        raise QuestionError("period_in_future", start=period.start)


def _helpdesks(filters: tuple[Chosen, ...]) -> tuple[str, ...]:
    """Return the helpdesks that the filters leave; empty for all."""
    return tuple(value for chosen in filters if chosen.dimension.key == "helpdesk" for value in chosen.values)


def _beside(asked: Asked, asking: Asking, span: Span, coverage: Coverage) -> dict[str, Figure]:
    """Return the other reading and what is so now, whatever the period."""
    found = {}
    for reading in asked.kpi.readings:
        if reading is not asked.reading:
            found[reading.value] = coverage.honest(asking.ask(asked.kpi, reading).totals(span).figure, span)
    if isinstance(asked.kpi, Kpi):
        for name, kpi in asked.kpi.beside.items():
            found[name] = asking.ask(kpi).totals(Span(0, asked.now)).figure
    return found


def _compared(given: Answer, asked: Asked, coverage: Coverage) -> Answer:
    """Return the answer with the other period's figure and the change, as far as the data covers both periods."""
    period, span = compared_span(given.question, given.now)
    placed = replace(given, compared=period, compared_span=span)
    if given.figure is None or coverage.uncovered(span):
        return placed
    figure = asked.totals(span).figure
    # Half a period's tickets against a whole period's are no change.
    moved = None if given.uncovered else change(given.figure, figure, given.unit)
    return replace(placed, compared_figure=figure, change=moved)

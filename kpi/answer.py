"""Question, facts and now ─▶ Answer: the one function behind every surface, so that no two can show two numbers."""

from collections.abc import Mapping
from dataclasses import replace

from kpi.breakdown import breakdown
from kpi.catalogue import find
from kpi.compare import Coverage, change, compared_span
from kpi.dimensions import BREAKDOWNS, Dimension, dimension
from kpi.errors import QuestionError
from kpi.filters import Chosen, choose
from kpi.frames import Frames
from kpi.period import Period, Span, midnight
from kpi.question import Answer, Figure, Question, Reading
from kpi.selection import Selection
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
            `unknown_dimension`, `no_breakdown`, `unknown_value`, `ambiguous_value`.
    """
    with frames.snapshot() as facts:
        return _answer(question, facts, now, targets)


def _answer(question: Question, frames: Frames, now: int, targets: Mapping[str, float]) -> Answer:
    kpi = find(question.kpi)
    kpi.anchor(question.reading)
    by = _breakdown_by(question)
    for period in (question.period, question.versus):
        _check(period, now)
    filters = choose(question.filters, frames)

    span = question.period.span(now)
    coverage = Coverage(freshness=frames.freshness(_helpdesks(filters)), now=now)
    given = Answer(
        question=question,
        unit=kpi.measure.unit,
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
    available = frames.available()
    missing = next((data for data in ("tickets", kpi.needs) if data not in available), None)
    if missing:
        return replace(given, needs=missing)

    asked = Selection(
        kpi=kpi,
        reading=question.reading,
        frames=frames,
        now=now,
        calendar=question.calendar,
        filters=filters,
        by=by,
    )
    rows = asked.rows(span)
    counted = replace(
        given,
        figure=coverage.honest(asked.figure(rows), span),
        left_out=asked.left_out(rows),
        notes=asked.notes(rows),
        business=asked.is_business(rows),
        groups=breakdown(asked, rows),
        buckets=trend(asked, rows, question, coverage),
        beside=_beside(asked, span, coverage),
    )
    return _compared(counted, asked, coverage)


def _breakdown_by(question: Question) -> Dimension | None:
    if question.by is None:
        return None
    kind = dimension(question.by)
    if kind.many:
        raise QuestionError("no_breakdown", dimension=kind.key, choices=list(BREAKDOWNS))
    return kind


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


def _beside(asked: Selection, span: Span, coverage: Coverage) -> dict[str, Figure]:
    """Return the other reading and what is so now, whatever the period."""
    found = {}
    for reading in asked.kpi.readings:
        if reading is not asked.reading:
            other = replace(asked, reading=reading, by=None)
            found[reading.value] = coverage.honest(other.figure(other.rows(span)), span)
    for name, kpi in asked.kpi.beside.items():
        other = replace(asked, kpi=kpi, reading=Reading.EVENT, by=None)
        found[name] = other.figure(other.rows(Span(0, asked.now)))
    return found


def _compared(given: Answer, asked: Selection, coverage: Coverage) -> Answer:
    """Return the answer with the other period's figure and the change, as far as the data covers both periods."""
    period, span = compared_span(given.question, given.now)
    placed = replace(given, compared=period, compared_span=span)
    if given.figure is None or coverage.uncovered(span):
        return placed
    figure = asked.figure(asked.rows(span))
    # Half a period's tickets against a whole period's are no change.
    moved = None if given.uncovered else change(given.figure, figure, given.unit)
    return replace(placed, compared_figure=figure, change=moved)

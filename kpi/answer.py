"""Question, facts and now ─▶ Answer: the one function behind every surface, so that no two can show two numbers."""

from dataclasses import replace

from kpi.asked import Asked, Asking
from kpi.breakdown import breakdown
from kpi.catalogue import Effect, Kpi, Projection
from kpi.checked import Checked, check
from kpi.compare import Coverage, change, compared_span
from kpi.configuration import AS_PUBLISHED, Configuration
from kpi.effect import effect
from kpi.frames import Frames
from kpi.period import Span, whole_units
from kpi.projection import Holidays, no_holidays, project
from kpi.question import Answer, Figure, Question
from kpi.targets import Targets
from kpi.trend import trend


def answer(
    question: Question,
    frames: Frames,
    now: int,
    configuration: Configuration = AS_PUBLISHED,
    holidays: Holidays = no_holidays,
) -> Answer:
    """Return the answer to a question.

    1. Refuse what has no answer. 2. Say what is missing when the KPI's data is not there. 3. Read the window and
    count. 4. Compare with the other period. 5. Add what belongs beside the figure.

    Args:
        question: what is asked.
        frames: where the facts are.
        now: the instant of asking; nothing after it counts.
        configuration: targets, and KPIs that the desk wants otherwise than they stand in the catalogue.
        holidays: tells whether a day is a holiday of the desk; forecasts lay them out apart.

    Raises:
        QuestionError: `unknown_kpi`, and as `check`, `project` and `effect`.
    """
    with frames.snapshot() as facts:
        match configuration.find(question.kpi):
            case Projection() as kpi:
                return project(check(question, kpi.of, facts, now, Targets(), ahead=True), holidays)
            case Effect() as kpi:
                return effect(question, kpi, facts, now, configuration)
            case kpi:
                checked = check(question, kpi, facts, now, configuration.targets, smallest=configuration.smallest)
                return _measured(checked)


def _measured(checked: Checked) -> Answer:
    question, asking, coverage = checked.question, checked.asking, checked.coverage
    span = whole_units(question.period.span(asking.now), checked.kpi.grain, question.period.zone)
    given = checked.given(span)
    if not given.available:
        return given
    asked = checked.asked()
    totals = asked.totals(span)
    counted = replace(
        given,
        figure=coverage.honest(totals.figure, span),
        left_out=dict(totals.left_out),
        notes=dict(totals.notes),
        business=totals.business,
        groups=breakdown(asked, span, asking.targets),
        buckets=trend(asked, question, coverage),
        beside=_beside(asked, asking, span, coverage),
    )
    return _compared(counted, asked, coverage)


def _beside(asked: Asked, asking: Asking, span: Span, coverage: Coverage) -> dict[str, Figure]:
    """Return the other reading and what is so now, whatever the period."""
    found = {}
    for reading in asked.kpi.readings:
        if reading is not asked.reading:
            found[reading.value] = coverage.honest(asking.ask(asked.kpi, reading).figure(span), span)
    if isinstance(asked.kpi, Kpi):
        for name, kpi in asked.kpi.beside.items():
            found[name] = asking.ask(kpi).figure(Span(0, asked.now))
    return found


def _compared(given: Answer, asked: Asked, coverage: Coverage) -> Answer:
    """Return the answer with the other period's figure and the change, as far as the data covers both periods."""
    period, span = compared_span(given.question, given.now, asked.kpi.grain)
    placed = replace(given, compared=period, compared_span=span)
    if given.figure is None or coverage.uncovered(span):
        return placed
    figure = asked.figure(span)
    # Half a period's tickets against a whole period's are no change.
    moved = None if given.uncovered else change(given.figure, figure, given.unit)
    return replace(placed, compared_figure=figure, change=moved)

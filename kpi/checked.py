"""A question, checked against the catalogue and the data: where every kind of answer starts."""

from collections.abc import Iterable
from dataclasses import dataclass

from kpi.asked import Asked, Asking
from kpi.catalogue import AnyKpi, Composite
from kpi.compare import Coverage
from kpi.configuration import limit_of
from kpi.dimensions import BREAKDOWNS, Dimension, dimension
from kpi.durations import Duration
from kpi.errors import QuestionError
from kpi.filters import Chosen, called, choose
from kpi.frames import Frames
from kpi.period import Grain, Period, Span, midnight, whole_units
from kpi.question import Answer, Question, Unit
from kpi.sources import THINGS
from kpi.targets import Targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A question that has an answer, if the data for it is there.

    Attributes:
        question: what is asked.
        kpi: what is measured for it.
        asking: the question's filters and breakdown over the facts.
        coverage: what of time the data covers.
    """

    question: Question
    kpi: AnyKpi
    asking: Asking
    coverage: Coverage

    def asked(self) -> Asked:
        """Return the KPI ready to be read."""
        return self.asking.ask(self.kpi, self.question.reading)

    def given(self, span: Span) -> Answer:
        """Return the answer as far as it is known before anything is counted: nothing, or what it needs."""
        kpi, targets = self.kpi, self.asking.targets.of_team(self.asking.team)
        return Answer(
            question=self.question,
            unit=kpi.unit,
            higher_is_better=kpi.higher_is_better,
            span=span,
            now=self.asking.now,
            figure=None,
            needs=self.asking.missing(kpi),
            data_as_of=self.coverage.freshness.synced_at,
            behind=self.coverage.freshness.behind,
            uncovered=self.coverage.uncovered(span),
            target=targets.get(kpi.key, kpi.target_range[0] if kpi.target_range else None),
            target_is_usual=kpi.key not in targets and kpi.target_range is not None,
            by=tuple(kind.key for kind in self.asking.by),
            within=limit_of(kpi),
            things=things(kpi),
            is_mean=_is_mean(kpi),
            without=tuple(sorted(self.asking.without(kpi))),
            named_filters=tuple(chosen.named for chosen in self.asking.filters),
            smallest=self.asking.smallest,
        )


def check(
    question: Question,
    kpi: AnyKpi,
    frames: Frames,
    now: int,
    targets: Targets,
    *,
    smallest: int = 0,
    ahead: bool = False,
) -> Checked:
    """Return a question about a KPI, checked; `ahead` when its period may be still to come.

    `smallest` is the fewest that a figure of persons may rest on.

    Raises:
        QuestionError: `no_cohort_reading`, `empty_period`, `reversed_period`, `period_in_future`,
            `unknown_dimension`, `no_breakdown`, `dimension_unknown_here`, `unknown_value`, `ambiguous_value`,
            `needs_whole_months`, `no_whole_month_yet`.
    """
    if question.reading not in kpi.readings:
        raise QuestionError("no_cohort_reading", kpi=kpi.key)
    by = _breakdown_by(question, kpi)
    for period in (question.period, question.versus):
        _check_period(period, now, ahead=ahead)
    _check_units(question, kpi, now)
    filters = choose(question.filters, frames)
    _check_dimensions(kpi, [chosen.dimension for chosen in filters])
    asking = Asking(
        frames=frames,
        helpdesks=frozenset(_helpdesks(filters) or frames.helpdesks()),
        available=frames.available(),
        untold=frames.untold(),
        now=now,
        zone=question.period.zone,
        calendar=question.calendar,
        filters=filters,
        by=by,
        targets=targets,
        team=_team(filters, frames),
        smallest=smallest,
    )
    coverage = Coverage(freshness=frames.freshness(_helpdesks(filters), kpi.needs), now=now)
    return Checked(question=question, kpi=kpi, asking=asking, coverage=coverage)


def things(kpi: AnyKpi) -> str:
    """Return what the figure of a KPI rests on: what its rows are, or those of what it is made of."""
    if kpi.things is not None:
        return kpi.things
    if isinstance(kpi, Composite):
        return things(kpi.made_of[kpi.rows_of or next(iter(kpi.made_of))]) if kpi.made_of else THINGS["ticket_facts"]
    return THINGS[kpi.fact]


def _is_mean(kpi: AnyKpi) -> bool:
    """Tell whether a KPI's figure is a mean, where it could be a median."""
    if isinstance(kpi, Composite):
        return kpi.rows_of is not None and _is_mean(kpi.made_of[kpi.rows_of])
    return kpi.unit in {Unit.SECONDS, Unit.NUMBER, Unit.SCORE} and not isinstance(kpi.measure, Duration)


def _team(filters: tuple[Chosen, ...], frames: Frames) -> tuple[str, ...]:
    """Return all that the team is called whose rows are asked for; empty when they are of none or of several."""
    teams = [identity for chosen in filters if chosen.dimension.key == "team" for identity in chosen.identities]
    return called(teams, frames)[teams[0]] if len(teams) == 1 else ()


def _breakdown_by(question: Question, kpi: AnyKpi) -> tuple[Dimension, ...]:
    """Return the dimensions asked for, or those that the KPI is shown by."""
    kinds = tuple(dimension(key) for key in question.by) or kpi.by
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


def _check_period(period: Period | None, now: int, *, ahead: bool) -> None:
    """Raise when a period holds no time, or none that has passed unless it may be `ahead`."""
    if period is None:
        return
    if period.end < period.start:
        raise QuestionError("reversed_period", start=period.start, end=period.end)
    if period.end == period.start:
        raise QuestionError("empty_period", day=period.start)
    if midnight(period.start, period.zone) > now and not ahead:
        raise QuestionError("period_in_future", start=period.start)


def _check_units(question: Question, kpi: AnyKpi, now: int) -> None:
    """Raise when a KPI that is known by whole months only is asked for anything else, or before one is over."""
    unit, period = kpi.grain, question.period
    if unit is None:
        return
    grains = list(Grain)
    finer = question.per is not None and grains.index(question.per) < grains.index(unit)
    if finer or not all(asked.is_whole(unit) for asked in (period, question.versus) if asked):
        raise QuestionError("needs_whole_months", kpi=kpi.key)
    span = whole_units(period.span(now), unit, period.zone)
    if span.start == span.end:
        raise QuestionError("no_whole_month_yet", kpi=kpi.key, start=period.start)


def _helpdesks(filters: tuple[Chosen, ...]) -> tuple[str, ...]:
    """Return the helpdesks that the filters leave; empty for all."""
    return tuple(value for chosen in filters if chosen.dimension.key == "helpdesk" for value in chosen.values)

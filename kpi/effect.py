"""What trainings did to a KPI: agents trained in a period against those who were not, over the same weeks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import fmean

import narwhals as nw

from kpi.catalogue import AnyKpi, Composite, Effect, Kpi, Listed
from kpi.checked import Checked, check
from kpi.configuration import Configuration
from kpi.errors import QuestionError
from kpi.frames import Frames
from kpi.measures import aggregate
from kpi.period import Span, local_day, midnight, utc_days
from kpi.question import Answer, Figure, Kind, Question, Sample, Unit
from kpi.rows import Window
from kpi.selection import Identities
from kpi.training import BeforeAfter, training_effect

WINDOW = timedelta(weeks=8)
"""How long before the first training and after the last one agents are looked at."""

TRAININGS = "training_facts"
ADDS_UP = frozenset({Unit.COUNT, Unit.MONEY})
"""What grows with the length of a period: a shorter one after the training would look like a loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """The weeks that are compared, and who was trained: in between, and at any time from their start to their end."""

    before: Span
    after: Span
    trained: frozenset[str]
    trained_meanwhile: frozenset[str]


def effect(question: Question, kpi: Effect, frames: Frames, now: int, configuration: Configuration) -> Answer:
    """Return by how much more a KPI changed for trained agents than for the others.

    1. The trainings of the period: who, and from which day to which. 2. Every agent's figure in the eight weeks before
    the first of these days and in the eight after the last, as far as they have passed; whoever has too little in
    either to show a figure is not counted, nor whoever was trained in these weeks outside the period. 3. The
    difference of both groups' mean changes.

    The figure counts the trained agents; its parts are the mean figures `trained_before`, `trained_after`,
    `untrained_before` and `untrained_after`, the latter two missing without any of them: then the note `indicative`
    stands beside, and `agents_with_too_little` where some are not counted.

    Raises:
        QuestionError: `effect_alone` with a breakdown, trend or comparison, `no_effect_on`, and as `check`.
    """
    if question.by or question.per or question.versus:
        raise QuestionError("effect_alone")
    subject = _subject(configuration.find(question.of) if question.of else kpi.usual)
    checked = check(replace(question, by=("agent",)), subject, frames, now, configuration.targets)
    span = question.period.span(now)
    missing = next((data for data in kpi.needs if data not in checked.asking.available), None)
    given = checked.given(span)
    asked = replace(question, of=subject.key)
    given = replace(given, question=asked, kind=Kind.EFFECT, things="agents", target=None, needs=given.needs or missing)
    weeks = _weeks(checked, span) if given.available else None
    if weeks is None:
        return given if not given.available else replace(given, figure=Figure(value=None, n=0))
    return _told(given, checked, weeks)


def _subject(kpi: Listed) -> AnyKpi:
    if not isinstance(kpi, Kpi | Composite) or kpi.unit in ADDS_UP:
        raise QuestionError("no_effect_on", kpi=kpi.key)
    return kpi


def _weeks(checked: Checked, span: Span) -> Weeks | None:
    """Return the weeks around the trainings of a period; None when there were none, or nothing has come after."""
    zone, now = checked.question.period.zone, checked.asking.now
    trained = _trained(checked, span)
    if not trained:
        return None
    first = local_day(min(day for day, _ in trained.values()), "UTC")
    last = local_day(max(day for _, day in trained.values()), "UTC")
    following = midnight(last + timedelta(days=1), zone)
    after = Span(following, max(following, min(midnight(last + timedelta(days=1) + WINDOW, zone), now)))
    before = Span(midnight(first - WINDOW, zone), midnight(first, zone))
    meanwhile = _trained(checked, Span(before.start, after.end))
    return Weeks(before=before, after=after, trained=frozenset(trained), trained_meanwhile=frozenset(meanwhile))


def _trained(checked: Checked, span: Span) -> Mapping[str, tuple[int, int]]:
    """Return who was trained on the days of a span, with the first and the last day as their midnights in UTC."""
    frames, zone = checked.asking.frames, checked.question.period.zone
    days = utc_days(span, zone)
    rows = frames.rows(Window(fact=TRAININGS, columns={"agent", "day"}, instant="day", span=days))
    edges = {"first": nw.col("day").min(), "last": nw.col("day").max()}
    found = aggregate(rows, ["agent"], "trained", lambda: edges)
    return {str(agent): (int(row["first"]), int(row["last"])) for (agent,), row in found.items()}


def _told(given: Answer, checked: Checked, weeks: Weeks) -> Answer:
    asked, coverage = checked.asked(), checked.coverage
    before, after = asked.groups(weeks.before), asked.groups(weeks.after)
    both = [agent for agent in before if agent in after and agent[0][1] is not None]
    shown = [agent for agent in both if _enough(before[agent]) and _enough(after[agent])]
    groups: dict[bool, list[BeforeAfter]] = {True: [], False: []}
    for agent in shown:
        trained = _among(agent, weeks.trained)
        if trained or not _among(agent, weeks.trained_meanwhile):
            groups[trained].append((before[agent].value or 0, after[agent].value or 0))
    found = training_effect(groups[True], groups[False])
    notes = {"agents_with_too_little": len(both) - len(shown)}
    figure = Figure(value=None, n=0)
    if found is not None:
        notes["indicative"] = int(found.indicative)
        figure = Figure(value=found.value, n=found.trained, interval=found.interval, parts=_means(groups))
    return replace(
        given,
        span=Span(weeks.before.start, weeks.after.end),
        figure=figure,
        notes={name: n for name, n in notes.items() if n},
        uncovered=coverage.uncovered(weeks.before) or coverage.uncovered(weeks.after),
        business=asked.totals(weeks.after).business,
    )


def _enough(figure: Figure) -> bool:
    return figure.sample not in {Sample.NOTHING, Sample.COUNTS_ONLY}


def _among(agent: Identities, names: frozenset[str]) -> bool:
    """Tell whether an agent is one of those named, by identifier or by `helpdesk/identifier`."""
    ((helpdesk, identifier),) = agent
    return identifier in names or f"{helpdesk}/{identifier}" in names


def _means(groups: Mapping[bool, list[BeforeAfter]]) -> dict[str, Figure]:
    return {
        f"{group}_{when}": Figure(value=fmean(agent[place] for agent in groups[trained]), n=len(groups[trained]))
        for group, trained in (("trained", True), ("untrained", False))
        for place, when in enumerate(("before", "after"))
        if groups[trained]
    }

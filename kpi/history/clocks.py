"""SLA clocks: one per promise, measured from its original start (KPIS.md §2)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf

from kpi.events import UNSOLVED
from kpi.history.overdue import overdue
from kpi.history.rows import Row
from kpi.history.story import State, Story
from kpi.history.turns import Turn
from kpi.hours import Timeline
from kpi.policies import Metric, Policy, Rulebook, Target

CALENDAR = Timeline([(0, None)])

Promised = tuple[Policy, Target]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """Time that counts, `[start, end)`; `end` is None while it runs."""

    start: int
    end: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """What a clock shows. `elapsed` is None while it runs; `due` and `late` are None when it can't come due."""

    elapsed: int | None
    due: int | None
    late: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A row of clock_facts with its rows of overdue_facts."""

    row: Row
    overdue: list[Row]


def clocks(story: Story, found: list[Turn], rules: Rulebook) -> Iterator[Clock]:
    """Yield the clocks of a ticket: its turns' and its resolution's."""
    if not rules.policies:
        return
    for number, turn in enumerate(found, 1):
        clock = _reply_clock(story, turn, number, rules)
        if clock:
            yield clock
    clock = _resolution_clock(story, rules)
    if clock:
        yield clock


def _reply_clock(story: Story, turn: Turn, number: int, rules: Rulebook) -> Clock | None:
    metric = Metric.FIRST_REPLY if turn.first else Metric.NEXT_REPLY
    # A ticket that ended unreplied stopped its clock then, even when somebody replied afterwards.
    last = turn.ended.state if turn.ended else turn.last

    def promise(state: State) -> Promised | None:
        return rules.promise(metric, story.attributes(turn.asked, state), turn.started_at)

    promised = promise(last)
    if promised is None:
        return None
    stopped_at = turn.ended.at if turn.ended else turn.replied_at
    stopped_by = turn.ended.by if turn.ended else None if turn.replied_at is None else "reply"
    stretch = _Stretch(start=turn.started_at, end=stopped_at)
    measured = _measure(promised[1], [stretch], story.timeline)
    row = _row(metric, number, promised, measured, last) | {
        "agent": last.agent if turn.ended else turn.agent,
        "started_at": turn.started_at,
        "stopped_at": stopped_at,
        "stopped_by": stopped_by,
        "state": "running" if stopped_at is None else "stopped",
    }

    def late_after(state: State) -> int | None:
        then = promise(state)
        if then is None or state.status not in UNSOLVED:
            return None
        return (measured if then == promised else _measure(then[1], [stretch], story.timeline)).late

    return _clock(story, row, late_after)


def _resolution_clock(story: Story, rules: Rulebook) -> Clock | None:
    stop = story.ending
    last = stop.state if stop else story.final

    def promise(state: State) -> Promised | None:
        return rules.promise(Metric.RESOLUTION, story.attributes(story.created, state), story.ticket.created_at)

    def measure(policy: Policy, target: Target) -> _Measured:
        counted = [
            _Stretch(start=segment.start, end=segment.end)
            for segment in story.segments
            if segment.state.status in UNSOLVED - policy.pauses
        ]
        return _measure(target, counted, story.timeline)

    promised = promise(last)
    if promised is None:
        return None
    shown = measured = measure(*promised)
    paused = stop is None and last.status in promised[0].pauses
    if paused:
        shown = _Measured(elapsed=measured.elapsed, due=None, late=None)
    row = _row(Metric.RESOLUTION, 1, promised, shown, last) | {
        "started_at": story.ticket.created_at,
        "stopped_at": stop.at if stop else None,
        "stopped_by": stop.by if stop else None,
        "state": "stopped" if stop else "paused" if paused else "running",
    }

    def late_after(state: State) -> int | None:
        then = promise(state)
        if then is None or state.status not in UNSOLVED - then[0].pauses:
            return None
        return (measured if then == promised else measure(*then)).late

    return _clock(story, row, late_after)


def _clock(story: Story, row: Row, late_after: Callable[[State], int | None]) -> Clock:
    named = {name: row[name] for name in ("metric", "instance")}
    stopped_at = row["stopped_at"]
    found = overdue(story, late_after, None if stopped_at is None else int(stopped_at))
    return Clock(row=row, overdue=[named | stretch for stretch in found])


def _measure(target: Target, counted: list[_Stretch], timeline: Timeline | None) -> _Measured:
    """Return how long the stretches last together, and where the target falls in them or would have fallen."""
    hours = timeline if target.business and timeline is not None else CALENDAR
    elapsed, due, late = 0, None, None
    for stretch in counted:
        left = target.seconds - elapsed
        passed = inf if stretch.end is None else hours.elapsed(stretch.start, stretch.end)
        is_last = stretch is counted[-1]
        if due is None and (passed >= left or is_last):
            due = hours.add(stretch.start, left)
        if late is None and (passed > left or is_last):
            late = hours.last(stretch.start, left)
        if stretch.end is None:
            return _Measured(elapsed=None, due=due, late=late)
        elapsed += int(passed)
    return _Measured(elapsed=elapsed, due=due, late=late)


def _row(metric: Metric, instance: int, promise: tuple[Policy, Target], measured: _Measured, last: State) -> Row:
    policy, target = promise
    return {
        "metric": metric.value,
        "instance": instance,
        "team": last.team,
        "agent": last.agent,
        "priority": last.priority,
        "policy": policy.key,
        "target_s": target.seconds,
        "business": int(target.business),
        "elapsed_s": measured.elapsed,
        "due_at": measured.due,
        "late_after": measured.late,
        "breached": None if measured.elapsed is None else int(measured.elapsed > target.seconds),
    }

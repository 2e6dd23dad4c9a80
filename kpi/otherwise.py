"""What a ticket's figures would be by other definitions: those by which helpdesks are known to count."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from itertools import product

from kpi.events import ENDED, WAITING, Author, Status
from kpi.history.clocks import clocks
from kpi.history.solves import reopens, solves
from kpi.history.story import Step, Story
from kpi.history.ticket import lasted
from kpi.history.turns import converse
from kpi.policies import Metric, Rulebook


class Basis(StrEnum):
    """What two figures of one thing can be compared by."""

    BUSINESS = "business"  # seconds of business time
    CALENDAR = "calendar"  # seconds of calendar time
    BREACH = "breach"  # 1 when a promise was broken, 0 when it was kept
    MOMENT = "moment"  # when it happened, or is due
    TARGET = "target"  # promised seconds
    NUMBER = "number"


class Cause(StrEnum):
    """What may be counted otherwise."""

    SCHEDULE_CHANGE = "schedule_change"  # the schedule at the end holds from the beginning
    WAITING_COUNTED = "waiting_counted"  # time in pending and on hold
    HOLD_COUNTED = "hold_counted"  # time on hold, and not that in pending
    WAITING_LEFT_OUT = "waiting_left_out"
    SOLVED_LEFT_OUT = "solved_left_out"  # time from a solve to the reopen after it
    FIRST_SOLVE = "first_solve"
    LAST_SOLVE = "last_solve"
    CLOSING = "closing"  # the end is when it was closed
    MACHINE_REPLY = "machine_reply"
    INTERNAL_NOTE = "internal_note"
    OPENING_MESSAGE = "opening_message"  # what an agent opened the ticket with
    AFTER_SOLVE = "after_solve"  # what was written since the last solve
    MACHINE_REOPEN = "machine_reopen"
    WITHOUT_SOLVE = "without_solve"  # reopens of what was ended and never solved
    NEXT_OPENING = "next_opening"  # in place of closing time, when no time passes in between
    AROUND_THE_CLOCK = "around_the_clock"
    IN_BUSINESS_TIME = "in_business_time"


Sides = Mapping[Basis, int | None]
"""A figure, by each basis that it can be compared by."""

Variant = tuple[tuple[Cause, ...], Sides]
"""What is counted otherwise, and what comes of it."""

Option = tuple[tuple[Cause, ...], int | None]

NOTHING: frozenset[Status] = frozenset()


def variants(found: Iterable[Variant]) -> list[Variant]:
    """Return the variants of a figure, those with the fewest causes first."""
    return sorted((one for one in found if one[0]), key=lambda one: len(one[0]))


# --- Times -------------------------------------------------------------------------------------------------------


def first_reply(story: Story, _rules: Rulebook) -> Iterator[Variant]:
    """Yield what else the time to the first reply could be."""
    ends: list[Option] = [((), _first(story, lambda step: step.reply)), *_other_replies(story)]
    return _times(story, ends, {NOTHING: (), WAITING: (Cause.WAITING_LEFT_OUT,)})


def _other_replies(story: Story) -> list[Option]:
    """Return what else could be taken for the first reply."""
    return [
        ((Cause.MACHINE_REPLY,), _first(story, _answers)),
        ((Cause.INTERNAL_NOTE,), _first(story, _is_agents)),
        ((Cause.OPENING_MESSAGE,), _first(story, lambda step: step.opening and not _is_customers(step))),
    ]


def resolution(story: Story, _rules: Rulebook) -> Iterator[Variant]:
    """Yield what else the time to the last solve, without pending and on hold, could be."""
    return _times(story, _ends(story, Cause.FIRST_SOLVE, -1), {WAITING: (), **_WAITS})


def full_resolution(story: Story, _rules: Rulebook) -> Iterator[Variant]:
    """Yield what else the whole time to the last solve could be."""
    waits = {NOTHING: (), WAITING: (Cause.WAITING_LEFT_OUT,), ENDED: (Cause.SOLVED_LEFT_OUT,)}
    return _times(story, _ends(story, Cause.FIRST_SOLVE, -1), waits)


def first_resolution(story: Story, _rules: Rulebook) -> Iterator[Variant]:
    """Yield what else the time to the first solve, without pending and on hold, could be."""
    return _times(story, _ends(story, Cause.LAST_SOLVE, 0), {WAITING: (), **_WAITS})


_WAITS: Mapping[frozenset[Status], tuple[Cause, ...]] = {
    NOTHING: (Cause.WAITING_COUNTED,),
    frozenset({Status.PENDING}): (Cause.HOLD_COUNTED,),
    WAITING | ENDED: (Cause.SOLVED_LEFT_OUT,),
}


def _ends(story: Story, other: Cause, which: int) -> list[Option]:
    """Return the solve that counts, the first (0) or the last (-1), then the other one, then the closing."""
    found = [solve.at for solve in solves(story)]
    closed = [step.at for step in story.steps if step.change and step.after.status is Status.CLOSED]
    own, others = (found[which], found[-1 - which]) if found else (None, None)
    return [((), own), ((other,), others), ((Cause.CLOSING,), closed[-1] if closed else None)]


def _times(
    story: Story, ends: Iterable[Option], without: Mapping[frozenset[Status], tuple[Cause, ...]]
) -> Iterator[Variant]:
    """Yield the time from creation to each of the ends, less that in each of the groups of statuses."""
    for (until, end), (left_out, also) in product(ends, without.items()):
        if end is not None:
            for hours, told in _schedules(story, end):
                business, calendar = lasted(told, end, left_out)
                sides = {Basis.BUSINESS: business, Basis.CALENDAR: calendar, Basis.MOMENT: end}
                # Only business time knows of schedules.
                yield (*until, *also, *hours), {Basis.BUSINESS: business} if hours else sides


def _schedules(story: Story, at: int) -> Iterator[tuple[tuple[Cause, ...], Story]]:
    """Yield a ticket under its schedules, and under that of one instant alone."""
    yield (), story
    if story.timeline is not None:
        yield (Cause.SCHEDULE_CHANGE,), replace(story, timeline=story.timeline.only(at))


# --- Numbers -----------------------------------------------------------------------------------------------------


def replies(story: Story, _rules: Rulebook) -> Iterator[Variant]:
    """Yield what else the number of replies up to the last solve could be."""
    solved = solves(story)
    windows = {(): story.steps[: solved[-1].steps] if solved else story.steps, (Cause.AFTER_SOLVE,): story.steps}
    kinds: dict[tuple[Cause, ...], Callable[[Step], bool]] = {
        (): lambda step: step.reply,
        (Cause.MACHINE_REPLY,): _answers,
        (Cause.INTERNAL_NOTE,): _is_agents,
        (Cause.OPENING_MESSAGE,): lambda step: step.reply or (step.opening and not _is_customers(step)),
    }
    for (window, steps), (kind, counts) in product(windows.items(), kinds.items()):
        yield (*kind, *window), {Basis.NUMBER: sum(map(counts, steps))}


def reopened(story: Story, _rules: Rulebook) -> Iterator[Variant]:
    """Yield what else the number of reopens could be."""
    yield (Cause.MACHINE_REOPEN,), {Basis.NUMBER: len(reopens(story))}
    yield (Cause.WITHOUT_SOLVE,), {Basis.NUMBER: sum(step.reopens for step in story.steps)}


def _first(story: Story, chosen: Callable[[Step], bool]) -> int | None:
    return next((step.at for step in story.steps if chosen(step)), None)


def _is_customers(step: Step) -> bool:
    return step.asks or (step.message is not None and step.message.author_kind is Author.CUSTOMER)


def _answers(step: Step) -> bool:
    """Tell whether the customer got an answer, be it a machine's."""
    return step.message is not None and step.message.public and not step.opening and not _is_customers(step)


def _is_agents(step: Step) -> bool:
    """Tell whether an agent wrote something, be it for colleagues."""
    written = step.message is not None and step.message.author_kind is Author.AGENT and not step.message.automatic
    return step.reply or (written and not step.opening and not _is_customers(step))


# --- Promises ----------------------------------------------------------------------------------------------------


def due(metric: Metric) -> Callable[[Story, Rulebook], Iterator[Variant]]:
    """Return what yields when else a promise could be due, and what else could have come of it."""

    def found(story: Story, rules: Rulebook) -> Iterator[Variant]:
        stops = _other_replies(story) if metric is Metric.FIRST_REPLY else []
        for (kind, promised), (hours, told) in product(_promises(rules), _schedules(story, _end(story))):
            timed = (clock.row for clock in clocks(told, converse(told).turns, promised))
            row = next((row for row in timed if row["metric"] == metric), None)
            if row is None:
                continue
            due_at, late_after, breached = (_number(row[name]) for name in ("due_at", "late_after", "breached"))
            yield (*kind, *hours), {Basis.BREACH: breached, Basis.MOMENT: due_at}
            yield (*kind, *hours, Cause.NEXT_OPENING), {Basis.BREACH: breached, Basis.MOMENT: late_after}
            for cause, stop in stops:
                if stop is not None and late_after is not None:
                    yield (*cause, *kind, *hours), {Basis.BREACH: int(stop > late_after), Basis.MOMENT: due_at}

    return found


def _number(value: str | float | None) -> int | None:
    return None if value is None else int(value)


def _end(story: Story) -> int:
    return story.segments[-1].start if story.ending is None else story.ending.at


def _promises(rules: Rulebook) -> Iterator[tuple[tuple[Cause, ...], Rulebook]]:
    yield (), rules
    for cause, pauses in ((Cause.WAITING_COUNTED, NOTHING), (Cause.WAITING_LEFT_OUT, WAITING)):
        yield (cause,), replace(rules, policies=tuple(replace(policy, pauses=pauses) for policy in rules.policies))
    for cause, business in ((Cause.AROUND_THE_CLOCK, False), (Cause.IN_BUSINESS_TIME, True)):
        targets = [tuple(replace(target, business=business) for target in policy.targets) for policy in rules.policies]
        policies = zip(rules.policies, targets, strict=True)
        yield (cause,), replace(rules, policies=tuple(replace(policy, targets=other) for policy, other in policies))

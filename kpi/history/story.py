"""One ticket's events in order, each with what the ticket was before and after it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from kpi.events import GONE, MACHINES, UNSOLVED, Author, Change, Field, History, Message, Status, Ticket
from kpi.hours import Schedule, Timeline
from kpi.policies import Rulebook

OPENING_WITHIN_S = 2
"""The opening message may be stored a moment after its ticket."""


class State(NamedTuple):
    """What changes about a ticket, at a moment."""

    status: Status
    team: str | None = None
    agent: str | None = None
    priority: str | None = None
    level: str | None = None
    type: str | None = None

    def changed(self, change: Change) -> "State":
        """Return the state after a change."""
        value = Status(change.new or Status.NEW) if change.field is Field.STATUS else change.new
        return self._replace(**{change.field.value: value})  # type: ignore[arg-type]  # one field of each type


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One message or one change. `reply` and `asks` tell what KPIS.md rule 5 makes of a message.

    `opening`: whether it is the message that the ticket was opened with.
    """

    at: int
    before: State
    after: State
    message: Message | None = None
    change: Change | None = None
    reply: bool = False
    asks: bool = False
    opening: bool = False

    @property
    def by_machine(self) -> bool:
        """Whether a bot or the system did it, or it was sent automatically."""
        if self.message is not None:
            return self.message.automatic or self.message.author_kind in MACHINES
        return self.change is not None and self.change.actor_kind in MACHINES

    @property
    def ends(self) -> bool:
        """Whether the ticket stopped being open here."""
        return self.before.status in UNSOLVED and self.after.status not in UNSOLVED

    @property
    def reopens(self) -> bool:
        """Whether the ticket became open here."""
        return self.before.status not in UNSOLVED and self.after.status in UNSOLVED

    @property
    def solves(self) -> bool:
        """Whether the ticket was solved here."""
        return self.after.status is Status.SOLVED and self.before.status is not Status.SOLVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of time in one state; `end` is None while it lasts."""

    start: int
    end: int | None
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """When a ticket stopped being open, by what (`solve`, `closed` or `gone`) and in which state."""

    at: int
    by: str
    state: State


def ended_by(status: Status) -> str:
    """Return what an ended or gone status says of how a ticket stopped being open."""
    return "gone" if status in GONE else "solve" if status is Status.SOLVED else "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A ticket, its steps in order, and the business time it was under.

    Attributes:
        created: the state once everything of the creation second had happened: what routes a ticket as it arrives
            belongs to its arrival, so that no step is a change in that second.
        arrived_by: who gave it the status it arrived with, where a change of that second tells.
        segments: the states it was in, in order; those that lasted no time are left out.
        ending: how it ended; None while it is open. Closing a solved ticket doesn't change that it was solved.
        timeline: None when it never was under a schedule.
    """

    ticket: Ticket
    created: State
    arrived_by: Author | None
    steps: tuple[Step, ...]
    segments: tuple[Segment, ...]
    ending: Ending | None
    timeline: Timeline | None = None

    @property
    def final(self) -> State:
        """The present state."""
        return self.segments[-1].state

    def attributes(self, state: State, follow: State | None = None) -> dict[str, str | None]:
        """Return what policies and schedules look at; priority and level are those of `follow` when given."""
        urgency = follow or state
        return {
            "team": state.team,
            "priority": urgency.priority,
            "level": urgency.level,
            "type": state.type,
            "channel": self.ticket.channel,
            "brand": self.ticket.brand,
        }

    def elapsed(self, start: int, end: int) -> int | None:
        """Return the business seconds in `[start, end)`; None when the ticket was under no schedule."""
        return None if self.timeline is None else self.timeline.elapsed(start, end)


def tell(history: History, rules: Rulebook) -> Story:
    """Return the story of a ticket; the order in which its events were given doesn't matter."""
    ticket = history.ticket
    events: list[Message | Change] = sorted([*history.messages, *history.changes], key=_order)
    every = _steps(ticket, events)
    arrival = [step for step in every if step.at == ticket.created_at]
    created = arrival[-1].after if arrival else _initial(ticket, events)
    said = [replace(step, before=created, after=created) for step in arrival if step.message is not None]
    steps = [*said, *every[len(arrival) :]]
    segments = tuple(_segments(ticket.created_at, created, steps))
    ending = _ending(ticket.created_at, created, steps)
    story = Story(
        ticket=ticket,
        created=created,
        arrived_by=_arrived_by(arrival),
        steps=tuple(steps),
        segments=segments,
        ending=ending,
    )
    return replace(story, timeline=_timeline(story, rules)) if rules.schedules else story


def _arrived_by(arrival: list[Step]) -> Author | None:
    routed = [step.change for step in arrival if step.change is not None and step.change.field is Field.STATUS]
    return routed[-1].actor_kind if routed else None


def _steps(ticket: Ticket, events: list[Message | Change]) -> list[Step]:
    state = _initial(ticket, events)
    opening = _opening(ticket, events)
    steps: list[Step] = []
    for event in events:
        at = max(event.at, ticket.created_at)  # nothing happens to a ticket before it exists
        if isinstance(event, Change):
            after = state.changed(event)
            steps.append(Step(at=at, before=state, after=after, change=event))
            state = after
            continue
        is_opening = event is opening
        said = not is_opening and event.public and not event.automatic
        by_customer = event.author_kind is Author.CUSTOMER or (
            event.author_kind is Author.AGENT and event.author is not None and event.author == ticket.customer
        )
        reply = said and event.author_kind is Author.AGENT and not by_customer
        asks = said and by_customer
        steps.append(Step(at=at, before=state, after=state, message=event, reply=reply, asks=asks, opening=is_opening))
    return steps


def _segments(created_at: int, created: State, steps: list[Step]) -> Iterator[Segment]:
    start, state = created_at, created
    for step in steps:
        if step.change is not None:
            if step.at > start:
                yield Segment(start=start, end=step.at, state=state)
            start, state = step.at, step.after
    yield Segment(start=start, end=None, state=state)


def _ending(created_at: int, created: State, steps: list[Step]) -> Ending | None:
    reached = {created.status: (created_at, created)}
    final = created.status
    for step in steps:
        if step.after.status is not step.before.status:
            final = step.after.status
            reached = {} if final in UNSOLVED else reached | {final: (step.at, step.after)}
    if final in UNSOLVED:
        return None
    told_by = Status.SOLVED if final is Status.CLOSED and Status.SOLVED in reached else final
    at, state = reached[told_by]
    return Ending(at=at, by=ended_by(told_by), state=state)


def _order(event: Message | Change) -> tuple[int, int, bool, str]:
    # In one instant, what is said comes before what is done about it: "reply and solve" is one click.
    return event.at, event.position, isinstance(event, Change), event.external_id


def _initial(ticket: Ticket, events: list[Message | Change]) -> State:
    """Return the state before the first event: old values of first changes, else the present ones."""
    values: dict[str, str | None] = {}
    for event in events:
        if isinstance(event, Change):
            values.setdefault(event.field.value, event.old)
    present = {field.value: getattr(ticket, field.value) for field in Field}
    known = present | values
    status = Status(known.pop("status") or Status.NEW)
    return State(status=status, **known)


def _opening(ticket: Ticket, events: list[Message | Change]) -> Message | None:
    """Return the message the ticket was opened with; by an agent, it is no reply."""
    first = next((event for event in events if isinstance(event, Message)), None)
    return first if first is not None and first.at - ticket.created_at <= OPENING_WITHIN_S else None


def _timeline(story: Story, rules: Rulebook) -> Timeline | None:
    changes = rules.schedule_changes()
    pieces: list[tuple[int, Schedule | None]] = []
    for segment in story.segments:
        attributes = story.attributes(segment.state)
        meanwhile = (at for at in changes if segment.start < at and (segment.end is None or at < segment.end))
        for at in (segment.start, *meanwhile):
            schedule = rules.schedule(attributes, at)
            if not pieces or pieces[-1][1] is not schedule:
                pieces.append((at, schedule))
    return None if all(schedule is None for _, schedule in pieces) else Timeline(pieces)

"""Turns: the customer's oldest unanswered message and the reply it got (KPIS.md §2)."""

from dataclasses import dataclass

from kpi.events import UNSOLVED
from kpi.history.story import Ending, State, Step, Story, ended_by


@dataclass(slots=True, kw_only=True)
class Turn:
    """One turn. `replied_at` and `ended_at` are both set when the reply came after the ticket had ended.

    Attributes:
        first: whether its reply is the first response to a ticket that a customer opened.
        asked: the state when it started.
        last: the state at its reply or its end; the present one while it waits.
        ended: the state at its end, when it ended before it had a reply.
        agent: who replied; the assignee when nobody did.
    """

    started_at: int
    first: bool
    asked: State
    last: State
    replied_at: int | None = None
    ended: Ending | None = None
    author: str | None = None

    @property
    def agent(self) -> str | None:
        """Whose turn it is: the reply's author, or else the assignee."""
        return self.last.agent if self.replied_at is None else self.author


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The turns of a ticket, oldest first, and since when the customer waited.

    `waited` holds, on arrival and after each step of the story, the start of the turn that was owed a reply; None when
    none was. It is what was known at that moment: what a reopen makes of a turn later isn't in it.
    """

    turns: list[Turn]
    waited: list[int | None]


def converse(story: Story) -> Conversation:
    """Return what customer and agents said to each other, as turns."""
    walk = _Walk(story)
    waited = [walk.waiting_since]
    for step in story.steps:
        walk.take(step)
        waited.append(walk.waiting_since)
    for turn in walk.found:
        if turn.replied_at is None and turn.ended is None:
            turn.last = story.final
    return Conversation(turns=walk.found, waited=waited)


class _Walk:
    """Goes through a story; `waiting` is the turn that is owed a reply."""

    def __init__(self, story: Story) -> None:
        self.found: list[Turn] = []
        self.waiting: Turn | None = None
        # Said on an ended ticket: a question only once it reopens the ticket or is answered.
        self.afterthought: Step | None = None
        # Answered on an ended ticket: when that reply reopens it, the turn hadn't ended after all.
        self.answered_late: Turn | None = None
        if not story.ticket.opened_by_agent:
            self._start(story.ticket.created_at, story.created, first=True)
            if story.created.status not in UNSOLVED:
                self._end(story.ticket.created_at, story.created)

    @property
    def waiting_since(self) -> int | None:
        """The start of the turn that is owed a reply."""
        return None if self.waiting is None else self.waiting.started_at

    def take(self, step: Step) -> None:
        """Take the next step."""
        if step.reply:
            self._reply(step)
        elif step.asks:
            self._ask(step)
        elif step.ends:
            self._end(step.at, step.after)
        elif step.reopens:
            self._reopen()

    def _start(self, at: int, state: State, *, first: bool = False) -> None:
        self.waiting = Turn(started_at=at, first=first, asked=state, last=state)
        self.found.append(self.waiting)

    def _reply(self, step: Step) -> None:
        if self.waiting is None and self.afterthought is not None:
            self._start(self.afterthought.at, self.afterthought.after)
        if self.waiting is not None:
            self.answered_late = self.waiting if self.waiting.ended is not None else None
            self.waiting.replied_at, self.waiting.last = step.at, step.after
            self.waiting.author = step.message.author if step.message else None
        self.waiting = self.afterthought = None

    def _ask(self, step: Step) -> None:
        self.answered_late = None
        if step.after.status not in UNSOLVED:
            self.afterthought = self.afterthought or step
        elif self.waiting is None:
            self._start(step.at, step.after)

    def _end(self, at: int, state: State) -> None:
        self.answered_late = None
        if self.waiting is not None:  # a solve is no answer: should the ticket be reopened, the reply is still owed
            self.waiting.ended = Ending(at=at, by=ended_by(state.status), state=state)
            self.waiting.last = state

    def _reopen(self) -> None:
        owed = self.waiting or self.answered_late
        if owed is not None:
            owed.ended = None
            self.answered_late = None
        elif self.afterthought is not None:
            self._start(self.afterthought.at, self.afterthought.after)
        self.afterthought = None

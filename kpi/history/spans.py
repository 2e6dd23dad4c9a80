"""Spans: each stretch of time a ticket was open in one state, with its customer waiting or not."""

from collections.abc import Iterator

from kpi.events import GONE, UNSOLVED
from kpi.history.rows import Row
from kpi.history.story import State, Story, ended_by


def spans(story: Story, waited: list[int | None]) -> list[Row]:
    """Return the rows of span_facts, oldest first; `waited` is that of the conversation."""
    found: list[Row] = []
    before: State | None = None
    running: Row | None = None
    for at, state, since in _moments(story, waited):
        shown = _shown(state, since) if state.status in UNSOLVED else None
        if running is not None and shown != running:
            found[-1] |= {"ended_at": at, "ended_by": "change" if shown else ended_by(state.status)}
        if shown is not None and shown != running:
            found.append(shown | {"started_at": at, "started_by": _started_by(before)})
        before, running = state, shown
    return [{"span": number, "ended_at": None, "ended_by": None} | row for number, row in enumerate(found, 1)]


def _moments(story: Story, waited: list[int | None]) -> Iterator[tuple[int, State, int | None]]:
    """Yield what the ticket was and since when its customer waited, from each instant on at which that could change."""
    latest = (story.ticket.created_at, story.created, waited[0])
    for step, since in zip(story.steps, waited[1:], strict=True):
        if step.at > latest[0]:
            yield latest
        latest = (step.at, step.after, since)
    yield latest


def _shown(state: State, since: int | None) -> Row:
    return {
        "status": state.status.value,
        "team": state.team,
        "agent": state.agent,
        "priority": state.priority,
        "waiting_since": since,
    }


def _started_by(before: State | None) -> str:
    if before is None:
        return "opened"
    if before.status in UNSOLVED:
        return "change"
    return "recovered" if before.status in GONE else "reopened"

"""Spans: each stretch of time a ticket was open in one status, team, agent and priority."""

from kpi.events import GONE, UNSOLVED
from kpi.history.rows import Row
from kpi.history.story import State, Story, ended_by


def spans(story: Story) -> list[Row]:
    """Return the rows of span_facts, oldest first."""
    found: list[Row] = []
    before: State | None = None
    for segment in story.segments:
        state = segment.state
        is_open = state.status in UNSOLVED
        was_open = before is not None and before.status in UNSOLVED
        if was_open and (not is_open or _shown(state) != _shown(before)):
            found[-1] |= {"ended_at": segment.start, "ended_by": "change" if is_open else ended_by(state.status)}
        if is_open and (not was_open or _shown(state) != _shown(before)):
            found.append(_shown(state) | {"started_at": segment.start, "started_by": _started_by(before)})
        before = state
    return [{"span": number, "ended_at": None, "ended_by": None} | row for number, row in enumerate(found, 1)]


def _shown(state: State | None) -> Row:
    if state is None:
        return {}
    return {"status": state.status.value, "team": state.team, "agent": state.agent, "priority": state.priority}


def _started_by(before: State | None) -> str:
    if before is None:
        return "opened"
    if before.status in UNSOLVED:
        return "change"
    return "recovered" if before.status in GONE else "reopened"

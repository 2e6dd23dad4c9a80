"""What happened to a ticket, in order: one moment an event, with what the ticket was before and after it."""

from dataclasses import dataclass
from typing import Any

from kpi.events import UNSOLVED, Change, Field, History, Message, Status

Row = dict[str, Any]


@dataclass
class Moment:
    """One event, and what the ticket was before and after it; the first moment is its creation."""

    event: Message | Change | None
    at: int
    before: Row
    after: Row
    is_solved: bool  # after it

    @property
    def is_status_change(self) -> bool:
        return isinstance(self.event, Change) and self.event.field is Field.STATUS

    @property
    def ends(self) -> bool:
        """Whether the ticket was open before it and is not after it."""
        return self.before["status"] in UNSOLVED and self.after["status"] not in UNSOLVED

    @property
    def opens(self) -> bool:
        return self.before["status"] not in UNSOLVED and self.after["status"] in UNSOLVED

    @property
    def solves(self) -> bool:
        return self.after["status"] is Status.SOLVED and self.before["status"] is not Status.SOLVED


def in_order(event: Message | Change) -> tuple[int, int, bool, str]:
    return event.at, event.position, isinstance(event, Change), event.external_id


def _value(field: Field, text: str | None) -> str | None:
    return Status(text) if field is Field.STATUS and text is not None else text


def moments(history: History) -> list[Moment]:
    """Return what happened to a ticket, in order."""
    changes = sorted(history.changes, key=in_order)
    state: Row = {}
    for field in Field:
        first = next((change for change in changes if change.field is field), None)
        state[field.value] = _value(field, first.old) if first else getattr(history.ticket, field.value)
    created_at = history.ticket.created_at
    events = sorted([*history.changes, *history.messages], key=in_order)
    # What happens in the very second of creation belongs to how the ticket arrived.
    for event in events:
        if isinstance(event, Change) and event.at == created_at:
            state[event.field.value] = _value(event.field, event.new)
    unborn = state | {"status": Status.NEW}
    told = [Moment(None, created_at, unborn, state, is_solved=state["status"] is Status.SOLVED)]
    for event in events:
        before = told[-1].after
        after = dict(before)
        if isinstance(event, Change):
            if event.at == created_at:
                continue
            after[event.field.value] = _value(event.field, event.new)
        is_solved = told[-1].is_solved
        if after["status"] is Status.SOLVED:
            is_solved = True
        elif after["status"] in UNSOLVED:
            is_solved = False
        told.append(Moment(event, event.at, before, after, is_solved))
    return told

"""All imported rows of a ticket ─▶ its history.

Rows of `events` tell what happened; where there are none, the dates of `tickets` do. What a row of `tickets` says about
the ticket itself goes before what events say.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.importing.events import FIELDS, Content
from kpi.events import GONE, Author, Change, Field, History, Message, Rating, Status, Ticket

_STEPS = (
    ("first_solved_at", Status.SOLVED),
    ("reopened_at", Status.OPEN),
    ("solved_at", Status.SOLVED),
    ("closed_at", Status.CLOSED),
)
"""What the dates of `tickets` say, in this order when they are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """A stored row: its kind, its key, where it stood in the file and what it says."""

    kind: str
    key: str
    line: int
    content: Content
    subject: str | None = None


def history(helpdesk: str, external_id: str, rows: Sequence[ImportedRow]) -> History:
    """Return the history of a ticket; the order in which its rows are given doesn't matter."""
    events = sorted(
        (row for row in rows if row.kind == "events"), key=lambda row: (row.content["at"], row.line, row.key)
    )
    summary = next((row for row in rows if row.kind == "tickets"), None)
    told = {} if summary is None else summary.content
    about = _about(events) | {name: value for name, value in told.items() if name not in FIELDS}
    subjects = [row.subject for row in [*events, *([summary] if summary else [])] if row.subject]
    walk = _Walk(about.get("customer"))
    if events:
        walk.take(events)
        about.setdefault("created_at", events[0].content["at"])
    else:
        walk.take_dates(told, opened_by_agent=bool(told.get("opened_by_agent")))
    state = {name: value for name, value in told.items() if name in FIELDS} | walk.state
    if told.get("status") is not None and (not events or told["status"] in GONE):
        state["status"] = told["status"]
    ticket = Ticket(
        helpdesk=helpdesk,
        external_id=external_id,
        created_at=about["created_at"],
        status=Status(state.get("status") or Status.NEW),
        opened_by_agent=bool(about.get("opened_by_agent")),
        tags=tuple(about.get("tags", ())),
        subject=subjects[-1] if subjects else None,
        **{name: state.get(name, about.get(name)) for name in FIELDS if name != "status"},
        **{name: about.get(name) for name in ("customer", "channel", "brand", "language", "url", "merged_into")},
    )
    return History(
        ticket=ticket, changes=tuple(walk.changes), messages=tuple(walk.messages), ratings=_ratings(external_id, told)
    )


def _about(events: Sequence[ImportedRow]) -> dict[str, Any]:
    """Return what rows say about the ticket itself; what was said last holds, but the earliest creation."""
    about: dict[str, Any] = {}
    created = [row.content["about"]["created_at"] for row in events if "created_at" in row.content.get("about", {})]
    for row in events:
        about |= row.content.get("about", {})
    return about | ({"created_at": min(created)} if created else {})


class _Walk:
    """Goes through what happened in order; `state` is what the ticket was after it."""

    def __init__(self, customer: str | None) -> None:
        self.state: dict[str, str | None] = {}
        self.changes: list[Change] = []
        self.messages: list[Message] = []
        self._customer = customer
        self._at: int | None = None
        self._positions = 0

    def take(self, events: Sequence[ImportedRow]) -> None:
        """Take rows of `events`; the values after the first are those that the ticket came with."""
        first = events[0].content
        self.state = {name: value for name, value in first.get("now", {}).items() if name not in first.get("set", {})}
        self.state.setdefault("status", Status.NEW)
        for row in events:
            content = row.content
            if "message" in content:
                self._say(row.key, content)
            for name, value in _after(content):
                self._change(f"{row.key}:{name}", content, name, value)

    def take_dates(self, told: Mapping[str, Any], *, opened_by_agent: bool) -> None:
        """Take the dates of a row of `tickets`."""
        replied_at = told.get("first_replied_at")
        if replied_at is not None:
            if not opened_by_agent:
                self._say("created", {"at": told["created_at"], "role": "customer", "message": {"public": 1}})
            self._say("first_reply", {"at": replied_at, "role": "agent", "message": {"public": 1}})
        steps = [(told[name], number) for number, (name, _) in enumerate(_STEPS) if told.get(name) is not None]
        for at, number in sorted(steps):
            name, status = _STEPS[number]
            self.state.setdefault("status", Status.NEW)
            self._change(f"{name.removesuffix('_at')}:status", {"at": at}, Field.STATUS, self._reached(status, told))

    def _reached(self, status: Status, told: Mapping[str, Any]) -> str:
        """Return a status; a ticket that was reopened for good came to the one it has."""
        waits = status is Status.OPEN and told.get("status") in {Status.PENDING, Status.HOLD}
        return str(told["status"]) if waits and not _ends_after(told) else status.value

    def _change(self, key: str, content: Content, field: str, new: str | None) -> None:
        old = self.state.get(field)
        if old == new:
            return
        self.state[field] = new
        by, role = content.get("by"), content.get("role")
        kind = Author(role) if role else Author.AGENT if by else Author.SYSTEM
        change = Change(
            external_id=key,
            at=content["at"],
            position=self._position(content["at"]),
            field=Field(field),
            old=old,
            new=new,
            actor=by,
            actor_kind=kind,
        )
        self.changes.append(change)

    def _say(self, key: str, content: Content) -> None:
        kind = Author(content["role"])
        author = content.get("by") or (self._customer if kind is Author.CUSTOMER else None)
        said = content["message"]
        message = Message(
            external_id=f"{key}:message",
            at=content["at"],
            position=self._position(content["at"]),
            author=author,
            author_kind=kind,
            public=bool(said["public"]),
            automatic=bool(said.get("automatic")),
            length=said.get("length"),
        )
        self.messages.append(message)

    def _position(self, at: int) -> int:
        """Return the place within its second: what comes earlier in the file doesn't move what comes later."""
        self._positions = self._positions + 1 if at == self._at else 0
        self._at = at
        return self._positions


def _after(content: Content) -> Iterator[tuple[str, str | None]]:
    """Yield the values after a row, of what it sets and what its columns hold; the status last.

    Who solves a ticket in the row that also gives it to them has solved it.
    """
    values = content.get("now", {}) | content.get("set", {})
    yield from sorted(values.items(), key=lambda item: (item[0] == Field.STATUS, item[0]))


def _ends_after(told: Mapping[str, Any]) -> bool:
    reopened = told["reopened_at"]
    return any(told.get(name) is not None and told[name] > reopened for name in ("solved_at", "closed_at"))


def _ratings(external_id: str, told: Mapping[str, Any]) -> tuple[Rating, ...]:
    if told.get("rating") is None:
        return ()
    rating = Rating(
        external_id=rating_key(external_id),
        at=told["rated_at"],
        score=told["rating"],
        lowest=told["lowest"],
        highest=told["highest"],
        customer=told.get("customer"),
    )
    return (rating,)


def rating_key(external_id: str) -> str:
    """Return the identifier of the rating that a row of `tickets` tells."""
    return f"ticket:{external_id}"

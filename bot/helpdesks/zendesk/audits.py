"""What an update did to a ticket, from either of the two shapes in which Zendesk tells it.

A row of the export carries the changed field as a key of its own, an audit names it; see
https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-audit-events-reference. Both bear the
number of the audit, so that an update is the same thing whichever way it was read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.helpdesks.reading import instant
from bot.helpdesks.zendesk.client import Record
from bot.helpdesks.zendesk.mapping import identifier, via_channel, via_rel
from kpi.events import Author, Field

FIELDS = {
    "status": Field.STATUS,
    "group_id": Field.TEAM,
    "assignee_id": Field.AGENT,
    "priority": Field.PRIORITY,
    "type": Field.TYPE,
}
"""The fields whose changes make history, by Zendesk's name."""

COMMENTS = frozenset({"Comment", "VoiceComment", "FacebookComment"})

CHAT = "ChatStartedEvent"
"""What holds the messages of a chat, each with its moment; no comment tells them, and the export doesn't either."""

SIDES = {"agent": Author.AGENT, "end-user": Author.CUSTOMER}
NAMES_A_TICKET = re.compile(r"#(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A field that was set to a value; `created` when the ticket began with it; `channel` is how it was done."""

    field: Field
    old: str | None
    new: str | None
    created: bool
    channel: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody wrote, without its text; `ticket` is the first ticket that it names.

    A message of a chat has a moment of its own, and tells on which side its author was.
    """

    author: str | None
    public: bool
    channel: str | None
    length: int
    merge: bool = False
    ticket: str | None = None
    at: int | None = None
    side: Author | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One update of a ticket."""

    number: int
    at: int
    author: str | None
    steps: tuple[Step, ...]
    comments: tuple[Comment, ...]


def read_audit(record: Record) -> Audit:
    """Return an update told by an audit; raises KeyError, TypeError or ValueError when it can't be read."""
    return _read(record, record["events"], record.get("author_id"))


def read_event(record: Record) -> Audit:
    """Return an update told by the export of ticket events; raises KeyError, TypeError or ValueError."""
    return _read(record, record["child_events"], record.get("updater_id"))


def _read(record: Record, events: list[Record], author: object) -> Audit:
    at = instant(record.get("created_at"))
    if at is None:
        at = int(record["timestamp"])
    via = record.get("via")
    return Audit(
        number=int(record["id"]),
        at=at,
        author=identifier(author),
        steps=tuple(step for event in events for step in _steps(event, via)),
        comments=tuple(said for event in events for said in _comments(event, via, author)),
    )


def _kind(event: Record) -> object:
    """Return what sort of event it is; in the export `type` may be the ticket's."""
    return event.get("event_type") or event.get("type")


def _steps(event: Record, via: object) -> Iterator[Step]:
    kind = _kind(event)
    if kind not in {"Create", "Change"}:
        return
    told: dict[Any, Any] = {event["field_name"]: event.get("value")} if "field_name" in event else {**event}
    for name, field in FIELDS.items():
        if name in told:
            yield Step(
                field=field,
                old=_value(event.get("previous_value")),
                new=_value(told[name]),
                created=kind == "Create",
                channel=via_channel(event.get("via") or via),
            )


def _value(said: object) -> str | None:
    """Return a value as it is stored: numbers may come as text, and nobody as an empty one."""
    return None if said is None or said == "" else str(said).casefold()


def _comments(event: Record, via: object, author: object) -> Iterator[Comment]:
    if _kind(event) in COMMENTS:
        yield _comment(event, via, author)
    if _kind(event) == CHAT:
        for said in event["value"].get("history") or ():
            if said.get("type") == "ChatMessage" and said.get("timestamp"):
                yield Comment(
                    author=identifier(said.get("actor_id")),
                    public=True,
                    channel="chat",
                    length=len(str(said.get("message") or "")),
                    at=int(said["timestamp"]) // 1000,
                    side=SIDES.get(str(said.get("actor_type")), Author.SYSTEM),
                )


def _comment(event: Record, via: object, author: object) -> Comment:
    source = event.get("via") or via
    text = str(event.get("plain_body") or event.get("body") or "")
    named = NAMES_A_TICKET.search(text)
    return Comment(
        author=identifier(event.get("author_id", author)),
        public=bool(event.get("public", True)),
        channel=via_channel(source),
        length=len(text),
        merge="merge" in {via_channel(source), via_rel(source)},
        ticket=named[1] if named else None,
    )

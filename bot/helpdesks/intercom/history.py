"""One conversation with its parts ─▶ `kpi.events.History`. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.helpdesks.intercom.changes import (
    FIRST_POSITION,
    Placed,
    changes,
    is_assignment,
    is_beginning_lost,
    present,
    state_after,
)
from bot.helpdesks.intercom.mapping import BY_ITSELF, Mapper, Record, identifier, instant, updated_at
from bot.helpdesks.reading import figures
from kpi.events import MACHINES, Author, Field, Figure, History, Message, Quantity, Rating, Status, Ticket

SAID = ("comment", "quick_reply")
NOTE = "note"
"""How the types of parts begin that are messages: an action may be told along with them."""

FIRST_REPLY = "first_admin_reply"
"""The identifier of a first reply of which only the instant is known."""


def read_history(mapper: Mapper, record: Record) -> History:
    """Return everything known of a conversation; `record` is as it is now, with its parts."""
    now = present(mapper, record)
    source = record.get("source") or {}
    role = mapper.role(source.get("author") or {})
    parts = placed_parts(record)
    ticket = Ticket(
        helpdesk=mapper.helpdesk,
        external_id=str(record["id"]),
        created_at=int(record["created_at"]),
        status=Status(now[Field.STATUS] or Status.OPEN),
        customer=_customer(record),
        opened_by_agent=role is Author.AGENT and source.get("delivered_as") == "admin_initiated",
        team=now[Field.TEAM],
        agent=now[Field.AGENT],
        priority=now[Field.PRIORITY],
        level=(record.get("sla_applied") or {}).get("sla_name") or None,
        channel=mapper.channel(source.get("type")),
        tags=tuple(str(tag["name"]) for tag in (record.get("tags") or {}).get("tags") or () if tag.get("name")),
        subject=source.get("subject") or None,
        url=f"{mapper.inbox}/{record['id']}",
        as_of=updated_at(record),
    )
    return History(
        ticket=ticket,
        changes=changes(mapper, record, parts),
        messages=(*_begun(mapper, record, source), *_lost_reply(record, parts), *_messages(mapper, parts)),
        ratings=tuple(_ratings(record)),
        figures=_figures(record.get("statistics") or {}),
    )


def _figures(statistics: Record) -> tuple[Figure, ...]:
    """Return what Intercom says of a conversation itself: durations within the workspace's office hours."""
    told = {
        Quantity.FIRST_REPLIED_AT: statistics.get("first_admin_reply_at"),
        Quantity.FIRST_SOLVED_AT: statistics.get("first_close_at"),
        Quantity.LAST_SOLVED_AT: statistics.get("last_close_at"),
        Quantity.REOPENS: statistics.get("count_reopens"),
    }
    timed = {
        Quantity.FIRST_REPLY_S: statistics.get("time_to_admin_reply"),
        Quantity.FIRST_RESOLUTION_S: statistics.get("time_to_first_close"),
        Quantity.FULL_RESOLUTION_S: statistics.get("time_to_last_close"),
    }
    return (*figures(told), *figures(timed, business=True))


def authors(record: Record) -> list[Record]:
    """Return who wrote or did something in a conversation, each as often as they did."""
    source, given = record.get("source") or {}, [part for _, part in placed_parts(record)]
    return [author for one in (source, *given) if isinstance(author := one.get("author"), dict)]


def placed_parts(record: Record) -> list[Placed]:
    """Return the parts that are given, oldest first, each at the position that it has among all there ever were."""
    listed = record.get("conversation_parts") or {}
    given: list[dict[str, Any]] = list(listed.get("conversation_parts") or ())
    before = max(0, int(listed.get("total_count") or 0) - len(given))
    given.sort(key=lambda part: int(part["created_at"]))
    return [(FIRST_POSITION + 2 * number, part) for number, part in enumerate(given, before)]


def _customer(record: Record) -> str | None:
    contacts = (record.get("contacts") or {}).get("contacts") or ()
    return identifier(contacts[0]) if contacts else None


def _begun(mapper: Mapper, record: Record, source: Record) -> Iterator[Message]:
    """Yield what a conversation began with; a call, or a workflow that said nothing, is no message."""
    if not any(source.get(name) for name in ("body", "subject", "attachments", "redacted")):
        return
    author = source.get("author") or {}
    role = mapper.role(author)
    if role is Author.AGENT and source.get("delivered_as") in BY_ITSELF:
        role = Author.BOT
    yield Message(
        external_id="source",
        at=int(record["created_at"]),
        position=0,
        author=None if role is Author.SYSTEM else identifier(author),
        author_kind=role,
        public=True,
        automatic=role in MACHINES,
        channel=mapper.channel(source.get("type")),
        length=len(str(source.get("body") or "")),
    )


def _lost_reply(record: Record, parts: Sequence[Placed]) -> Iterator[Message]:
    """Yield the first reply of a conversation whose beginning isn't given: the statistics have its instant.

    Not where the AI agent took part: whether they would count its answer isn't documented.
    """
    at = instant((record.get("statistics") or {}).get("first_admin_reply_at"))
    if at is None or not is_beginning_lost(parts) or record.get("ai_agent_participated"):
        return
    if at < int(parts[0][1]["created_at"]):
        yield Message(external_id=FIRST_REPLY, at=at, position=1, author=None, author_kind=Author.AGENT, public=True)


def _messages(mapper: Mapper, parts: Sequence[Placed]) -> Iterator[Message]:
    for position, part in parts:
        kind, body = str(part.get("part_type")), str(part.get("body") or "")
        internal = kind.startswith(NOTE)
        # Who closes, opens, snoozes or assigns may say something along with it, and a customer's reply opens.
        along = bool(body) and (state_after(part) is not None or is_assignment(part))
        if not (internal or kind.startswith(SAID) or along):
            continue
        author = part.get("author") or {}
        role = mapper.role(author)
        yield Message(
            external_id=str(part["id"]),
            at=int(part["created_at"]),
            position=position,
            author=None if role is Author.SYSTEM else identifier(author),
            author_kind=role,
            public=not internal,
            automatic=role in MACHINES,
            length=len(body),
        )


def _ratings(record: Record) -> Iterator[Rating]:
    said = record.get("conversation_rating") or {}
    asked_at = instant(said.get("created_at"))
    if asked_at is None:
        return
    score = said.get("rating")
    teammate = said.get("teammate") or {}
    yield Rating(
        external_id=str(record["id"]),
        at=asked_at if score is None else instant(said.get("updated_at")) or asked_at,
        score=None if score is None else int(score),
        customer=identifier(said.get("contact") or {}),
        agent=identifier(teammate) if teammate.get("type") == "admin" else None,
        sent_at=asked_at,
    )

"""One ticket with its conversations ─▶ `kpi.events.History`.

Pure, but for the directory that it asks who and what a number is.
"""

import re
from collections.abc import Iterator, Sequence

from bot.helpdesks.freshdesk.mapping import (
    OUTBOUND,
    SPOKEN_BY,
    SURVEY,
    Mapper,
    Record,
    identifier,
    updated_at,
)
from bot.helpdesks.reading import figures, instant
from kpi.events import MACHINES, Author, Field, Figure, History, Message, Moment, Observed, Quantity, Status, Ticket

ENDED = (Status.SOLVED.value, Status.CLOSED.value)


def read_history(mapper: Mapper, record: Record, conversations: Sequence[Record]) -> History:
    """Return everything known of a ticket; ratings and time spent are told apart from it.

    Args:
        mapper: what words mean in this Freshdesk.
        record: the ticket as it is now, with `stats` and `requester` where they were asked for.
        conversations: its replies and notes.
    """
    merged = _merge(mapper, record, conversations)
    status = gone_status(record) or (Status.MERGED if merged else mapper.status(int(record["status"])))
    as_of = updated_at(record)
    created_at = instant(record["created_at"]) or 0
    product = record.get("product_id")
    ticket = Ticket(
        helpdesk=mapper.helpdesk,
        external_id=str(record["id"]),
        created_at=created_at,
        status=status,
        customer=identifier(record.get("requester_id")),
        opened_by_agent=record.get("source") == OUTBOUND,
        team=identifier(record.get("group_id")),
        agent=identifier(record.get("responder_id")),
        priority=mapper.priority(record.get("priority")),
        type=record.get("type") or None,
        channel=mapper.channel(record.get("source")),
        brand=None if product is None else mapper.brand(product),
        tags=tuple(record.get("tags") or ()),
        subject=record.get("subject") or None,
        url=f"{mapper.web}/a/tickets/{record['id']}",
        merged_into=merged[1] if merged else None,
        as_of=as_of,
    )
    gone_at = as_of if gone_status(record) else merged[0] if merged else None
    return History(
        ticket=ticket,
        messages=tuple(_messages(mapper, record, conversations)),
        observed=(
            _status(record, gone_at),
            *(Observed(field=field, since=as_of) for field in (Field.TEAM, Field.AGENT, Field.PRIORITY, Field.TYPE)),
        ),
        figures=_figures(record),
    )


def _figures(record: Record) -> tuple[Figure, ...] | None:
    """Return what Freshdesk says of a ticket itself; None of an archived one, which has no statistics."""
    stats = record.get("stats")
    if stats is None:
        return None
    return figures(
        {
            Quantity.FIRST_REPLIED_AT: instant(stats.get("first_responded_at")),
            Quantity.LAST_SOLVED_AT: instant(stats.get("resolved_at")),
            Quantity.LAST_CLOSED_AT: instant(stats.get("closed_at")),
            Quantity.FIRST_REPLY_DUE_AT: instant(record.get("fr_due_by")),
            Quantity.RESOLUTION_DUE_AT: instant(record.get("due_by")),
        }
    )


def gone_status(record: Record) -> Status | None:
    """Return deleted or spam; None for a ticket that is neither."""
    return Status.DELETED if record.get("deleted") else Status.SPAM if record.get("spam") else None


def _status(record: Record, gone_at: int | None) -> Observed:
    """Return what the statistics tell of the status; a reopen takes the resolution before it away from them.

    `gone_at` is when the ticket was deleted or merged, about which they are silent.
    """
    stats = record.get("stats") or {}
    told = [
        Moment(at=at, value=value, after=after)
        for name, value, after in (
            ("reopened_at", Status.OPEN.value, ENDED),
            ("pending_since", Status.PENDING.value, ()),
            ("resolved_at", Status.SOLVED.value, ()),
            ("closed_at", Status.CLOSED.value, ()),
        )
        if (at := instant(stats.get(name))) is not None
    ]
    told.sort(key=lambda moment: moment.at)
    since = gone_at or instant(stats.get("status_updated_at")) or updated_at(record)
    since = max(since, told[-1].at if told else 0)
    return Observed(field=Field.STATUS, since=since, moments=tuple(told), first=Status.OPEN.value)


def _merge(mapper: Mapper, record: Record, conversations: Sequence[Record]) -> tuple[int, str] | None:
    """Return when a ticket was merged and into which: only the note that Freshdesk leaves on it tells."""
    if mapper.status(int(record["status"])) is not Status.CLOSED:
        return None
    for said in reversed(conversations):
        for words in mapper.options.merge_notes if not said.get("incoming") else ():
            found = re.match(rf"\s*{re.escape(words)}\s*#?(\d+)", str(said.get("body_text") or ""), re.IGNORECASE)
            if found and found[1] != str(record["id"]):
                return instant(said["created_at"]) or 0, found[1]
    return None


def _messages(mapper: Mapper, record: Record, conversations: Sequence[Record]) -> Iterator[Message]:
    requester = record.get("requester_id")
    outbound = record.get("source") == OUTBOUND
    yield Message(
        external_id="description",
        at=instant(record["created_at"]) or 0,
        position=0,
        # Who wrote to the customer first isn't told.
        author=None if outbound else identifier(requester),
        author_kind=Author.AGENT if outbound else Author.CUSTOMER,
        public=True,
        channel=mapper.channel(record.get("source")),
    )
    for said in conversations:
        if said.get("source") == SURVEY:
            continue
        role = mapper.role(said.get("user_id"), requester, incoming=bool(said.get("incoming")))
        by_rule = bool(said.get("auto_response")) or said.get("automation_id") is not None
        yield Message(
            external_id=str(said["id"]),
            at=instant(said["created_at"]) or 0,
            position=int(said["id"]),
            author=identifier(said.get("user_id")),
            author_kind=role,
            public=not said.get("private"),
            automatic=by_rule or role in MACHINES,
            channel=SPOKEN_BY.get(said.get("source") or 0),
            length=len(str(said.get("body_text") or "")),
        )

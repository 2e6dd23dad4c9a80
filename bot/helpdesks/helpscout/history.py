"""One conversation with its threads ─▶ `kpi.events.History`.

Pure, but for the directory that it asks what a number is.
"""

from collections.abc import Iterator, Sequence

from bot.helpdesks.helpscout.changes import read_changes
from bot.helpdesks.helpscout.mapping import (
    Mapper,
    Record,
    identifier,
    status,
    text_length,
    updated_at,
)
from bot.helpdesks.reading import figures, instant
from kpi.events import MACHINES, Author, Field, History, Message, Quantity, Status, Ticket

SENT = frozenset({"published", "hidden"})
"""The states of what others were sent: drafts and what waits for a review were not; what was hidden later was."""

SPOKEN = frozenset({"customer", "message", "reply", "chat", "beaconchat", "phone", "forwardchild"})
"""The types of what was said between customers and agents."""

PRIVATE = frozenset({"note", "forwardparent"})
"""The types of what customers don't see: a forward goes to somebody else."""

THREAD_CHANNELS = {"phone": "phone", "chat": "chat", "beaconchat": "chat"}


def read_history(mapper: Mapper, record: Record, threads: Sequence[Record]) -> History:
    """Return everything known of a conversation; ratings are told apart from it.

    Args:
        mapper: what words mean in this Help Scout.
        record: the conversation as it is now.
        threads: what was said and done in it, in any order.
    """
    sent = sorted((row for row in threads if row.get("state") in SENT), key=_order)
    now = Status.DELETED if record.get("state") == "deleted" else status(record.get("status")) or Status.OPEN
    present = {
        Field.STATUS: now.value,
        Field.TEAM: identifier(record.get("mailboxId")),
        Field.AGENT: mapper.agent(record.get("assignee")),
    }
    created_at = instant(record["createdAt"]) or 0
    customer = record.get("primaryCustomer") or {}
    ticket = Ticket(
        helpdesk=mapper.helpdesk,
        external_id=str(record["id"]),
        created_at=created_at,
        status=now,
        customer=identifier(customer.get("id") or None),
        opened_by_agent=_opened_by_agent(record, sent),
        team=present[Field.TEAM],
        agent=present[Field.AGENT],
        channel=mapper.channel(record),
        tags=tuple(str(tag["tag"]) for tag in record.get("tags") or () if tag.get("tag")),
        subject=record.get("subject") or None,
        url=f"{mapper.web}/conversation/{record['id']}/{record.get('number') or ''}".rstrip("/"),
        as_of=max([updated_at(record), *(_order(row)[0] for row in sent)]),
    )
    return History(
        ticket=ticket,
        messages=tuple(_messages(mapper, record, sent)),
        changes=tuple(read_changes(mapper, record, sent, present)),
        figures=figures({Quantity.LAST_SOLVED_AT: instant(record.get("closedAt"))}),
    )


def said(threads: Sequence[Record]) -> list[Record]:
    """Return those threads that Help Scout counts as its conversation's `threads`: no line items, no drafts."""
    return [row for row in threads if row.get("state") == "published" and row.get("type") != "lineitem"]


def _order(thread: Record) -> tuple[int, int]:
    return instant(thread["createdAt"]) or 0, int(thread["id"])


def _opened_by_agent(record: Record, sent: Sequence[Record]) -> bool:
    """Tell whether an agent spoke first: an agent who forwards a customer's mail only brings it in."""
    first = next((row for row in sent if row.get("type") in SPOKEN), None)
    by_user = (record.get("createdBy") or {}).get("type") == "user"
    return by_user and (first is None or first.get("type") != "customer")


def _messages(mapper: Mapper, record: Record, sent: Sequence[Record]) -> Iterator[Message]:
    for thread in sent:
        kind = str(thread.get("type"))
        if kind not in SPOKEN | PRIVATE:
            continue
        author = thread.get("createdBy") or {}
        # What an agent enters for a customer is the customer's.
        by_customer = kind == "customer"
        who = (thread.get("customer") or author) if by_customer else author
        role = Author.CUSTOMER if by_customer else mapper.role(author)
        yield Message(
            external_id=str(thread["id"]),
            at=_order(thread)[0],
            position=2 * int(thread["id"]),
            author=identifier(who.get("id")),
            author_kind=role,
            public=kind not in PRIVATE,
            automatic=role in MACHINES or _by_workflow(thread),
            channel=THREAD_CHANNELS.get(kind) or mapper.channel(record),
            length=text_length(thread.get("body")),
        )


def _by_workflow(thread: Record) -> bool:
    source, action = thread.get("source") or {}, thread.get("action") or {}
    return source.get("type") == "workflows" or action.get("type") == "automatic-workflow"

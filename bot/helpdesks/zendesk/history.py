"""One ticket with its updates ─▶ `kpi.events.History`. Pure, but for the directory that it asks who somebody is."""

from collections.abc import Iterator, Sequence

from bot.helpdesks.reading import instant
from bot.helpdesks.zendesk.audits import FIELDS, Audit, Comment
from bot.helpdesks.zendesk.client import Record
from bot.helpdesks.zendesk.figures import read_figures
from bot.helpdesks.zendesk.mapping import RULES, Mapper, identifier, status, via_channel, via_rel
from kpi.events import MACHINES, Author, Change, Field, History, Message, Observed, Status, Ticket

MERGED = "closed_by_merge"
"""The tag of a ticket that was closed because it went into another."""

CHATS = frozenset({"chat", "messaging"})
"""The channels whose messages are told as a chat."""

PLACES = 100
"""How many things one update can do to a ticket, in their order."""

Values = dict[Field, str | None]


def is_deleted(record: Record) -> bool:
    """Tell whether a ticket was deleted; one marked as spam is, too."""
    return status(record.get("status")) is Status.DELETED


def read_history(mapper: Mapper, record: Record, audits: Sequence[Audit]) -> History:
    """Return everything known of a ticket; ratings and calls are told apart from it.

    Args:
        mapper: what words mean in this Zendesk.
        record: the ticket as it is now.
        audits: its updates, in any order; of a deleted ticket there are none to be had.
    """
    told = sorted(audits, key=lambda audit: (audit.at, audit.number))
    merged = _is_merged(record)
    now = present(record)
    changes = tuple(_changes(mapper, record, told, now))
    # The audits were read after the record.
    now |= {change.field: change.new for change in changes}
    requester = identifier(record.get("requester_id"))
    brand = identifier(record.get("brand_id"))
    ticket = Ticket(
        helpdesk=mapper.helpdesk,
        external_id=str(record["id"]),
        created_at=instant(record["created_at"]) or 0,
        status=Status(now[Field.STATUS] or Status.OPEN),
        customer=requester,
        opened_by_agent=_opened_by_agent(mapper, record, requester),
        team=now[Field.TEAM],
        agent=now[Field.AGENT],
        priority=now[Field.PRIORITY],
        type=now[Field.TYPE],
        channel=mapper.channel(via_channel(record.get("via"))),
        brand=None if brand is None else mapper.directory.brand(brand),
        tags=tuple(record.get("tags") or ()),
        subject=record.get("subject") or None,
        url=f"{mapper.web}/agent/tickets/{record['id']}",
        merged_into=_merged_into(record, told) if merged else None,
        as_of=instant(record.get("updated_at")),
    )
    gone_at = record.get("generated_timestamp") or ticket.as_of or ticket.created_at
    observed = (Observed(field=Field.STATUS, since=int(gone_at)),) if is_deleted(record) else ()
    messages = tuple(_messages(mapper, requester, told))
    return History(ticket=ticket, changes=changes, messages=messages, observed=observed, figures=read_figures(record))


def explains(record: Record, audits: Sequence[Audit]) -> bool:
    """Tell whether updates lead to what a ticket is now, so that none is missing and each was understood.

    A ticket that Zendesk closed by itself may be told as solved.
    """
    told = sorted(audits, key=lambda audit: (audit.at, audit.number))
    steps = [step for audit in told for step in audit.steps]
    last = {step.field: step.new for step in steps}
    if not any(step.created and step.field is Field.STATUS for step in steps):
        return False  # the first update is missing, or the status was not understood
    now = present(record)
    return all(last.get(field) == value for field, value in now.items() if field is not Field.STATUS) and (
        now[Field.STATUS] in {_status(record, last[Field.STATUS]), Status.CLOSED, Status.MERGED}
    )


def present(record: Record) -> Values:
    """Return what a record says of the fields that have a history."""
    return {
        Field.STATUS: _status(record, record.get("status")),
        **{field: _field(record.get(name)) for name, field in FIELDS.items() if field is not Field.STATUS},
    }


def _field(said: object) -> str | None:
    return None if said is None or said == "" else str(said).casefold()


def _is_merged(record: Record) -> bool:
    return status(record.get("status")) is Status.CLOSED and MERGED in (record.get("tags") or ())


def _status(record: Record, said: object) -> str:
    """Return a status; a merged ticket is closed to Zendesk."""
    means = status(said)
    return (Status.MERGED if means is Status.CLOSED and _is_merged(record) else means).value


def _merged_into(record: Record, audits: Sequence[Audit]) -> str | None:
    """Return the ticket that the last note of a merge names, or the last note at all when none is told to be one."""
    said = [comment for audit in audits for comment in audit.comments]
    notes = [comment for comment in said if comment.merge] or said[-1:]
    named = notes[-1].ticket if notes else None
    return None if named == str(record["id"]) else named


def _opened_by_agent(mapper: Mapper, record: Record, requester: str | None) -> bool:
    via = record.get("via")
    if via_channel(via) == "voice" and via_rel(via) == "outbound":
        return True
    submitter = identifier(record.get("submitter_id"))
    return submitter is not None and mapper.role(submitter, requester) is Author.AGENT


def _changes(mapper: Mapper, record: Record, audits: Sequence[Audit], now: Values) -> Iterator[Change]:
    values: Values = {}
    requester = identifier(record.get("requester_id"))
    for audit in audits:
        for place, step in enumerate(audit.steps, 1):
            new = step.new if step.field is not Field.STATUS else _status(record, step.new)
            old = step.old if step.field is not Field.STATUS or step.old is None else _status(record, step.old)
            before = values.get(step.field, new if step.created else old)
            values[step.field] = new
            if new == before:
                continue
            by_rule = step.channel in RULES
            yield Change(
                external_id=f"{audit.number}/{step.field.value}/{place}",
                at=audit.at,
                position=audit.number * PLACES + min(place, PLACES - 1),
                field=step.field,
                old=before,
                new=new,
                actor=None if by_rule else audit.author,
                actor_kind=Author.SYSTEM if by_rule else mapper.role(audit.author, requester),
            )
    last = values.get(Field.STATUS)
    if last is not None and now[Field.STATUS] in {Status.CLOSED, Status.MERGED} and last != now[Field.STATUS]:
        yield Change(
            external_id="closed",  # by Zendesk itself: nothing opens it again
            at=max(instant(record.get("updated_at")) or 0, audits[-1].at),
            position=audits[-1].number * PLACES + PLACES - 1,
            field=Field.STATUS,
            old=last,
            new=now[Field.STATUS],
        )


def is_chat(mapper: Mapper, record: Record) -> bool:
    """Tell whether a ticket is a conversation whose messages only its audits tell."""
    return mapper.channel(via_channel(record.get("via"))) in CHATS


def _messages(mapper: Mapper, requester: str | None, audits: Sequence[Audit]) -> Iterator[Message]:
    chatted = any(said.side is not None for audit in audits for said in audit.comments)
    assigned = {step.new for audit in audits for step in audit.steps if step.field is Field.AGENT}
    noted = {said.author for audit in audits for said in audit.comments if not said.public}
    for audit in audits:
        for place, said in enumerate(audit.comments):
            # Nobody but agents is assigned or writes internal notes, also one who isn't an agent any more.
            role = _role(mapper, said, requester, was_agent=said.author in assigned | noted)
            # What was said in a chat is put into a comment once more when it is over.
            again = chatted and said.side is None and mapper.channel(said.channel) in CHATS
            yield Message(
                external_id=f"{audit.number}/{place}" if place else str(audit.number),
                at=audit.at if said.at is None else said.at,
                position=audit.number * PLACES + place,
                author=requester if said.side is Author.CUSTOMER else said.author,
                author_kind=role,
                public=said.public,
                automatic=again or _is_automatic(said, role),
                channel=mapper.channel(said.channel),
                length=said.length,
            )


def _role(mapper: Mapper, said: Comment, requester: str | None, *, was_agent: bool) -> Author:
    """Return in which role something was said; a chat tells its sides."""
    if said.side is None or said.author in mapper.options.bots:
        return mapper.role(said.author, requester, was_agent=was_agent)
    return said.side


def _is_automatic(said: Comment, role: Author) -> bool:
    return role in MACHINES or said.merge or said.channel in RULES

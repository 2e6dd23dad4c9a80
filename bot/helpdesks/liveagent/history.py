"""One ticket with all that was read of it ─▶ `kpi.events.History`. Pure."""

import re
from collections.abc import Iterator, Sequence

from bot.helpdesks.liveagent.changes import changes, observed_status, present
from bot.helpdesks.liveagent.client import Record
from bot.helpdesks.liveagent.conversation import Conversation
from bot.helpdesks.liveagent.mapping import identifier
from bot.helpdesks.reading import figures
from kpi.events import Author, Field, History, Observed, Quantity, Status, Ticket

CODE = re.compile(r"\b[A-Z0-9]{3}-[A-Z0-9]{5}-[A-Z0-9]{3}\b")
"""A ticket's code, as people read it."""


def read_history(talk: Conversation, segments: Sequence[Record], level: str | None) -> History:
    """Return everything known of a ticket; `segments` is empty where LiveAgent tells none."""
    merged = is_merged(talk)
    changed = changes(talk, segments, merged=merged)
    messages = talk.messages()
    now = present(talk.mapper, talk.record, merged=merged) | {change.field: change.new for change in changed}
    opening = next((message for message in messages if message.public), None)
    mapper, record = talk.mapper, talk.record
    tags = mapper.directory.tags
    name = str(record["id"])
    ticket = Ticket(
        helpdesk=mapper.helpdesk,
        external_id=name,
        created_at=mapper.instant(record["date_created"]) or 0,
        status=Status(now[Field.STATUS] or Status.NEW),
        customer=identifier(record.get("owner_contactid")),
        opened_by_agent=opening is not None and opening.author_kind is Author.AGENT,
        team=now[Field.TEAM],
        agent=now[Field.AGENT],
        level=level,
        type=_custom(record, mapper.options.type_field),
        channel=_channel(talk),
        tags=tuple(str(tags.get(str(tag), {}).get("name") or tag) for tag in record.get("tags") or ()),
        subject=record.get("subject") or None,
        url=f"{mapper.web}/agent/#Conversation;id={name}",
        merged_into=merged_into(talk) if merged else None,
    )
    return History(
        ticket=ticket,
        changes=changed,
        messages=messages,
        ratings=talk.ratings(),
        contacts=talk.contacts(),
        observed=tuple(_observed(talk, told=bool(segments), merged=merged)),
        figures=figures(
            {
                Quantity.LAST_SOLVED_AT: mapper.instant(record.get("date_resolved")),
                Quantity.DUE_AT: mapper.instant(record.get("date_due")),
            }
        ),
    )


def _observed(talk: Conversation, *, told: bool, merged: bool) -> Iterator[Observed]:
    """Yield the fields whose changes LiveAgent doesn't tell: where it tells no segments, all."""
    if not told:
        yield observed_status(talk, merged=merged)
    dates = (talk.mapper.instant(talk.record.get(key)) for key in ("date_changed", "date_created"))
    since = next((at for at in dates if at is not None), 0)
    for field in (Field.LEVEL, Field.TYPE) if told else (Field.TEAM, Field.AGENT, Field.LEVEL, Field.TYPE):
        yield Observed(field=field, since=since)


def is_merged(talk: Conversation) -> bool:
    """Tell whether a ticket went into another: it is deleted then, and its groups tell of a merge."""
    deleted = talk.mapper.status(str(talk.record.get("status") or "")) is Status.DELETED
    return deleted and talk.merge_note is not None


def merged_into(talk: Conversation) -> str | None:
    """Return the code of the ticket that a merge names, when it names one besides this one."""
    own = str(talk.record.get("code"))
    return next((code for code in CODE.findall(talk.merge_note or "") if code != own), None)


def _channel(talk: Conversation) -> str | None:
    letter = str(talk.record.get("channel_type") or "")
    by_letter = talk.mapper.channel(letter)
    # The button of a chat becomes a form when nobody is there to chat.
    return "web" if by_letter == "chat" and talk.came_by_form else by_letter or talk.channel


def _custom(record: Record, code: str | None) -> str | None:
    fields = record.get("custom_fields")
    for field in fields if isinstance(fields, list) else ():
        if isinstance(field, dict) and code is not None and field.get("code") == code:
            return str(field.get("value") or "") or None
    return None

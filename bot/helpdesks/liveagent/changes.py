"""What changed about a ticket, when, and by whom: from the segments of its life."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from bot.helpdesks.liveagent.client import Record
from bot.helpdesks.liveagent.conversation import Conversation
from bot.helpdesks.liveagent.mapping import Mapper, author, identifier
from kpi.events import ENDED, GONE, Author, Change, Field, Status

TRACE_WITHIN_S = 2
"""A change and the group that tells of it may be written a moment apart."""

AFTER_MESSAGES = 1_000_000
"""Within a second, what is said comes before what is done about it."""

Values = Mapping[Field, str | None]


def present(mapper: Mapper, record: Record, *, merged: bool) -> dict[Field, str | None]:
    """Return what a ticket's record says of the fields that segments tell."""
    return {
        Field.STATUS: _status(mapper, record, merged=merged).value,
        Field.TEAM: identifier(record.get("departmentid")),
        Field.AGENT: identifier(record.get("agentid")),
    }


def changes(talk: Conversation, segments: Sequence[Record], *, merged: bool) -> tuple[Change, ...]:
    """Return the changes of a ticket, oldest first.

    What the record has otherwise than the last segment, or without any, was changed when the record says so: a
    segment that is younger than the record stands.
    """
    mapper, record = talk.mapper, talk.record
    ordered = sorted(
        (segment for segment in segments if mapper.instant(segment.get("date_from")) is not None),
        key=lambda segment: (mapper.instant(segment["date_from"]), str(segment["id"])),
    )
    told = [(segment, _values(mapper, segment, merged=merged)) for segment in ordered]
    walked = [
        change
        for position, ((_, before), (segment, after)) in enumerate(pairwise(told))
        for change in _between(talk, segment, before, after, position)
    ]
    last_at = max((mapper.instant(segment["date_from"]) or 0 for segment in ordered), default=0)
    last = told[-1][1] if told else {Field.STATUS: Status.NEW.value}
    now = present(mapper, record, merged=merged)
    at = _settled_at(mapper, record, Status(now[Field.STATUS] or Status.NEW))
    late = [] if told and at <= last_at else list(_late(talk, last, now, at))
    return (*walked, *late)


def _values(mapper: Mapper, segment: Record, *, merged: bool) -> dict[Field, str | None]:
    return {
        Field.STATUS: _status(mapper, segment, merged=merged).value,
        Field.TEAM: identifier(segment.get("department_id")),
        Field.AGENT: identifier(segment.get("agent_id")),
    }


def _status(mapper: Mapper, record: Record, *, merged: bool) -> Status:
    """Return a status; a merged ticket is deleted to LiveAgent."""
    status = mapper.status(str(record.get("status") or ""))
    return Status.MERGED if merged and status is Status.DELETED else status


def _between(talk: Conversation, segment: Record, before: Values, after: Values, position: int) -> Iterator[Change]:
    at = talk.mapper.instant(segment["date_from"]) or 0
    actor, kind = _actor(talk, at, after[Field.AGENT])
    for field, new in after.items():
        if new != before[field]:
            yield Change(
                external_id=f"{segment['id']}/{field.value}",
                at=at,
                position=AFTER_MESSAGES + position,
                field=field,
                old=before[field],
                new=new,
                actor=actor,
                actor_kind=kind,
            )


def _late(talk: Conversation, last: Values, now: Values, at: int) -> Iterator[Change]:
    actor, kind = _actor(talk, at, now[Field.AGENT])
    for field, old in last.items():
        if now[field] != old:
            yield Change(
                external_id=f"{talk.record['id']}/{field.value}/{at}",
                at=at,
                position=2 * AFTER_MESSAGES,
                field=field,
                old=old,
                new=now[field],
                actor=actor,
                actor_kind=kind,
            )


def _settled_at(mapper: Mapper, record: Record, status: Status) -> int:
    """Return when a ticket became what it is, as far as its record tells."""
    dated = "date_resolved" if status in ENDED else "date_deleted" if status in GONE else "date_changed"
    dates = (mapper.instant(record.get(key)) for key in (dated, "date_changed", "date_created"))
    return next((at for at in dates if at is not None), 0)


def _actor(talk: Conversation, at: int, agent: str | None) -> tuple[str | None, Author]:
    """Return who changed something: who left a trace in that second, else the agent it is with, else the system."""
    near = [
        (abs(moment - at), user)
        for group in talk.told
        if (moment := talk.mapper.instant(group.get("datecreated"))) is not None
        and abs(moment - at) <= TRACE_WITHIN_S
        and (user := author(group, group)) is not None
    ]
    if near:
        user = min(near)[1]
        return user, talk.role(user)
    return (agent, Author.AGENT) if agent is not None else (None, Author.SYSTEM)

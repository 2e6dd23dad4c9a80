"""What changed about a ticket, when, and by whom: from the segments of its life."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from bot.helpdesks.liveagent.client import Record
from bot.helpdesks.liveagent.conversation import Conversation
from bot.helpdesks.liveagent.mapping import Mapper, author, identifier
from kpi.events import GONE, Author, Change, Field, Moment, Observed, Status

TRACE_WITHIN_S = 2
"""A change and the group that tells of it may be written a moment apart."""

AFTER_MESSAGES = 1_000_000
"""Within a second, what is said comes before what is done about it."""

FOREVER = 2**62

Values = Mapping[Field, str | None]


def present(mapper: Mapper, record: Record, *, merged: bool) -> dict[Field, str | None]:
    """Return what a ticket's record says of the fields that segments tell."""
    return {
        Field.STATUS: _status(mapper, record, merged=merged).value,
        Field.TEAM: identifier(record.get("departmentid")),
        Field.AGENT: identifier(record.get("agentid")),
    }


def changes(talk: Conversation, segments: Sequence[Record], *, merged: bool) -> tuple[Change, ...]:
    """Return the changes that the segments of a ticket tell, oldest first."""
    told = [(segment, _values(talk.mapper, segment, merged=merged)) for segment in _in_order(talk.mapper, segments)]
    if not told:
        return ()
    walked = (
        change
        for position, ((_, before), (segment, after)) in enumerate(pairwise(told))
        for change in _between(talk, segment, before, after, position)
    )
    segment, last = told[-1]
    return (*walked, *_unrecorded(talk, last, talk.mapper.instant(segment["date_from"]) or 0, merged=merged))


def _in_order(mapper: Mapper, segments: Sequence[Record]) -> list[Record]:
    """Return the segments by their beginning; of those of one second, the one that is still running is last."""
    dated = [(mapper.instant(s.get("date_from")), mapper.instant(s.get("date_to")) or FOREVER, s) for s in segments]
    found = [(start, end, str(segment["id"]), segment) for start, end, segment in dated if start is not None]
    return [segment for *_, segment in sorted(found, key=lambda one: one[:3])]


def _unrecorded(talk: Conversation, last: Values, last_at: int, *, merged: bool) -> Iterator[Change]:
    """Yield what the record has otherwise than the last segment, unless that is the younger of the two."""
    now = present(talk.mapper, talk.record, merged=merged)
    at = _settled_at(talk.mapper, talk.record, Status(now[Field.STATUS] or Status.NEW))
    if at > last_at:
        yield from _late(talk, last, now, at)


def observed_status(talk: Conversation, *, merged: bool) -> Observed:
    """Return what the record alone tells of the status: when it was solved, and when it became what it is."""
    status = Status(present(talk.mapper, talk.record, merged=merged)[Field.STATUS] or Status.NEW)
    solved_at = talk.mapper.instant(talk.record.get("date_resolved"))
    solved = () if solved_at is None else (Moment(at=solved_at, value=Status.SOLVED.value),)
    since = _settled_at(talk.mapper, talk.record, status)
    return Observed(field=Field.STATUS, since=since, moments=solved, first=Status.NEW.value)


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
    dated = "date_resolved" if status is Status.SOLVED else "date_deleted" if status in GONE else "date_changed"
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

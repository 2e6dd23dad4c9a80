"""What changed about a conversation, when, and by whom: from the threads that tell it."""

from collections.abc import Iterator, Mapping, Sequence

from bot.helpdesks.helpscout.mapping import Mapper, Record, identifier, status, updated_at
from bot.helpdesks.reading import instant
from kpi.events import Author, Change, Field, Status

MOVED, DELETED, ASSIGNED = "moved-from-mailbox", "deleted-ticket", "changed-ticket-assignee"

LAST = 2**62
"""The position of what no thread tells: after everything of its second."""

Values = Mapping[Field, str | None]


def action(thread: Record) -> str:
    """Return what a thread says was done; empty when nothing but what was said."""
    return str((thread.get("action") or {}).get("type") or "")


def entities(thread: Record) -> list[str]:
    """Return the numbers of whatever an action is about."""
    found = ((thread.get("action") or {}).get("associatedEntities")) or {}
    values = found.values() if isinstance(found, Mapping) else found
    return [str(value) for value in values if str(value).isdecimal()]


def read_changes(mapper: Mapper, record: Record, sent: Sequence[Record], present: Values) -> Iterator[Change]:
    """Yield the changes that threads tell, oldest first, and then what the record has otherwise than the last of them.

    A conversation begins active and nobody's. A thread's status is the conversation's after it, or `nochange`; its
    `assignedTo` whom it was then assigned to. One that was deleted and restored counts as if it had never left.
    """
    teams = iter(_teams(mapper, sent, present[Field.TEAM]))
    values: dict[Field, str | None] = {Field.STATUS: Status.OPEN.value, Field.AGENT: None, Field.TEAM: next(teams)}
    changed_at = dict.fromkeys(values, 0)
    for thread in sent:
        told = None if action(thread) == DELETED else status(thread.get("status"))
        after = {
            Field.STATUS: values[Field.STATUS] if told is None else told.value,
            Field.AGENT: _agent_after(mapper, thread, values[Field.AGENT]),
            Field.TEAM: next(teams) if action(thread) == MOVED else values[Field.TEAM],
        }
        for field, new in after.items():
            if new != values[field]:
                change = _change(mapper, thread, field, values[field], new)
                yield change
                values[field], changed_at[field] = new, change.at
    for field, new in present.items():
        if new == values[field]:
            continue
        left = [thread for thread in sent if action(thread) == DELETED] if new == Status.DELETED.value else []
        if left:
            yield _change(mapper, left[-1], field, values[field], new)
        else:
            yield _untold(record, field, values[field], new, changed_at[field])


def _teams(mapper: Mapper, sent: Sequence[Record], present: str | None) -> list[str | None]:
    """Return the inboxes that a conversation was in, first to last: a move tells, among others, whence it came."""
    found = [present]
    for thread in reversed([thread for thread in sent if action(thread) == MOVED]):
        others = [number for number in entities(thread) if number != found[0]]
        known_first = sorted(others, key=lambda number: not mapper.directory.is_inbox(number))
        found.insert(0, next(iter(known_first), None))
    return found


def _agent_after(mapper: Mapper, thread: Record, now: str | None) -> str | None:
    if "assignedTo" in thread or action(thread) == ASSIGNED:
        return mapper.agent(thread.get("assignedTo"))
    return now


def _change(mapper: Mapper, thread: Record, field: Field, old: str | None, new: str | None) -> Change:
    author = thread.get("createdBy") or {}
    return Change(
        external_id=f"{thread['id']}/{field.value}",
        at=instant(thread["createdAt"]) or 0,
        position=2 * int(thread["id"]) + 1,
        field=field,
        old=old,
        new=new,
        actor=identifier(author.get("id")),
        actor_kind=mapper.role(author),
    )


def _untold(record: Record, field: Field, old: str | None, new: str | None, not_before: int) -> Change:
    """Return a change that only the record tells: of a close also when and by whom, otherwise by its last update."""
    closed = field is Field.STATUS and new == Status.SOLVED.value
    closed_at = instant(record.get("closedAt")) if closed else None
    by = identifier((record.get("closedByUser") or {}).get("id") or record.get("closedBy") or None) if closed else None
    at = max(closed_at or updated_at(record), not_before)
    return Change(
        external_id=f"{record['id']}/{field.value}/{at}",
        at=at,
        position=LAST,
        field=field,
        old=old,
        new=new,
        actor=by,
        actor_kind=Author.SYSTEM if by is None else Author.AGENT,
    )

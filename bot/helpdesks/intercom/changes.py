"""What changed about a conversation, when, and by whom: from its parts."""

from collections.abc import Iterator, Sequence

from bot.helpdesks.intercom.mapping import PRIORITIES, Mapper, Record, identifier, instant, known
from kpi.events import Author, Change, Field, Status

Values = dict[Field, str | None]

Placed = tuple[int, Record]
"""A part with its position; what it changed comes right after."""

FIRST_POSITION = 2
"""Of the first part that there ever was, after what the conversation began with; every other one has two more."""

STATES = {
    "close": "closed",
    "open": "open",
    "reopen": "open",
    "snoozed": "snoozed",
    "unsnooze": "open",
    "unsnoozed": "open",
}
"""The state that a part brings about, by the last word of its type: an action by itself or along with another."""

PRIORITY_CHANGED = "priority_changed"
"""So begin the types of parts that tell of a priority: not which, but there are two."""


def present(mapper: Mapper, record: Record) -> Values:
    """Return what a conversation's record says of the fields that parts tell."""
    return {
        Field.STATUS: mapper.status(record.get("state")).value,
        Field.TEAM: known(record.get("team_assignee_id")),
        Field.AGENT: known(record.get("admin_assignee_id")),
        Field.PRIORITY: PRIORITIES.get(str(record.get("priority"))),
    }


def changes(mapper: Mapper, record: Record, parts: Sequence[Placed]) -> tuple[Change, ...]:
    """Return the changes that parts tell, oldest first, ending at what the record says now.

    Args:
        mapper: what words mean in this Intercom.
        record: the conversation as it is now.
        parts: its parts, oldest first, each with its position.
    """
    now = present(mapper, record)
    values = dict.fromkeys(now) | _first(now, [part for _, part in parts])
    # What came before the first part may have been read when it was still given: then the first change of each field
    # stands, whatever it was before.
    unknown = set(now) - {Field.PRIORITY} if is_beginning_lost(parts) else set()
    told: list[Change] = []
    for position, part in parts:
        for field, new in _told(mapper, part, values).items():
            old = None if field in unknown else values[field]
            if new != old or field in unknown:
                told.append(_change(mapper, (position, part), field, old, new))
                values[field] = new
                unknown.discard(field)
    return (*told, *_unrecorded(record, parts, told, now))


def is_beginning_lost(parts: Sequence[Placed]) -> bool:
    """Tell whether the first parts of a conversation aren't among those that are given."""
    return bool(parts) and parts[0][0] > FIRST_POSITION


def state_after(part: Record) -> str | None:
    """Return the state that a part brought about; None for one that leaves it as it is."""
    return STATES.get(str(part.get("part_type")).rpartition("_")[2])


def is_assignment(part: Record) -> bool:
    """Tell whether a part assigned the conversation to somebody, or to nobody."""
    kind = str(part.get("part_type"))
    return bool(part.get("assigned_to")) or kind.startswith("assign_") or kind.endswith("assignment")


def _told(mapper: Mapper, part: Record, before: Values) -> Values:
    """Return the fields that a part tells of, with what they became."""
    found: Values = {}
    # What isn't about the state tells in passing which it was: so an opening that no part tells isn't missed.
    state = state_after(part) or part.get("state")
    if state is not None:
        found[Field.STATUS] = mapper.status(state).value
    if str(part.get("part_type")).startswith(PRIORITY_CHANGED):
        found[Field.PRIORITY] = _other_priority(before[Field.PRIORITY])
    to = part.get("assigned_to") or {}
    if to:
        # Nobody has no type of its own in the specification; as it has been seen, it is `nobody_admin`.
        field = Field.TEAM if "team" in str(to.get("type")) else Field.AGENT
        found[field] = identifier(to)
    return found


def _first(now: Values, parts: Sequence[Record]) -> Values:
    """Return what a conversation was when it began; nobody's."""
    flips = sum(str(part.get("part_type")).startswith(PRIORITY_CHANGED) for part in parts)
    priority = now[Field.PRIORITY]
    return {Field.STATUS: Status.OPEN.value, Field.PRIORITY: _other_priority(priority) if flips % 2 else priority}


def _other_priority(priority: str | None) -> str | None:
    return next((other for other in PRIORITIES.values() if other != priority), None) if priority else None


def _unrecorded(record: Record, parts: Sequence[Placed], told: Sequence[Change], now: Values) -> Iterator[Change]:
    """Yield what the record has otherwise than its parts, at the last moment known at which it may have come about.

    A team may take over from an admin without a word of that, a conversation may be assigned when it begins, and of a
    long one the parts that told it are not given.
    """
    given = [part for _, part in parts]
    values = dict.fromkeys(now) | _first(now, given) | {change.field: change.new for change in told}
    for field, new in now.items():
        if new != values[field]:
            at = max([_settled_at(record, given, field, new), *(one.at for one in told if one.field is field)])
            yield Change(
                external_id=f"{record['id']}/{field.value}/{at}",
                at=at,
                position=parts[-1][0] + 2 if parts else 0,
                field=field,
                old=values[field],
                new=new,
            )


def _settled_at(record: Record, parts: Sequence[Record], field: Field, new: str | None) -> int:
    statistics = record.get("statistics") or {}
    if field in {Field.TEAM, Field.AGENT}:
        parts, said = [part for part in parts if is_assignment(part)], "last_assignment_at"
    else:
        said = "last_close_at" if new == Status.SOLVED.value else ""
    last = instant(statistics.get(said))
    if last is None and parts:
        last = instant(parts[-1]["created_at"])
    return last or int(record["created_at"])


def _change(mapper: Mapper, placed: Placed, field: Field, old: str | None, new: str | None) -> Change:
    position, part = placed
    author = part.get("author") or {}
    role = mapper.role(author)
    return Change(
        external_id=f"{part['id']}/{field.value}",
        at=int(part["created_at"]),
        position=position + 1,
        field=field,
        old=old,
        new=new,
        actor=None if role is Author.SYSTEM else identifier(author),
        actor_kind=role,
    )

"""What changed about a ticket, when, and by whom."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.helpdesks.request_tracker.mapping import Record, author_id, instant, number
from bot.helpdesks.request_tracker.snapshot import Snapshot
from kpi.events import Change, Field, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """A transaction that sets a field, in our words; `old` is None for what it doesn't tell."""

    transaction: Record
    field: Field
    old: str | None
    new: str | None


def changes(ticket: Snapshot) -> tuple[Change, ...]:
    """Return the changes of a ticket, oldest first; for each field they end in its present value."""
    walked = list(_walk(ticket, _recorded(ticket)))
    return (*walked, *(_unrecorded_merge(ticket, walked) if ticket.merged_into else _unrecorded(ticket, walked)))


def _recorded(ticket: Snapshot) -> Iterator[_Recorded]:
    for row in ticket.transactions:
        values = _values(ticket, row)
        if values is not None:
            field, old, new = values
            yield _Recorded(transaction=row, field=field, old=old, new=new)


def _values(  # noqa: PLR0911  # one return for each kind of transaction
    ticket: Snapshot, row: Record
) -> tuple[Field, str | None, str | None] | None:
    """Return the field that a transaction sets, with its old and new value; None for any other transaction."""
    mapper = ticket.mapper
    name = str(row.get("Field") or "")
    old, new = row.get("OldValue") or None, row.get("NewValue") or None
    match row["Type"], name:
        case ("Status", _) | ("Set", "Status"):
            return Field.STATUS, old and mapper.status(old).value, new and mapper.status(new).value
        case "Set" | "SetWatcher", "Owner":
            return Field.AGENT, mapper.owner(old), mapper.owner(new)
        case "Set", "Queue":
            return Field.TEAM, old, new
        case "Set", "Priority":
            return Field.PRIORITY, mapper.priority(old or 0), mapper.priority(new or 0)
        case "Set", "SLA":
            return Field.LEVEL, old, new
        case "CustomField", field if mapper.directory.custom_field(field) == mapper.options.type_field:
            return Field.TYPE, old, new
        case "AddLink", "MergedInto" if not str(new).endswith(f"/ticket/{ticket.id}"):
            # The link stands in the target's history too, where it names the target itself.
            return Field.STATUS, None, Status.MERGED.value
    return None


def _walk(ticket: Snapshot, recorded: Iterable[_Recorded]) -> Iterator[Change]:
    """Yield what really changed: an owner is set by two transactions, and many numbers are one word."""
    current: dict[Field, str | None] = {}
    for item in recorded:
        untold = item.old or (ticket.present(Field.STATUS) if item.new == Status.MERGED.value else None)
        old = current.get(item.field, untold)
        current[item.field] = item.new
        if item.new != old:
            row = item.transaction
            actor = ticket.mapper.person(row["Creator"])
            kind = ticket.mapper.kind(actor)
            yield Change(
                external_id=f"{row['id']}/{item.field.value}",
                at=ticket.at(row),
                position=number(row),
                field=item.field,
                old=old,
                new=item.new,
                actor=author_id(actor, kind),
                actor_kind=kind,
            )


def _unrecorded(ticket: Snapshot, walked: Sequence[Change]) -> Iterator[Change]:
    """Yield changes that left no transaction (scrips and rt-crontool can do that), as of the last update.

    A recorded change that is younger than the ticket's own record happened while it was read, and stands.
    """
    for last in {change.field: change for change in walked}.values():
        present = ticket.present(last.field)
        if last.new != present and _updated_at(ticket) > last.at:
            yield _late(ticket, last.field.value, last.field, last.new, present)


def _unrecorded_merge(ticket: Snapshot, walked: Sequence[Change]) -> Iterator[Change]:
    """Yield the merge of a ticket when it left no trace: that is so for a merge into a deleted one."""
    statuses = [change.new for change in walked if change.field is Field.STATUS]
    if Status.MERGED.value not in statuses:
        before = statuses[-1] if statuses else ticket.present(Field.STATUS)
        yield _late(ticket, "merged", Field.STATUS, before, Status.MERGED.value)


def _late(ticket: Snapshot, name: str, field: Field, old: str | None, new: str | None) -> Change:
    position = number(ticket.transactions[-1]) if ticket.transactions else 0
    return Change(
        external_id=f"{ticket.id}/{name}", at=_updated_at(ticket), position=position, field=field, old=old, new=new
    )


def _updated_at(ticket: Snapshot) -> int:
    return instant(ticket.record.get("LastUpdated")) or ticket.created_at

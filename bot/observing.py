"""Changes that a helpdesk doesn't tell, found by comparing what it tells of a ticket with what is stored of it.

Their instant is the best that is known; who made them is told by what was said at that moment, if anything was.
Reading the same again finds nothing, and neither does a state that is older than the stored one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from bot.facts import batches, read_histories
from kpi import schema
from kpi.events import GONE, Author, Change, Field, History, Message, Observed

GONE_CHANGE = "kpi-bot:gone"
"""The change recorded for a ticket that is gone; it is withdrawn when the ticket comes back."""

SAID_WITHIN_S = 2
"""What is said and what follows from it may be stored a moment apart."""

_AFTER_WORDS = 2**61
"""Positions that follow those of all messages in a second; what is found of a status follows all else."""
_STATUS_LAST = 2**60


def with_observed_changes(connection: Connection, helpdesk: str, told: Sequence[History]) -> list[History]:
    """Return the histories with the changes of observed fields among their changes.

    Of a ticket that is told as it was earlier, the stored state is returned.
    """
    names = [history.ticket.external_id for history in told if history.observed]
    stored = _stored(connection, helpdesk, names)
    return [_compared(stored.get(history.ticket.external_id), history) for history in told]


def _stored(connection: Connection, helpdesk: str, names: Iterable[str]) -> dict[str, History]:
    tickets = schema.tickets.c
    found: dict[str, History] = {}
    for batch in batches(names):
        mine = select(tickets.id).where(tickets.helpdesk == helpdesk, tickets.external_id.in_(batch))
        histories = read_histories(connection, list(connection.scalars(mine)))
        found |= {history.ticket.external_id: history for history in histories.values()}
    return found


def _compared(stored: History | None, told: History) -> History:
    if not told.observed:
        return told
    seen_until = stored.ticket.as_of if stored else None
    as_of = told.ticket.as_of
    if stored is not None and None not in {seen_until, as_of} and as_of < seen_until:  # type: ignore[operator]
        return replace(told, ticket=stored.ticket, observed=(), figures=None)
    comparisons = {one.field: _Comparison(one, stored, told) for one in told.observed}
    status = comparisons.pop(Field.STATUS, None)
    of_status = list(status.changes()) if status else []
    # What changed along with the status, nobody knows when, is taken to have been so already.
    latest = min((change.at for change in of_status), default=None)
    others = [change for comparison in comparisons.values() for change in comparison.changes(latest)]
    return replace(told, changes=(*told.changes, *others, *of_status), observed=())


@dataclass
class _Comparison:
    """One field of a ticket, as it is stored and as it is told."""

    observed: Observed
    stored: History | None
    told: History

    def __post_init__(self) -> None:
        field = self.observed.field
        changes = [change for change in self.stored.changes if change.field is field] if self.stored else []
        self.gone = next((change for change in changes if change.external_id == GONE_CHANGE), None)
        self.known = sorted(
            (change for change in changes if change is not self.gone), key=lambda change: (change.at, change.position)
        )
        self.present: str | None = getattr(self.told.ticket, field.value)
        self.created_at = self.told.ticket.created_at

    def changes(self, at_latest: int | None = None) -> Iterator[Change]:
        """Yield the changes that are not stored yet; `at_latest` bounds when the present value came."""
        value, last_at = self._before()
        position = _AFTER_WORDS + len(self.known) + (_STATUS_LAST if self.observed.field is Field.STATUS else 0)
        for at, old, new in self._steps(value, last_at, at_latest):
            yield self._change(at, position, old, new)
            position += 1

    def _before(self) -> tuple[str | None, int]:
        """Return the last known value, and when it came."""
        if self.known:
            return self.known[-1].new, self.known[-1].at
        value = getattr(self.stored.ticket, self.observed.field.value) if self.stored else None
        if self.stored is None or (self.observed.field is Field.STATUS and value in GONE):
            value = self.present if self.observed.first is None else self.observed.first
        return value, self.created_at - 1

    def _steps(
        self, value: str | None, last_at: int, at_latest: int | None
    ) -> Iterator[tuple[int, str | None, str | None]]:
        """Yield when the field went from which value to which."""
        seen_until = self.stored.ticket.as_of if self.stored else None
        known_until = last_at
        for moment in self.observed.moments:
            at = max(moment.at, self.created_at)
            if at <= known_until:
                continue
            # Before anything was observed it isn't known when that other value came.
            if moment.after and value not in moment.after and seen_until is not None and at > seen_until:
                yield at, value, moment.after[0]
                value = moment.after[0]
            if moment.value != value:
                yield at, value, moment.value
                value, last_at = moment.value, at
        if self.present != value:
            yield self._came_at(last_at, at_latest), value, self.present

    def _came_at(self, last_at: int, at_latest: int | None) -> int:
        """Return when the present value came, after the last other one."""
        since, as_of = self.observed.since, self.told.ticket.as_of
        if at_latest is not None:
            since = min(since, at_latest)
        at = since if since > last_at else max(last_at, since if as_of is None else as_of)
        return max(at, self.created_at)

    def _change(self, at: int, position: int, old: str | None, new: str | None) -> Change:
        field = self.observed.field
        name = f"observed/{field.value}/{at}/{old or ''}-{new or ''}"
        if field is Field.STATUS and new in GONE:
            name = GONE_CHANGE
            if self.gone is not None and self.gone.new == new:
                return self.gone
        kind = _actor_kind(self.told.messages, at)
        return Change(external_id=name, at=at, position=position, field=field, old=old, new=new, actor_kind=kind)


def _actor_kind(messages: Iterable[Message], at: int) -> Author:
    """Return the role of whoever said something just then; an agent's when nobody did."""
    said = [message for message in messages if 0 <= at - message.at <= SAID_WITHIN_S]
    return max(said, key=lambda message: (message.at, message.position)).author_kind if said else Author.AGENT

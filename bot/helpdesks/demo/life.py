"""The life of one demo ticket, from its first message to its last rating, and what of it has happened by an instant."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from kpi.events import Author, Change, Contact, Field, History, Message, Rating, Status, Ticket

BOT = "bot"


@dataclass(kw_only=True)
class Life:
    """A ticket as it was created, and everything that will ever happen to it."""

    ticket: Ticket
    merged_into: str | None = None
    changes: list[Change] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)

    def says(self, at: int, author: str | None, kind: Author, length: int, **values: bool) -> None:
        """Add a message; public and by a person unless said otherwise."""
        position = self._position()
        self.messages.append(
            Message(
                external_id=f"{self.ticket.external_id}-m{position}",
                at=at,
                position=position,
                author=author,
                author_kind=kind,
                channel=self.ticket.channel,
                length=length,
                **{"public": True} | values,
            )
        )

    def becomes(self, at: int, what: Field, new: str | None, actor: str | None, kind: Author) -> None:
        """Change one field, if it is not so already."""
        old = self.now(what)
        if old == new:
            return
        position = self._position()
        self.changes.append(
            Change(
                external_id=f"{self.ticket.external_id}-c{position}",
                at=at,
                position=position,
                field=what,
                old=old,
                new=new,
                actor=actor,
                actor_kind=kind,
            )
        )

    def now(self, what: Field) -> str | None:
        """Return the value a field has reached so far."""
        for change in reversed(self.changes):
            if change.field is what:
                return change.new
        value: str | None = getattr(self.ticket, what.value)
        return value

    def _position(self) -> int:
        return len(self.changes) + len(self.messages) + 1

    @cached_property
    def instants(self) -> list[int]:
        """When something happens, in order; read it once the life is told."""
        found = [self.ticket.created_at]
        found += [change.at for change in self.changes]
        found += [message.at for message in self.messages]
        found += [rating.at for rating in self.ratings]
        found += [rating.sent_at for rating in self.ratings if rating.sent_at is not None]
        found += [contact.ended_at for contact in self.contacts if contact.ended_at is not None]
        return sorted(found)

    def updated_at(self, until: int) -> int | None:
        """Return when it last changed before `until`; None when it didn't exist yet."""
        count = bisect_left(self.instants, until)
        return self.instants[count - 1] if count else None

    def history(self, until: int, helpdesk: str) -> History:
        """Return what has happened before `until`, as the helpdesk of that key shows it then."""
        changes = tuple(change for change in self.changes if change.at < until)
        return History(
            ticket=replace(self._present(changes), helpdesk=helpdesk),
            changes=changes,
            messages=tuple(message for message in self.messages if message.at < until),
            ratings=tuple(_ratings(self.ratings, until)),
            contacts=tuple(c for c in self.contacts if c.ended_at is not None and c.ended_at < until),
        )

    def _present(self, changes: Iterable[Change]) -> Ticket:
        values: dict[str, str | Status | None] = {change.field.value: change.new for change in changes}
        if "status" in values:
            values["status"] = Status(values["status"] or Status.NEW)
        if values.get("status") is Status.MERGED:
            values["merged_into"] = self.merged_into
        return replace(self.ticket, **values)  # type: ignore[arg-type]  # a field's value has its type


def _ratings(ratings: Iterable[Rating], until: int) -> Iterable[Rating]:
    """Yield the surveys sent so far, each with its answer once that has come."""
    for rating in ratings:
        if rating.at < until:
            yield rating
        elif rating.sent_at is not None and rating.sent_at < until:
            yield replace(rating, at=rating.sent_at, score=None)

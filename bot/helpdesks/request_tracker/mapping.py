"""What Request Tracker's records mean: one ticket and its transactions ─▶ `kpi.events.History`.

Pure, but for the directory that it asks who and what an identifier is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.helpdesks.request_tracker.mail import automatic, parse_headers
from bot.helpdesks.request_tracker.options import Options
from kpi.events import Author, Change, Field, History, Message, Rating, Status, Ticket, Work

Record = Mapping[str, Any]
"""One record as REST2 gives it; numbers are strings, unset dates 1970."""

NOBODY = "Nobody"
SYSTEM = "RT_System"
MESSAGES = frozenset({"Create", "Correspond", "Comment"})
STATUSES = {
    "new": Status.NEW,
    "open": Status.OPEN,
    "stalled": Status.PENDING,
    "resolved": Status.SOLVED,
    "rejected": Status.CLOSED,
    "deleted": Status.DELETED,
}
CHANNELS = {
    "e-mail": "email",
    "mail": "email",
    "courriel": "email",
    "telephone": "phone",
    "téléphone": "phone",
    "telefon": "phone",
    "call": "phone",
    "appel": "phone",
    "live chat": "chat",
    "website": "web",
    "web form": "web",
    "form": "web",
    "portal": "web",
    "self-service": "web",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user of Request Tracker: `number` never changes, `login` is an e-mail address for customers."""

    number: str
    login: str
    name: str | None
    privileged: bool


class Directory(Protocol):
    """Who and what the identifiers in a record are."""

    def user(self, identifier: str) -> User:
        """Return a user by login or number."""
        ...

    def custom_field(self, number: str) -> str | None:
        """Return a custom field's name by its number; None when it can't be seen."""
        ...

    def scale(self, number: str) -> float | None:
        """Return the highest number among a custom field's values; None when it has none."""
        ...

    def ends(self, status: str) -> bool | None:
        """Tell whether Request Tracker itself counts a status as inactive; None when it doesn't know it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapper:
    """Maps the records of one Request Tracker; `helpdesk` is its key, `web` its address for people."""

    helpdesk: str
    web: str
    options: Options
    directory: Directory

    def history(self, ticket: Record, transactions: Sequence[Record], headers: Mapping[str, str]) -> History:
        """Return everything known of a ticket.

        Args:
            ticket: the ticket as it is now; `MergedInto` names the ticket it was merged into, if it was.
            transactions: its own, oldest first; not those of tickets merged into it.
            headers: the mail headers by transaction, for its messages.
        """
        return _Reading(self, ticket, transactions, headers).history()

    def status(self, name: str) -> Status:
        """Return what a status of any lifecycle means; an unknown one is what Request Tracker counts it as."""
        folded = name.casefold()
        known = self.options.statuses.get(folded) or STATUSES.get(folded)
        if known is not None:
            return known
        return Status.SOLVED if self.directory.ends(name) else Status.OPEN

    def channel(self, name: str) -> str:
        """Return the common name of a channel."""
        folded = name.strip().casefold()
        return self.options.channels.get(folded) or CHANNELS.get(folded, folded)

    def kind(self, user: User) -> Author:
        """Return a user's role, apart from any ticket."""
        if user.login == SYSTEM:
            return Author.SYSTEM
        if user.login in self.options.bots:
            return Author.BOT
        return Author.AGENT if user.privileged or user.login in self.options.agents else Author.CUSTOMER


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """One recorded change of one field, in our words."""

    transaction: Record
    field: Field
    old: str | None
    new: str | None


class _Reading:
    """One ticket being mapped."""

    def __init__(
        self, mapper: Mapper, ticket: Record, transactions: Sequence[Record], headers: Mapping[str, str]
    ) -> None:
        self.mapper = mapper
        self.options = mapper.options
        self.record = ticket
        self.id = str(ticket["id"])
        self.created_at = instant(ticket["Created"]) or 0
        self.transactions = sorted(transactions, key=number)
        self.headers = {key: parse_headers(text) for key, text in headers.items()}
        self.requesters = [self._user(reference) for reference in ticket.get("Requestor") or ()]
        self.creator = self._user(ticket["Creator"])
        self.values = {
            str(value.get("name")): [str(v) for v in value.get("values") or ()]
            for value in ticket.get("CustomFields") or ()
        }

    def history(self) -> History:
        sets = list(self._sets())
        changes = list(self._walk(sets))
        changes += self._unrecorded(changes)
        present = {field: self._present(field) for field in Field} | {change.field: change.new for change in changes}
        merged_into = self.record.get("MergedInto")
        ticket = Ticket(
            helpdesk=self.mapper.helpdesk,
            external_id=self.id,
            created_at=self.created_at,
            status=Status.MERGED if merged_into else Status(present[Field.STATUS] or Status.NEW),
            customer=self._customer(),
            opened_by_agent=self._role(self.creator) is Author.AGENT,
            team=present[Field.TEAM],
            agent=present[Field.AGENT],
            priority=present[Field.PRIORITY],
            level=present[Field.LEVEL],
            type=present[Field.TYPE],
            channel=self._channel(),
            subject=self.record.get("Subject") or None,
            url=f"{self.mapper.web}/Ticket/Display.html?id={self.id}",
            merged_into=merged_into,
        )
        return History(
            ticket=ticket,
            changes=tuple(changes),
            messages=tuple(self._messages()),
            ratings=tuple(self._ratings()),
            work=tuple(self._work()),
        )

    # --- People ---

    def _user(self, reference: Record) -> User:
        return self.mapper.directory.user(str(reference.get("Name") or reference["id"]))

    def _role(self, user: User) -> Author:
        """Return a user's role in this ticket: an agent who asked for it is its customer."""
        kind = self.mapper.kind(user)
        asked = kind is Author.AGENT and any(user.number == requester.number for requester in self.requesters)
        return Author.CUSTOMER if asked else kind

    def _author(self, user: User, role: Author) -> str:
        return customer_id(user) if role is Author.CUSTOMER else agent_id(user)

    def _customer(self) -> str | None:
        """Return who asked: the creator when among the requesters, since a merge adds those of the other ticket."""
        if any(self.creator.number == requester.number for requester in self.requesters):
            return customer_id(self.creator)
        if self.requesters:
            return customer_id(self.requesters[0])
        return customer_id(self.creator) if self._role(self.creator) is Author.CUSTOMER else None

    # --- What it is now ---

    def _present(self, field: Field) -> str | None:
        record = self.record
        match field:
            case Field.STATUS:
                return self.mapper.status(str(record["Status"])).value
            case Field.TEAM:
                return _reference(record.get("Queue"))
            case Field.AGENT:
                return self._owner(_reference(record.get("Owner")))
            case Field.PRIORITY:
                return self._priority(record.get("Priority"))
            case Field.LEVEL:
                return record.get("SLA") or None
            case Field.TYPE:
                return self._value(self.options.type_field)

    def _value(self, name: str) -> str | None:
        values = self.values.get(name) or []
        return values[0] if values else None

    def _channel(self) -> str | None:
        """Return the channel that the field names, else the way in which the opening message came."""
        said = self._value(self.options.channel_field)
        if said:
            return self.mapper.channel(said)
        opening = next((row for row in self.transactions if row["Type"] == "Create"), None)
        came_by = self._came_by(opening) if opening else None
        # What an agent types into the web interface may have come by any way.
        return None if came_by == "web" and self._role(self.creator) is not Author.CUSTOMER else came_by

    def _came_by(self, transaction: Record) -> str | None:
        interface = self.headers.get(str(transaction["id"]), {}).get("x-rt-interface", "").casefold()
        return interface if interface in {"email", "web"} else None

    def _owner(self, identifier: str | None) -> str | None:
        if not identifier or identifier == NOBODY:
            return None
        user = self.mapper.directory.user(identifier)
        return None if user.login == NOBODY else agent_id(user)

    def _priority(self, said: Any) -> str | None:  # noqa: ANN401  # a number, or its digits
        digits = str(said if said is not None else "").strip()
        return self.options.priority(int(digits)) if re.fullmatch(r"-?\d+", digits) else None

    # --- What happened ---

    def _sets(self) -> Iterator[_Set]:
        for row in self.transactions:
            kind, name = row["Type"], str(row.get("Field") or "")
            old, new = row.get("OldValue") or None, row.get("NewValue") or None
            if kind == "Status" or (kind == "Set" and name == "Status"):
                yield self._set(row, Field.STATUS, *(value and self.mapper.status(value).value for value in (old, new)))
            elif kind in {"Set", "SetWatcher"} and name == "Owner":
                yield self._set(row, Field.AGENT, self._owner(old), self._owner(new))
            elif kind == "Set" and name == "Queue":
                yield self._set(row, Field.TEAM, old, new)
            elif kind == "Set" and name == "Priority":
                yield self._set(row, Field.PRIORITY, self._priority(old or 0), self._priority(new or 0))
            elif kind == "Set" and name == "SLA":
                yield self._set(row, Field.LEVEL, old, new)
            elif kind == "CustomField" and self._named(name, self.options.type_field):
                yield self._set(row, Field.TYPE, old, new)
            elif kind == "AddLink" and name == "MergedInto" and self.record.get("MergedInto"):
                yield self._set(row, Field.STATUS, None, Status.MERGED.value)

    def _set(self, row: Record, field: Field, old: str | None, new: str | None) -> _Set:
        return _Set(transaction=row, field=field, old=old, new=new)

    def _named(self, number: str, name: str) -> bool:
        return self.mapper.directory.custom_field(number) == name

    def _walk(self, sets: Iterable[_Set]) -> Iterator[Change]:
        """Yield what really changed: an owner is set by two transactions, many numbers are one word."""
        current: dict[Field, str | None] = {}
        for item in sets:
            merged = item.new == Status.MERGED.value
            old = current.get(item.field, self._before(item)) if merged else current.get(item.field, item.old)
            current[item.field] = item.new
            if item.new == old:
                continue
            row = item.transaction
            actor = self._user(row["Creator"])
            kind = self.mapper.kind(actor)
            yield Change(
                external_id=f"{row['id']}/{item.field.value}",
                at=self._at(row),
                position=number(row),
                field=item.field,
                old=old,
                new=item.new,
                actor=self._author(actor, kind),
                actor_kind=kind,
            )

    def _unrecorded(self, changes: Sequence[Change]) -> Iterator[Change]:
        """Yield changes that left no transaction (scrips and rt-crontool can do that), as of the last update.

        A recorded change that is younger than the ticket's own record happened while it was read, and stands.
        """
        updated_at = instant(self.record.get("LastUpdated")) or 0
        for last in {change.field: change for change in changes}.values():
            present = self._present(last.field)
            if last.new not in {present, Status.MERGED.value} and updated_at > last.at:
                yield Change(
                    external_id=f"{self.id}/{last.field.value}",
                    at=updated_at,
                    position=number(self.transactions[-1]),
                    field=last.field,
                    old=last.new,
                    new=present,
                )

    def _before(self, item: _Set) -> str | None:
        """Return the status before a merge when nothing was recorded before."""
        return item.old or self._present(Field.STATUS)

    def _at(self, row: Record) -> int:
        return instant(row["Created"]) or self.created_at

    def _messages(self) -> Iterator[Message]:
        for row in self.transactions:
            if row["Type"] not in MESSAGES:
                continue
            author = self._user(row["Creator"])
            role = self._role(author)
            headers = self.headers.get(str(row["id"]), {})
            yield Message(
                external_id=str(row["id"]),
                at=self._at(row),
                position=number(row),
                author=self._author(author, role),
                author_kind=role,
                public=row["Type"] != "Comment",
                automatic=role in {Author.SYSTEM, Author.BOT} or automatic(headers),
                channel=self._came_by(row),
            )

    def _ratings(self) -> Iterator[Rating]:
        """Yield the one answer: the field's present value, given at its last change."""
        name = self.options.csat_field
        rows = [
            row
            for row in self.transactions
            if row["Type"] == "CustomField" and self._named(str(row.get("Field")), name)
        ]
        said = (rows[-1].get("NewValue") or None) if rows else self._value(name)
        score = _number(said)
        if score is None and (said or not rows):
            return  # never rated, or words that are no score
        fields = (str(f.get("id")) for f in self.record.get("CustomFields") or () if f.get("name") == name)
        field = str(rows[-1]["Field"]) if rows else next(fields, None)
        highest = self.options.csat_highest or (self.mapper.directory.scale(field) if field else None) or 5
        yield Rating(
            external_id=f"{self.id}/csat",
            at=self._at(rows[-1]) if rows else self.created_at,
            score=score,
            lowest=self.options.csat_lowest,
            highest=highest,
            customer=self._customer(),
        )

    def _work(self) -> Iterator[Work]:
        for row in self.transactions:
            minutes = _number(row.get("TimeTaken")) or 0
            if minutes:  # a correction downwards is negative
                agent = self._user(row["Creator"])
                yield Work(
                    external_id=str(row["id"]), at=self._at(row), agent=agent_id(agent), seconds=round(minutes * 60)
                )


def agent_id(user: User) -> str:
    """Return how an agent is identified: the login, which people know and type."""
    return user.login


def customer_id(user: User) -> str:
    """Return how a customer is identified: the number, since the login is an e-mail address."""
    return user.number


def instant(text: str | None) -> int | None:
    """Return UTC epoch seconds of a date as REST2 (`2026-10-23T15:19:25Z`) or SQL writes it; None when unset."""
    if not text:
        return None
    parsed = datetime.fromisoformat(text)
    seconds = int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())
    return seconds or None


def number(row: Record) -> int:
    """Return a record's number."""
    return int(row["id"])


def _reference(value: Any) -> str | None:  # noqa: ANN401  # an object with an id, or the id itself
    if isinstance(value, Mapping):
        value = value.get("id")
    return str(value) if value not in {None, ""} else None


def _number(said: Any) -> float | None:  # noqa: ANN401  # a number, or its digits
    try:
        return float(said)
    except (TypeError, ValueError):
        return None

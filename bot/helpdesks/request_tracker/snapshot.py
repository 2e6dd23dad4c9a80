"""One ticket as it is now, in our words."""

from collections.abc import Mapping, Sequence

from bot.helpdesks.request_tracker.mail import parse_headers
from bot.helpdesks.request_tracker.mapping import Mapper, Record, User, customer_id, instant, number
from kpi.events import Author, Field


class Snapshot:
    """A ticket's record with its own transactions, oldest first, and the mail headers of its messages.

    `merged_into` is the ticket it was merged into: then the record holds what its transactions still tell.
    """

    def __init__(
        self, mapper: Mapper, record: Record, transactions: Sequence[Record], headers: Mapping[str, str]
    ) -> None:
        self.mapper = mapper
        self.record = record
        self.id = str(record["id"])
        self.created_at = instant(record["Created"]) or 0
        self.merged_into: str | None = record.get("MergedInto")
        self.transactions = sorted(transactions, key=number)
        self.creator = mapper.person(record["Creator"])
        self._requesters = [mapper.person(reference) for reference in record.get("Requestor") or ()]
        self._headers = headers
        self._values = {
            str(value.get("name")): [str(v) for v in value.get("values") or ()]
            for value in record.get("CustomFields") or ()
        }

    def role(self, user: User, at: Record | None = None) -> Author:
        """Return a user's role in this ticket, now or at a transaction: an agent who asked for it is its customer."""
        kind = self.mapper.kind(user)
        return Author.CUSTOMER if kind is Author.AGENT and self._asked(user, at) else kind

    def _asked(self, user: User, at: Record | None = None) -> bool:
        """Tell whether a user is among the requesters, or was when a transaction happened."""
        later = [] if at is None else [row for row in self.transactions if number(row) > number(at)]
        for row in later:
            match row["Type"], row.get("Field"):
                case "AddWatcher", "Requestor" if str(row.get("NewValue")) == user.number:
                    return False
                case "DelWatcher", "Requestor" if str(row.get("OldValue")) == user.number:
                    return True
                case "AddLink", "MergedInto" if user.number != self.creator.number:
                    # A merge brings the other ticket's requesters along, without a word.
                    return False
        return any(user.number == requester.number for requester in self._requesters)

    @property
    def opened_by_agent(self) -> bool:
        """Whether an agent opened it for somebody else."""
        return self.role(self.creator) is Author.AGENT

    @property
    def customer(self) -> str | None:
        """Who asked: the creator when among the requesters, since a merge adds those of the other ticket behind."""
        if self._asked(self.creator):
            return customer_id(self.creator)
        if self._requesters:
            return customer_id(self._requesters[0])
        return customer_id(self.creator) if self.role(self.creator) is Author.CUSTOMER else None

    def present(self, field: Field) -> str | None:
        """Return the present value of a field that has a history."""
        record = self.record
        match field:
            case Field.STATUS:
                return self.mapper.status(str(record["Status"])).value
            case Field.TEAM:
                return _reference(record.get("Queue"))
            case Field.AGENT:
                return self.mapper.owner(_reference(record.get("Owner")))
            case Field.PRIORITY:
                return self.mapper.priority(record.get("Priority"))
            case Field.LEVEL:
                return record.get("SLA") or None
            case Field.TYPE:
                return self.value(self.mapper.options.type_field)

    def value(self, name: str) -> str | None:
        """Return the present value of a custom field, the first if it has several."""
        values = self._values.get(name) or []
        return values[0] if values else None

    @property
    def channel(self) -> str | None:
        """The channel that the custom field names, else the way in which the opening message came."""
        said = self.value(self.mapper.options.channel_field)
        if said:
            return self.mapper.channel(said)
        opening = next((row for row in self.transactions if row["Type"] == "Create"), None)
        came_by = self.came_by(opening) if opening else None
        # What an agent types into the web interface may have come by any way.
        return None if came_by == "web" and self.role(self.creator) is not Author.CUSTOMER else came_by

    def came_by(self, transaction: Record) -> str | None:
        """Return the way in which a message came, as far as Request Tracker notes it."""
        interface = self.headers(transaction).get("x-rt-interface", "").casefold()
        return interface if interface in {"email", "web"} else None

    def headers(self, transaction: Record) -> Mapping[str, str]:
        """Return the mail headers of a message."""
        return parse_headers(self._headers.get(str(transaction["id"]), ""))

    def at(self, transaction: Record) -> int:
        """Return when a transaction happened."""
        return instant(transaction["Created"]) or self.created_at


def _reference(value: object) -> str | None:
    """Return the identifier in a reference: an object with an id, or the id itself."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return None if value is None or value == "" else str(value)

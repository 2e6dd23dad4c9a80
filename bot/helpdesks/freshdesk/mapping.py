"""What Freshdesk's numbers and names mean, wherever they stand in a record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.helpdesks.freshdesk.options import Options
from bot.helpdesks.reading import instant
from kpi.events import Author, Status

Record = Mapping[str, Any]
"""One record as the API gives it; blank fields are null."""

OUTBOUND = 10
"""The source of a ticket that an agent opened by writing to a customer."""

SURVEY = 6
"""The source of a conversation that holds what a customer wrote below a survey: it is part of the rating."""

# https://developers.freshdesk.com/api/#ticket-properties; the others by their name in the ticket fields.
STATUSES = {2: Status.OPEN, 3: Status.PENDING, 4: Status.SOLVED, 5: Status.CLOSED}
NAMED_STATUSES = {
    "open": Status.OPEN,
    "pending": Status.PENDING,
    "resolved": Status.SOLVED,
    "closed": Status.CLOSED,
    "waiting on customer": Status.PENDING,
    "waiting on third party": Status.HOLD,
}
PRIORITIES = {1: "low", 2: "normal", 3: "high", 4: "urgent"}
SOURCES = {
    1: "email",
    2: "web",
    3: "phone",
    4: "web",
    5: "social",
    6: "social",
    7: "chat",
    9: "web",
    OUTBOUND: "email",
}
NAMED_SOURCES = {
    "mobihelp": "chat",
    "ecommerce": "web",
    "bot": "chat",
    "whatsapp": "messaging",
    "sms": "messaging",
}
SPOKEN_BY = {5: "social", 7: "social", 9: "phone"}
"""The channel of a conversation by its source, where it tells one."""


class Directory(Protocol):
    """Who and what the numbers in a record are."""

    def is_agent(self, number: int) -> bool:
        """Tell whether a user is an agent now; nobody is when agents can't be listed."""
        ...

    def choice(self, field: str, number: int) -> str | None:
        """Return the name of a choice of a ticket field; None when it has none."""
        ...

    def scale(self, survey: int | None) -> tuple[int, ...]:
        """Return what a survey's default question accepts, the worst first; empty when that isn't known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapper:
    """Maps the records of one Freshdesk; `helpdesk` is its key, `web` its address for people."""

    helpdesk: str
    web: str
    options: Options
    directory: Directory

    def known_status(self, number: int) -> Status | None:
        """Return what a status means; None for one that neither Freshdesk nor the options explain."""
        name = (self.directory.choice("status", number) or "").casefold()
        return self.options.statuses.get(name) or STATUSES.get(number) or NAMED_STATUSES.get(name)

    def status(self, number: int) -> Status:
        """Return what a status means; an unknown one counts as open, and `check` names it."""
        return self.known_status(number) or Status.OPEN

    def priority(self, number: int | None) -> str | None:
        """Return the word of a priority."""
        if number is None:
            return None
        return PRIORITIES.get(number) or (self.directory.choice("priority", number) or str(number)).casefold()

    def brand(self, product: int) -> str:
        """Return the name of a product."""
        return self.directory.choice("product", product) or str(product)

    def channel(self, number: int | None) -> str | None:
        """Return the common name of a source."""
        if number is None:
            return None
        name = (self.directory.choice("source", number) or "").casefold()
        said = self.options.channels.get(name) or SOURCES.get(number) or NAMED_SOURCES.get(name, name)
        return said or f"source {number}"

    def role(self, user: int | None, requester: int | None, *, incoming: bool) -> Author:
        """Return the role in which somebody wrote in a ticket.

        Who isn't among the agents any more, and whose message went out to the customer, was one.
        """
        if user is None:
            return Author.SYSTEM
        if str(user) in self.options.bots:
            return Author.BOT
        if user == requester:
            return Author.CUSTOMER
        return Author.CUSTOMER if incoming and not self.directory.is_agent(user) else Author.AGENT


def identifier(number: object) -> str | None:
    """Return how somebody or something is identified: its number."""
    return None if number is None else str(number)


def updated_at(record: Record) -> int:
    """Return when a record was last updated; raises ValueError when it doesn't say."""
    at = instant(record.get("updated_at"))
    if at is None:
        raise ValueError("updated_at")
    return at

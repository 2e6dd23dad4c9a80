"""What Request Tracker's words mean, wherever they stand in a record."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.helpdesks.reading import instant as moment
from bot.helpdesks.request_tracker.options import Options
from kpi.events import Author, Status

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

    def owner(self, identifier: str | None) -> str | None:
        """Return the agent who owns a ticket, by login or number; None when nobody does."""
        if not identifier or identifier == NOBODY:
            return None
        user = self.directory.user(identifier)
        return None if user.login == NOBODY else agent_id(user)

    def priority(self, said: object) -> str | None:
        """Return the word of a numeric priority."""
        digits = str(said if said is not None else "").strip()
        return self.options.priority(int(digits)) if re.fullmatch(r"-?\d+", digits) else None

    def person(self, reference: Record) -> User:
        """Return the user that a record refers to."""
        return self.directory.user(str(reference.get("Name") or reference["id"]))


def author_id(user: User, role: Author) -> str:
    """Return how the author of something is identified, in the role held there."""
    return customer_id(user) if role is Author.CUSTOMER else agent_id(user)


def agent_id(user: User) -> str:
    """Return how an agent is identified: the login, which people know and type."""
    return user.login


def customer_id(user: User) -> str:
    """Return how a customer is identified: the number, since the login is an e-mail address."""
    return user.number


def instant(text: str | None) -> int | None:
    """Return UTC epoch seconds of a date as REST2 (`2026-10-23T15:19:25Z`) or SQL writes it; None when unset."""
    return moment(text) or None


def number(row: Record) -> int:
    """Return a record's number."""
    return int(row["id"])


def amount(said: object) -> float | None:
    """Return a number that REST2 gives as one or as its digits; None when it is neither."""
    try:
        return float(str(said))
    except ValueError:
        return None

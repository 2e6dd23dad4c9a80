"""What Help Scout's words and numbers mean, wherever they stand in a record."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any, Protocol

from bot.helpdesks.helpscout.options import Options
from bot.helpdesks.reading import instant
from kpi.events import Author, Status

Record = Mapping[str, Any]
"""One record as the API gives it; what is unset may be missing."""

# https://developer.helpscout.com/mailbox-api/endpoints/conversations/get/
STATUSES = {
    "active": Status.OPEN,
    "open": Status.OPEN,
    "pending": Status.PENDING,
    "closed": Status.SOLVED,
    "spam": Status.SPAM,
}
NO_CHANGE = "nochange"
"""The status of a thread that left the conversation's as it was."""

SOURCES = {
    "email": "email",
    "emailfwd": "email",
    "beacon": "web",
    "beacon-v2": "web",
    "docs": "web",
    "chat": "chat",
    "channel": "social",
    "heymarket": "messaging",
}
TYPES = {"email": "email", "chat": "chat", "phone": "phone"}

NOBODY = frozenset({"0", "1"})
"""Help Scout assigns what is nobody's to a user called Anyone."""

_TAG = re.compile(r"<[^>]*>")


class Directory(Protocol):
    """What a number is."""

    def is_team(self, number: str) -> bool:
        """Tell whether a number is that of a team of users; none is when teams can't be listed."""
        ...

    def is_inbox(self, number: str) -> bool:
        """Tell whether a number is that of an inbox; none is when inboxes can't be listed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapper:
    """Maps the records of one Help Scout; `helpdesk` is its key, `web` its address for people."""

    helpdesk: str
    web: str
    options: Options
    directory: Directory

    def channel(self, record: Record) -> str | None:
        """Return the common name of where a conversation came from."""
        kind, source = str(record.get("type") or ""), str((record.get("source") or {}).get("type") or "").casefold()
        named = self.options.channels.get(source)
        if named is None and kind in {"chat", "phone"}:
            return TYPES[kind]
        return named or SOURCES.get(source) or TYPES.get(kind)

    def agent(self, assignee: Record | None) -> str | None:
        """Return the user that something is assigned to; None for nobody, and for a team."""
        number = identifier((assignee or {}).get("id"))
        if number is None or number in NOBODY or (assignee or {}).get("type") == "team":
            return None
        return None if self.directory.is_team(number) else number

    def role(self, author: Record) -> Author:
        """Return the role of whoever created something."""
        kind = author.get("type")
        if kind == "customer":
            return Author.CUSTOMER
        if kind == "system_user" or identifier(author.get("id")) in self.options.bots:
            return Author.BOT
        return Author.AGENT if kind == "user" else Author.SYSTEM


def status(word: object) -> Status | None:
    """Return what a status means; None for one that nobody knows, and where nothing changed."""
    return STATUSES.get(str(word))


def identifier(number: object) -> str | None:
    """Return how somebody or something is identified: its number."""
    return None if number is None or number == "" else str(number)


def person_name(person: Record) -> str | None:
    """Return somebody's name; an e-mail address that stands there instead is not kept."""
    parts = (person.get("first") or person.get("firstName"), person.get("last") or person.get("lastName"))
    name = " ".join(str(part) for part in parts if part)
    return name if name and "@" not in name else None


def updated_at(record: Record) -> int:
    """Return when a conversation is known to have been updated; raises ValueError when it doesn't say."""
    at = instant(record.get("userUpdatedAt")) or instant(record.get("createdAt"))
    if at is None:
        raise ValueError("createdAt")
    return at


def text_length(html: object) -> int:
    """Return how many characters somebody reads of a text in HTML."""
    return len(unescape(_TAG.sub("", str(html or ""))).strip())

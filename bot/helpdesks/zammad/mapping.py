"""What Zammad's numbers and names mean, wherever they stand in a record."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any, Protocol

from bot.helpdesks.zammad.options import Options
from kpi.events import Author, Status

Record = Mapping[str, Any]
"""One record as the API gives it."""

NOBODY = 1
"""The user "-": who owns a ticket that has no owner, and does what Zammad does by itself."""

# https://docs.zammad.org/en/latest/api/ticket/states.html: names and numbers of states differ, their types don't.
STATE_TYPES = {
    "new": Status.NEW,
    "open": Status.OPEN,
    "pending reminder": Status.PENDING,
    "pending action": Status.PENDING,
    "closed": Status.SOLVED,
    "merged": Status.MERGED,
    "removed": Status.DELETED,
}

CHANNELS = {
    "email": "email",
    "phone": "phone",
    "web": "web",
    "chat": "chat",
    "sms": "messaging",
    "telegram personal-message": "messaging",
    "whatsapp message": "messaging",
    "twitter status": "social",
    "twitter direct-message": "social",
    "facebook feed post": "social",
    "facebook feed comment": "social",
    "facebook direct-message": "social",
    "fax": "other",
    "note": "internal",
}
"""By type of article."""

NOTE = "note"
"""The one type of article that reaches nobody outside."""

SENDERS = {"agent": Author.AGENT, "customer": Author.CUSTOMER, "system": Author.SYSTEM}

_NUMBERED = re.compile(r"\d+\s+")
_TAG = re.compile(r"<[^>]*>")


class Directory(Protocol):
    """What the numbers in a record are."""

    def state(self, number: object) -> tuple[str, str]:
        """Return the name of a state and that of its type; both empty when it isn't there any more."""
        ...

    def priority(self, number: object) -> str | None:
        """Return the name of a priority; None when it isn't there any more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapper:
    """Maps the records of one Zammad; `helpdesk` is its key, `web` its address for people."""

    helpdesk: str
    web: str
    options: Options
    directory: Directory

    def status(self, number: object) -> Status:
        """Return what a state means; one that isn't there any more was open."""
        name, kind = self.directory.state(number)
        return self.options.statuses.get(name.casefold()) or STATE_TYPES.get(kind, Status.OPEN)

    def priority(self, number: object, said: object = None) -> str | None:
        """Return the word of a priority, without the figure that Zammad's own begin with: `2 normal`."""
        name = self.directory.priority(number) or said
        return _NUMBERED.sub("", str(name), count=1).casefold() if name else None

    def channel(self, kind: object, sender: Author | None) -> str | None:
        """Return the common name of a type of article; a customer's note was written on the web."""
        if not kind:
            return None
        name = str(kind).casefold()
        usual = "web" if name == NOTE and sender is Author.CUSTOMER else CHANNELS.get(name, name)
        return self.options.channels.get(name) or usual

    def sender(self, record: Record) -> Author:
        """Return in which role an article was written, whoever typed it in."""
        wrote = author(record)
        if wrote in self.options.bots:
            return Author.BOT
        role = SENDERS.get(str(record.get("sender")).casefold(), Author.SYSTEM)
        # What a trigger notes may go by the name of an agent.
        return Author.SYSTEM if role is Author.AGENT and wrote is None else role


def author(record: Record) -> str | None:
    """Return whose an article is: who it was written for, as after a call, or who wrote it."""
    return identifier(record.get("origin_by_id") or record.get("created_by_id"))


def identifier(number: object) -> str | None:
    """Return how a user is identified; None for nobody, and for Zammad itself."""
    return None if number is None or str(number) in {"", str(NOBODY)} else str(number)


def milliseconds(text: object) -> int | None:
    """Return UTC epoch milliseconds of a date such as `2021-11-03T11:51:13.759Z`; None when unset."""
    if not text:
        return None
    parsed = datetime.fromisoformat(str(text))
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)


def instant(text: object) -> int | None:
    """Return UTC epoch seconds of a date; None when unset."""
    at = milliseconds(text)
    return None if at is None else at // 1000


def length(article: Record) -> int:
    """Return how many characters an article has, without those that only shape it."""
    body = str(article.get("body") or "")
    if "html" in str(article.get("content_type")):
        body = unescape(_TAG.sub("", body))
    return len(body.strip())

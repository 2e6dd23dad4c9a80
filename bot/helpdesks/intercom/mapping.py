"""What Intercom's words mean, wherever they stand in a record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.helpdesks.intercom.options import Options
from kpi.events import Author, Status

Record = Mapping[str, Any]
"""One record as API 2.15 gives it; instants are epoch seconds."""

CHANNELS = {
    "conversation": "chat",
    "email": "email",
    "facebook": "social",
    "instagram": "social",
    "phone_call": "phone",
    "phone_switch": "phone",
    "push": "messaging",
    "sms": "messaging",
    "twitter": "social",
    "whatsapp": "messaging",
}
PRIORITIES = {"priority": "high", "not_priority": "normal"}
ROLES = {
    "admin": Author.AGENT,
    "bot": Author.BOT,
    "contact": Author.CUSTOMER,
    "lead": Author.CUSTOMER,
    "user": Author.CUSTOMER,
    "visitor": Author.CUSTOMER,
}
"""Anything else, a team or a campaign, is no person."""

BY_ITSELF = frozenset({"automated", "campaigns_initiated", "operator_initiated"})
"""How a conversation was begun (`delivered_as`) when nobody wrote its first message, whose author may be an admin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapper:
    """Maps the records of one Intercom; `helpdesk` is its key, `inbox` the address of its conversations for people."""

    helpdesk: str
    inbox: str
    options: Options

    def status(self, state: object) -> Status:
        """Return what a state means: closed is solved, since a customer's reply opens it again."""
        if state == "snoozed":
            return self.options.snoozed
        return Status.SOLVED if state == "closed" else Status.OPEN

    def channel(self, source: str | None) -> str | None:
        """Return the common name of a source type; one that isn't known goes by Intercom's own."""
        return None if source is None else self.options.channels.get(source) or CHANNELS.get(source, source)

    def role(self, author: Record) -> Author:
        """Return the role of who wrote or did something; what the AI agent answers is a bot's, whoever signs it."""
        if author.get("from_ai_agent") or author.get("is_ai_answer") or identifier(author) in self.options.bots:
            return Author.BOT
        return ROLES.get(str(author.get("type")), Author.SYSTEM)


def inbox_address(api: str, workspace: str) -> str:
    """Return where people find conversations: `api.eu.intercom.io` is `app.eu.intercom.com` to them."""
    host = urlsplit(api).netloc.replace("api.", "app.", 1).replace(".intercom.io", ".intercom.com")
    return f"https://{host}/a/inbox/{workspace}/inbox/conversation"


def identifier(record: Record) -> str | None:
    """Return by what somebody is identified; None for nobody."""
    return known(record.get("id"))


def known(number: object) -> str | None:
    """Return an identifier as text; nobody is null, empty or 0."""
    return None if number in {None, "", 0, "0"} else str(number)


def instant(seconds: object) -> int | None:
    """Return UTC epoch seconds; None when unset."""
    return int(seconds) if isinstance(seconds, int) and seconds else None


def updated_at(record: Record) -> int:
    """Return when a conversation was last updated; raises KeyError or ValueError when it doesn't say."""
    return int(record["updated_at"])

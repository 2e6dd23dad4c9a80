"""What Zendesk's words and numbers mean, wherever they stand in a record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.helpdesks.zendesk.options import Options
from kpi.events import Author, Status

# https://developer.zendesk.com/documentation/ticketing/reference-guides/via-types
CHANNELS = {
    "email": "email",
    "mail": "email",
    "web": "web",
    "web form": "web",
    "web_form": "web",
    "web_widget": "web",
    "help_center": "web",
    "dropbox": "web",
    "mobile": "web",
    "mobile_sdk": "web",
    "sample_ticket": "web",
    "api": "api",
    "web service": "api",
    "web_service": "api",
    "chat": "chat",
    "native_messaging": "messaging",
    "any_channel": "messaging",
    "whatsapp": "messaging",
    "line": "messaging",
    "wechat": "messaging",
    "telegram": "messaging",
    "viber": "messaging",
    "sms": "messaging",
    "apple_business_chat": "messaging",
    "voice": "phone",
    "phone": "phone",
    "voicemail": "phone",
    "facebook": "social",
    "twitter": "social",
    "x_dm": "social",
    "instagram_dm": "social",
    "side_conversation": "internal",
}
VIA_IDS = {0: "web", 4: "email", 5: "api", 8: "rule", 19: "merge"}
"""The channels that are told by number, as far as they matter here."""

RULES = frozenset({"rule", "system"})
"""The channels of triggers, automations and Zendesk itself."""

STATUSES = {one.value: one for one in Status}

NOBODY = frozenset({"", "-1", "0"})
"""What stands for Zendesk itself, or for no one."""


class Directory(Protocol):
    """Who and what the numbers in a record are."""

    def is_agent(self, number: str) -> bool:
        """Tell whether a user is an agent or an administrator now."""
        ...

    def brand(self, number: str) -> str:
        """Return the name of a brand."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapper:
    """Maps the records of one Zendesk; `helpdesk` is its key, `web` its address for people."""

    helpdesk: str
    web: str
    options: Options
    directory: Directory

    def channel(self, said: str | None) -> str | None:
        """Return the common name of a channel; one that isn't known goes by Zendesk's own."""
        return None if said is None else self.options.channels.get(said) or CHANNELS.get(said, said)

    def is_agent(self, user: str) -> bool:
        """Tell whether somebody is an agent, or was one as the options have it."""
        return user in self.options.agents or self.directory.is_agent(user)

    def role(self, user: str | None, requester: str | None, *, was_agent: bool = False) -> Author:
        """Return the role in which somebody acted on a ticket; `was_agent` when the ticket itself shows it."""
        if user is None:
            return Author.SYSTEM
        if user in self.options.bots:
            return Author.BOT
        if user == requester:
            return Author.CUSTOMER
        return Author.AGENT if was_agent or self.is_agent(user) else Author.CUSTOMER


def status(said: object) -> Status:
    """Return what a status means; custom ones come with their category, so an unknown word is none of a ticket's."""
    return STATUSES.get(str(said).casefold(), Status.OPEN)


def via_channel(via: object) -> str | None:
    """Return how something was done: told by an object, a word or a number, or by something that isn't known."""
    said = via.get("channel") if isinstance(via, Mapping) else via
    if isinstance(said, int):
        return VIA_IDS.get(said)
    return said.casefold() if isinstance(said, str) and said else None


def via_rel(via: Any) -> str | None:  # noqa: ANN401  # whatever stands there
    """Return what a channel was used for, such as `merge` or `outbound`."""
    source = via.get("source") if isinstance(via, Mapping) else None
    rel = source.get("rel") if isinstance(source, Mapping) else None
    return rel if isinstance(rel, str) else None


def identifier(number: object) -> str | None:
    """Return how somebody or something is identified; None for nobody and for Zendesk itself."""
    return None if number is None or str(number) in NOBODY else str(number)


def instant(text: str | None) -> int | None:
    """Return UTC epoch seconds of a date such as `2026-10-23T15:19:25Z`; None when unset."""
    if not text:
        return None
    parsed = datetime.fromisoformat(text)
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())

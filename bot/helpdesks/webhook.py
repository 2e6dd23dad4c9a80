"""What a helpdesk's webhook tells: which tickets to read again, and that it is the helpdesk that tells it.

Nothing else of it is looked at: what becomes of a ticket is read as ever.
"""

import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

Headers = Mapping[str, str]
"""By name; case doesn't count."""

_IDENTIFIER = re.compile(r"[\w-]{1,64}", re.ASCII)


def listed(_headers: Headers, document: Any) -> Sequence[object]:  # noqa: ANN401  # JSON
    """Return the tickets of a body that was pasted from our pages: `{"ticket": …}`, one number or a list."""
    found: object = document["ticket"]
    return found if isinstance(found, list) else [found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """How the helpdesks of a kind tell of tickets.

    Attributes:
        tickets: returns the numbers of the tickets that an event is about, given its headers and its document; none
            when it is about something else. Raises `bot.helpdesks.reading.UNREADABLE`.
        is_signed: tells whether a body was signed with a secret at this time, epoch seconds. None when the kind signs
            nothing: then the secret stands in the address.
    """

    tickets: Callable[[Headers, Any], Sequence[object]] = listed
    is_signed: Callable[[Headers, bytes, bytes, float], bool] | None = None

    def read(self, headers: Headers, body: bytes) -> frozenset[str]:
        """Return the tickets that a body is about; raises `bot.helpdesks.reading.UNREADABLE`."""
        return frozenset(map(_identifier, self.tickets(headers, _document(headers, body))))


def is_same(expected: bytes, given: str | None) -> bool:
    """Compare what proves who it is; the time that it takes doesn't tell how much of it is right."""
    return hmac.compare_digest(expected, (given or "").encode())


def is_signed_for_hub(headers: Headers, body: bytes, secret: bytes, _now: float) -> bool:
    """Tell whether a body is signed as WebSub has it: https://www.w3.org/TR/websub/#signing-content."""
    return is_same(b"sha1=" + hmac.digest(secret, body, "sha1").hex().encode(), headers.get("x-hub-signature"))


def _document(headers: Headers, body: bytes) -> Any:  # noqa: ANN401  # JSON
    """Return JSON, or a form as lists by field; raises ValueError."""
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return parse_qs(body.decode(), strict_parsing=True)
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError from None


def _identifier(value: object) -> str:
    """Return a ticket's number as text; raises ValueError for what is none, such as a placeholder that stayed one."""
    text = str(value).strip() if type(value) in {int, str} else ""
    if not _IDENTIFIER.fullmatch(text):
        raise ValueError
    return text

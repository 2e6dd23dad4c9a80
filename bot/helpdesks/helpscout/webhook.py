"""Help Scout's webhooks: https://developer.helpscout.com/webhooks/."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from bot.helpdesks.webhook import Headers, Webhook, is_same


def tickets(headers: Headers, document: Any) -> Sequence[object]:  # noqa: ANN401  # JSON
    """Return the conversation of an event: its record, or of a deleted one its number alone."""
    return [document["id"]] if headers.get("x-helpscout-event", "").startswith("convo.") else []


def is_signed(headers: Headers, body: bytes, secret: bytes, _now: float) -> bool:
    """Tell whether a body was signed; when isn't told."""
    return is_same(b64encode(hmac.digest(secret, body, "sha1")), headers.get("x-helpscout-signature"))


WEBHOOK = Webhook(tickets=tickets, is_signed=is_signed)

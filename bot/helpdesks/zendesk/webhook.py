"""Zendesk's webhooks: https://developer.zendesk.com/documentation/webhooks/."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from bot.helpdesks.reading import instant
from bot.helpdesks.webhook import Headers, Webhook, is_same, listed

TICKETS = "zen:event-type:ticket."
"""How the events of tickets begin: https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/."""

FRESH_S = 300
"""How far a signature's time may lie from ours."""


def tickets(headers: Headers, document: Any) -> Sequence[object]:  # noqa: ANN401  # JSON
    """Return the ticket of an event, or those that a trigger names."""
    if "ticket" in document:
        return listed(headers, document)
    return [document["detail"]["id"]] if document["type"].startswith(TICKETS) else []


def is_signed(headers: Headers, body: bytes, secret: bytes, now: float) -> bool:
    """Tell whether a body was signed lately: https://developer.zendesk.com/documentation/webhooks/verifying/."""
    at = headers.get("x-zendesk-webhook-signature-timestamp", "")
    expected = b64encode(hmac.digest(secret, at.encode() + body, "sha256"))
    return is_same(expected, headers.get("x-zendesk-webhook-signature")) and abs(now - (instant(at) or 0)) <= FRESH_S


WEBHOOK = Webhook(tickets=tickets, is_signed=is_signed)

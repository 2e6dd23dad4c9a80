"""Intercom's webhooks: https://developers.intercom.com/docs/references/webhooks/webhook-models."""

from collections.abc import Sequence
from typing import Any

from bot.helpdesks.webhook import Headers, Webhook, is_signed_for_hub


def tickets(_headers: Headers, document: Any) -> Sequence[object]:  # noqa: ANN401  # JSON
    """Return the conversation or ticket of an event.

    It is the item itself, of `ticket.closed` it stands in it, and of `conversation.deleted` only its number is left.
    """
    what = document["topic"].partition(".")[0]
    if what not in {"conversation", "ticket"}:
        return []
    item = document["data"]["item"]
    item = item.get(what) or item
    return [item.get("conversation_id") or item["id"]]


WEBHOOK = Webhook(tickets=tickets, is_signed=is_signed_for_hub)

"""Zammad's webhooks: https://admin-docs.zammad.org/en/latest/manage/webhook.html."""

from collections.abc import Sequence
from typing import Any

from bot.helpdesks.webhook import Headers, Webhook, is_signed_for_hub


def tickets(_headers: Headers, document: Any) -> Sequence[object]:  # noqa: ANN401  # JSON
    """Return the ticket of an event by its `id`: its `number` is what people see."""
    return [document["ticket"]["id"]]


WEBHOOK = Webhook(tickets=tickets, is_signed=is_signed_for_hub)

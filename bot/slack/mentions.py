"""The bot is mentioned or written to: plain words, read as the command reads them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.posting.send import Message
from bot.slack.bot import Bot, Place, Respond


def is_for_us(event: Mapping[str, Any]) -> bool:
    """Tell whether a person wrote it: not the bot itself, another bot, or an edit."""
    return bool(event.get("user")) and not event.get("bot_id") and not event.get("subtype")


def words_of(event: Mapping[str, Any], own: str) -> str:
    """Return what was said, without the mention of the bot itself."""
    return re.sub(rf"<@{re.escape(own)}(\|[^>]*)?>[,:]?", " ", str(event.get("text", "")))


def respond_to(bot: Bot, event: Mapping[str, Any], place: Place) -> Respond:
    """Return how the reply goes: in a channel to the person alone, in a direct message as a message.

    Within a thread it stays there.
    """
    thread = event.get("thread_ts")

    def respond(messages: Iterable[Message]) -> None:
        if place.is_direct:
            bot.poster.post(place.channel, messages, thread=thread)
        else:
            bot.poster.whisper(place.channel, place.user, messages, thread=thread)

    return respond

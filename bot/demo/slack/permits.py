"""What an app may do for a while after somebody did something: open a view, answer at an address."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.slack.errors import SlackError

RESPONSE_URL_USES = 5
RESPONSE_URL_LASTS_S = 1800
TRIGGER_LASTS_S = 3


@dataclass(slots=True, kw_only=True)
class Trigger:
    """Leave to open one view; `view_id` is the modal in which it was given."""

    user: str
    channel: str | None
    view_id: str | None
    expires_at: float
    used: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """Leave to answer; `message_ts` is the message that was clicked."""

    channel: str
    user: str
    expires_at: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class Permits:
    """Gives and takes back leave."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._response_urls: dict[str, ResponseUrl] = {}

    def trigger(self, user: str, channel: str | None = None, view_id: str | None = None) -> str:
        """Return a new trigger_id."""
        key = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**9)}.{secrets.token_hex(16)}"
        self._triggers[key] = Trigger(
            user=user, channel=channel, view_id=view_id, expires_at=self._clock() + TRIGGER_LASTS_S
        )
        return key

    def exchange(self, trigger_id: str) -> Trigger:
        """Use a trigger_id; raises SlackError `invalid_trigger_id`, `exchanged_…` or `expired_trigger_id`."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock() > trigger.expires_at:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def response_url(
        self, user: str, channel: str, *, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """Return the key of a new response_url."""
        key = secrets.token_urlsafe(12)
        expires_at = self._clock() + RESPONSE_URL_LASTS_S
        self._response_urls[key] = ResponseUrl(
            channel=channel, user=user, expires_at=expires_at, message_ts=message_ts, thread_ts=thread_ts
        )
        return key

    def answered(self, key: str) -> ResponseUrl:
        """Return what a response_url belongs to; raises SlackError `invalid_url`, `expired_url` or `used_url`."""
        found = self._response_urls.get(key)
        if found is None:
            raise SlackError("invalid_url")
        if self._clock() > found.expires_at:
            raise SlackError("expired_url")
        if found.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        return found

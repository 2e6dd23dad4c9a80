"""The one module that posts to Slack."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

import structlog
from slack_sdk.http_retry import RetryHandler
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.render.limits import Block

log = structlog.get_logger(__name__)

RETRIES = 3
OK = 200
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500


class SendError(Exception):
    """Slack took no form of a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is posted; `text` is what notifications and screen readers get, and all there is without blocks."""

    text: str
    blocks: list[Block] | None = None


class EveryServerErrorRetryHandler(ServerErrorRetryHandler):
    """Retries after every 5xx: slack_sdk's own leaves out 502 and 504, which are what a proxy says."""

    def _can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002  # slack_sdk's signature
        request: HttpRequest,  # noqa: ARG002  # slack_sdk's signature
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002  # slack_sdk's signature
    ) -> bool:
        return response is not None and response.status_code >= SERVER_ERROR


def retry_handlers() -> list[RetryHandler]:
    """Return what to try again: lost connections, rate limits (after as long as Slack says) and server errors."""
    return [
        ConnectionErrorRetryHandler(max_retry_count=RETRIES),
        RateLimitErrorRetryHandler(max_retry_count=RETRIES),
        EveryServerErrorRetryHandler(max_retry_count=RETRIES),
    ]


def reply(response_url: str, messages: Sequence[Message]) -> None:
    """Answer a command, seen by the asker only, with the first of `messages` that Slack takes.

    The messages say the same in simpler and simpler blocks: some workspaces refuse the newer ones.
    Raises SendError when Slack takes none of them.

    https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
    """
    client = WebhookClient(response_url, retry_handlers=retry_handlers())
    for message in messages:
        response = _post(client, message)
        problem = _problem(response)
        if problem is None:
            return
        log.warning("slack_refused_message", status=response.status_code, problem=problem)
        if not _is_about_content(response):
            break
    raise SendError(f"{response.status_code} {problem}")


def _post(client: WebhookClient, message: Message) -> WebhookResponse:
    body: dict[str, Any] = {"response_type": "ephemeral", "text": message.text}
    if message.blocks is not None:
        body["blocks"] = message.blocks
    try:
        return client.send_dict(body)
    except (OSError, HTTPException) as error:
        raise SendError(f"{type(error).__name__}: {error}") from error


def _problem(response: WebhookResponse) -> str | None:
    """Return what Slack objects to; None when it took the message. It may say so with status 200."""
    if response.status_code != OK:
        return response.body[:200]
    try:
        said = json.loads(response.body)
    except ValueError:
        return None  # "ok" in plain text
    return str(said.get("error")) if isinstance(said, dict) and said.get("ok") is False else None


def _is_about_content(response: WebhookResponse) -> bool:
    """Tell whether a simpler message may succeed: not when the address is used up or Slack itself fails."""
    if "block" in response.body:
        return True
    gone = response.status_code in {404, 410}
    return not gone and response.status_code != TOO_MANY_REQUESTS and response.status_code < SERVER_ERROR

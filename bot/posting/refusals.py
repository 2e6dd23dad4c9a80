"""What Slack refuses, what became of it, and what is worth trying again."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from socket import gaierror
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry import RetryHandler
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

RETRIES = 3
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500

NOT_THERE = frozenset(
    {
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "no_permission",
        "restricted_action",
        "restricted_action_read_only_channel",
        "user_not_found",
        "user_disabled",
        "cannot_dm_bot",
        "messages_tab_disabled",
    }
)
"""What Slack says where the bot can't post: only a person can change that."""

TOKEN_REFUSED = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope"}
)
"""What Slack says to a bot that may post nowhere: whoever hosts it can change that."""

ABOUT_CONTENT = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})

_RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_UNFINISHED = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})
"""What Slack says when it failed on the way: some of it may have been done."""

_NEVER_SENT = (ConnectionRefusedError, gaierror)


class SendError(Exception):
    """Slack took no form of a message.

    Attributes:
        code: Slack's word for why, or the kind of the failure on the way to it.
        retry_after: seconds that Slack asks to wait.
        is_temporary: it may be taken later as it is.
        may_have_arrived: nobody knows whether Slack has done it.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        retry_after: float | None = None,
        is_temporary: bool = False,
        may_have_arrived: bool = False,
    ) -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.retry_after = retry_after
        self.is_temporary = is_temporary
        self.may_have_arrived = may_have_arrived

    @property
    def is_not_there(self) -> bool:
        """Whether the bot can't post there, whatever it posts."""
        return self.code in NOT_THERE


@contextmanager
def told() -> Iterator[None]:
    """Raise what Slack, or the way to it, refuses as SendError."""
    try:
        yield
    except SlackApiError as error:
        raise refused(error) from error
    except (SlackClientError, OSError, HTTPException) as error:
        raise lost(error) from error


def refused(error: SlackApiError) -> SendError:
    """Return what Slack's answer means."""
    response = error.response
    code, status = str(response.get("error")), response.status_code
    headers = {name.lower(): value for name, value in response.headers.items()}
    limited = status == TOO_MANY_REQUESTS or code in _RATE_LIMITED
    after = _seconds(headers.get("retry-after")) if limited else None
    unfinished = status >= SERVER_ERROR or code in _UNFINISHED
    return SendError(code, retry_after=after, is_temporary=limited or unfinished, may_have_arrived=unfinished)


def lost(error: Exception) -> SendError:
    """Return what a broken way to Slack means: unless nobody was there, it may have been heard."""
    reason = error.reason if isinstance(error, URLError) else error
    heard = not isinstance(reason, _NEVER_SENT)
    return SendError(type(error).__name__, str(error), is_temporary=True, may_have_arrived=heard)


def _seconds(given: object) -> float:
    text = str(given[0] if isinstance(given, list) and given else given)
    return float(text) if text.isdecimal() else 1.0


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

"""The one HTTP client of every helpdesk: retries, clear errors, the helpdesk's own clock.

What is written to a log never holds a header, a token or a query: errors carry the helpdesk's address alone.
"""

import json
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import httpx2
import stamina
import structlog
from pydantic_core import from_json
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from bot import metrics
from bot.helpdesks.budget import Budget
from kpi.errors import HelpdeskError

log = structlog.get_logger()

Json = Any
"""What JSON holds; who asked knows the shape."""

LONGEST_WAIT_S = 300
"""A helpdesk that asks for a longer pause is left alone until the next run."""

PAUSES = ("Retry-After", "X-RateLimit-Retry-After")
"""The headers by which a helpdesk asks for a pause; Help Scout has one of its own."""

REFUSALS = {
    HTTPStatus.UNAUTHORIZED: "helpdesk_wrong_token",
    HTTPStatus.FORBIDDEN: "helpdesk_refused",
    HTTPStatus.NOT_FOUND: "helpdesk_not_found",
    HTTPStatus.GONE: "helpdesk_not_found",
}


class TransientError(HelpdeskError):
    """What may be gone on the next try; `wait_s` is the pause that the helpdesk asked for."""

    def __init__(self, key: str, wait_s: float | None = None, **values: object) -> None:
        super().__init__(key, **values)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a request is tried, and how long the pauses between grow, in seconds."""

    attempts: int = 6
    first_wait_s: float = 0.5
    longest_wait_s: float = 20
    jitter_s: float = 1


IMPATIENT = Patience(attempts=2, first_wait_s=0.2, jitter_s=0.2)
"""For requests whose failure has an answer of its own, or that a person waits for."""


def normalise_url(url: str, *suffixes: str) -> str:
    """Return the address without trailing slash, query or any of the API's own `suffixes`; raises HelpdeskError."""
    said = url.strip()
    try:
        parsed = httpx2.URL(said)
    except httpx2.InvalidURL as error:
        raise HelpdeskError("helpdesk_url_invalid", url=said) from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise HelpdeskError("helpdesk_url_invalid", url=said)
    path = parsed.path.rstrip("/")
    for suffix in suffixes:
        if path.casefold().endswith(suffix.casefold()):
            path = path[: -len(suffix)].rstrip("/")
    return str(parsed.copy_with(userinfo=b"", path=path or "/", query=None, fragment=None)).rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a helpdesk answered: the JSON, and the headers for those that page with them."""

    content: Json
    headers: Mapping[str, str]


class HelpdeskClient:
    """Asks one helpdesk for JSON; `url` is its address for people, and `api` what its interface has behind that.

    With a `budget` it asks no faster than that allows. `reset_header` tells, where there is no Retry-After, at which
    instant requests are allowed again, in epoch seconds of the helpdesk's clock.

    Every method raises HelpdeskError: `helpdesk_unreachable`, `helpdesk_wrong_token`, `helpdesk_refused`,
    `helpdesk_not_found`, `helpdesk_moved`, `helpdesk_html`, `helpdesk_truncated`, `helpdesk_server_error`,
    `helpdesk_too_many_requests`, `helpdesk_bad_request`; those that may pass only after the last try.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        api: str = "",
        patience: Patience | None = None,
        budget: Budget | None = None,
        timeout_s: float = 60,
        clock: Callable[[], float] = time.time,
        reset_header: str | None = None,
    ) -> None:
        self.url = url
        self._reset_header = reset_header
        self._api = url + api
        self.patience = patience or Patience()
        self._budget = budget
        self._clock = clock
        self._requests = 0
        self._skew_s = 0.0
        self._http = httpx2.Client(
            headers={"Accept": "application/json", **headers},
            timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, 10)),
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self._requests

    @property
    def skew_s(self) -> int:
        """The helpdesk's clock minus ours in seconds, as of the last answer."""
        return round(self._skew_s)

    def now(self) -> int:
        """Return the instant on the helpdesk's clock."""
        return int(self._clock() + self._skew_s)

    def authorise(self, credentials: str) -> None:
        """Send these credentials with every request from now on."""
        self._http.headers["Authorization"] = credentials

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, patience: Patience | None = None) -> Json:
        """Return the JSON at `path`."""
        return self.answer(path, params, patience=patience).content

    def answer(self, path: str, params: Mapping[str, Any] | None = None, *, patience: Patience | None = None) -> Answer:
        """Return the JSON at `path` with the headers it came with; their names are case-insensitive."""
        return self._ask("GET", path, params, None, patience or self.patience)

    def search(
        self, path: str, body: Json, params: Mapping[str, Any] | None = None, *, patience: Patience | None = None
    ) -> Json:
        """Return the JSON that a search sent as POST answers; it changes nothing there, so it may be repeated."""
        return self._ask("POST", path, params, body, patience or self.patience).content

    def _ask(self, method: str, path: str, params: Mapping[str, Any] | None, body: Json, patience: Patience) -> Answer:
        # Nothing is handed to stamina that it could log: it sees a block of code, not the request.
        for attempt in stamina.retry_context(
            on=_pause,
            attempts=patience.attempts,
            timeout=None,
            wait_initial=patience.first_wait_s,
            wait_max=patience.longest_wait_s,
            wait_jitter=patience.jitter_s,
        ):
            with attempt:
                return self._once(method, path, params, body)
        raise AssertionError  # pragma: no cover  # the last attempt returns or raises

    def _once(self, method: str, path: str, params: Mapping[str, Any] | None, body: Json) -> Answer:
        if self._budget is not None:
            self._budget.take()
        self._requests += 1
        request = self._http.build_request(method, f"{self._api}/{path}", params=params, json=body)
        try:
            response = self._http.send(request, stream=True)
        except httpx2.TransportError as error:
            metrics.helpdesk_asked(None)
            raise TransientError("helpdesk_unreachable", url=self.url) from error
        metrics.helpdesk_asked(response.status_code)
        try:
            content = response.read()
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise TransientError("helpdesk_truncated", url=self.url) from error
        finally:
            response.close()
        self._set_clock(response)
        if self._budget is not None:
            self._budget.learn(response.headers)
        self._refuse(response)
        return Answer(content=self._decode(response, content), headers=response.headers)

    def _set_clock(self, response: httpx2.Response) -> None:
        # When a server in front has a Date of its own, the last is the helpdesk's.
        said = response.headers.get_list("Date")
        there = _http_date(said[-1]) if said else None
        if there is not None:
            self._skew_s = there - self._clock()

    def _refuse(self, response: httpx2.Response) -> None:
        status = response.status_code
        if status in REFUSALS:
            raise HelpdeskError(REFUSALS[HTTPStatus(status)], url=self.url)
        said = (response.headers.get(name) for name in PAUSES)
        wait_s = self._retry_after(next(filter(None, said), None))
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            wait_s = self._until_reset(response.headers) if wait_s is None else wait_s
            raise TransientError("helpdesk_too_many_requests", wait_s, url=self.url)
        if response.is_server_error:
            raise TransientError("helpdesk_server_error", wait_s, url=self.url, status=status)
        if response.is_redirect:
            target = response.headers.get("Location", "").partition("?")[0]
            asked = str(response.request.url.copy_with(query=None)).removeprefix(self.url)
            raise HelpdeskError("helpdesk_moved", url=self.url, target=target.removesuffix(asked))
        if response.is_client_error:
            raise HelpdeskError("helpdesk_bad_request", url=self.url, status=status)

    def _decode(self, response: httpx2.Response, content: bytes) -> Json:
        with suppress(ValueError):
            return from_json(content)  # twice as fast as what follows, and stricter
        # Helpdesks have been seen to send Latin-1 under a header that says UTF-8, and halves of characters: a wrong
        # letter in a name is better than no answer.
        text = content.decode("utf-8", errors="replace")
        try:
            return json.loads(text)
        except ValueError as error:
            said_json = "json" in response.headers.get("Content-Type", "") or text.lstrip()[:1] in {"{", "["}
            if said_json:
                raise TransientError("helpdesk_truncated", url=self.url) from error
            raise HelpdeskError("helpdesk_html", url=self.url) from error

    def _retry_after(self, said: str | None) -> float | None:
        """Return the seconds that Retry-After asks for, given as seconds or as a date of the helpdesk's clock."""
        if said is None:
            return None
        try:
            return max(0.0, float(said))
        except ValueError:
            until = _http_date(said)
            return None if until is None else max(0.0, until - self._clock() - self._skew_s)

    def _until_reset(self, headers: Mapping[str, str]) -> float | None:
        """Return the seconds until requests are allowed again, where the helpdesk tells it."""
        said = headers.get(self._reset_header or "", "")
        return max(0.0, int(said) - self._clock() - self._skew_s) if said.isdecimal() else None


def _pause(error: Exception) -> bool | float:
    """Tell whether to try again; the number is the pause in seconds, otherwise it grows from try to try."""
    if not isinstance(error, TransientError):
        return False
    if error.wait_s is None:
        return True
    # All who were told the same moment would otherwise come back at the same moment.
    jitter = random.uniform(0, 0.5)  # noqa: S311  # a pause, no secret
    return error.wait_s <= LONGEST_WAIT_S and error.wait_s + jitter


def _log_retry(details: RetryDetails) -> None:
    error = details.caused_by
    if isinstance(error, HelpdeskError):
        log.warning("trying again", reason=error.key, wait_s=round(details.wait_for, 1), **error.values)


# stamina's own hook logs all that it was given; this one what a person can use.
set_on_retry_hooks([_log_retry])


def _http_date(said: str | None) -> float | None:
    if said is None:
        return None
    try:
        instant = parsedate_to_datetime(said)
    except ValueError:
        return None
    return instant.astimezone(UTC).timestamp() if instant.tzinfo else datetime.timestamp(instant.replace(tzinfo=UTC))

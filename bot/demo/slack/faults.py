"""What goes wrong on demand, and how much Slack takes at a time."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

RESPONSE_URL = "response_url"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to a request instead of what should.

    Attributes:
        status, body, headers: the answer.
        error: Slack's word for what is wrong; the answer is then JSON with status 200.
        taken: whether Slack has done what was asked when it fails.
        delay_s: how long Slack waits before it answers.
        cut: whether the connection ends without an answer.
    """

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    taken: bool = False
    delay_s: float = 0
    cut: bool = False

    async def answer(self, request: Request) -> Response:
        """Return what the app gets; or nothing, when the connection is cut."""
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if self.cut:
            # ASGI has no word for it: uvicorn's cycle, which `receive` belongs to, has the connection.
            cast("Any", request.receive).__self__.transport.abort()
        if self.error is not None:
            return JSONResponse({"ok": False, "error": self.error}, headers=self.headers)
        return PlainTextResponse(self.body, status_code=self.status, headers=self.headers)


def rate_limited(seconds: int = 1) -> Fault:
    """Return what Slack says to an app that asks too much."""
    return Fault(status=429, body='{"ok": false, "error": "ratelimited"}', headers={"Retry-After": str(seconds)})


class Faults:
    """The faults to come, for each method of the Web API and for response_urls, each for one request."""

    def __init__(self) -> None:
        self.waiting: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def next(self, where: str) -> Fault | None:
        """Return the fault that the next request meets; None when it goes well."""
        return self.waiting[where].popleft() if self.waiting[where] else None


class Rates:
    """Counts requests within a minute, or messages within a second."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._taken: defaultdict[str, deque[float]] = defaultdict(deque)

    def wait_s(self, key: str, most: int, within_s: float) -> int:
        """Take one more of a kind; return how many seconds to wait instead when there were too many, else 0."""
        now, taken = self._clock(), self._taken[key]
        while taken and taken[0] <= now - within_s:
            taken.popleft()
        if len(taken) >= most:
            return max(1, ceil(taken[0] + within_s - now))
        taken.append(now)
        return 0

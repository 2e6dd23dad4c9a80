"""How fast a helpdesk may be asked: within what its plan allows, with a share left to the customer's other tools."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from threading import Lock

SHARE = 0.8
"""The part of an account's requests that the bot takes unless the option `rate_share` says otherwise."""

_BURST = 1 / 7
"""The part of a window's requests that may be sent at once; the rest comes evenly, so that no window has more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """What an account may be asked, and in which headers the helpdesk tells about it.

    Attributes:
        requests: how many in a window, until a header tells it.
        window_s: how long a window is.
        hourly_from: what is told as `total` from this number on is meant for an hour.
        total, remaining, used: the headers of the limit, of what is left, and of what the request itself cost.
    """

    requests: int
    window_s: int = 60
    hourly_from: int | None = None
    total: str = "X-RateLimit-Total"
    remaining: str = "X-RateLimit-Remaining"
    used: str = "X-RateLimit-Used-CurrentRequest"


class Budget:
    """The requests of one account, whoever sends them: a token bucket that the answers' headers correct.

    In any window at most `share` of the limit is sent; once others have used up their part too, it slows down.
    """

    def __init__(
        self,
        limit: RateLimit,
        share: float = SHARE,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._limit, self._share = limit, share
        self._clock, self._sleep = clock, sleep
        self._lock = Lock()
        self._requests, self._window_s = float(limit.requests), limit.window_s
        self._level = self._capacity
        self._at = clock()

    @property
    def _capacity(self) -> float:
        return self._requests * self._share * _BURST

    @property
    def _per_second(self) -> float:
        return self._requests * self._share * (1 - _BURST) / self._window_s

    def take(self) -> None:
        """Wait until a request may be sent."""
        with self._lock:
            self._refill()
            # Who comes meanwhile waits behind.
            self._level -= 1
            wait_s = max(0.0, -self._level / self._per_second)
        if wait_s:
            self._sleep(wait_s)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take over what an answer tells of the limit, of what is left of it, and of what the request cost."""
        total = _number(headers.get(self._limit.total))
        remaining = _number(headers.get(self._limit.remaining))
        used = _number(headers.get(self._limit.used))
        with self._lock:
            self._refill()
            if total:
                hourly = self._limit.hourly_from is not None and total >= self._limit.hourly_from
                self._requests, self._window_s = total, 3600 if hourly else self._limit.window_s
            if used is not None:
                self._level -= used - 1
            if remaining is not None:
                self._level = min(self._level, remaining - self._requests * (1 - self._share))

    def _refill(self) -> None:
        now = self._clock()
        self._level = min(self._capacity, self._level + (now - self._at) * self._per_second)
        self._at = now


@cache
def shared_budget(account: str, limit: RateLimit, share: float) -> Budget:
    """Return the budget of an account, by its address: one for all connectors of this process."""
    del account  # it only tells accounts apart
    return Budget(limit, share)


def _number(said: str | None) -> float | None:
    """Return a number of a header; `50` has been seen as `50.0`."""
    try:
        return None if said is None else float(said)
    except ValueError:
        return None

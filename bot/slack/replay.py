"""Requests that were seen already: a signed request stays valid for minutes, so it could be sent again."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

REMEMBERED_S = 600
"""A signature is valid from five minutes before its timestamp to five minutes after it."""


class Replays:
    """Remembers signatures for as long as Slack's own check of the timestamp lets them pass."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def is_new(self, signature: str) -> bool:
        """Remember a signature; return whether it was not seen before."""
        now = self._clock()
        with self._lock:
            while self._seen and next(iter(self._seen.values())) < now - REMEMBERED_S:
                self._seen.popitem(last=False)
            if signature in self._seen:
                return False
            self._seen[signature] = now
            return True

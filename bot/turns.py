"""Threads that take turns: few at a time work, however many wait for Slack.

More take no less time together, and hold up what has to be acknowledged meanwhile.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, local

AT_WORK = 2 * (os.cpu_count() or 1)
"""How many threads work at a time."""

_free = BoundedSemaphore(AT_WORK)
_own = local()


@contextmanager
def turn() -> Iterator[None]:
    """Wait until it is this thread's turn, and have it while this lasts."""
    with _free:
        _own.is_at_work = True
        try:
            yield
        finally:
            _own.is_at_work = False


@contextmanager
def elsewhere() -> Iterator[None]:
    """Let another thread work while this one waits for an answer from elsewhere."""
    if not getattr(_own, "is_at_work", False):
        yield
        return
    _own.is_at_work = False
    _free.release()
    try:
        yield
    finally:
        _free.acquire()
        _own.is_at_work = True

"""Threads that take turns: few at a time work for people who wait, however many wait for Slack.

More take no less time together, and hold up what has to be acknowledged meanwhile.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, get_ident
from time import monotonic, sleep

AT_WORK = 2 * (os.cpu_count() or 1)
"""How many threads work at a time."""

GIVES_WAY_S = 2.0
"""How long work that nobody waits for lets people's go before it, at most."""

_free = BoundedSemaphore(AT_WORK)
_at_work = set[int]()


@contextmanager
def turn() -> Iterator[None]:
    """Wait until it is this thread's turn, and have it while this lasts."""
    _begin()
    try:
        yield
    finally:
        _end()


@contextmanager
def elsewhere() -> Iterator[None]:
    """Let another thread work while this one waits for an answer from elsewhere."""
    if get_ident() not in _at_work:
        yield
        return
    _end()
    try:
        yield
    finally:
        _begin()


def give_way() -> None:
    """Wait while threads are at work for people, but not for long."""
    until = monotonic() + GIVES_WAY_S
    while _at_work and monotonic() < until:
        sleep(0.01)


def _begin() -> None:
    _free.acquire()
    _at_work.add(get_ident())


def _end() -> None:
    _at_work.discard(get_ident())
    _free.release()

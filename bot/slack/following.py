"""One request of Slack's through the logs: its id stands in every line, and at last how it ended and when."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, ParamSpec, TypeVar

import structlog

from bot import metrics
from kpi.errors import AccessError, QuestionError

SURFACES = {
    "block_actions": "button",
    "block_suggestion": "menu",
    "view_submission": "modal",
    "app_mention": "mention",
    "message": "direct message",
    "app_home_opened": "home",
}
"""Where people are, by the type of the request or of the event in it."""

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """A request under way: when it came, as epoch second and, `received`, on the monotonic clock."""

    id: str
    surface: str
    at: int
    received: float


_current: ContextVar[Request | None] = ContextVar("request", default=None)


class FollowingExecutor(ThreadPoolExecutor):
    """Threads that know which request they work for."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function with the context of whoever submits it."""
        return super().submit(partial(copy_context().run, partial(fn, *args, **kwargs)))


def begin(body: Mapping[str, Any], now: int) -> None:
    """Give a request an id, which stands in whatever is logged from here on in this context."""
    request = Request(secrets.token_hex(4), surface_of(body), now, monotonic())
    _current.set(request)
    structlog.contextvars.clear_contextvars()  # Socket Mode uses its threads again
    structlog.contextvars.bind_contextvars(request=request.id, surface=request.surface)


def surface_of(body: Mapping[str, Any]) -> str:
    """Return where the person is who made a request."""
    if "command" in body:
        return "command"
    said = body.get("event") or body
    return SURFACES.get(str(said.get("type")), "other")


def came_at() -> int | None:
    """Return the epoch second at which the request under way came; None when there is none."""
    request = _current.get()
    return None if request is None else request.at


def reference() -> str:
    """Return what a person can name to have a failure found in the log: the request's id."""
    request = _current.get()
    return secrets.token_hex(4) if request is None else request.id


@contextmanager
def counted() -> Iterator[None]:
    """Count and log how the request ends, and how long that took since it came; errors pass."""
    try:
        yield
    except (AccessError, QuestionError):
        _ended("refused")
        raise
    except Exception:
        _ended("failed")
        raise
    _ended("told")


def _ended(outcome: str) -> None:
    request = _current.get()
    if request is not None:
        seconds = monotonic() - request.received
        metrics.answered(request.surface, outcome, seconds)
        log.info("answered", outcome=outcome, seconds=round(seconds, 3))

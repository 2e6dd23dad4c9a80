"""The helpdesks of the contract suite: each a connector over something that speaks as its vendor does."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contract.fake_rt import TOKEN, FakeRT
from pydantic import SecretStr

from bot.helpdesks.connector import Connector
from bot.helpdesks.demo import DemoHelpdesk
from bot.helpdesks.http import Patience
from bot.helpdesks.request_tracker import RequestTracker
from bot.settings import HelpdeskSettings

QUICK = Patience(attempts=3, first_wait_s=0.01, longest_wait_s=0.02, jitter_s=0.01)
NOON = 1_794_900_000  # a Tuesday: the story begins anew on Mondays


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A helpdesk with a history. `connect` gives a new connector; `more` lets something happen to some ticket.

    Over HTTP, `fake` answers: it has `faults` (each a function of a request that answers in its place, or None),
    `token`, `skew_s`, `now` and `asked`. `spoil` makes one ticket unreadable and returns it with the reason.
    """

    connect: Callable[[], Connector]
    more: Callable[[], str]
    fake: Any = None
    spoil: Callable[[], tuple[str, str]] | None = None


def rt_settings(url: str, **options: object) -> HelpdeskSettings:
    return HelpdeskSettings(key="rt", kind="request-tracker", url=url, token=SecretStr(TOKEN), options=options)


def busy_rt(tickets: int = 40) -> FakeRT:
    """Return a Request Tracker with some tickets of every kind: hidden, merged, deleted, rejected and reopened."""
    rt = FakeRT()
    for number in range(1, tickets + 1):
        ticket = rt.create(51 if number % 3 else 53)
        if number % 13 == 0:
            rt.elsewhere(130)
        if number % 11 == 0:
            rt.status(ticket, "deleted")
            continue
        if number % 17 == 0:
            rt.merge(ticket, into=ticket - 5)
            continue
        rt.own(ticket, 31 if number % 2 else 33)
        rt.correspond(ticket, 31, minutes=5)
        if number % 4 == 0:
            rt.correspond(ticket, 51)
            rt.correspond(ticket, 33)
        if number % 5 == 0:
            rt.set(ticket, "Queue", 4)
        if number % 2:
            rt.status(ticket, "resolved")
            rt.fill(ticket, 3, str(number % 5 + 1))
        if number % 7 == 0:
            rt.correspond(ticket, 51)
    return rt


def serve(httpserver, fake: Callable[[Any], Any]) -> str:
    """Let a helpdesk answer every request, and return its address."""
    httpserver.expect_request(re.compile(".*")).respond_with_handler(fake)
    return httpserver.url_for("").rstrip("/")


def request_tracker_desk(httpserver, tickets: int = 40) -> Desk:
    rt = busy_rt(tickets)
    url = serve(httpserver, rt)

    def more() -> str:
        rt.correspond(1, 51)
        return "1"

    def spoil() -> tuple[str, str]:
        rt.broken = {9}
        return "9", "helpdesk_server_error"

    return Desk(connect=lambda: RequestTracker(rt_settings(url), QUICK), more=more, fake=rt, spoil=spoil)


_demo_now = [NOON]
_DEMO = DemoHelpdesk(clock=lambda: _demo_now[0])
"""One for all tests: writing its story takes seconds, and it keeps nothing but that."""


def demo_desk(_httpserver) -> Desk:
    _demo_now[0] = NOON

    def more() -> str:
        _demo_now[0] += 86_400
        return ""

    return Desk(connect=lambda: _DEMO, more=more)


OVER_HTTP = {"request-tracker": request_tracker_desk}
DESKS = {**OVER_HTTP, "demo": demo_desk}

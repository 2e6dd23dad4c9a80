"""The helpdesks of the contract suite: each a connector over something that speaks as its vendor does."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contract.fake_freshdesk import BILLING, DAY, FakeFreshdesk
from contract.fake_freshdesk import KEY as FRESHDESK_KEY
from contract.fake_helpscout import APP, SECRET, FakeHelpScout
from contract.fake_helpscout import BILLING as BILLING_INBOX
from contract.fake_intercom import TOKEN as INTERCOM_TOKEN
from contract.fake_intercom import FakeIntercom
from contract.fake_liveagent import ALICE, BOB, DINA, EMIL, KEY, ZONE, FakeLiveAgent
from contract.fake_rt import TOKEN, FakeRT
from contract.fake_zammad import ALICE as ZAMMAD_ALICE
from contract.fake_zammad import BILLING as ZAMMAD_BILLING
from contract.fake_zammad import BOB as ZAMMAD_BOB
from contract.fake_zammad import DINA as ZAMMAD_DINA
from contract.fake_zammad import EMIL as ZAMMAD_EMIL
from contract.fake_zammad import TOKEN as ZAMMAD_TOKEN
from contract.fake_zammad import FakeZammad
from contract.fake_zendesk import EMAIL, FakeZendesk
from contract.fake_zendesk import KEY as ZENDESK_KEY
from pydantic import SecretStr

from bot.helpdesks.budget import RateLimit
from bot.helpdesks.connector import Connector
from bot.helpdesks.demo import DemoHelpdesk
from bot.helpdesks.freshdesk import Freshdesk
from bot.helpdesks.helpscout import HelpScout
from bot.helpdesks.http import Patience
from bot.helpdesks.intercom import Intercom
from bot.helpdesks.liveagent import LiveAgent
from bot.helpdesks.request_tracker import RequestTracker
from bot.helpdesks.zammad import Zammad
from bot.helpdesks.zendesk import LAG_S, Zendesk
from bot.settings import HelpdeskSettings

QUICK = Patience(attempts=3, first_wait_s=0.01, longest_wait_s=0.02, jitter_s=0.01)
UNLIMITED = RateLimit(requests=1_000_000)
NOON = 1_794_900_000  # a Tuesday: the story begins anew on Mondays


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A helpdesk with a history. `connect` gives a new connector; `more` lets something happen to some ticket.

    Over HTTP, `fake` answers: it has `faults` (each a function of a request that answers in its place, or None),
    `token`, `skew_s`, `now` and `asked`. `spoil` makes one ticket unreadable and returns it with the reason. What
    happened within the last `lag_s` seconds isn't told yet.
    """

    connect: Callable[[], Connector]
    more: Callable[[], str]
    fake: Any = None
    spoil: Callable[[], tuple[str, str]] | None = None
    lag_s: int = 0


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


def la_settings(url: str, **options: object) -> HelpdeskSettings:
    options = {"timezone": ZONE, **options}
    return HelpdeskSettings(key="la", kind="liveagent", url=url, token=SecretStr(KEY), options=options)


def busy_la(tickets: int) -> FakeLiveAgent:
    """Return a LiveAgent with some tickets of every kind: mails, calls, chats, merged, split, deleted, ranked."""
    la = FakeLiveAgent()
    for number in range(1, tickets + 1):
        owner = DINA if number % 3 else EMIL
        ticket = la.create(owner, level="gold" if number % 4 == 0 else None, tags=["ab12"] if number % 5 == 0 else [])
        if number % 13 == 0:
            la.end(ticket, "X" if number % 2 else "B")
            continue
        reply = la.reply(ticket, ALICE if number % 2 else BOB)
        if number % 17 == 0:
            la.merge(ticket, into=f"t{1:07}")
            continue
        if number % 6 == 0:
            la.call(ticket, "I", talk=None if number % 4 else 120)
        if number % 7 == 0:
            la.write(ticket)
            la.transfer(ticket, "billing1", BOB)
        if number % 2:
            la.end(ticket, "R")
            la.rank(ticket, "W" if number % 3 else "P", reply)
        if number % 9 == 0:
            la.split(ticket, la.write(ticket))
    return la


def liveagent_desk(httpserver, tickets: int = 40) -> Desk:
    la = busy_la(tickets)
    url = serve(httpserver, la)
    first = next(iter(la.tickets))

    def more() -> str:
        la.write(first)
        la.tick()
        return first

    def spoil() -> tuple[str, str]:
        la.broken = {first}
        return first, "helpdesk_server_error"

    la.tick()
    return Desk(connect=lambda: LiveAgent(la_settings(url), QUICK, UNLIMITED), more=more, fake=la, spoil=spoil)


def fd_settings(url: str, **options: object) -> HelpdeskSettings:
    return HelpdeskSettings(key="fd", kind="freshdesk", url=url, token=SecretStr(FRESHDESK_KEY), options=options)


def busy_freshdesk(tickets: int) -> FakeFreshdesk:
    """Return a Freshdesk with some tickets of every kind, that fill several pages: reopened, merged, deleted, rated."""
    fd = FakeFreshdesk(page_size=max(4, tickets // 8))
    agents, contacts = list(fd.agents), list(fd.contacts)
    for number in range(1, tickets + 1):
        ticket = fd.create(contacts[number % 2], source=10 if number % 9 == 0 else 1)
        if number % 11 == 0:
            (fd.delete if number % 2 else fd.spam)(ticket)
            continue
        fd.set(ticket, responder_id=agents[number % 2])
        fd.reply(ticket, agents[number % 2])
        if number % 13 == 0:
            fd.merge(ticket, into=1)
            continue
        if number % 4 == 0:
            fd.ask(ticket)
            fd.note(ticket)
        if number % 5 == 0:
            fd.set(ticket, group_id=BILLING)
        if number % 2:
            fd.become(ticket, 4)
            fd.rate(ticket, [103, 100, -103][number % 3], feedback="Thanks" if number % 3 else None)
            fd.spend(ticket, number * 60)
        if number % 7 == 0:
            fd.ask(ticket)
    fd.tick(DAY)
    return fd


def freshdesk_desk(httpserver, tickets: int = 40) -> Desk:
    fd = busy_freshdesk(tickets)
    url = serve(httpserver, fd)

    def more() -> str:
        fd.ask(2)
        return "2"

    def spoil() -> tuple[str, str]:
        fd.broken = {5}
        return "5", "helpdesk_server_error"

    return Desk(connect=lambda: Freshdesk(fd_settings(url), QUICK), more=more, fake=fd, spoil=spoil)


def zd_settings(url: str, **options: object) -> HelpdeskSettings:
    options = {"email": EMAIL, **options}
    return HelpdeskSettings(key="zd", kind="zendesk", url=url, token=SecretStr(ZENDESK_KEY), options=options)


def busy_zendesk(tickets: int) -> FakeZendesk:
    """Return a Zendesk with tickets of every kind, that fill several pages: reopened, merged, deleted, rated."""
    zd = FakeZendesk(page_size=max(3, tickets // 6), list_size=4)
    zd.slas = {"reply_time": (24 * 60, False), "resolution_time": (3 * 24 * 60, False)}
    agents, customers = list(zd.agents)[:2], list(zd.customers)
    for number in range(1, tickets + 1):
        agent = agents[number % 2]
        ticket = zd.create(customers[number % 2], by=agent if number % 9 == 0 else None, type="question")
        if number % 11 == 0:
            zd.delete(ticket)
            continue
        zd.reply(ticket, agent, assignee_id=agent, status="open", then={"priority": "high"} if number % 3 == 0 else {})
        if number % 13 == 0:
            zd.merge(ticket, into=1)
            continue
        if number % 4 == 0:
            zd.ask(ticket)
            zd.note(ticket)
        if number % 5 == 0:
            zd.set(ticket, group_id=list(zd.groups)[1])
        if number % 2:
            zd.reply(ticket, agent, status="solved")
            zd.rate(ticket, "good" if number % 3 else "bad")
        if number % 7 == 0:
            zd.ask(ticket)
        if number % 6 == 0:
            zd.call(ticket if number % 4 else None, "completed" if number % 4 else "abandoned_in_queue")
        if number % 15 == 0:
            zd.system(ticket, status="closed")
    zd.tick(DAY)
    return zd


def zendesk_desk(httpserver, tickets: int = 40) -> Desk:
    zd = busy_zendesk(tickets)
    url = serve(httpserver, zd)

    def more() -> str:
        zd.ask(2)
        zd.tick(2 * LAG_S)
        return "2"

    def spoil() -> tuple[str, str]:
        zd.broken = {5}
        return "5", "helpdesk_server_error"

    return Desk(
        connect=lambda: Zendesk(zd_settings(url), QUICK, UNLIMITED, UNLIMITED),
        more=more,
        fake=zd,
        spoil=spoil,
        lag_s=LAG_S,
    )


def zammad_settings(url: str, **options: object) -> HelpdeskSettings:
    options = {"requests_a_minute": 1_000_000, **options}
    return HelpdeskSettings(key="zm", kind="zammad", url=url, token=SecretStr(ZAMMAD_TOKEN), options=options)


def busy_zammad(tickets: int) -> FakeZammad:
    """Return a Zammad with tickets of every kind: calls, notes, reopened, merged, removed, imported, time and tags."""
    zm = FakeZammad()
    agents, customers = (ZAMMAD_ALICE, ZAMMAD_BOB), (ZAMMAD_DINA, ZAMMAD_EMIL)
    for number in range(1, tickets + 1):
        agent = agents[number % 2]
        kind = "phone" if number % 9 == 0 else "email"
        ticket = zm.create(customers[number % 2], kind=kind, by=agent if kind == "phone" else None)
        if number % 11 == 0:
            zm.set(ticket, agent, state_id=6)
            continue
        zm.reply(ticket, agent, priority_id=3 if number % 3 == 0 else 2)
        if number % 13 == 0:
            zm.merge(ticket, into=1)
            continue
        if number % 4 == 0:
            zm.ask(ticket)
            zm.note(ticket)
            zm.tag(ticket, "refund")
        if number % 5 == 0:
            zm.set(ticket, agent, group_id=ZAMMAD_BILLING)
        if number % 2:
            zm.reply(ticket, agent, state_id=4)
            zm.spend(ticket, number)
        if number % 7 == 0:
            zm.ask(ticket)
        if number % 15 == 0:
            zm.close(ticket)
            zm.forget_history(ticket)
    zm.tick()
    return zm


def zammad_desk(httpserver, tickets: int = 80) -> Desk:
    zm = busy_zammad(tickets)
    url = serve(httpserver, zm)

    def more() -> str:
        zm.ask(2)
        zm.tick()
        return "2"

    def spoil() -> tuple[str, str]:
        zm.broken = {5}
        return "5", "helpdesk_server_error"

    return Desk(connect=lambda: Zammad(zammad_settings(url), QUICK), more=more, fake=zm, spoil=spoil)


def ic_settings(url: str, **options: object) -> HelpdeskSettings:
    return HelpdeskSettings(key="ic", kind="intercom", url=url, token=SecretStr(INTERCOM_TOKEN), options=options)


def busy_intercom(conversations: int) -> FakeIntercom:
    """Return an Intercom with conversations of every kind, that fill several pages: begun by all, reopened, rated."""
    ic = FakeIntercom(page_size=max(3, conversations // 6))
    admins, contacts, teams = list(ic.admins), list(ic.contacts), list(ic.teams)
    for number in range(1, conversations + 1):
        admin, contact = admins[number % 2], contacts[number % 2]
        begun = {"by": ic.admin(admin), "delivered_as": "admin_initiated"} if number % 9 == 0 else {}
        one = ic.create(contact, type="email" if number % 5 == 0 else "conversation", **begun)
        if number % 6 == 0:
            ic.answer(one)
        ic.assign(one, team=teams[number % 2])
        ic.assign(one, admin)
        ic.reply(one, admin)
        if number % 7 == 0:
            ic.prioritise(one)
        if number % 4 == 0:
            ic.become(one, "snoozed")
            ic.become(one, "timer_unsnooze", ic.bot())
            ic.note(one, admin)
        if number % 10 == 0:
            ic.touch(one, admin=None)
        if number % 2:
            ic.become(one, "close", ic.admin(admin), "Bye")
            ic.request_rating(one, admin)
        if number % 3 == 0:
            ic.ask(one)
        elif number % 2:
            ic.rate(one, number % 5 + 1)
    ic.tick(DAY)
    return ic


def intercom_desk(httpserver, tickets: int = 40) -> Desk:
    ic = busy_intercom(tickets)
    url = serve(httpserver, ic)
    first, second, *_ = ic.conversations

    def more() -> str:
        ic.ask(first)
        ic.delete(second)
        ic.tick()
        return str(first)

    def spoil() -> tuple[str, str]:
        ic.broken = {first}
        return str(first), "helpdesk_server_error"

    return Desk(connect=lambda: Intercom(ic_settings(url), QUICK, UNLIMITED), more=more, fake=ic, spoil=spoil)


def hs_settings(url: str, **options: object) -> HelpdeskSettings:
    options = {"app_id": APP, **options}
    return HelpdeskSettings(key="hs", kind="help-scout", url=url, token=SecretStr(SECRET), options=options)


def busy_helpscout(tickets: int) -> FakeHelpScout:
    """Return a Help Scout with conversations of every kind on several pages: reopened, merged, deleted, spam."""
    hs = FakeHelpScout(page_size=max(3, tickets // 6))
    users, customers = list(hs.users)[:2], list(hs.customers)
    first = None
    for number in range(1, tickets + 1):
        user = users[number % 2]
        ticket = hs.create(customers[number % 2], by=user if number % 9 == 0 else None)
        first = first or ticket
        if number % 11 == 0:
            hs.delete(ticket) if number % 2 else hs.become(ticket, "spam")
            continue
        hs.reply(ticket, user, "pending" if number % 3 else None)
        if number % 13 == 0:
            hs.merge(ticket, into=first)
            continue
        if number % 4 == 0:
            hs.ask(ticket)
            hs.note(ticket)
        if number % 5 == 0:
            hs.move(ticket, BILLING_INBOX)
        if number % 2:
            hs.become(ticket, "closed", user)
            hs.rate(ticket, number % 3 + 1)
        if number % 7 == 0:
            hs.ask(ticket)
        if number % 6 == 0:
            hs.assign(ticket, None)
    hs.tick(DAY)
    return hs


def helpscout_desk(httpserver, tickets: int = 40) -> Desk:
    hs = busy_helpscout(tickets)
    url = serve(httpserver, hs)
    second = list(hs.conversations)[1]

    def more() -> str:
        hs.ask(second)
        return str(second)

    def spoil() -> tuple[str, str]:
        hs.broken = {second}
        return str(second), "helpdesk_server_error"

    return Desk(connect=lambda: HelpScout(hs_settings(url), QUICK, UNLIMITED), more=more, fake=hs, spoil=spoil)


_demo_now = [NOON]
_DEMO = DemoHelpdesk(clock=lambda: _demo_now[0])
"""One for all tests: writing its story takes seconds, and it keeps nothing but that."""


def demo_desk(_httpserver) -> Desk:
    _demo_now[0] = NOON

    def more() -> str:
        _demo_now[0] += 86_400
        return ""

    return Desk(connect=lambda: _DEMO, more=more)


OVER_HTTP = {
    "freshdesk": freshdesk_desk,
    "help-scout": helpscout_desk,
    "intercom": intercom_desk,
    "liveagent": liveagent_desk,
    "request-tracker": request_tracker_desk,
    "zammad": zammad_desk,
    "zendesk": zendesk_desk,
}
DESKS = {**OVER_HTTP, "demo": demo_desk}

"""A small LiveAgent over HTTP, as the documentation of its API v3 and of its official client describe it.

It keeps agents, departments, SLA levels, tags, tickets with their groups of messages, the segments of their lives and
calls. Lists have ten rows a page unless asked otherwise, no totals, and dates in the server's zone without a zone.
Where the documentation is silent, `docs/en/liveagent.md` lists what was assumed.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug import Request, Response

KEY = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
ZONE = "Europe/Bratislava"
START = int(datetime(2026, 10, 19, 8, tzinfo=UTC).timestamp())
SYSTEM = "system00"
ALICE, BOB, GONE = "alice001", "bob00001", "chloe001"
DINA, EMIL = "dina0001", "emil0001"
API = "/api/v3/"
DEFAULT_PAGE = 10


@dataclass
class FakeTicket:
    id: str
    code: str
    created: int
    owner: str
    channel: str
    status: str = "N"
    department: str = "default"
    agent: str | None = None
    changed: int = 0
    resolved: int | None = None
    deleted: int | None = None
    level: str | None = None
    tags: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    groups: list[dict[str, Any]] = field(default_factory=list)
    segments: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class FakeLiveAgent:
    """The helpdesk: its methods are what people do there, each a minute after the one before."""

    now: int = START
    zone: str = ZONE
    token: str = KEY
    skew_s: int = 0
    agents: dict[str, tuple[str, str, str]] = field(
        default_factory=lambda: {
            ALICE: ("Alice Agent", "alice@desk.example", "A"),
            BOB: ("Bob Lead", "bob@desk.example", "A"),
            GONE: ("Chloé Gone", "chloe@desk.example", "X"),
        }
    )
    contacts: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {
            DINA: ("Dina Customer", "dina@example.com"),
            EMIL: ("emil@example.com", "emil@example.com"),
            "alicecon": ("Alice Agent", "alice@desk.example"),
        }
    )
    departments: dict[str, str] = field(default_factory=lambda: {"default": "Support", "billing1": "Billing"})
    levels: dict[str, str] = field(default_factory=lambda: {"gold": "Gold", "norm": "Normal"})
    promises: dict[str, dict[str, Any]] = field(default_factory=dict)  # of levels: their values and business hours
    tags: dict[str, str] = field(default_factory=lambda: {"ab12": "refund", "cd34": "VIP"})
    tickets: dict[str, FakeTicket] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    forbidden: set[str] = field(default_factory=set)  # the lists that this plan or key has not
    missing: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)  # tickets that this key may not read
    broken: set[str] = field(default_factory=set)  # tickets whose messages fail
    page_cap: int = 100
    refusal: int = 401
    limit: int | None = None  # requests in a window of `window_s` real seconds
    window_s: float = 0.3
    faults: list[Callable[[Request], Response | None]] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    refused: int = 0
    _sent: list[float] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))

    # --- What people do ---

    def tick(self, seconds: int = 60) -> None:
        self.now += seconds

    def create(self, owner: str = DINA, *, kind: str = "3", channel: str = "E", by: str | None = None, **values) -> str:
        self.tick()
        number = next(self._numbers)
        ticket = FakeTicket(
            id=f"t{number:07}",
            code=f"ABC-{number:05}-{number:03}",
            created=self.now,
            changed=self.now,
            owner=owner,
            channel=channel,
            **values,
        )
        self.tickets[ticket.id] = ticket
        self._segment(ticket)
        if kind:
            self.group(ticket.id, kind, by or owner)
        return ticket.id

    def group(self, ticket: str, kind: str, by: str, *, parts: tuple[tuple[str, str], ...] = (), **values) -> dict:
        """Write a group; `parts` are the types and authors of its messages, by default a mail's."""
        parts = parts or ((("H", by), ("T", by), ("M", by)) if kind in "345MOQ" else (("M", by),))
        group = {
            "id": f"g{next(self._numbers):07}",
            "userid": by,
            "type": kind,
            "status": "V",
            "datecreated": self.date(self.now),
            "sort_order": len(self.tickets[ticket].groups),
            **values,
        }
        group["messages"] = [self.part(kind, user) for kind, user in parts]
        self.tickets[ticket].groups.append(group)
        self.tickets[ticket].changed = self.now
        return group

    def part(self, kind: str, by: str, text: str = "x") -> dict[str, Any]:
        name = f"m{next(self._numbers):07}"
        return {"id": name, "userid": by, "type": kind, "datecreated": self.date(self.now), "message": text}

    def reply(self, ticket: str, by: str = ALICE, *, status: str = "A") -> dict[str, Any]:
        self.tick()
        group = self.group(ticket, "4", by)
        self._set(ticket, status=status, agent=by if by in self.agents else self.tickets[ticket].agent)
        return group

    def write(self, ticket: str, by: str | None = None) -> dict[str, Any]:
        """Let the customer write again, which opens the ticket."""
        self.tick()
        group = self.group(ticket, "3", by or self.tickets[ticket].owner)
        self._set(ticket, status="C")
        return group

    def note(self, ticket: str, by: str = ALICE) -> None:
        self.tick()
        self.group(ticket, "I", by, parts=(("N", by),))

    def transfer(self, ticket: str, department: str, agent: str | None = None, by: str = ALICE) -> None:
        self.tick()
        self.group(ticket, "T", by, parts=(("R", by),))
        self._set(ticket, department=department, agent=agent)

    def end(self, ticket: str, status: str, by: str = ALICE) -> None:
        """Resolve (R), postpone (W), delete (X), mark as spam (B) or close (L)."""
        self.tick()
        kind = {"R": "R", "W": "J", "X": "X", "B": "B"}.get(status)
        if kind:
            self.group(ticket, kind, by, parts=(("S", by),))
        self._set(ticket, status=status)

    def rank(self, ticket: str, kind: str, group: dict[str, Any] | None = None) -> None:
        self.tick()
        kept = self.tickets[ticket]
        target = group or next(g for g in reversed(kept.groups) if g["type"] in "4C")
        target["messages"].append(self.part(kind, kept.owner))
        kept.changed = self.now

    def call(self, ticket: str, kind: str = "I", by: str = ALICE, *, wait: int = 20, talk: int | None = 300) -> str:
        """Let somebody call; `talk` is None for a call that nobody answered."""
        self.tick()
        begun = self.now
        agent = by if talk is not None else SYSTEM
        self.group(ticket, {"I": "P", "O": "V", "T": "1"}[kind], self.tickets[ticket].owner, parts=(("V", agent),))
        self.tick(wait + (talk or 0))
        answered = None if talk is None else begun + wait
        name = f"c{next(self._numbers):07}"
        self.calls.append(
            {
                "id": name,
                "ticket_id": ticket,
                "type": kind,
                "date_created": self.date(begun),
                "date_answered": None if answered is None else self.date(answered),
                "date_finished": self.date(self.now),
                "call_duration": str(talk or 0),
            }
        )
        self.tickets[ticket].changed = self.now
        return name

    def merge(self, ticket: str, into: str, by: str = ALICE) -> None:
        self.tick()
        kept, target = self.tickets[ticket], self.tickets[into]
        for one, other in ((ticket, target.code), (into, kept.code)):
            group = self.group(one, "2", by, parts=(("2", by),))
            group["messages"][0]["message"] = f"merged {other}"
        self._set(ticket, status="X")

    def split(self, ticket: str, group: dict[str, Any]) -> str:
        """Let a group become a ticket of its own."""
        name = self.create(self.tickets[ticket].owner, kind="")
        self.tickets[name].groups.append(dict(group))
        group["status"] = "S"
        self.group(ticket, "L", ALICE, parts=(("B", ALICE),))
        return name

    def _set(self, ticket: str, **values: Any) -> None:
        kept = self.tickets[ticket]
        for name, value in values.items():
            setattr(kept, name, value)
        kept.changed = self.now
        kept.resolved = self.now if values.get("status") == "R" else kept.resolved
        kept.deleted = self.now if values.get("status") in {"X", "B"} else kept.deleted
        self._segment(kept)

    def _segment(self, ticket: FakeTicket) -> None:
        if ticket.segments:
            ticket.segments[-1]["date_to"] = self.date(self.now)
        ticket.segments.append(
            {
                "id": f"s{next(self._numbers):07}",
                "conversation_id": ticket.id,
                "conversation_code": ticket.code,
                "department_id": ticket.department,
                "agent_id": ticket.agent,
                "status": ticket.status,
                "date_from": self.date(self.now),
                "date_to": None,
            }
        )

    def date(self, at: int | None) -> str | None:
        return None if at is None else f"{datetime.fromtimestamp(at, ZoneInfo(self.zone)):%Y-%m-%d %H:%M:%S}"

    # --- What API v3 answers ---

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        if self.faults:
            answer = self.faults.pop(0)(request)
            if answer is not None:
                return answer
        if not request.path.startswith(API):
            return Response("<!DOCTYPE html><title>LiveAgent</title>", content_type="text/html")
        if self._too_many():
            self.refused += 1
            return self._json({"message": "Too many requests"}, 429)
        if request.headers.get("apikey") != self.token:
            return self._json({"message": "Invalid api key"}, self.refusal)
        return self._route(request, request.path.removeprefix(API).split("/"))

    def _too_many(self) -> bool:
        if self.limit is None:
            return False
        now = time.monotonic()
        self._sent = [at for at in self._sent if at > now - self.window_s]
        if len(self._sent) >= self.limit:
            return True
        self._sent.append(now)
        return False

    def _json(self, content: Any, status: int = 200, **headers: str) -> Response:
        headers = {"Date": formatdate(self.now + self.skew_s, usegmt=True), **headers}
        return Response(json.dumps(content), status, headers=headers, content_type="application/json")

    def _route(self, request: Request, path: list[str]) -> Response:
        kind, name, part = (*path, "", "")[:3]
        topic = part or kind if kind == "tickets" else kind
        status = 403 if topic in self.forbidden else 404 if topic in self.missing else None
        if status is not None:
            return self._json({"message": "no"}, status)
        if kind == "tickets" and name:
            return self._of_ticket(request, name, part)
        lists: dict[str, Callable[[], list[dict[str, Any]]]] = {
            "tickets": lambda: [self._ticket(ticket) for ticket in self.tickets.values()],
            "agents": lambda: [
                {"id": n, "name": name, "email": mail, "status": s} for n, (name, mail, s) in self.agents.items()
            ],
            "departments": lambda: [{"department_id": n, "name": name} for n, name in self.departments.items()],
            "tags": lambda: [{"id": n, "name": name} for n, name in self.tags.items()],
        }
        if kind in lists:
            return self._json(self._page(_sorted(_filtered(lists[kind](), request), request), request))
        if kind == "slas":
            return self._json([{"id": n, "name": name, **self.promises.get(n, {})} for n, name in self.levels.items()])
        if kind == "calls":
            return self._calls(request)
        return self._json({"message": "Not Found"}, 404)

    def _of_ticket(self, request: Request, name: str, part: str) -> Response:
        ticket = next((t for t in self.tickets.values() if name in {t.id, t.code}), None)
        if ticket is None:
            return self._json({"message": "Not Found"}, 404)
        if ticket.id in self.closed or (ticket.id in self.broken and part == "messages"):
            return self._json({"message": "no"}, 403 if ticket.id in self.closed else 500)
        parts: dict[str, Callable[[], Any]] = {
            "": lambda: self._ticket(ticket),
            "messages": lambda: self._page(ticket.groups, request),
            "history": lambda: ticket.segments,
            "sla": lambda: {"conversationid": ticket.id, "sla_level_id": ticket.level},
        }
        return self._json(parts[part]())

    def _ticket(self, ticket: FakeTicket) -> dict[str, Any]:
        name, mail = self.contacts[ticket.owner]
        return {
            "id": ticket.id,
            "code": ticket.code,
            "owner_contactid": ticket.owner,
            "owner_email": mail,
            "owner_name": name,
            "departmentid": ticket.department,
            "agentid": ticket.agent or "",
            "status": ticket.status,
            "tags": ticket.tags,
            "channel_type": ticket.channel,
            "date_created": self.date(ticket.created),
            "date_changed": self.date(ticket.changed),
            "date_resolved": self.date(ticket.resolved),
            "date_due": None,
            "date_deleted": self.date(ticket.deleted),
            "subject": "x",
            "custom_fields": [{"code": code, "value": value} for code, value in ticket.fields.items()],
        }

    def _page(self, rows: list[Any], request: Request) -> list[Any]:
        size = min(int(request.args.get("_perPage", DEFAULT_PAGE)), self.page_cap)
        start = (int(request.args.get("_page", 1)) - 1) * size
        return rows[start : start + size]

    def _calls(self, request: Request) -> Response:
        columns = {"dateCreated": "date_created"}
        rows = _filtered(self.calls, request, columns)
        size = min(int(request.args.get("_perPage", DEFAULT_PAGE)), self.page_cap)
        start = int(request.args.get("_cursor", "p0")[1:])
        more = {"next_page_cursor": f"p{start + size}"} if start + size < len(rows) else {}
        return self._json(rows[start : start + size], **more)


def _filtered(rows: list[dict[str, Any]], request: Request, columns: dict[str, str] | None = None) -> list[Any]:
    """Apply filters as LiveAgent does: dates as they are written, in server time."""
    tests: dict[str, Callable[[str, str], bool]] = {
        "D>": lambda a, b: a > b,
        "D>=": lambda a, b: a >= b,
        "D<": lambda a, b: a < b,
        "D<=": lambda a, b: a <= b,
    }
    for column, operator, value in json.loads(request.args.get("_filters", "[]")):
        name = (columns or {}).get(column, column)
        rows = [row for row in rows if tests[operator](row[name], value)]
    return rows


def _sorted(rows: list[dict[str, Any]], request: Request) -> list[Any]:
    name = request.args.get("_sortField")
    if name is None:
        return rows
    return sorted(rows, key=lambda row: row[name], reverse=request.args.get("_sortDir") == "DESC")

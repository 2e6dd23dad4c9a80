"""A small Freshdesk over HTTP, as the documentation of its API v2 describes it.

Lists are plain arrays whose next page stands in a Link header and that end at a last page; the list of tickets knows
only what was created in the last thirty days, newest first, unless it is asked otherwise; what a plan lacks is refused.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote, urlencode

from werkzeug import Request, Response

KEY = "abcdefghij1234567890"
START = int(datetime(2026, 10, 19, 8, tzinfo=UTC).timestamp())
API = "/api/v2/"
ALICE, BOB, ROBOT = 67_013_469_001, 67_013_469_002, 67_013_469_009  # beyond 2^31, as they are
DINA, EMIL = 67_038_833_001, 67_038_833_002
SUPPORT, BILLING = 67_000_259_001, 67_000_259_002
SURVEY = 67_000_039_001
DAY = 86_400
OPEN, PENDING, RESOLVED, CLOSED = 2, 3, 4, 5
MERGED_NOTE = "This ticket is closed and merged into ticket {}"
UNANSWERED = dict.fromkeys(
    ("agent_responded_at", "requester_responded_at", "first_responded_at", "reopened_at", "resolved_at", "closed_at")
)


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@dataclass
class FakeFreshdesk:
    """The helpdesk: its methods are what people do there, each a minute after the one before."""

    now: int = START
    agents: dict[int, str] = field(default_factory=lambda: {ALICE: "Alice Agent", BOB: "Bob Lead", ROBOT: "KPI Bot"})
    contacts: dict[int, str] = field(default_factory=lambda: {DINA: "Dina Customer", EMIL: "Emil O'Neil"})
    groups: dict[int, str] = field(default_factory=lambda: {SUPPORT: "Support", BILLING: "Billing"})
    statuses: dict[int, str] = field(
        default_factory=lambda: {
            2: "Open",
            3: "Pending",
            4: "Resolved",
            5: "Closed",
            6: "Waiting on Customer",
            7: "Waiting on Third Party",
        }
    )
    sources: dict[int, str] = field(
        default_factory=lambda: {1: "Email", 2: "Portal", 3: "Phone", 7: "Chat", 9: "Feedback Widget", 101: "Hotline"}
    )
    policies: list[dict[str, Any]] = field(default_factory=list)
    hours: list[dict[str, Any]] = field(default_factory=list)
    hours_of: dict[int, int] = field(default_factory=dict)  # groups' own
    accepted: list[int] = field(default_factory=lambda: [103, 100, -103])
    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    said: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)
    time: list[dict[str, Any]] = field(default_factory=list)
    archive: set[int] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)
    not_on_plan: set[str] = field(default_factory=set)  # paths that are refused
    broken: set[int] = field(default_factory=set)  # tickets whose conversations can't be read
    token: str = KEY
    ticket_scope: int = 1
    limit: int = 1_000_000  # requests in an hour
    used: int = 0
    page_size: int = 100
    last_page: int = 300
    skew_s: int = 0
    faults: list[Callable[[Request], Response | None]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    while_paging: Callable[[], None] | None = None  # happens once, after the next page of tickets

    # --- What people do ---

    def tick(self, seconds: int = 60) -> None:
        self.now += seconds

    def create(self, requester: int = DINA, *, source: int = 1, status: int = OPEN, **values: Any) -> int:
        self.tick()
        number = max(self.tickets, default=0) + 1
        stats = {**UNANSWERED, "status_updated_at": iso(self.now), "pending_since": None}
        self.tickets[number] = {
            "cc_emails": [],
            "fwd_emails": [],
            "reply_cc_emails": [],
            "ticket_cc_emails": [],
            "fr_escalated": False,
            "spam": False,
            "email_config_id": None,
            "group_id": SUPPORT,
            "responder_id": None,
            "company_id": None,
            "association_type": None,
            "support_email": None,
            "to_emails": None,
            "product_id": None,
            "type": "Question",
            "is_escalated": False,
            "custom_fields": {},
            "associated_tickets_count": None,
            "tags": [],
            "nr_due_by": None,
            "nr_escalated": False,
            "id": number,
            "subject": "Please help",
            "status": OPEN,
            "priority": 1,
            "source": source,
            "requester_id": requester,
            "due_by": iso(self.now + 3 * DAY),
            "fr_due_by": iso(self.now + DAY),
            "created_at": iso(self.now),
            "updated_at": iso(self.now),
            "stats": stats,
            **values,
        }
        self.said[number] = []
        if status != OPEN:
            self._become(number, status)
        return number

    def set(self, ticket: int, **values: Any) -> None:
        """Change anything that leaves no trace but the last update."""
        self.tick()
        self.tickets[ticket] |= values
        self.touch(ticket)

    def touch(self, ticket: int) -> None:
        self.tickets[ticket]["updated_at"] = iso(self.now)

    def become(self, ticket: int, status: int) -> None:
        self.tick()
        self._become(ticket, status)

    def _become(self, ticket: int, status: int) -> None:
        kept, now = self.tickets[ticket], iso(self.now)
        stats = kept["stats"]
        if status == kept["status"]:
            return
        if status in {RESOLVED, CLOSED}:
            stats["resolved_at"] = stats["resolved_at"] or now
            stats["closed_at"] = now if status == CLOSED else None
        elif kept["status"] in {RESOLVED, CLOSED}:
            # A reopen takes the resolution away; only the last one is known.
            stats |= {"reopened_at": now, "resolved_at": None, "closed_at": None}
        stats["pending_since"] = now if status == PENDING else None
        stats["status_updated_at"] = now
        kept["status"] = status
        self.touch(ticket)

    def say(
        self, ticket: int, user: int | None, *, incoming: bool = False, private: bool = False, **values: Any
    ) -> int:
        """Add a conversation, and what it does to the ticket's statistics."""
        self.tick()
        row = {
            "support_email": None,
            "cc_emails": [],
            "bcc_emails": [],
            "email_failure_count": None,
            "outgoing_failures": None,
            "thread_id": None,
            "thread_message_id": None,
            "last_edited_at": None,
            "last_edited_user_id": None,
            "attachments": [],
            "automation_id": None,
            "automation_type_id": None,
            "auto_response": False,
            "source_additional_info": None,
            "id": 67_105_086_000 + sum(map(len, self.said.values())),
            "ticket_id": ticket,
            "incoming": incoming,
            "private": private,
            "user_id": user,
            "source": 2 if private else 0,
            "category": 2 if private else 1 if incoming else 3,
            "to_emails": [],
            "from_email": None,
            "body": "<div>Hello</div>",
            "body_text": "Hello",
            "created_at": iso(self.now),
            "updated_at": iso(self.now),
            **values,
        }
        self.said[ticket].append(row)
        stats = self.tickets[ticket]["stats"]
        if not row["private"]:
            stats["requester_responded_at" if incoming else "agent_responded_at"] = iso(self.now)
            if not incoming:
                stats["first_responded_at"] = stats["first_responded_at"] or iso(self.now)
        self.touch(ticket)
        return row["id"]

    def reply(self, ticket: int, agent: int = ALICE, **values: Any) -> int:
        return self.say(ticket, agent, **values)

    def ask(self, ticket: int, customer: int | None = None, **values: Any) -> int:
        """Let the customer write; an ended ticket opens again."""
        said = self.say(ticket, customer or self.tickets[ticket]["requester_id"], incoming=True, **values)
        if self.tickets[ticket]["status"] in {RESOLVED, CLOSED}:
            self._become(ticket, OPEN)
        return said

    def note(self, ticket: int, agent: int = ALICE, text: str = "Hm", **values: Any) -> int:
        return self.say(ticket, agent, private=True, **({"body_text": text} | values))

    def merge(self, ticket: int, into: int) -> None:
        self.become(ticket, CLOSED)
        self.note(ticket, text=MERGED_NOTE.format(into))

    def delete(self, ticket: int) -> None:
        self.set(ticket, deleted=True)

    def spam(self, ticket: int) -> None:
        self.set(ticket, spam=True)

    def restore(self, ticket: int) -> None:
        self.tick()
        self.tickets[ticket].pop("deleted", None)
        self.tickets[ticket]["spam"] = False
        self.touch(ticket)

    def rate(self, ticket: int, value: int, *, feedback: str | None = None) -> int:
        """Answer the survey; the ticket shows no update by it."""
        self.tick()
        kept = self.tickets[ticket]
        row = {
            "id": 67_000_499_000 + len(self.answers),
            "survey_id": SURVEY,
            "user_id": kept["requester_id"],
            "agent_id": kept["responder_id"],
            "feedback": feedback,
            "group_id": kept["group_id"],
            "ticket_id": ticket,
            "created_at": iso(self.now),
            "updated_at": iso(self.now),
            "ratings": {"default_question": value, "question_67000084816": 100},
        }
        self.answers.append(row)
        if feedback:
            self.say(ticket, kept["requester_id"], incoming=True, source=6, category=7, to_emails=None)
        return row["id"]

    def spend(self, ticket: int, seconds: int, agent: int = ALICE, **values: Any) -> int:
        """Note time spent; the ticket shows no update by it."""
        self.tick()
        row = {
            "billable": True,
            "note": "Test",
            "id": 67_011_181_000 + len(self.time),
            "timer_running": False,
            "agent_id": agent,
            "ticket_id": ticket,
            "company_id": None,
            "time_spent": f"{seconds // 3600:02}:{seconds % 3600 // 60:02}",
            "executed_at": iso(self.now),
            "start_time": iso(self.now),
            "created_at": iso(self.now),
            "updated_at": iso(self.now),
            "time_spent_in_seconds": seconds,
            **values,
        }
        self.time.append(row)
        return row["id"]

    # --- What the API answers ---

    def __call__(self, request: Request) -> Response:
        self.asked.append(f"{request.path}?{unquote(request.query_string.decode())}")
        if self.faults:
            answer = self.faults.pop(0)(request)
            if answer is not None:
                return answer
        embedded = len([kind for kind in request.args.get("include", "").split(",") if kind])
        lists = request.path == f"{API}tickets"
        cost = 1 + embedded * (2 if lists else 1)  # a list costs two for each kind that is embedded
        self.used += cost
        if self.used > self.limit:
            return self._json({"message": "You have exceeded the limit"}, 429, {"Retry-After": "1"})
        if not request.path.startswith(API):
            return Response("<!DOCTYPE html><title>Portal</title>", 404, content_type="text/html")
        expected = "Basic " + b64encode(f"{self.token}:X".encode()).decode()
        if request.headers.get("Authorization") != expected:
            return self._json({"code": "invalid_credentials", "message": "You have to be logged in."}, 401)
        answer = self._route(request, request.path.removeprefix(API))
        answer.headers["X-RateLimit-Used-CurrentRequest"] = str(cost)
        return answer

    def _json(self, content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        told = {
            "Date": formatdate(self.now + self.skew_s, usegmt=True),
            "X-RateLimit-Total": str(float(self.limit)),
            "X-RateLimit-Remaining": str(max(0, self.limit - self.used)),
        }
        return Response(json.dumps(content), status, headers=told | (headers or {}), content_type="application/json")

    def _route(self, request: Request, path: str) -> Response:
        if path in self.not_on_plan:
            return self._json({"code": "require_feature", "message": "not supported in your plan"}, 403)
        fixed: dict[str, Callable[[], Any]] = {
            "agents": lambda: [self._agent(number) for number in self.agents],
            "groups": lambda: [
                {"id": number, "name": name, "business_hour_id": self.hours_of.get(number)}
                for number, name in self.groups.items()
            ],
            "sla_policies": lambda: self.policies,
            "business_hours": lambda: self.hours,
            "ticket_fields": self._fields,
            "surveys": lambda: [self._survey()],
            "surveys/satisfaction_ratings": lambda: self._since(request, "created_since", self.answers, "created_at"),
            "time_entries": lambda: self._since(request, "executed_after", self.time, "executed_at"),
        }
        if path in fixed:
            return self._list(request, fixed[path]())
        if path == "agents/me":
            return self._json(self._agent(ROBOT))
        if path == "tickets":
            return self._tickets(request)
        found = re.fullmatch(r"tickets/(archived/)?(\d+)(/conversations)?", path)
        if found is None:
            return self._json({"code": "not_found"}, 404)
        answer = self._conversations if found[3] else self._ticket
        return answer(int(found[2]), request, archived=bool(found[1]))

    def _since(self, request: Request, name: str, rows: list[dict[str, Any]], at: str) -> list[dict[str, Any]]:
        since = epoch(request.args.get(name, "2000-01-01T00:00:00Z"))
        return [row for row in rows if epoch(row[at]) >= since]

    def _agent(self, number: int) -> dict[str, Any]:
        contact = {
            "active": True,
            "email": "agent@example.com",
            "job_title": None,
            "language": "en",
            "last_login_at": None,
            "mobile": None,
            "name": self.agents.get(number, "?"),
            "phone": None,
            "time_zone": "Paris",
            "created_at": iso(START),
            "updated_at": iso(START),
        }
        return {
            "available": False,
            "occasional": False,
            "id": number,
            "ticket_scope": self.ticket_scope if number == ROBOT else 1,
            "created_at": iso(START),
            "updated_at": iso(START),
            "last_active_at": None,
            "available_since": None,
            "type": "support_agent",
            "contact": contact,
            "signature": None,
        }

    def _fields(self) -> list[dict[str, Any]]:
        choices: dict[str, Any] = {
            "status": {str(number): [name, name] for number, name in self.statuses.items()},
            "priority": {"Low": 1, "Medium": 2, "High": 3, "Urgent": 4, "Frozen": 9},
            "source": {name: number for number, name in self.sources.items()},
            "group": {name: number for number, name in self.groups.items()},
            "product": {"Shop": 7},
            "ticket_type": ["Question", "Incident"],
        }
        return [
            {"id": n, "name": name, "type": f"default_{name}", "choices": said}
            for n, (name, said) in enumerate(choices.items(), 1)
        ]

    def _survey(self) -> dict[str, Any]:
        question = {
            "id": "default_question",
            "label": "How would you rate us?",
            "accepted_ratings": self.accepted,
            "default": True,
        }
        return {
            "id": SURVEY,
            "title": "Default Survey",
            "active": True,
            "created_at": iso(START),
            "updated_at": iso(START),
            "questions": [question],
        }

    def _list(self, request: Request, rows: list[Any]) -> Response:
        size = min(int(request.args.get("per_page", 30)), self.page_size)
        page = int(request.args.get("page", 1))
        if int(request.args.get("per_page", 30)) > 100 or page > self.last_page:
            return self._json({"description": "Validation failed"}, 400)
        shown = rows[(page - 1) * size : page * size]
        headers = {}
        if page * size < len(rows) and page < self.last_page:
            following = urlencode({**request.args, "page": page + 1})
            headers["Link"] = f'<{request.base_url}?{following}>; rel="next"'
        return self._json(shown, headers=headers)

    def _tickets(self, request: Request) -> Response:
        only = request.args.get("filter")
        since = request.args.get("updated_since")
        found = [row for row in self.tickets.values() if row["id"] not in self.archive | self.erased]
        found = [row for row in found if self._gone(row) == only]
        if since is None:
            found = [row for row in found if epoch(row["created_at"]) >= self.now - 30 * DAY]
        else:
            found = [row for row in found if epoch(row["updated_at"]) >= epoch(since)]
        order, newest_first = request.args.get("order_by", "created_at"), request.args.get("order_type") != "asc"
        found.sort(key=lambda row: (row[order], row["id"]), reverse=newest_first)
        answer = self._list(request, [self._shown(row, request) for row in found])
        if self.while_paging is not None and only is None:
            self.while_paging, happens = None, self.while_paging
            happens()
        return answer

    def _gone(self, row: dict[str, Any]) -> str | None:
        return "deleted" if row.get("deleted") else "spam" if row["spam"] else None

    def _shown(self, row: dict[str, Any], request: Request) -> dict[str, Any]:
        include = request.args.get("include", "").split(",")
        shown = {name: value for name, value in row.items() if name != "stats"}
        if "stats" in include:
            shown["stats"] = row["stats"]
        if "requester" in include:
            number = row["requester_id"]
            name = self.contacts.get(number) or self.agents.get(number)
            shown["requester"] = {"id": number, "name": name, "email": "x@example.com", "mobile": None, "phone": None}
        return shown

    def _ticket(self, number: int, request: Request, *, archived: bool) -> Response:
        refused = self._missing(number, archived=archived)
        return refused or self._json(self._shown(self.tickets[number], request) | {"archived": archived})

    def _conversations(self, number: int, request: Request, *, archived: bool) -> Response:
        refused = self._missing(number, archived=archived)
        if refused is None and number in self.broken:
            return self._json({"message": "boom"}, 500)
        return refused or self._list(request, self.said[number])

    def _missing(self, number: int, *, archived: bool) -> Response | None:
        if archived and "tickets/archived" in self.not_on_plan:
            return self._json({"code": "require_feature"}, 403)
        there = number in self.tickets and number not in self.erased and (number in self.archive) == archived
        return None if there else self._json({}, 404)

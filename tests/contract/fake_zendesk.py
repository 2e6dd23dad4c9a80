"""A small Zendesk over HTTP, as the documentation of its Support and Talk APIs describes it.

Exports go by time and leave out the last minute; that of tickets goes on from a cursor, those of events and calls from
the end of the page before, whose last second comes again. Ten exports a minute are allowed, whatever the plan. What an
update did is told in two shapes, by the export of events and by a ticket's audits; a deleted ticket has none.
"""

import json
import time
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from itertools import count
from operator import itemgetter
from typing import Any
from urllib.parse import unquote

from contract.zendesk_metric_events import Life, Sla, metric_events
from werkzeug import Request, Response

EMAIL, KEY = "robot@acme.example", "6wiIBWbGkBMo1mRDMuVwkw1EPsNkeUj95PIz2akv"
START = int(datetime(2026, 10, 19, 8, tzinfo=UTC).timestamp())
API = "/api/v2/"
ALICE, BOB, ROBOT = 360_786_799_001, 360_786_799_002, 360_786_799_009  # beyond 2^31, as they are
DINA, EMIL = 361_089_721_001, 361_089_721_002
SUPPORT, BILLING = 360_003_074_001, 360_003_074_002
BRAND = 360_000_358_316
TRIGGER = 35_079_792
DAY = 86_400
LAG_S = 60

Row = dict[str, Any]


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def via(channel: str, rel: str | None = None) -> Row:
    return {"channel": channel, "source": {"from": {}, "to": {}, "rel": rel}}


WORDS = {"web": "Web form", "email": "Mail", "api": "Web service", "rule": "Rule"}
"""How the export of events writes the channel of an update that is no comment."""


@dataclass
class FakeZendesk:
    """The helpdesk: its methods are what people do there, each a minute after the one before."""

    now: int = START
    agents: dict[int, str] = field(default_factory=lambda: {ALICE: "Alice Agent", BOB: "Bob Lead", ROBOT: "KPI Bot"})
    customers: dict[int, str] = field(default_factory=lambda: {DINA: "Dina Customer", EMIL: "emil@example.com"})
    groups: dict[int, str] = field(default_factory=lambda: {SUPPORT: "Support", BILLING: "Billing"})
    tickets: dict[int, Row] = field(default_factory=dict)
    updates: list[Row] = field(default_factory=list)
    ratings: list[Row] = field(default_factory=list)
    surveys: list[Row] = field(default_factory=list)
    talk: list[Row] = field(default_factory=list)
    policies: list[Row] = field(default_factory=list)
    schedules: list[Row] = field(default_factory=list)
    holidays: dict[int, list[Row]] = field(default_factory=dict)  # by schedule
    business: Callable[[int], int] = lambda minutes: minutes  # of so many calendar minutes
    metrics: dict[int, Row] = field(default_factory=dict)  # what is said otherwise of a ticket
    slas: dict[str, Sla] = field(default_factory=dict)  # promised to all tickets, by metric
    events: dict[int, Any] = field(default_factory=dict)  # what is told otherwise of a ticket's clocks
    measures: bool = True
    archived: set[int] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)  # tickets whose updates can't be read
    closed: set[int] = field(default_factory=set)  # tickets that this user may not read
    not_on_plan: set[str] = field(default_factory=set)  # paths that are refused
    role: str = "admin"
    token: str = KEY
    page_size: int = 1000
    list_size: int = 100
    most_at_once: int = 1000  # tickets in an export, before it takes too long
    exports: int | None = None  # in a window of `window_s` real seconds
    window_s: float = 0.5
    late_s: int = 0  # how long the export of events lags behind that of tickets
    skew_s: int = 0
    refused: int = 0
    faults: list[Callable[[Request], Response | None]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    while_exporting: Callable[[], object] | None = None  # happens once, after the next page of tickets
    _sent: list[float] = field(default_factory=list)
    _of: defaultdict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))  # updates, by ticket
    _numbers: Iterator[int] = field(default_factory=lambda: count(409_721_317_135, 20))

    # --- What people do ---

    def tick(self, seconds: int = 60) -> None:
        self.now += seconds

    def create(
        self,
        requester: int = DINA,
        *,
        by: int | None = None,
        channel: str = "email",
        number: int | None = None,
        **values: Any,
    ) -> int:
        """Let somebody open a ticket; another one than the requester does it for them."""
        self.tick()
        number = number or next(reversed(self.tickets), 0) + 1
        submitter = by or requester
        self.tickets[number] = {
            "url": f"https://acme.zendesk.com/api/v2/tickets/{number}.json",
            "id": number,
            "external_id": None,
            "via": via(channel),
            "created_at": iso(self.now),
            "updated_at": iso(self.now),
            "generated_timestamp": self.now,
            "type": None,
            "subject": "Please help",
            "raw_subject": "Please help",
            "description": "It broke",
            "priority": None,
            "status": "new",
            "custom_status_id": 4_044_356,
            "recipient": None,
            "requester_id": requester,
            "submitter_id": submitter,
            "assignee_id": None,
            "organization_id": None,
            "group_id": SUPPORT,
            "collaborator_ids": [],
            "follower_ids": [],
            "email_cc_ids": [],
            "has_incidents": False,
            "is_public": True,
            "due_at": None,
            "tags": [],
            "custom_fields": [],
            "fields": [],
            "sharing_agreement_ids": [],
            "followup_ids": [],
            "brand_id": BRAND,
            "allow_channelback": False,
            "allow_attachments": True,
            "from_messaging_channel": False,
            "satisfaction_rating": {"score": "unoffered"},
            **values,
        }
        ticket = self.tickets[number]
        begun = {name: ticket[name] for name in ("status", "priority", "type", "group_id", "assignee_id", "subject")}
        self._update(number, submitter, channel, created=begun, comment=self._comment(submitter, "It broke"))
        return number

    def _comment(
        self, by: int, text: str, *, public: bool = True, rel: str | None = None, kind: str = "Comment"
    ) -> Row:
        return {"author_id": by, "body": text, "public": public, "rel": rel, "kind": kind}

    def reply(self, ticket: int, by: int = ALICE, *, text: str = "Hello", public: bool = True, **values: Any) -> int:
        """Let somebody write, and change fields by it."""
        self.tick()
        return self.update(ticket, by, comment=self._comment(by, text, public=public), **values)

    def note(self, ticket: int, by: int = ALICE, text: str = "Hm", **values: Any) -> int:
        return self.reply(ticket, by, text=text, public=False, **values)

    def ask(self, ticket: int, **values: Any) -> int:
        """Let the customer write; a solved ticket opens again."""
        reopened = {"status": "open"} if self.tickets[ticket]["status"] in {"solved", "pending"} else {}
        return self.reply(ticket, self.tickets[ticket]["requester_id"], channel="email", **reopened, **values)

    def set(self, ticket: int, by: int = ALICE, **values: Any) -> int:
        self.tick()
        return self.update(ticket, by, **values)

    def trigger(self, ticket: int, **values: Any) -> int:
        """Let a trigger or an automation change fields."""
        return self.set(ticket, -1, channel="rule", **values)

    def update(
        self,
        ticket: int,
        by: int,
        *,
        channel: str = "web",
        comment: Row | None = None,
        then: Row | None = None,
        **values,
    ) -> int:
        """Change fields, and `then` others by a trigger in the same update."""
        kept = self.tickets[ticket]
        changed = [(name, kept[name], value, channel) for name, value in values.items() if kept[name] != value]
        kept |= values
        changed += [(name, kept[name], value, "rule") for name, value in (then or {}).items()]
        kept |= then or {}
        kept |= {"updated_at": iso(self.now), "generated_timestamp": self.now}
        return self._update(ticket, by, channel, changed=changed, comment=comment)

    def _update(self, ticket: int, by: int, channel: str, **did: Any) -> int:
        number = next(self._numbers)
        one = {"id": number, "ticket": ticket, "at": self.now, "by": by, "channel": channel, "created": {}, **did}
        self.updates.append(one)
        self._of[ticket].append(one)
        return number

    def chat(self, ticket: int, *said: tuple[str, int | None], every_s: int = 20) -> None:
        """Let people chat: who on which side, one after the other. A transcript follows when it is over."""
        began = self.now
        history: list[Row] = [{"type": "ChatJoin", "actor_type": "end-user", "timestamp": began * 1000}]
        for place, (side, user) in enumerate(said, 1):
            spoken = {"type": "ChatMessage", "actor_type": side, "actor_id": user, "message": "Hi"}
            history.append(spoken | {"timestamp": (began + place * every_s) * 1000 + 345})
        self._update(ticket, -1, "chat", chat=history)
        self.tick(len(said) * every_s + 60)
        self.update(ticket, ALICE, channel="chat", comment=self._comment(ALICE, "Transcript: Hi Hi Hi"))

    def system(self, ticket: int, **values: Any) -> None:
        """Let Zendesk itself change a ticket, which leaves neither an update nor a new `updated_at`."""
        self.tick()
        self.tickets[ticket] |= values | {"generated_timestamp": self.now}

    def merge(self, ticket: int, into: int, by: int = ALICE) -> None:
        self.tick()
        tags = [*self.tickets[ticket]["tags"], "closed_by_merge"]
        said = f'This request was closed and merged into request #{into} "Please help".'
        comment = self._comment(by, said, public=False, rel="merge")
        self.update(ticket, by, comment=comment, status="closed", tags=tags)
        said = f'Request #{ticket} "Please help" was closed and merged into this request.'
        self.update(into, by, comment=self._comment(by, said, rel="merge"))

    def delete(self, ticket: int) -> None:
        self.set(ticket, status="deleted")

    def rate(self, ticket: int, score: str) -> str:
        """Answer the survey that is on, or change the answer."""
        self.tick()
        kept = self.tickets[ticket]
        row = {"id": len(self.ratings) + 35_436, "created_at": iso(self.now)}
        row = next((old for old in self.ratings if old["ticket_id"] == ticket), row)
        row |= {
            "url": f"https://acme.zendesk.com/api/v2/satisfaction_ratings/{row['id']}.json",
            "assignee_id": kept["assignee_id"],
            "group_id": kept["group_id"],
            "requester_id": kept["requester_id"],
            "ticket_id": ticket,
            "score": score,
            "updated_at": iso(self.now),
            "comment": "Thanks",
        }
        self.ratings = [*(old for old in self.ratings if old is not row), row]
        kept |= {"updated_at": iso(self.now), "generated_timestamp": self.now}
        return str(row["id"])

    def survey(self, ticket: int, category: str | None, rating: int = 5) -> str:
        """Answer the newer survey; without a category the question is skipped."""
        self.tick()
        name = f"01J1WB51MG6HXTYWE6Q0C9{len(self.surveys):04}"
        question = {"id": "q1", "type": "rating_scale_numeric", "sub_type": "customer_satisfaction"}
        rated = (
            {"type": "rating_scale", "rating": rating, "rating_category": category} if category else {"type": "skipped"}
        )
        dated = {"question": question, "created_at": iso(self.now), "updated_at": iso(self.now)}
        self.surveys.append(
            {
                "id": name,
                "responder_id": self.tickets[ticket]["requester_id"],
                "subjects": [{"id": str(ticket), "type": "ticket", "zrn": f"zen:ticket:{ticket}"}],
                "answers": [rated | dated],
                "at": self.now,
            }
        )
        return name

    def call(self, ticket: int | None, status: str = "completed", *, wait: int = 20, talk: int = 300, **values) -> int:
        self.tick()
        began = self.now
        self.tick(wait + talk)
        row = {
            "id": 360_087_000_000 + len(self.talk),
            "created_at": iso(began),
            "updated_at": iso(self.now),
            "agent_id": ALICE if talk else None,
            "call_group_id": SUPPORT,
            "customer_id": DINA,
            "direction": "inbound",
            "completion_status": status,
            "duration": wait + talk,
            "wait_time": wait,
            "time_to_answer": wait if talk else None,
            "talk_time": talk,
            "hold_time": 5 if talk else 0,
            "wrap_up_time": 30 if talk else 0,
            "ticket_id": ticket,
            **values,
        }
        self.talk.append(row)
        return row["id"]

    # --- What the API answers ---

    def __call__(self, request: Request) -> Response:
        self.asked.append(f"{request.path}?{unquote(request.query_string.decode())}")
        if self.faults:
            answer = self.faults.pop(0)(request)
            if answer is not None:
                return answer
        if not request.path.startswith(API):
            return self._json({"error": "InvalidEndpoint", "description": "Not found"}, 404)
        if not self._knows(request):
            return self._json({"error": "Couldn't authenticate you"}, 401)
        return self._route(request, request.path.removeprefix(API))

    def _knows(self, request: Request) -> bool:
        said = request.headers.get("Authorization", "")
        basic = b64encode(f"{EMAIL}/token:{self.token}".encode()).decode()
        return said in {f"Basic {basic}", f"Bearer {self.token}"}

    def _json(self, content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        told = {
            "Date": formatdate(self.now + self.skew_s, usegmt=True),
            "X-Rate-Limit": "100000",
            "X-Rate-Limit-Remaining": "99999",
        }
        return Response(json.dumps(content), status, headers=told | (headers or {}), content_type="application/json")

    def _route(self, request: Request, path: str) -> Response:
        exports: dict[str, Callable[[Request], Response]] = {
            "incremental/tickets/cursor": self._export_tickets,
            "incremental/ticket_events": self._export_events,
            "channels/voice/stats/incremental/calls": self._export_calls,
        }
        if path in self.not_on_plan or (path in exports and self.role != "admin"):
            return self._json({"error": {"title": "Forbidden", "message": "You do not have access to this page."}}, 403)
        if path in exports:
            return self._too_many() or exports[path](request)
        return self._other(request, path)

    def _other(self, request: Request, path: str) -> Response:
        if path == "users/me":
            return self._json({"user": self._user(ROBOT)})
        lists: dict[str, Callable[[], list[Row]]] = {
            "users": lambda: [self._user(number) for number in self.agents],
            "groups": lambda: [self._group(number) for number in self.groups],
            "brands": lambda: [{"id": BRAND, "name": "Acme", "subdomain": "acme", "active": True}],
            "slas/policies": lambda: self.policies,
            "satisfaction_ratings": lambda: self._rated(request),
            "guide/survey_responses": lambda: self._surveyed(request),
        }
        if path in lists:
            key = {"guide/survey_responses": "survey_responses", "slas/policies": "sla_policies"}.get(path, path)
            return self._list(request, key, lists[path]())
        if path == "business_hours/schedules":
            return self._json({"schedules": self.schedules})
        if path.startswith("business_hours/schedules/") and path.endswith("/holidays"):
            return self._json({"holidays": self.holidays.get(int(path.split("/")[2]), [])})
        kind, name, part = (*path.split("/"), "", "")[:3]
        if kind == "tickets" and name.isdecimal():
            return self._of_ticket(int(name), part, request)
        return self._json({"error": "InvalidEndpoint"}, 404)

    def _too_many(self) -> Response | None:
        """Refuse an export when there were too many within a minute of the scaled clock."""
        if self.exports is None:
            return None
        now = time.monotonic()
        self._sent = [at for at in self._sent if at > now - self.window_s]
        if len(self._sent) >= self.exports:
            self.refused += 1
            return self._json({"error": "APIRateLimitExceeded"}, 429, {"Retry-After": "1"})
        self._sent.append(now)
        return None

    def _user(self, number: int) -> Row:
        agent = number in self.agents
        name = (self.agents if agent else self.customers).get(number, "?")
        role = (self.role if number == ROBOT else "agent") if agent else "end-user"
        return {
            "id": number,
            "url": f"https://acme.zendesk.com/api/v2/users/{number}.json",
            "name": name,
            "email": "somebody@example.com",
            "created_at": iso(START),
            "updated_at": iso(START),
            "time_zone": "Paris",
            "iana_time_zone": "Europe/Paris",
            "role": role,
            "verified": True,
            "active": True,
            "suspended": False,
        }

    def _group(self, number: int) -> Row:
        return {
            "id": number,
            "name": self.groups[number],
            "description": "",
            "default": False,
            "deleted": False,
            "is_public": True,
            "created_at": iso(START),
            "updated_at": iso(START),
        }

    def _rated(self, request: Request) -> list[Row]:
        since = int(request.args.get("start_time", 0))
        return [row for row in self.ratings if epoch(row["created_at"]) >= since]

    def _surveyed(self, request: Request) -> list[Row]:
        since = int(request.args.get("filter[created_at_start]", 0)) // 1000  # in milliseconds
        answered = [row for row in self.surveys if row["at"] >= since]
        return [{name: value for name, value in row.items() if name != "at"} for row in answered]

    def _list(self, request: Request, key: str, rows: list[Row]) -> Response:
        size = min(int(request.args.get("page[size]", 100)), self.list_size)
        start = int(b64decode(request.args.get("page[after]", "MA==")))
        more = start + size < len(rows)
        after = b64encode(str(start + size).encode()).decode() if more else None
        meta = {"has_more": more, "after_cursor": after, "before_cursor": None}
        return self._json({key: rows[start : start + size], "meta": meta, "links": {}})

    def _export_tickets(self, request: Request) -> Response:
        cursor, said = request.args.get("cursor"), request.args.get("start_time")
        if cursor is None and (said is None or int(said) > self.now - LAG_S):
            return self._json({"error": "StartTimeTooRecent"}, 422)
        place = tuple(map(float, b64decode(cursor).decode().split("||"))) if cursor else (float(said or 0) - 1, 0.0)
        size = min(int(request.args.get("per_page", 1000)), self.page_size)
        if size > self.most_at_once:
            return self._json({"error": "upstream request timeout"}, 504)
        ready = [row for row in self.tickets.values() if row["generated_timestamp"] <= self.now - LAG_S]
        ready = [row for row in ready if row["id"] not in self.erased]
        ready.sort(key=lambda row: (row["generated_timestamp"], row["id"]))
        rest = [row for row in ready if (row["generated_timestamp"], row["id"]) > place]
        rows = [dict(row) for row in rest[:size]]
        last = (rows[-1]["generated_timestamp"], rows[-1]["id"]) if rows else place
        after = b64encode(f"{float(last[0])}||{int(last[1])}".encode()).decode()
        named = sorted({row[name] for row in rows for name in ("requester_id", "submitter_id", "assignee_id")} - {None})
        included = request.args.get("include", "").split(",")
        users = {"users": [self._user(number) for number in named]} if "users" in included else {}
        if "metric_sets" in included and self.measures:
            rows = [row | {"metric_set": self._metrics(row["id"])} for row in rows]
        if "metric_events" in included:
            rows = [row | self._clocks(row["id"]) for row in rows]
        answer = self._json(
            {
                "tickets": rows,
                "after_url": f"https://acme.zendesk.com/api/v2/incremental/tickets/cursor.json?cursor={after}",
                "after_cursor": after,
                "before_url": None,
                "before_cursor": None,
                "end_of_stream": len(rest) <= size,
                **users,
            }
        )
        if self.while_exporting is not None:
            self.while_exporting, happens = None, self.while_exporting
            happens()
        return answer

    def _export_events(self, request: Request) -> Response:
        since = int(request.args["start_time"])
        if since > self.now - LAG_S:
            return self._json({"error": "StartTimeTooRecent"}, 422)
        first, end = (
            bisect_left(self.updates, at, key=itemgetter("at")) for at in (since, self.now - LAG_S - self.late_s + 1)
        )
        page = self.updates[first : min(end, first + self.page_size)]
        until = page[-1]["at"] if page else since
        comments = "comment_events" in request.args.get("include", "")
        return self._json(
            {
                "ticket_events": [self._event(one, comments=comments) for one in page],
                "count": len(page),
                "end_of_stream": end - first <= self.page_size,
                "end_time": until,
                "next_page": f"https://acme.zendesk.com/api/v2/incremental/ticket_events.json?start_time={until}",
            }
        )

    def _export_calls(self, request: Request) -> Response:
        since = int(request.args["start_time"])
        ready = sorted((row for row in self.talk if epoch(row["updated_at"]) >= since), key=lambda r: r["updated_at"])
        page = ready[: self.page_size]
        end = epoch(page[-1]["updated_at"]) if page else since
        following = f"https://acme.zendesk.com/api/v2/channels/voice/stats/incremental/calls?start_time={end}"
        return self._json({"calls": page, "count": len(page), "end_time": end, "next_page": following})

    def _event(self, one: Row, *, comments: bool) -> Row:
        """Return an update as the export tells it: the field is a key of its own, numbers are text."""
        word = WORDS.get(one["channel"], one["channel"])
        common = {"via": word, "via_reference_id": None}
        children: list[Any] = []
        if one["created"]:
            children.append({"id": one["id"] + 3, **common, **one["created"], "event_type": "Create"})
        for place, (name, old, new, how) in enumerate(one.get("changed", ())):
            text = str(new) if isinstance(new, int) else new
            tags = {"added_tags": [], "removed_tags": []} if name == "tags" else {}
            told = {"via": WORDS.get(how, how), "via_reference_id": TRIGGER if how == "rule" else None}
            before = str(old) if isinstance(old, int) else old
            change = {name: text, "event_type": "Change", "previous_value": before, **tags}
            children.append({"id": one["id"] + 5 + place, **told, **change})
        said = one.get("comment")
        if said and comments:
            children.append(self._said(one, said) | {"via_reference_id": None, "event_type": said["kind"]})
        elif said:
            children.append({"id": one["id"] + 1, "comment_present": True, "comment_public": said["public"]})
        return {
            "id": one["id"],
            "ticket_id": one["ticket"],
            "timestamp": one["at"],
            "created_at": iso(one["at"]),
            "updater_id": one["by"],
            "via": word,
            "system": {},
            "metadata": {},
            "event_type": "Audit",
            "child_events": None if one["ticket"] in self.broken else children,
        }

    def _said(self, one: Row, said: Row) -> Row:
        return {
            "id": one["id"] + 1,
            "type": said["kind"],
            "via": via(one["channel"], said["rel"]),
            "author_id": said["author_id"],
            "body": said["body"],
            "html_body": f"<div>{said['body']}</div>",
            "plain_body": said["body"],
            "public": said["public"],
            "attachments": [],
            "audit_id": one["id"],
            "created_at": iso(one["at"]),
        }

    def _audit(self, one: Row) -> Row:
        """Return an update as a ticket's audits tell it: the field is named, and has an event for itself."""
        events = [self._said(one, one["comment"])] if one.get("comment") else []
        if one.get("chat"):
            events.append({"id": one["id"] + 2, "type": "ChatStartedEvent", "value": {"history": one["chat"]}})
        for place, (name, value) in enumerate(one["created"].items()):
            if value is not None:
                events.append({"id": one["id"] + 3 + place, "type": "Create", "field_name": name, "value": value})
        for place, (name, old, new, how) in enumerate(one.get("changed", ())):
            told = {"via": via("rule", "trigger")} if how == "rule" else {}
            change = {"type": "Change", "field_name": name, "value": new, "previous_value": old}
            events.append({"id": one["id"] + 5 + place, **change, **told})
        if one.get("comment") and one["comment"]["public"]:
            events.append({"id": one["id"] + 19, "type": "Notification", "subject": "Updated", "body": "{{…}}"})
        return {
            "id": one["id"],
            "ticket_id": one["ticket"],
            "created_at": iso(one["at"]),
            "author_id": one["by"],
            "metadata": {"system": {}, "custom": {}},
            "events": events,
            "via": via(one["channel"]),
        }

    def _said_by(self, number: int) -> tuple[list[int], list[int]]:
        """Return when agents and when others wrote publicly after a ticket's beginning."""
        requester = self.tickets[number]["requester_id"]
        said = [one for one in self._of[number][1:] if (one.get("comment") or {}).get("public")]
        replied = [one["at"] for one in said if one["by"] in self.agents and one["by"] != requester]
        return replied, [one["at"] for one in said if one["at"] not in replied]

    def _steps(self, number: int) -> list[tuple[int, str, str]]:
        changed = ((one["at"], change) for one in self._of[number] for change in one.get("changed", ()))
        return [(at, old, new) for at, (name, old, new, _) in changed if name == "status"]

    def _clocks(self, number: int) -> Row:
        """Return a ticket's metric events as they come with it, within it and by metric."""
        if not self._of[number]:
            return {}
        began_at = self._of[number][0]["at"]
        replied, asked = self._said_by(number)
        statuses = [(began_at, "new"), *((at, new) for at, _, new in self._steps(number))]
        life = Life(ticket=number, began_at=began_at, replied_at=replied, asked_at=asked, statuses=statuses)
        return {"metric_events": self.events.get(number, metric_events(life, self.slas, self.business))}

    def _metrics(self, number: int) -> Row:
        """Return a ticket's metrics: whole minutes, in business time those of `business`."""
        mine, steps = self._of[number], self._steps(number)
        replied, _ = self._said_by(number)
        solved = [at for at, old, new in steps if new == "solved" != old]
        full = solved[-1:] if self.tickets[number]["status"] in {"solved", "closed"} else []

        def time(found: list[int]) -> Row:
            calendar = (found[0] - mine[0]["at"]) // 60 if found else None
            return {"calendar": calendar, "business": self.business(calendar) if found else None}

        return {
            "id": number * 10,
            "ticket_id": number,
            "replies": len(replied),
            "reopens": sum(old == "solved" and new in {"open", "pending", "hold", "new"} for _, old, new in steps),
            "reply_time_in_minutes": time(replied[:1]),
            "first_resolution_time_in_minutes": time(solved[:1]),
            "full_resolution_time_in_minutes": time(full),
            "requester_wait_time_in_minutes": time(full),
            "agent_wait_time_in_minutes": {"calendar": 0, "business": 0},
            "on_hold_time_in_minutes": {"calendar": 0, "business": 0},
        } | self.metrics.get(number, {})

    def _of_ticket(self, number: int, part: str, request: Request) -> Response:
        kept = self.tickets.get(number)
        if kept is None or number in self.erased or kept["status"] == "deleted":
            return self._json({"error": "RecordNotFound", "description": "Not found"}, 404)
        if number in self.closed:
            return self._json({"error": "Forbidden"}, 403)
        if part == "":
            users = [self._user(user) for user in (kept["requester_id"], kept["assignee_id"]) if user is not None]
            shown = {name: value for name, value in kept.items() if name != "generated_timestamp"}
            included = request.args.get("include", "").split(",")
            measured = "metric_sets" in included and self.measures
            shown |= self._clocks(number) if "metric_events" in included else {}
            beside = [self._metrics(number)] if measured else []
            return self._json({"ticket": shown, "users": users, "metric_sets": beside})
        if number in self.broken:
            return self._json({"error": "boom"}, 500)
        rows = [self._audit(one) for one in self._of[number]]
        if number in self.archived:  # all at once, whatever is asked for
            return self._json({"audits": rows, "count": len(rows), "next_page": None, "previous_page": None})
        return self._list(request, "audits", rows)

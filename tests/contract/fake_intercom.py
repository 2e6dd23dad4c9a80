"""A small Intercom over HTTP, as the documentation of its API 2.15 describes it.

A search pages by place in what it finds now, so rows that leave it move all others up. Of a conversation the 500 most
recent parts are given, and a deleted one may still be found for a while.
"""

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from itertools import count
from typing import Any

from werkzeug import Request, Response

TOKEN = "dG9rOjEyMzQ1Njc4X2FiY2RfNGVmZw=="
START = int(datetime(2026, 10, 19, 8, tzinfo=UTC).timestamp())
ALICE, BOB, ROBOT = "991267701", "991267702", "991267709"
DINA, EMIL = "6762f1831bb69f9f2193bbc1", "6762f1831bb69f9f2193bbc2"
SUPPORT, BILLING = "5017691", "5017692"
WORKSPACE = "k7w32l2g"
MOST_PARTS = 500
LARGEST_PAGE = 150
DAY = 86_400

Row = dict[str, Any]


@dataclass
class FakeIntercom:
    """The helpdesk: its methods are what people do there, each a minute after the one before."""

    now: int = START
    admins: dict[str, str] = field(default_factory=lambda: {ALICE: "Alice Agent", BOB: "Bob Lead"})
    contacts: dict[str, str] = field(default_factory=lambda: {DINA: "Dina Customer", EMIL: "emil@example.com"})
    teams: dict[str, str] = field(default_factory=lambda: {SUPPORT: "Support", BILLING: "Billing"})
    conversations: dict[int, Row] = field(default_factory=dict)
    broken: set[int] = field(default_factory=set)  # conversations that can't be read
    refused: set[int] = field(default_factory=set)  # conversations that this token may not read
    erased: set[int] = field(default_factory=set)  # deleted ones, which searches may still find
    forbidden: set[str] = field(default_factory=set)  # paths that are refused
    missing: set[str] = field(default_factory=set)  # paths that aren't there
    includes_itself: bool = True  # whether `>` and `<` in a search mean that, too
    sorts: bool = True
    tells_states: bool = True  # whether parts tell the state there was; not all records seen elsewhere do
    token: str = TOKEN
    page_size: int = LARGEST_PAGE
    requests: int | None = None  # in a window of `window_s` real seconds
    window_s: float = 1
    limited: int = 0
    skew_s: int = 0
    faults: list[Callable[[Request], Response | None]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    searched: list[Row] = field(default_factory=list)
    versions: set[str | None] = field(default_factory=set)
    while_searching: Callable[[], object] | None = None  # happens once, after the next page of a search
    _sent: list[float] = field(default_factory=list)
    _parts: Iterator[int] = field(default_factory=lambda: count(21_477_001))

    # --- What people do ---

    def tick(self, seconds: int = 60) -> None:
        self.now += seconds

    def create(
        self, contact: str = DINA, *, by: Row | None = None, delivered_as: str = "customer_initiated", **source: Any
    ) -> int:
        """Let a conversation begin: a customer writes, or somebody or something writes to them."""
        self.tick()
        number = max(self.conversations, default=214) + 1
        self.conversations[number] = {
            "created_at": self.now,
            "updated_at": self.now,
            "state": "open",
            "priority": "not_priority",
            "admin": None,
            "team": None,
            "contact": contact,
            "snoozed_until": None,
            "rating": None,
            "sla": None,
            "tags": [],
            "ai": False,
            "parts": [],
            "source": {
                "type": "conversation",
                "id": f"4039{number}",
                "delivered_as": delivered_as,
                "subject": "",
                "body": "It broke",
                "author": by or self.customer(contact),
                "attachments": [],
                "url": None,
                "redacted": False,
                **source,
            },
        }
        return number

    def customer(self, contact: str, kind: str = "user") -> Row:
        return {"type": kind, "id": contact, "name": self.contacts[contact], "email": "someone@example.com"}

    def admin(self, number: str) -> Row:
        return {"type": "admin", "id": number, "name": self.admins.get(number, "Robot"), "email": "a@acme.example"}

    def bot(self) -> Row:
        return {"type": "bot", "id": "991267799", "name": "Fin", "email": "operator@intercom.io"}

    def part(self, number: int, kind: str, author: Row, body: str | None = None, **values: Any) -> str:
        """Add a part to a conversation, whatever it is."""
        self.tick()
        conversation = self.conversations[number]
        conversation["updated_at"] = self.now
        part = {
            "type": "conversation_part",
            "id": str(next(self._parts)),
            "part_type": kind,
            "body": body,
            "created_at": self.now,
            "updated_at": self.now,
            "notified_at": self.now,
            "assigned_to": None,
            "author": author,
            "attachments": [],
            "external_id": None,
            "redacted": False,
            "email_message_metadata": None,
            "metadata": {},
            "app_package_code": None,
            **({"state": conversation["state"]} if self.tells_states else {}),
            **values,
        }
        conversation["parts"].append(part)
        return str(part["id"])

    def ask(self, number: int, contact: str | None = None, kind: str = "user") -> str:
        """Let a customer write; a conversation that wasn't open opens."""
        conversation = self.conversations[number]
        opens = conversation["state"] != "open"
        conversation["state"] = "open"
        author = self.customer(contact or conversation["contact"], kind)
        return self.part(number, "open" if opens else "comment", author, "And now?")

    def reply(self, number: int, admin: str = ALICE, **values: Any) -> str:
        return self.part(number, "comment", self.admin(admin), "Have you tried", **values)

    def note(self, number: int, admin: str = ALICE) -> str:
        return self.part(number, "note", self.admin(admin), "Odd")

    def answer(self, number: int, **author: Any) -> str:
        """Let the AI agent answer."""
        self.conversations[number]["ai"] = True
        return self.part(number, "comment", self.bot() | {"from_ai_agent": True, "is_ai_answer": True} | author, "Try")

    def assign(
        self,
        number: int,
        admin: str | None = None,
        team: str | None = None,
        *,
        by: str = ALICE,
        kind: str = "assignment",
        body: str | None = None,
    ) -> str:
        """Assign a conversation to an admin or to a team; to nobody without either."""
        conversation = self.conversations[number]
        if team is not None:
            conversation["team"] = team
            to = {"type": "team", "id": team}
        else:
            conversation["admin"] = admin
            to = {"type": "admin" if admin else "nobody_admin", "id": admin}
        if kind.endswith(("reopen", "unsnooze")):
            conversation["state"] = "open"
        return self.part(number, kind, self.admin(by), body, assigned_to=to)

    def become(self, number: int, kind: str, by: Row | None = None, body: str | None = None) -> str:
        """Close, snooze or open a conversation, by the type of the part that tells of it."""
        states = {"close": "closed", "snoozed": "snoozed"}
        self.conversations[number]["state"] = states.get(kind, "open")
        self.conversations[number]["snoozed_until"] = self.now + DAY if kind == "snoozed" else None
        return self.part(number, kind, by or self.admin(ALICE), body)

    def prioritise(self, number: int, kind: str = "priority_changed") -> str:
        conversation = self.conversations[number]
        conversation["priority"] = "not_priority" if conversation["priority"] == "priority" else "priority"
        return self.part(number, kind, self.admin(ALICE))

    def touch(self, number: int, **values: Any) -> None:
        """Change a conversation without a part."""
        self.tick()
        self.conversations[number] |= {"updated_at": self.now, **values}

    def request_rating(self, number: int, admin: str | None = ALICE) -> None:
        teammate = {"type": "admin" if admin else "bot", "id": admin or self.bot()["id"]}
        contact = {"type": "contact", "id": self.conversations[number]["contact"], "external_id": None}
        self.tick()
        rating = {"rating": None, "remark": None, "created_at": self.now, "updated_at": self.now}
        self.touch(number, rating=rating | {"contact": contact, "teammate": teammate})

    def rate(self, number: int, score: int) -> None:
        self.tick()
        self.touch(number, rating=self.conversations[number]["rating"] | {"rating": score, "updated_at": self.now})

    def delete(self, number: int, *, found: bool = True) -> None:
        """Delete a conversation, which searches may still find."""
        self.tick()
        self.erased.add(number)
        if found:
            self.conversations[number]["updated_at"] = self.now
        else:
            del self.conversations[number]

    # --- HTTP ---

    def __call__(self, request: Request) -> Response:
        path = request.path.strip("/")
        self.asked.append(path)
        self.versions.add(request.headers.get("Intercom-Version"))
        if self.faults and (answer := self.faults.pop(0)(request)) is not None:
            return answer
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return self._error(401, "unauthorized", "Access Token Invalid")
        if (reset := self._over_limit()) is not None:
            headers = {"X-RateLimit-Limit": self.requests, "X-RateLimit-Remaining": 0, "X-RateLimit-Reset": reset}
            return self._error(429, "rate_limit_exceeded", "Exceeded rate limit", headers)
        if path in self.forbidden:
            return self._error(403, "api_plan_restricted", "Active subscription needed.")
        if path in self.missing:
            return self._error(404, "not_found", "Resource Not Found")
        return self._route(request, path)

    def _over_limit(self) -> int | None:
        """Return when requests are allowed again; None while they are."""
        if self.requests is None:
            return None
        now = time.time()
        self._sent = [at for at in self._sent if at > now - self.window_s]
        if len(self._sent) < self.requests:
            self._sent.append(now)
            return None
        self.limited += 1
        # The window ends at a whole second of the clock there.
        return int(self.now + self.skew_s + self.window_s)

    def _route(self, request: Request, path: str) -> Response:
        if path == "me":
            return self._json(self._me())
        if path == "admins":
            rows = [self.admin(number) | {"team_ids": [int(SUPPORT)], "has_inbox_seat": True} for number in self.admins]
            return self._json({"type": "admin.list", "admins": rows})
        if path == "teams":
            named = [{"type": "team", "id": number, "name": name} for number, name in self.teams.items()]
            return self._json({"type": "team.list", "teams": [team | {"admin_ids": [int(ALICE)]} for team in named]})
        if path == "conversations/search" and request.method == "POST":
            return self._search(request.get_json())
        place, _, name = path.partition("/")
        if place == "conversations" and name.isdecimal():
            return self._one(int(name), plain=request.args.get("display_as") == "plaintext")
        return self._error(404, "not_found", "Resource Not Found")

    def _me(self) -> Row:
        app = {"type": "app", "id_code": WORKSPACE, "name": "Acme", "region": "EU", "timezone": "Europe/Paris"}
        app |= {"created_at": START - 400 * DAY, "identity_verification": False}
        return self.admin(ROBOT) | {"email_verified": True, "has_inbox_seat": True, "app": app}

    def _search(self, asked: Row) -> Response:
        self.searched.append(asked)
        size = asked["pagination"]["per_page"]
        if size > LARGEST_PAGE:
            return self._error(400, "parameter_invalid", f"per_page must be {LARGEST_PAGE} or less")
        size = min(size, self.page_size)
        found = [
            (row["updated_at"], number)
            for number, row in self.conversations.items()
            if all(self._passes(number, one) for one in asked["query"]["value"])
        ]
        found.sort(reverse=not self.sorts)
        after = asked["pagination"].get("starting_after")
        begin = int(b64decode(after)) if after else 0
        rows = [self._listed(number) for _, number in found[begin : begin + size]]
        following = {"per_page": size, "starting_after": b64encode(str(begin + size).encode()).decode()}
        pages = {"type": "pages", "page": begin // size + 1, "per_page": size, "total_pages": -(-len(found) // size)}
        answer = self._json(
            {
                "type": "conversation.list",
                "pages": pages | ({"next": following} if begin + size < len(found) else {}),
                "total_count": len(found),
                "conversations": rows,
            }
        )
        if self.while_searching is not None:
            self.while_searching, happens = None, self.while_searching
            happens()
        return answer

    def _passes(self, number: int, one: Row) -> bool:
        said = {
            "updated_at": self.conversations[number]["updated_at"],
            "statistics.count_conversation_parts": len(self.conversations[number]["parts"]),
        }[one["field"]]
        if self.includes_itself and said == one["value"]:
            return True
        return bool(said > one["value"] if one["operator"] == ">" else said < one["value"])

    def _one(self, number: int, *, plain: bool) -> Response:
        if number not in self.conversations or number in self.erased:
            return self._error(404, "not_found", "Resource Not Found")
        if number in self.refused:
            return self._error(403, "forbidden", "Not allowed")
        if number in self.broken:
            return self._error(500, "server_error", "Something went wrong")
        parts = self.conversations[number]["parts"]
        given = [part | {"body": _body(part["body"], plain=plain)} for part in parts[-MOST_PARTS:]]
        listed = {"type": "conversation_part.list", "conversation_parts": given, "total_count": len(parts)}
        row = self._listed(number)
        row["source"] = row["source"] | {"body": _body(row["source"]["body"], plain=plain)}
        return self._json(row | {"conversation_parts": listed})

    def _listed(self, number: int) -> Row:
        """Return a conversation as searches give it, without its parts."""
        row = self.conversations[number]
        return {
            "type": "conversation",
            "id": str(number),
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
            "waiting_since": None,
            "snoozed_until": row["snoozed_until"],
            "source": row["source"],
            "contacts": {
                "type": "contact.list",
                "contacts": [{"type": "contact", "id": row["contact"], "external_id": "70"}],
            },
            "first_contact_reply": None,
            "admin_assignee_id": row["admin"] and int(row["admin"]),
            "team_assignee_id": row["team"] and int(row["team"]),
            "open": row["state"] != "closed",
            "state": row["state"],
            "read": False,
            "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": tag, "name": tag} for tag in row["tags"]]},
            "priority": row["priority"],
            "sla_applied": row["sla"],
            "statistics": _statistics(row),
            "conversation_rating": row["rating"],
            "teammates": None,
            "custom_attributes": {},
            "linked_objects": {"type": "list", "data": [], "total_count": 0, "has_more": False},
            "ai_agent": None,
            "ai_agent_participated": row["ai"],
        }

    def _json(self, content: Any) -> Response:
        answer = Response(json.dumps(content), content_type="application/json")
        answer.headers["Date"] = formatdate(self.now + self.skew_s, usegmt=True)
        return answer

    def _error(self, status: int, code: str, message: str, headers: Row | None = None) -> Response:
        errors = [{"code": code, "message": message}]
        answer = self._json({"type": "error.list", "request_id": None, "errors": errors})
        answer.status_code = status
        for name, value in (headers or {}).items():
            answer.headers[name] = str(value)
        return answer


def _body(text: str | None, *, plain: bool) -> str | None:
    return text if plain or text is None else f"<p>{text}</p>"


def _statistics(row: Row) -> Row:
    """Return what Intercom reckons from all parts, also from those that it doesn't give any more."""

    def times(chosen: Callable[[Row], bool]) -> list[int]:
        return [at for part in row["parts"] if chosen(part) and isinstance(at := part["created_at"], int)]

    replies = times(lambda part: part["part_type"] == "comment" and part["author"]["type"] == "admin")
    closes = times(lambda part: part["part_type"] == "close")
    assigned = times(lambda part: bool(part["assigned_to"]))
    told = {"first_admin_reply_at": replies[:1], "first_close_at": closes[:1], "last_close_at": closes[-1:]}
    told |= {"last_assignment_at": assigned[-1:], "first_contact_reply_at": [row["created_at"]]}
    exact = {name: found[0] if found else None for name, found in told.items()}
    opens = times(lambda part: part["part_type"] == "open")
    lasted = {"time_to_admin_reply": replies[:1], "time_to_first_close": closes[:1], "time_to_last_close": closes[-1:]}
    seconds = {name: found[0] - row["created_at"] if found else None for name, found in lasted.items()}
    counts = {"count_reopens": len(opens), "count_conversation_parts": len(row["parts"])}
    return {"type": "conversation_statistics", **exact, **seconds, **counts}

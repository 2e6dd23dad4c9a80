"""A small Help Scout over HTTP, as the documentation of its Mailbox API 2.0 describes it.

Lists are HAL, a few records a page and nothing `_embedded` when empty; conversations are the active ones unless asked
otherwise, newest first unless sorted; a merged one is moved; a token is got with an app's secret and ends.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote, urlencode

from werkzeug import Request, Response

APP, SECRET = "WB5Utt63qEhH8xZLvGKp3IGc", "ovnIsrCBxUzppvPvhtxKXGw8O5zyL1Gl"
START = int(datetime(2026, 10, 19, 8, tzinfo=UTC).timestamp())
API = "/v2/"
ALICE, BOB, ROBOT, ANYONE = 447_001, 447_002, 447_009, 1
TIER_TWO = 448_001
DINA, EMIL = 500_101, 500_102
SUPPORT, BILLING = 85, 86
DAY = 86_400
GREAT, OKAY, NOT_GOOD = 1, 2, 3


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@dataclass
class FakeHelpScout:
    """The helpdesk: its methods are what people do there, each a minute after the one before."""

    now: int = START
    users: dict[int, str] = field(default_factory=lambda: {ALICE: "Alice Agent", BOB: "Bob Lead", ROBOT: "KPI Bot"})
    teams: dict[int, str] = field(default_factory=lambda: {TIER_TWO: "Tier Two"})
    customers: dict[int, str] = field(default_factory=lambda: {DINA: "Dina Customer", EMIL: "Emil O'Neil"})
    inboxes: dict[int, str] = field(default_factory=lambda: {SUPPORT: "Support", BILLING: "Billing"})
    conversations: dict[int, dict[str, Any]] = field(default_factory=dict)
    threads: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    modified: dict[int, int] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)
    answers: list[dict[str, Any]] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)  # conversations whose threads can't be read
    refused: set[str] = field(default_factory=set)  # paths that this plan or user doesn't have
    token: str = SECRET
    app: str = APP
    role: str = "admin"
    active: bool = True  # whether the app's user is
    lifetime: int = 172_800
    tokens: list[str] = field(default_factory=list)
    page_size: int = 25
    embedded: int = 100  # threads that come with a conversation
    limit: int = 1_000_000
    used: int = 0
    skew_s: int = 0
    faults: list[Callable[[Request], Response | None]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    while_paging: Callable[[], None] | None = None  # happens once, after the next page of conversations

    # --- What people do ---

    def tick(self, seconds: int = 60) -> None:
        self.now += seconds

    def create(
        self, customer: int = DINA, *, by: int | None = None, kind: str = "email", source: str = "email", **values: Any
    ) -> int:
        """Begin a conversation: the customer writes, unless a user does."""
        self.tick()
        number = 1_000_001 + len(self.conversations)
        via = "customer" if by is None else "user"
        self.conversations[number] = {
            "id": number,
            "number": len(self.conversations) + 1,
            "threads": 0,
            "type": kind,
            "folderId": 493,
            "status": "active",
            "state": "published",
            "subject": "Please help",
            "preview": "Hello",
            "mailboxId": SUPPORT,
            "createdBy": self._person(customer if by is None else by),
            "createdAt": iso(self.now),
            "closedBy": 0,
            "userUpdatedAt": iso(self.now),
            "customerWaitingSince": {"time": iso(self.now), "friendly": "now", "latestReplyFrom": via},
            "source": {"type": source, "via": via},
            "tags": [],
            "cc": [],
            "bcc": [],
            "primaryCustomer": self._person(customer),
            "customFields": [],
        } | values
        self.threads[number] = []
        self._say(number, "customer" if by is None else "message", customer if by is None else by)
        return number

    def ask(self, number: int, by: int | None = None, **values: Any) -> int:
        """Let the customer write; an ended conversation is active again."""
        self.tick()
        self.conversations[number]["status"] = "active"
        who = by or self.conversations[number]["primaryCustomer"]["id"]
        return self._say(number, "customer", who, **values)

    def reply(self, number: int, user: int = ALICE, status: str | None = None, **values: Any) -> int:
        """Let a user answer, to whom it is then assigned."""
        self.tick()
        kept = self.conversations[number]
        kept["assignee"] = self._person(user)
        if status is not None:
            self._become(kept, status, user)
        return self._say(number, "message", user, **values)

    def note(self, number: int, user: int = ALICE, **values: Any) -> int:
        self.tick()
        return self._say(number, "note", user, **{"status": "nochange", **values})

    def become(self, number: int, status: str, user: int = ALICE) -> int:
        self.tick()
        self._become(self.conversations[number], status, user)
        return self._line(number, "changed-ticket-status", user)

    def assign(self, number: int, to: int | None, by: int = BOB) -> int:
        self.tick()
        self.conversations[number]["assignee"] = self._person(ANYONE if to is None else to)
        return self._line(number, "changed-ticket-assignee", by, status="nochange")

    def move(self, number: int, inbox: int, by: int = BOB) -> int:
        self.tick()
        left = self.conversations[number]["mailboxId"]
        self.conversations[number]["mailboxId"] = inbox
        return self._line(number, "moved-from-mailbox", by, {"mailbox": left}, status="nochange")

    def merge(self, number: int, into: int, by: int = BOB) -> int:
        self.tick()
        self.merged[number] = into
        return self._line(into, "merged", by, {"originalConversation": number}, status="nochange")

    def delete(self, number: int, by: int = BOB) -> None:
        self.tick()
        self.conversations[number]["state"] = "deleted"
        self._line(number, "deleted-ticket", by, status="nochange")

    def restore(self, number: int, by: int = BOB) -> None:
        self.tick()
        self.conversations[number]["state"] = "published"
        self._line(number, "restore-ticket", by, status="nochange")

    def tag(self, number: int, name: str) -> None:
        """Tag a conversation; nobody's last update moves by it."""
        self.tick()
        self.conversations[number]["tags"].append({"id": 9150, "color": "#929499", "tag": name})
        self.modified[number] = self.now

    def rate(self, number: int, value: int, thread: int | None = None) -> None:
        """Rate the last reply, or change its rating; the conversation shows nothing of it."""
        self.tick()
        replies = [row for row in self.threads[number] if row["type"] == "message"]
        rated = next((row for row in replies if row["id"] == thread), replies[-1])
        others = [row for row in self.answers if row["threadid"] != rated["id"]]
        kept = self.conversations[number]
        row = {
            "number": kept["number"],
            "id": number,
            "type": kept["type"],
            "threadid": rated["id"],
            "threadCreatedAt": rated["createdAt"],
            "ratingId": value,
            "ratingCustomerId": kept["primaryCustomer"]["id"],
            "ratingComments": "",
            "ratingCreatedAt": iso(self.now),
            "ratingCustomerName": self.customers[kept["primaryCustomer"]["id"]],
            "ratingUserId": rated["createdBy"]["id"],
            "ratingUserName": self.users.get(rated["createdBy"]["id"], "?"),
        }
        self.answers = [*others, row]

    def revoke(self) -> None:
        """End every token."""
        self.tokens.clear()

    def _become(self, kept: dict[str, Any], status: str, user: int) -> None:
        kept["status"] = status
        if status == "closed":
            kept |= {"closedAt": iso(self.now), "closedBy": user, "closedByUser": self._person(user)}

    def _person(self, number: int) -> dict[str, Any]:
        kind = "customer" if number in self.customers else "team" if number in self.teams else "user"
        names = {**self.users, **self.teams, **self.customers, ANYONE: "Anyone "}
        first, _, last = names.get(number, "Left Long").partition(" ")
        return {"id": number, "type": kind, "first": first, "last": last, "email": f"{first}@example.com".lower()}

    def _say(self, number: int, kind: str, who: int, **values: Any) -> int:
        kept = self.conversations[number]
        identifier = 9_000_000_001 + sum(map(len, self.threads.values()))
        row = {
            "id": identifier,
            "type": kind,
            "status": kept["status"],
            "state": "published",
            "action": {"type": "default", "associatedEntities": {}},
            "body": "<p>Hello &amp; bye</p>",
            "source": {"type": "email", "via": "customer" if who in self.customers else "user"},
            "customer": kept["primaryCustomer"],
            "createdBy": self._person(who),
            "savedReplyId": 0,
            "to": [],
            "cc": [],
            "bcc": [],
            "createdAt": iso(self.now),
            "_embedded": {"attachments": []},
        }
        if kept.get("assignee"):
            row["assignedTo"] = kept["assignee"]
        self.threads[number].append(row | values)
        kept["threads"] += kind != "lineitem" and (row | values)["state"] == "published"
        kept["userUpdatedAt"] = iso(self.now)
        self.modified[number] = self.now
        return identifier

    def _line(self, number: int, action: str, who: int, about: dict[str, int] | None = None, **values: Any) -> int:
        told = {"type": action, "text": "…", "associatedEntities": about or {}}
        return self._say(number, "lineitem", who, action=told, body="", **values)

    # --- What the API answers ---

    def __call__(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.path}?{unquote(request.query_string.decode())}")
        if self.faults:
            answer = self.faults.pop(0)(request)
            if answer is not None:
                return answer
        if not request.path.startswith(API):
            return Response("<!DOCTYPE html><title>Help Scout</title>", 404, content_type="text/html")
        self.used += 2 if request.method == "POST" else 1
        if self.used > self.limit:
            self.used = 0
            return self._json({"error": "Throttle limit reached"}, 429, {"X-RateLimit-Retry-After": "1"})
        path = request.path.removeprefix(API)
        if path == "oauth2/token":
            return self._token(request)
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if bearer not in self.tokens or not self.active:
            return self._json({"error": "invalid_token"}, 401)
        return self._route(request, path)

    def _json(self, content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        told = {
            "Date": formatdate(self.now + self.skew_s, usegmt=True),
            "X-RateLimit-Limit-Minute": str(self.limit),
            "X-RateLimit-Remaining-Minute": str(max(0, self.limit - self.used)),
        }
        return Response(
            json.dumps(content), status, headers=told | (headers or {}), content_type="application/hal+json"
        )

    def _token(self, request: Request) -> Response:
        said = request.get_json()
        right = {"grant_type": "client_credentials", "client_id": self.app, "client_secret": self.token}
        if said != right:
            return self._json({"error": "invalid_client", "error_description": "invalid client credentials"}, 401)
        self.tokens.append(f"token{len(self.asked)}")
        return self._json({"token_type": "bearer", "access_token": self.tokens[-1], "expires_in": self.lifetime})

    def _route(self, request: Request, path: str) -> Response:
        if path in self.refused:
            return self._json({"error": "Forbidden"}, 403)
        named = {"users": self.users, "teams": self.teams, "mailboxes": self.inboxes}
        if path in named:
            return self._list(request, path, [self._named(path, *item) for item in named[path].items()])
        if path == "users/me":
            return self._json(self._named("users", ROBOT, self.users[ROBOT]) | {"role": self.role})
        if path == "conversations":
            return self._conversations(request)
        if path == "reports/happiness/ratings":
            return self._ratings(request)
        found = re.fullmatch(r"conversations/(\d+)(/threads)?", path)
        return self._json({"error": "Not found"}, 404) if found is None else self._one(request, int(found[1]), found[2])

    def _named(self, path: str, number: int, name: str) -> dict[str, Any]:
        if path != "users":
            return {"id": number, "name": name, "createdAt": iso(START)}
        first, _, last = name.partition(" ")
        return {"id": number, "firstName": first, "lastName": last, "email": "x@example.com", "role": "user"}

    def _list(self, request: Request, name: str, rows: list[dict[str, Any]]) -> Response:
        size, page = self.page_size, int(request.args.get("page", 1))
        shown = rows[(page - 1) * size : page * size]
        pages = -(-len(rows) // size)
        content: dict[str, Any] = {
            "page": {"size": size, "totalElements": len(rows), "totalPages": pages, "number": page},
            "_links": {"self": {"href": request.url}},
        }
        if page < pages:
            following = urlencode({**request.args, "page": page + 1})
            # The address that programs know, whatever a proxy in between is called.
            content["_links"]["next"] = {"href": f"https://api.helpscout.net{request.path}?{following}"}
        if shown:
            content["_embedded"] = {name: shown}
        return self._json(content)

    def _conversations(self, request: Request) -> Response:
        status, since = request.args.get("status", "active"), epoch(request.args.get("modifiedSince", iso(0)))
        found = [
            row
            for number, row in self.conversations.items()
            if number not in self.merged and number not in self.erased and self.modified[number] > since
        ]
        found = [row for row in found if status in {"all", row["status"]}]
        by_change = request.args.get("sortField") == "modifiedAt"
        found.sort(
            key=lambda row: (self.modified[row["id"]] if by_change else row["createdAt"], row["id"]),
            reverse=request.args.get("sortOrder") != "asc",
        )
        embeds = request.args.get("embed") == "threads"
        size, page = self.page_size, int(request.args.get("page", 1))
        on_page = {row["id"] for row in found[(page - 1) * size : page * size]}
        if embeds and self.broken & on_page:
            return self._json({"error": "boom"}, 500)
        answer = self._list(request, "conversations", [self._shown(row, embeds=embeds) for row in found])
        if self.while_paging is not None:
            self.while_paging, happens = None, self.while_paging
            happens()
        return answer

    def _shown(self, row: dict[str, Any], *, embeds: bool) -> dict[str, Any]:
        waiting = {**row["customerWaitingSince"], "friendly": f"{len(self.asked)} requests ago"}
        shown = {**row, "customerWaitingSince": waiting}
        if embeds:
            shown["_embedded"] = {"threads": self.threads[row["id"]][::-1][: self.embedded]}
        return shown

    def _one(self, request: Request, number: int, threads: str | None) -> Response:
        if number in self.merged and not threads:
            moved = f"https://api.helpscout.net/v2/conversations/{self.merged[number]}"
            return self._json({}, 301, {"Location": moved})
        if number not in self.conversations or number in self.erased or number in self.merged:
            return self._json({"error": "Not found"}, 404)
        if threads and number in self.broken:
            return self._json({"error": "boom"}, 500)
        if threads:
            return self._list(request, "threads", self.threads[number][::-1])
        return self._json(self._shown(self.conversations[number], embeds=request.args.get("embed") == "threads"))

    def _ratings(self, request: Request) -> Response:
        start, end = epoch(request.args["start"]), epoch(request.args["end"])
        words = {"great": GREAT, "ok": OKAY, "not-good": NOT_GOOD}
        wanted = request.args.get("rating", "great")
        found = [row for row in self.answers if start <= epoch(row["ratingCreatedAt"]) <= end]
        found = [row for row in found if wanted == "all" or row["ratingId"] == words[wanted]]
        size, page = self.page_size, int(request.args.get("page", 1))
        shown = found[(page - 1) * size : page * size]
        return self._json(
            {"facets": {}, "results": shown, "page": page, "pages": -(-len(found) // size), "count": len(found)}
        )

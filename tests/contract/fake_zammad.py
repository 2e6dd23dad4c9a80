"""A small Zammad over HTTP, as its documentation and its source describe it.

Dates have milliseconds. A search by condition is answered from the database, one by query by Elasticsearch, or without
that by looking for the words in titles. An update is written to the history first, and dated before the article that
came with it; a merge moves articles to the other ticket. What a token may not see is absent from lists.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from itertools import count
from typing import Any

from werkzeug import Request, Response

TOKEN = "yVxnWbPkR2ZqF0dCmT5sGhLj8uAeXo3iN7tKpQvY1rM4wBzS6cDfHgJkLlEaOi9U"
START_MS = int(datetime(2026, 10, 19, 8, tzinfo=UTC).timestamp()) * 1000 + 759
API = "/api/v1/"
DAY = 86_400
NOBODY, ALICE, BOB, ROBOT = 1, 3, 4, 9
DINA, EMIL = 21, 22
SUPPORT, BILLING = 1, 2
MOST = 200

SENDERS = {1: "Agent", 2: "Customer", 3: "System"}
TYPES = ("email", "sms", "chat", "fax", "phone", "twitter status", "twitter direct-message", "facebook feed post")
TYPES += ("facebook feed comment", "note", "web", "telegram personal-message")
STATES = {
    1: ("new", "new"),
    2: ("open", "open"),
    3: ("pending reminder", "pending reminder"),
    4: ("closed", "closed"),
    5: ("merged", "merged"),
    6: ("removed", "removed"),
    7: ("pending close", "pending action"),
}
TYPE_NUMBERS = ("new", "open", "pending reminder", "pending action", "closed", "merged", "removed")

Row = dict[str, Any]


def iso(at_ms: int) -> str:
    whole, part = divmod(at_ms, 1000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{part:03}Z"


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@dataclass
class FakeZammad:
    """The helpdesk: its methods are what people do there, each a minute after the one before."""

    now_ms: int = START_MS
    users: dict[int, tuple[str, str, str]] = field(
        default_factory=lambda: {
            NOBODY: ("-", "", ""),
            ALICE: ("Alice", "Agent", "alice@desk.example"),
            BOB: ("Bob", "Lead", "bob@desk.example"),
            ROBOT: ("KPI", "Bot", "robot@desk.example"),
            DINA: ("Dina", "Customer", "dina@example.com"),
            EMIL: ("emil@example.com", "", "emil@example.com"),
        }
    )
    groups: dict[int, str] = field(default_factory=lambda: {SUPPORT: "Support", BILLING: "Billing"})
    states: dict[int, tuple[str, str]] = field(default_factory=lambda: dict(STATES))
    priorities: dict[int, str] = field(default_factory=lambda: {1: "1 low", 2: "2 normal", 3: "3 high"})
    tickets: dict[int, Row] = field(default_factory=dict)
    articles: list[Row] = field(default_factory=list)
    histories: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    rights: dict[int, set[str]] = field(default_factory=lambda: {SUPPORT: {"full"}, BILLING: {"full"}})
    permissions: set[str] = field(default_factory=lambda: {"ticket.agent", "admin.sla", "admin.calendar"})
    elasticsearch: bool = False
    broken: set[int] = field(default_factory=set)  # tickets whose articles fail
    groups_listed: bool = True
    ordered: bool = True  # whether a search keeps to its condition
    tokens_on: bool = True
    slas: list[Row] = field(default_factory=list)
    calendars: list[Row] = field(default_factory=list)
    sla: tuple[int, int] | None = None  # minutes to the first response and to the close, around the clock
    most: int = MOST
    token: str = TOKEN
    skew_s: int = 0
    faults: list[Callable[[Request], Response | None]] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    while_searching: Callable[[], object] | None = None  # happens once, after the next answer to a search
    _numbers: Any = field(default_factory=lambda: count(1))

    # --- What people do ---

    @property
    def now(self) -> int:
        return self.now_ms // 1000

    def tick(self, seconds: float = 60) -> None:
        self.now_ms += round(seconds * 1000)

    def create(
        self,
        customer: int = DINA,
        *,
        kind: str = "email",
        sender: str = "Customer",
        by: int | None = None,
        internal: bool = False,
        preferences: Row | None = None,
        **values: Any,
    ) -> int:
        """Let a ticket begin with an article, which an agent may write for the customer."""
        self.tick()
        number = max(self.tickets, default=0) + 1
        author = by or customer
        at = iso(self.now_ms)
        self.tickets[number] = {
            "id": number,
            "number": f"2{number:04}",
            "title": "Please help",
            "group_id": SUPPORT,
            "state_id": 1,
            "priority_id": 2,
            "owner_id": NOBODY,
            "customer_id": customer,
            "organization_id": None,
            "note": None,
            "article_count": 0,
            "create_article_type_id": TYPES.index(kind) + 1,
            "create_article_sender_id": next(n for n, name in SENDERS.items() if name == sender),
            "first_response_at": None,
            "first_response_in_min": None,
            "first_response_diff_in_min": None,
            "first_response_escalation_at": self._due(0),
            "close_in_min": None,
            "close_diff_in_min": None,
            "close_escalation_at": self._due(1),
            "close_at": None,
            "last_close_at": None,
            "pending_time": None,
            "type": None,
            "time_unit": None,
            "preferences": {},
            "created_by_id": author,
            "updated_by_id": author,
            "created_at": at,
            "updated_at": at,
            **values,
        }
        if self.states[self.tickets[number]["state_id"]][1] == "closed":
            self.tickets[number] |= {"close_at": at, "last_close_at": at}
        self._log(number, "created", author)
        self.article(number, author, sender, kind, internal=internal, preferences=preferences, later_s=0.03)
        return number

    def article(
        self,
        ticket: int,
        by: int,
        sender: str,
        kind: str = "email",
        *,
        internal: bool = False,
        preferences: Row | None = None,
        later_s: float = 60,
        body: str = "<div>It broke</div>",
    ) -> int:
        self.tick(later_s)
        number = next(self._numbers)
        # What an agent writes down for a customer by phone or in Zammad itself is that customer's.
        spoken = sender == "Customer" and kind in {"phone", "note", "web"}
        self.articles.append(
            {
                "id": number,
                "ticket_id": ticket,
                "type_id": TYPES.index(kind) + 1,
                "type": kind,
                "sender_id": next(n for n, name in SENDERS.items() if name == sender),
                "sender": sender,
                "from": "somebody",
                "subject": "x",
                "body": body,
                "content_type": "text/html",
                "internal": internal,
                "preferences": preferences or {},
                "origin_by_id": self.tickets[ticket]["customer_id"] if spoken else None,
                "created_by_id": by,
                "updated_by_id": by,
                "created_at": iso(self.now_ms),
                "updated_at": iso(self.now_ms),
            }
        )
        self._log(ticket, "created", by, object="Ticket::Article", o_id=number, related_o_id=ticket)
        self._touch(ticket)
        if sender == "Agent" and not internal and kind != "note":
            self._happened(ticket, "first_response")
        return number

    def _due(self, which: int) -> str | None:
        return None if self.sla is None else iso(self.now_ms + self.sla[which] * 60_000)

    def _happened(self, ticket: int, what: str) -> None:
        """Note when something happened first, and with an SLA after how many whole minutes; its escalation ends."""
        kept = self.tickets[ticket]
        if kept[f"{what}_at"] is not None:
            return
        kept |= {f"{what}_at": iso(self.now_ms), f"{what}_escalation_at": None}
        if self.sla is not None:
            minutes = (self.now_ms - ms(kept["created_at"])) // 60_000
            left = self.sla[what == "close"] - minutes
            kept |= {f"{what}_in_min": minutes, f"{what}_diff_in_min": left}

    def reply(self, ticket: int, by: int = ALICE, kind: str = "email", *, internal: bool = False, **values: Any) -> int:
        """Let an agent answer, and change something in one go: the update comes first, and so is its date."""
        self.set(ticket, by, owner_id=by, **{"state_id": 2, **values})
        return self.article(ticket, by, "Agent", kind, internal=internal, later_s=0.05)

    def ask(self, ticket: int, by: int | None = None, kind: str = "email") -> int:
        """Let the customer write again, which opens the ticket."""
        customer = by or self.tickets[ticket]["customer_id"]
        self.set(ticket, customer, state_id=2)
        return self.article(ticket, customer, "Customer", kind, later_s=0.04)

    def note(self, ticket: int, by: int = ALICE) -> int:
        return self.article(ticket, by, "Agent", "note", internal=False)

    def close(self, ticket: int, by: int = ALICE) -> None:
        self.set(ticket, by, state_id=4)

    def set(self, ticket: int, by: int = ALICE, *, source: str | None = None, later_s: float = 60, **values) -> None:
        """Change attributes of a ticket, each of which is written to its history."""
        self.tick(later_s)
        kept = self.tickets[ticket]
        changed = {name: value for name, value in values.items() if kept.get(name) != value}
        before = {name: kept.get(name) for name in changed}
        kept.update(changed)
        self._touch(ticket)
        if self.states[kept["state_id"]][1] == "closed" and "state_id" in changed:
            kept["last_close_at"] = kept["updated_at"]
            self._happened(ticket, "close")
        for name, value in changed.items():
            ids = {"id_from": before[name], "id_to": value} if name.endswith("_id") else {}
            words = {"value_from": self._name(name, before[name]), "value_to": self._name(name, value)}
            told = {"sourceable_type": source, "sourceable_name": "Auto"} if source else {}
            self._log(ticket, "updated", by, attribute=name.removesuffix("_id"), **ids, **words, **told)

    def tag(self, ticket: int, name: str, *, remove: bool = False, by: int = ALICE) -> None:
        self.tick()
        self._touch(ticket)
        self._log(ticket, "removed" if remove else "added", by, attribute="tag", value_to=name)

    def spend(self, ticket: int, units: float, by: int = ALICE) -> int:
        self.tick()
        number = next(self._numbers)
        at = iso(self.now_ms)
        row = {"id": number, "ticket_id": ticket, "ticket_article_id": None, "time_unit": f"{units:.1f}"}
        self.entries.append({**row, "type_id": None, "created_by_id": by, "created_at": at, "updated_at": at})
        total = sum(float(entry["time_unit"]) for entry in self.entries if entry["ticket_id"] == ticket)
        self.set(ticket, by, later_s=0, time_unit=f"{total:.1f}")
        return number

    def merge(self, ticket: int, into: int, by: int = ALICE) -> None:
        self.tick()
        for row in self.articles:
            row["ticket_id"] = into if row["ticket_id"] == ticket else row["ticket_id"]
        self._touch(into)
        self._log(into, "received_merge", by, id_to=into, id_from=ticket)
        self._log(ticket, "merged_into", by, id_to=into, id_from=ticket)
        self.article(ticket, by, "Agent", "note", body="merged", later_s=0.01)
        self.set(ticket, by, later_s=0.01, state_id=5, owner_id=NOBODY)

    def delete(self, ticket: int) -> None:
        """Let an administrator delete a ticket, of which nothing remains."""
        self.tick()
        del self.tickets[ticket]
        self.articles = [row for row in self.articles if row["ticket_id"] != ticket]

    def at_once(self, tickets: list[int], by: int = ALICE, **values: Any) -> None:
        """Change many tickets in one millisecond."""
        self.tick()
        for ticket in tickets:
            self.set(ticket, by, later_s=0, **values)

    def forget_history(self, ticket: int) -> None:
        """Let a ticket be one that was imported, of which no history is kept."""
        self.histories = [row for row in self.histories if ticket not in {row["o_id"], row.get("related_o_id")}]

    def _touch(self, ticket: int) -> None:
        self.tickets[ticket]["updated_at"] = iso(self.now_ms)

    def _log(self, ticket: int, kind: str, by: int, **values: Any) -> None:
        row = {"id": next(self._numbers), "o_id": ticket, "object": "Ticket", "type": kind, "created_by_id": by}
        self.histories.append({**row, "created_at": iso(self.now_ms), **values})

    def _name(self, attribute: str, value: Any) -> str:
        if attribute == "state_id":
            return self.states[value][0]
        if attribute == "owner_id":
            return " ".join(self.users[value][:2]).strip()
        known = {"group_id": self.groups, "priority_id": self.priorities}.get(attribute)
        return str((known[value] if known else value) or "")

    # --- What the API answers ---

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        if self.faults:
            answer = self.faults.pop(0)(request)
            if answer is not None:
                return answer
        if not request.path.startswith(API):
            return Response("<!DOCTYPE html><title>Zammad Helpdesk</title>", content_type="text/html")
        said = request.headers.get("Authorization", "")
        if not said or not self.tokens_on:
            return self._error("Authentication required" if not said else "API token access disabled!", 403)
        if said != f"Token token={self.token}":
            return self._error("Can't find User for Token", 401)
        return self._route(request, request.path.removeprefix(API).split("/"))

    def _json(self, content: Any, status: int = 200) -> Response:
        headers = {"Date": formatdate(self.now + self.skew_s, usegmt=True)}
        return Response(json.dumps(content), status, headers=headers, content_type="application/json")

    def _error(self, text: str, status: int) -> Response:
        return self._json({"error": text, "error_human": text}, status)

    def _route(self, request: Request, path: list[str]) -> Response:
        kind, name, part = (*path, "", "")[:3]
        if kind in {"ticket_history", "ticket_customer"} and "ticket.agent" not in self.permissions:
            return self._error("Not authorized", 403)
        if kind in {"slas", "calendars"} and f"admin.{kind[:-1]}" not in self.permissions:
            return self._error("Not authorized", 403)
        if kind == "groups" and not self.groups_listed:
            return self._error("Not authorized", 403)
        if path == ["tickets", "search"]:
            return self._search(request)
        of_ticket: dict[tuple[str, str], tuple[str, Callable[[Row], Any], str]] = {
            ("tickets", ""): (name, self._expanded, "read"),
            ("tickets", "time_accountings"): (name, self._entries, "change"),
            ("ticket_articles", part): (part, self._articles, "read"),
            ("ticket_history", ""): (name, self._history, "read"),
        }
        if (kind, part) in of_ticket:
            return self._of_ticket(*of_ticket[kind, part])
        lists: dict[str, Callable[[], Any]] = {
            "users": self._me,
            "ticket_customer": lambda: {"ticket_ids_open": [], "ticket_ids_closed": [], "assets": {}},
            "ticket_states": self._states,
            "ticket_priorities": lambda: [{"id": n, "name": name} for n, name in self.priorities.items()],
            "slas": lambda: self.slas,
            "calendars": lambda: self.calendars,
            "groups": lambda: [{"id": n, "name": name, "active": True} for n, name in self.groups.items()],
        }
        return self._json(lists[kind]()) if kind in lists else self._error("No route matches", 404)

    def _me(self) -> Row:
        granted = {str(group): sorted(rights) for group, rights in self.rights.items()}
        return {**self._user(ROBOT), "role_ids": [2], "group_ids": granted}

    def _states(self) -> list[Row]:
        return [
            {"id": number, "name": name, "state_type_id": TYPE_NUMBERS.index(kind) + 1, "state_type": kind}
            for number, (name, kind) in self.states.items()
        ]

    def _may(self, ticket: Row, right: str) -> bool:
        return bool({right, "full"} & self.rights.get(ticket["group_id"], set()))

    def _search(self, request: Request) -> Response:
        said = request.get_json() if request.method == "POST" else request.args
        rows = [row for row in self.tickets.values() if self._may(row, "read")]
        if "ticket.agent" not in self.permissions:
            rows = [row for row in rows if row["customer_id"] == ROBOT]
        if said.get("query"):
            # Elasticsearch isn't imitated: without it, what looks like its language is looked for in titles.
            rows = [row for row in rows if said["query"].replace("*", "") in row["title"]]
        elif self.ordered:
            rows = [row for row in rows if self._matches(row, said["condition"])]
        for name, direction in reversed(list(zip(_words(said, "sort_by"), _words(said, "order_by"), strict=True))):
            rows = sorted(rows, key=lambda row: row[name], reverse=direction == "desc")
        size = min(int(said.get("per_page", 50)), self.most)
        start = (int(said.get("page", 1)) - 1) * size
        answer = self._json([self._expanded(row) for row in rows[start : start + size]])
        happening, self.while_searching = self.while_searching, None
        if happening is not None:
            happening()
        return answer

    def _matches(self, row: Row, condition: Row) -> bool:
        tests = {"after (absolute)": lambda a, b: a >= b, "before (absolute)": lambda a, b: a <= b}
        return all(
            tests[one["operator"]](ms(row[name.removeprefix("ticket.")]), ms(one["value"]))
            for name, one in condition.items()
        )

    def _of_ticket(self, name: str, tell: Callable[[Row], Any], right: str) -> Response:
        number = int(name)
        ticket = self.tickets.get(number)
        if ticket is None:
            return self._error(f"Couldn't find Ticket with 'id'={number}", 404)
        if not self._may(ticket, right):
            return self._error("Not authorized", 403)
        if number in self.broken and tell == self._articles:
            return self._error("Error ID x: Please contact your administrator.", 500)
        return self._json(tell(ticket))

    def _expanded(self, ticket: Row) -> Row:
        """Return a ticket as `expand=true` gives it: users by their login."""
        return {
            **ticket,
            "group": self.groups[ticket["group_id"]],
            "state": self.states[ticket["state_id"]][0],
            "priority": self.priorities.get(ticket["priority_id"]),
            "owner": self.users[ticket["owner_id"]][2] or "-",
            "customer": self.users[ticket["customer_id"]][2],
            "create_article_type": TYPES[ticket["create_article_type_id"] - 1],
            "create_article_sender": SENDERS[ticket["create_article_sender_id"]],
        }

    def _articles(self, ticket: Row) -> list[Row]:
        return [row for row in self.articles if row["ticket_id"] == ticket["id"]]

    def _entries(self, ticket: Row) -> list[Row]:
        return [row for row in self.entries if row["ticket_id"] == ticket["id"]]

    def _history(self, ticket: Row) -> Row:
        rows = [row for row in self.histories if (row.get("related_o_id") or row["o_id"]) == ticket["id"]]
        rows = sorted(rows, key=lambda row: (row["created_at"], row["id"]))
        named = {row["created_by_id"] for row in rows} | {ticket["owner_id"], ticket["customer_id"]}
        return {"history": rows, "assets": {"User": {str(number): self._user(number) for number in sorted(named)}}}

    def _user(self, number: int) -> Row:
        first, last, mail = self.users[number]
        return {"id": number, "login": mail or "-", "firstname": first, "lastname": last, "email": mail, "active": True}


def _words(said: Any, name: str) -> list[str]:
    return [word.strip() for word in str(said.get(name, "")).split(",") if word.strip()]

"""A small Request Tracker over HTTP, as REST2 of 5.0.3 behaves: written from what a real one was seen to do.

It keeps users, queues, custom fields, tickets and transactions; what the bot may not see is dropped from a list after
the page was cut, totals are missing then, and nothing ever says that there is a next page.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

from werkzeug import Request, Response

TOKEN = "1-37-00112233445566778899aabbccddeeff"
START = int(datetime(2026, 10, 19, 8, tzinfo=UTC).timestamp())
NOBODY, SYSTEM = 6, 1
API = "/REST/2.0/"


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Transaction:
    id: int
    ticket: int
    kind: str
    creator: int
    at: int
    field: str = ""
    old: str = ""
    new: str = ""
    minutes: int = 0
    headers: str | None = None
    object_type: str = "RT::Ticket"


@dataclass
class FakeTicket:
    id: int
    created: int
    creator: int
    queue: int
    requesters: list[int]
    status: str = "new"
    owner: int = NOBODY
    priority: int = 0
    level: str | None = "standard"
    type: str = "ticket"
    effective: int = 0
    updated: int = 0
    values: dict[int, str] = field(default_factory=dict)


@dataclass
class FakeRT:
    """The helpdesk: its methods are what people do there, each a minute after the one before."""

    now: int = START
    people: dict[int, tuple[str, str, bool]] = field(
        default_factory=lambda: {
            SYSTEM: ("RT_System", "The RT System itself", False),
            NOBODY: ("Nobody", "Nobody in particular", False),
            31: ("alice", "Alice Agent", True),
            33: ("bob", "Bob Lead", True),
            35: ("formbot", "Web form", True),
            37: ("kpibot", "KPI Bot", True),
            51: ("dina@example.com", "Dina Customer", False),
            53: ("emil@example.com", "Emil O'Neil", False),
        }
    )
    queues: dict[int, str] = field(default_factory=lambda: {3: "Support", 4: "Billing"})
    fields: dict[int, str] = field(default_factory=lambda: {2: "Channel", 3: "CSAT", 4: "Category"})
    tickets: dict[int, FakeTicket] = field(default_factory=dict)
    log: list[Transaction] = field(default_factory=list)
    hidden: Callable[[Transaction], bool] = lambda _: False
    hidden_tickets: set[int] = field(default_factory=set)
    shredded: set[int] = field(default_factory=set)
    inactive: set[str] = field(default_factory=lambda: {"resolved", "rejected", "deleted"})
    group_visible: bool = True
    token: str = TOKEN
    skew_s: int = 0
    faults: list[Callable[[Request], Response | None]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)  # tickets on whose transactions a search fails
    late: set[int] = field(default_factory=set)  # transactions that are not committed yet

    # --- What people do ---

    def _add(self, ticket: int, kind: str, by: int, **values: Any) -> Transaction:
        effective = self.tickets[ticket].effective if kind != "AddLink" else ticket
        # Each thing also leaves mail that the bot may not see.
        row = Transaction(id=self.next_id(), ticket=effective, kind=kind, creator=by, at=self.now, **values)
        self.log.append(row)
        self.tickets[effective].updated = self.now
        return row

    def next_id(self) -> int:
        return self.log[-1].id + 1 if self.log else 1

    def tick(self, seconds: int = 60) -> None:
        self.now += seconds

    def create(self, by: int, *, requester: int | None = None, queue: int = 3, mail: bool = True, **values: Any) -> int:
        self.tick()
        number = max(self.tickets, default=0) + 1
        asks = by if requester is None else requester
        ticket = FakeTicket(
            id=number, created=self.now, creator=by, queue=queue, requesters=[asks], effective=number, **values
        )
        self.tickets[number] = ticket
        interface = "Email" if mail else "REST"
        self._add(number, "Create", by, headers=f"X-RT-Interface: {interface}\nSubject: x")
        self._add(number, "EmailRecord", SYSTEM)
        self._add(number, "Set", SYSTEM, field="Due", old="1970-01-01 00:00:00", new="2026-10-20 10:00:00")
        return number

    def correspond(self, ticket: int, by: int, *, minutes: int = 0, headers: str = "", quiet: bool = False) -> int:
        self.tick()
        row = self._add(ticket, "Correspond", by, minutes=minutes, headers=f"X-RT-Interface: Email\n{headers}")
        self._add(ticket, "EmailRecord", SYSTEM)
        present = self.tickets[self.tickets[ticket].effective].status
        if present in {"new", *self.inactive} and not quiet and not (present == "new" and by not in {31, 33}):
            self._status(ticket, "open", SYSTEM)
        return row.id

    def comment(self, ticket: int, by: int, minutes: int = 0) -> None:
        self.tick()
        self._add(ticket, "Comment", by, minutes=minutes, headers="X-RT-Interface: Web")

    def status(self, ticket: int, new: str, by: int = 31) -> None:
        self.tick()
        self._status(ticket, new, by)

    def _status(self, ticket: int, new: str, by: int) -> None:
        kept = self.tickets[self.tickets[ticket].effective]
        self._add(ticket, "Status", by, field="Status", old=kept.status, new=new)
        kept.status = new

    def own(self, ticket: int, owner: int, by: int | None = None) -> None:
        self.tick()
        kept = self.tickets[ticket]
        for kind in ("Set", "SetWatcher"):
            self._add(ticket, kind, by or owner, field="Owner", old=str(kept.owner), new=str(owner))
        kept.owner = owner

    def set(self, ticket: int, name: str, value: Any, by: int = 31) -> None:
        self.tick()
        kept = self.tickets[ticket]
        attribute = {"Queue": "queue", "Priority": "priority", "SLA": "level"}[name]
        self._add(ticket, "Set", by, field=name, old=str(getattr(kept, attribute)), new=str(value))
        setattr(kept, attribute, value)

    def fill(self, ticket: int, custom_field: int, value: str, by: int = 31) -> None:
        self.tick()
        kept = self.tickets[ticket]
        old = kept.values.get(custom_field, "")
        self._add(ticket, "CustomField", by, field=str(custom_field), old=old, new=value)
        kept.values[custom_field] = value

    def merge(self, ticket: int, into: int, by: int = 31) -> None:
        self.tick()
        target = self.tickets[into]
        for other in self.tickets.values():
            if other.effective == ticket:
                other.effective = into
        target.requesters += [asks for asks in self.tickets[ticket].requesters if asks not in target.requesters]
        if target.status != "deleted":  # then no link is made
            for end in (ticket, into):
                self._add(end, "AddLink", by, field="MergedInto", new=f"fsck.com-rt://fake/ticket/{into}")
        target.updated = self.now

    def elsewhere(self, count: int) -> None:
        """Let things happen that the bot may not see: on a ticket in a queue that is closed to it."""
        number = self.create(51)
        self.hidden_tickets.add(number)
        for _ in range(count):
            self.comment(number, 31)

    # --- What REST2 answers ---

    def __call__(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.path}")
        if self.faults:
            answer = self.faults.pop(0)(request)
            if answer is not None:
                return answer
        if request.headers.get("Authorization") != f"token {self.token}":
            return self._json({"message": "Unauthorized"}, 401)
        if not request.path.startswith(API):
            return Response("<!DOCTYPE html><title>RT</title>", content_type="text/html")
        return self._route(request, request.path.removeprefix(API))

    def _json(self, content: Any, status: int = 200) -> Response:
        headers = {"Date": formatdate(self.now + self.skew_s, usegmt=True)}
        return Response(json.dumps(content), status, headers=headers, content_type='application/json; charset="utf-8"')

    def _route(self, request: Request, path: str) -> Response:
        kind, _, rest = path.partition("/")
        lists: dict[str, Callable[[Request], Response]] = {
            "transactions": self._transactions,
            "tickets": self._tickets,
            "attachments": self._attachments,
            "groups": lambda _: self._plain([{"id": "4", "type": "group"}] if self.group_visible else []),
            "queues": lambda r: self._plain([{"id": str(n), "Name": name} for n, name in self.queues.items()], r),
            "customfields": lambda r: self._plain([{"id": str(n), "Name": name} for n, name in self.fields.items()], r),
        }
        if kind in lists:
            return lists[kind](request)
        records: dict[str, Callable[[str], Response]] = {
            "rt": lambda _: self._json({"Version": "5.0.3"}),
            "ticket": self._ticket,
            "user": self._user,
            "group": self._group,
            "queue": lambda n: self._named(self.queues, n),
            "customfield": self._custom_field,
        }
        return records[kind](rest) if kind in records else self._json({"message": "Not Found"}, 404)

    def _plain(self, rows: list[dict[str, Any]], request: Request | None = None) -> Response:
        page = int(request.args.get("page", 1)) if request else 1
        return self._json({"items": rows if page == 1 else [], "total": len(rows), "pages": 0.0, "page": page})

    def _named(self, names: dict[int, str], number: str) -> Response:
        if int(number) not in names:
            return self._json({"message": "Not Found"}, 404)
        return self._json({"id": int(number), "Name": names[int(number)]})

    def _custom_field(self, number: str) -> Response:
        values = ["1", "2", "3", "4", "5"] if number == "3" else ["Email", "Phone"]
        if int(number) not in self.fields:
            return self._json({"message": "Forbidden"}, 403)
        return self._json({"id": int(number), "Name": self.fields[int(number)], "Values": values})

    def _group(self, _: str) -> Response:
        return self._json({"Members": [{"id": login} for login, _, privileged in self.people.values() if privileged]})

    def _user(self, name: str) -> Response:
        for number, (login, real, privileged) in self.people.items():
            if name in {login, str(number)}:
                link = {"ref": "self", "type": "user", "id": number}
                record = {"Name": login, "RealName": real, "Privileged": int(privileged), "_hyperlinks": [link]}
                return self._json(record)
        return self._json({"message": "Not Found"}, 404)

    def _person(self, number: int, *, expanded: bool) -> dict[str, Any]:
        login, real, _ = self.people[number]
        if expanded:
            return {"type": "user", "id": number, "Name": login, "RealName": real}
        return {"type": "user", "id": login}

    def _visible(self, row: Transaction) -> bool:
        ticket = self.tickets[row.ticket]
        gone = ticket.id in self.hidden_tickets or ticket.effective in self.hidden_tickets
        return not (row.kind == "EmailRecord" or gone or self.hidden(row))

    def _transactions(self, request: Request) -> Response:
        query = request.get_json() if request.method == "POST" else request.args["query"]
        if isinstance(query, str) and query.startswith("["):
            query = json.loads(query)
        rows = [row for row in self.log if row.id not in self.late]
        if isinstance(query, str):
            rows = [row for row in rows if self._sql(row, query)]
        else:
            rows = [row for row in rows if _matches(row, query)]
        if any(row.ticket in self.broken for row in rows) and "fields[Creator]" in request.args:
            return self._json({"message": "Internal Server Error"}, 500)
        if request.args.get("order") == "DESC":
            rows.reverse()
        shown = [row for row in _page(rows, request) if self._visible(row)]
        return self._json({"items": [self._row(row) for row in shown], "total": None, "pages": None})

    def _sql(self, row: Transaction, query: str) -> bool:
        kind = re.search(r"Type = '(\w+)'", query)
        queue = re.search(r"TicketQueue = (\d+)", query)
        numbers = {int(number) for number in re.findall(r"TicketId = (\d+)", query)}
        return (
            (kind is None or row.kind == kind[1])
            and (queue is None or self.tickets[row.ticket].queue == int(queue[1]))
            and (not numbers or row.ticket in numbers)
        )

    def _row(self, row: Transaction) -> dict[str, Any]:
        return {
            "id": str(row.id),
            "type": "transaction",
            "Type": row.kind,
            "Field": row.field,
            "OldValue": row.old,
            "NewValue": row.new,
            "Created": iso(row.at),
            "Creator": self._person(row.creator, expanded=True),
            "ObjectId": str(row.ticket),
            "TimeTaken": str(row.minutes),
        }

    def _attachments(self, request: Request) -> Response:
        wanted = {int(clause["value"]) for clause in request.get_json() if clause["field"] == "TransactionId"}
        rows = [row for row in self.log if row.id in wanted and row.headers is not None]
        items = [
            {"id": str(1000 + row.id), "TransactionId": str(row.id), "Headers": row.headers}
            for row in _page(rows, request)
            if self._visible(row)
        ]
        return self._json({"items": items, "total": None, "pages": None})

    def _searchable(self) -> Iterable[FakeTicket]:
        for ticket in self.tickets.values():
            hidden = ticket.id in self.hidden_tickets | self.shredded
            if ticket.effective == ticket.id and ticket.status != "deleted" and ticket.type == "ticket" and not hidden:
                yield ticket

    def _tickets(self, request: Request) -> Response:
        query = request.args["query"]
        found = list(self._searchable())
        numbers = {int(number) for number in re.findall(r"\bid = (\d+)", query)}
        if numbers:
            found = [ticket for ticket in found if ticket.id in numbers]
        for name in re.findall(r"Status = '(\w+)'", query):
            if name in {"__Active__", "__Inactive__"}:
                found = [t for t in found if (t.status in self.inactive) == (name == "__Inactive__")]
            else:
                found = [ticket for ticket in found if ticket.status == name]
        for name in re.findall(r"Status != '(\w+)'", query):
            found = [ticket for ticket in found if ticket.status != name]
        if request.args.get("order") == "DESC":
            found.sort(key=lambda ticket: -ticket.updated)
        items = [self._record(ticket, expanded=True) | {"id": str(ticket.id)} for ticket in _page(found, request)]
        return self._json({"items": items, "total": len(found), "pages": 1 if found else 0.0})

    def _ticket(self, number: str) -> Response:
        asked = self.tickets.get(int(number))
        if asked is None or asked.id in self.shredded:
            return self._json({"message": "Not Found"}, 404)
        if asked.id in self.hidden_tickets:
            return self._json({"message": "Forbidden"}, 403)
        return self._json(self._record(self.tickets[asked.effective], expanded=False))

    def _record(self, ticket: FakeTicket, *, expanded: bool) -> dict[str, Any]:
        values = [
            {"id": str(number), "name": name, "values": [v for v in [ticket.values.get(number)] if v]}
            for number, name in self.fields.items()
        ]
        return {
            "id": ticket.id,
            "Type": ticket.type,
            "Status": ticket.status,
            "Queue": {"id": str(ticket.queue), "type": "queue"},
            "Owner": self._person(ticket.owner, expanded=expanded),
            "Creator": self._person(ticket.creator, expanded=expanded),
            "Requestor": [self._person(asks, expanded=expanded) for asks in ticket.requesters],
            "Created": iso(ticket.created),
            "LastUpdated": iso(ticket.updated),
            "Resolved": "1970-01-01T00:00:00Z",
            "Due": next(
                (
                    row.new.replace(" ", "T") + "Z"
                    for row in self.log
                    if (row.ticket, row.field) == (ticket.id, "Due") and row.new
                ),
                "1970-01-01T00:00:00Z",
            ),
            "Priority": str(ticket.priority),
            "SLA": ticket.level,
            "Subject": "x",
            "CustomFields": values,
        }


def _matches(row: Transaction, query: list[dict[str, str]]) -> bool:
    """Apply a JSON search: conditions on one field joined with OR where asked, everything else with AND."""
    tests = {
        "=": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        ">": lambda a, b: int(a) > int(b),
        "<=": lambda a, b: int(a) <= int(b),
    }
    values = {"id": str(row.id), "ObjectId": str(row.ticket), "ObjectType": row.object_type, "Type": row.kind}
    by_field: dict[str, list[tuple[str, bool]]] = {}
    for clause in query:
        holds = tests[clause["operator"]](values[clause["field"]], clause["value"])
        by_field.setdefault(clause["field"], []).append((clause["entry_aggregator"], holds))
    return all(
        any(holds for _, holds in found) if any(join == "OR" for join, _ in found) else all(h for _, h in found)
        for found in by_field.values()
    )


def _page(rows: list[Any], request: Request) -> list[Any]:
    size = min(int(request.args.get("per_page", 20)) or 20, 100)
    start = (int(request.args.get("page", 1)) - 1) * size
    return rows[start : start + size]

"""Request Tracker's REST2 interface (https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html), read only.

Its lists leave out what the account may not see *after* the page was cut, without a total and without a next page:
a short or empty page says nothing about the end. Every walk here goes on until it knows.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from bot.helpdesks.http import HelpdeskClient, Patience, normalise_url
from bot.helpdesks.reading import BROKEN, UNSEEN
from bot.helpdesks.request_tracker.mapping import MESSAGES, Record, number
from kpi.errors import HelpdeskError

API = "/REST/2.0"
PAGE = 100
"""Request Tracker gives no more at once, whatever is asked."""

EMPTY_PAGES = 10
"""Empty pages in a row, each up to a hundred hidden rows, after which nothing visible is taken to follow."""

HIDDEN = ("EmailRecord", "CommentEmailRecord")
"""Copies of outgoing mail: most accounts may not see them, and they tell nothing of a ticket."""

TICKET_FIELDS = "Type,Status,Queue,Owner,Created,Creator,Requestor,Priority,SLA,Subject,CustomFields,LastUpdated,Due"
TRANSACTION_FIELDS = "Type,Field,OldValue,NewValue,Created,Creator,ObjectId,TimeTaken"
PERSON = "id,Name,RealName"


def clause(field: str, value: object, operator: str = "=", join: str = "AND") -> dict[str, str]:
    """Return one condition of a search in JSON."""
    return {"field": field, "operator": operator, "value": str(value), "entry_aggregator": join}


def quoted(text: str) -> str:
    """Return a text as it stands between quotes in a search."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


class RestClient:
    """Reads records as they come; every method raises HelpdeskError.

    One broken record makes a whole search fail: on a server error it is tried as smaller searches, as long as Request
    Tracker is well otherwise.
    """

    def __init__(self, url: str, token: str, patience: Patience | None = None) -> None:
        self.web = normalise_url(url, API)
        headers = {"Authorization": f"token {token}"} if token else {}
        self.http = HelpdeskClient(self.web, headers, api=API, patience=patience)

    # --- The stream of transactions ---

    def latest(self) -> list[Record]:
        """Return the last visible transactions of tickets, oldest first; empty when there is none."""
        for page in range(1, EMPTY_PAGES + 1):
            if rows := self._transactions([clause("id", 0, ">")], page=page, order="DESC"):
                return rows[::-1]
        # Behind so many hidden rows, the tickets that changed last tell how far to go.
        recent = self._list("tickets", {"query": "id > 0", "orderby": "LastUpdated", "order": "DESC", "per_page": 20})
        return self.histories([str(ticket["id"]) for ticket in recent])[0][-PAGE:]

    def after(self, position: int, end: int) -> list[Record]:
        """Return the next transactions of tickets with `position` < id <= `end`, oldest first; empty at the end."""
        window = [clause("id", position, ">"), clause("id", end, "<=")]
        for page in range(1, (end - position - 1) // PAGE + 2):
            if rows := self._transactions(window, page=page):
                return rows
        return []

    def _transactions(self, window: list[dict[str, str]], *, page: int, order: str = "ASC") -> list[Record]:
        query = [clause("ObjectType", "RT::Ticket"), *window, *(clause("Type", name, "!=") for name in HIDDEN)]
        params = {
            "query": json.dumps(query),
            "orderby": "id",
            "order": order,
            "page": page,
            "per_page": PAGE,
            "fields": "ObjectId,Created",
        }
        return self._list("transactions", params)

    # --- Whole tickets ---

    def tickets(self, ids: Sequence[str]) -> list[Record]:
        """Return those of the tickets that a search shows: neither deleted ones nor merged ones."""
        return self._in_parts(ids, self._tickets, size=50)[0]

    def _tickets(self, ids: Sequence[str]) -> list[Record]:
        params = {
            "query": " OR ".join(f"id = {int(name)}" for name in ids),
            "per_page": PAGE,
            "fields": TICKET_FIELDS,
            "fields[Creator]": PERSON,
            "fields[Requestor]": PERSON,
            "fields[Owner]": PERSON,
        }
        return self._list("tickets", params)

    def ticket(self, name: str) -> Record:
        """Return one ticket, deleted ones too; for a merged one, the ticket it was merged into."""
        return self._record(f"ticket/{int(name)}")

    def histories(self, ids: Sequence[str]) -> tuple[list[Record], set[str]]:
        """Return all transactions of these tickets, oldest first, and the tickets whose history can't be read.

        The transactions of tickets merged into them are not among them.
        """
        rows, failed = self._in_parts(ids, self._histories, size=25)
        return sorted(rows, key=number), failed

    def _histories(self, ids: Sequence[str]) -> list[Record]:
        query = [
            clause("ObjectType", "RT::Ticket"),
            *(clause("ObjectId", name, join="OR") for name in ids),
            *(clause("Type", name, "!=") for name in HIDDEN),
        ]
        return list(self._walk("transactions", query, {"fields": TRANSACTION_FIELDS, "fields[Creator]": PERSON}))

    def headers(self, transactions: Iterable[Record]) -> dict[str, str]:
        """Return the mail headers by transaction, for those that are messages."""
        ids = [str(row["id"]) for row in transactions if row["Type"] in MESSAGES]
        rows, _ = self._in_parts(ids, self._headers, size=PAGE)
        return {str(row["TransactionId"]): str(row.get("Headers") or "") for row in rows}

    def _headers(self, ids: Sequence[str]) -> list[Record]:
        # The part without a parent is the mail itself, one for each message.
        query = [clause("Parent", 0), *(clause("TransactionId", name, join="OR") for name in ids)]
        return list(self._walk("attachments", query, {"fields": "Headers,TransactionId"}, enough=len(ids)))

    def in_queue(self, ids: Sequence[str], queue: str) -> set[str]:
        """Return those of the tickets that are, or were when merged, in this queue."""
        named = " OR ".join(f"TicketId = {int(name)}" for name in ids)
        query = f"ObjectType = 'RT::Ticket' AND Type = 'Create' AND TicketQueue = {int(queue)} AND ({named})"
        params = {"query": query, "per_page": PAGE, "fields": "ObjectId"}
        return {str(row["ObjectId"]) for row in self._list("transactions", params)}

    # --- What surrounds them ---

    def version(self, patience: Patience | None = None) -> str:
        """Return the version; the first thing to ask, since it needs an account and nothing else."""
        try:
            answer = self._record("rt", patience)
        except HelpdeskError as error:
            if error.key in {"helpdesk_not_found", "helpdesk_bad_request"}:
                raise HelpdeskError("helpdesk_wrong_url", url=self.web) from error
            raise
        if "Version" not in answer:
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return str(answer["Version"])

    def user(self, name: str) -> Record:
        """Return a user by login or number."""
        return self._record(f"user/{quote(name, safe='')}")

    def privileged(self) -> frozenset[str] | None:
        """Return the logins of all privileged users; None when this account may not see groups."""
        query = json.dumps([clause("Domain", "SystemInternal"), clause("Name", "Privileged")])
        try:
            for group in self._list("groups", {"query": query}):
                members = self._record(f"group/{group['id']}").get("Members")
                if members:
                    return frozenset(str(member["id"]) for member in members)
        except HelpdeskError as error:
            if error.key not in UNSEEN:
                raise
        return None

    def queues(self) -> list[Record]:
        """Return the queues that this account may see."""
        return list(self._pages("queues/all", {"fields": "Name"}))

    def queue(self, name: str) -> Record:
        """Return one queue."""
        return self._record(f"queue/{quote(name, safe='')}")

    def custom_fields(self) -> list[Record]:
        """Return the custom fields of tickets that this account may see."""
        query = json.dumps([clause("LookupType", "RT::Queue-RT::Ticket")])
        return list(self._pages("customfields", {"query": query, "fields": "Name"}))

    def custom_field(self, name: str) -> Record:
        """Return one custom field, with its values."""
        return self._record(f"customfield/{quote(name, safe='')}")

    def count(self, query: str) -> int:
        """Return how many tickets a search finds."""
        return int(self._object(self.http.get("tickets", {"query": query, "per_page": 1})).get("total") or 0)

    def statuses_besides(self, known: Iterable[str]) -> set[str]:
        """Return statuses that tickets have and that are not among `known`, as far as one page of tickets shows."""
        query = " AND ".join(["id > 0", *(f"Status != '{quoted(name)}'" for name in known)])
        rows = self._list("tickets", {"query": query, "per_page": PAGE, "fields": "Status"})
        return {str(row["Status"]) for row in rows}

    def sees_comments(self) -> bool:
        """Tell whether any internal comment is visible."""
        return bool(self._list("transactions", {"query": "Type = 'Comment'", "per_page": PAGE}))

    # --- Lists ---

    def _pages(self, path: str, params: dict[str, Any]) -> Iterator[Record]:
        page, empty = 1, 0
        while not empty:
            rows = self._list(path, params | {"page": page, "per_page": PAGE})
            yield from rows
            page, empty = page + 1, not rows

    def _walk(
        self, path: str, query: list[dict[str, str]], params: dict[str, Any], enough: int | None = None
    ) -> Iterator[Record]:
        """Yield all that a search finds, by number; it ends with two empty pages in a row, or with `enough` rows."""
        page, empty, found = 1, 0, 0
        while empty < 2 and (enough is None or found < enough):  # noqa: PLR2004  # as the docstring says
            rows = self._rows(self.http.search(path, query, params | {"orderby": "id", "page": page, "per_page": PAGE}))
            yield from rows
            page, empty, found = page + 1, 0 if rows else empty + 1, found + len(rows)

    def _list(self, path: str, params: dict[str, Any]) -> list[Record]:
        return self._rows(self.http.get(path, params))

    def _in_parts(
        self, ids: Sequence[str], read: Callable[[Sequence[str]], list[Record]], *, size: int
    ) -> tuple[list[Record], set[str]]:
        """Return what is read of `ids`, and those that can't be read even alone."""
        rows: list[Record] = []
        failed: set[str] = set()
        parts = [ids[start : start + size] for start in range(0, len(ids), size)]
        while parts:
            part = parts.pop(0)
            try:
                rows += read(part)
            except HelpdeskError as error:
                if error.key not in BROKEN:
                    raise
                self.version()  # when this fails too, it isn't the records
                if len(part) == 1:
                    failed.update(part)
                else:
                    parts[:0] = [part[: len(part) // 2], part[len(part) // 2 :]]
        return rows, failed

    # --- Answers ---

    def _record(self, path: str, patience: Patience | None = None) -> Record:
        return self._object(self.http.get(path, patience=patience))

    def _rows(self, answer: object) -> list[Record]:
        rows = self._object(answer).get("items")
        # A row of a type that REST2 can't name comes as null.
        return [row for row in rows or () if isinstance(row, dict)]

    def _object(self, answer: object) -> dict[str, Any]:
        if not isinstance(answer, dict):
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return answer

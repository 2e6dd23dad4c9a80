"""LiveAgent's API v3 (https://support.liveagent.com/docs/api/v3), read only.

Lists are plain arrays without a total, ten rows a page unless asked otherwise, and what page size is granted isn't
documented: a short page says nothing about the end, an empty one does.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from bot.helpdesks.budget import Budget, RateLimit
from bot.helpdesks.http import HelpdeskClient, Patience, normalise_url
from kpi.errors import HelpdeskError

Record = Mapping[str, Any]
"""One record as API v3 gives it."""

API = "/api/v3"
PAGE = 100
ONE_PAGE = 10
"""So many rows come on one page even when nothing is asked for: no smaller page is granted."""

LIMIT = RateLimit(requests=180)
"""Of an account in a minute; other integrations ask out of the same budget."""

PATIENCE = Patience(attempts=8, first_wait_s=1, longest_wait_s=60)
"""A refusal for too many requests comes without Retry-After: the pauses must reach beyond the minute."""

SERVER_TIME = {"_timezone_offset": 0}
"""Seconds between our time and the server's: dates come, and are compared, in the server's own."""


class Between(NamedTuple):
    """A stretch of time as filters have it, `YYYY-MM-DD HH:MM:SS` in server time, both ends included."""

    start: str
    end: str


class ApiClient:
    """Reads records as they come; every method raises HelpdeskError."""

    def __init__(self, url: str, key: str, patience: Patience | None = None, budget: Budget | None = None) -> None:
        self.web = normalise_url(url, API, "/api", "/agent")
        self.http = HelpdeskClient(
            self.web,
            {"apikey": key} if key else {},
            api=API,
            patience=patience or PATIENCE,
            budget=budget,
        )

    # --- Tickets ---

    def by_change(self, *, latest: bool, count: int = 1, patience: Patience | None = None) -> list[Record]:
        """Return the tickets that changed last or first."""
        direction = "DESC" if latest else "ASC"
        params = {"_page": 1, "_perPage": count, "_sortField": "date_changed", "_sortDir": direction}
        return self._listed(self.http.get("tickets", params, patience=patience))

    def changed(self, between: Between) -> list[Record]:
        """Return the tickets that last changed within a stretch of time, deleted ones and spam too.

        One that changes while the pages are read leaves the stretch and moves all others up, so what may have taken
        several pages is read until nothing new turns up.
        """
        filters = json.dumps([["date_changed", "D>=", between.start], ["date_changed", "D<=", between.end]])
        params = {"_sortField": "date_changed", "_sortDir": "ASC", "_filters": filters}
        found: dict[str, Record] = {}
        while True:
            rows = {str(row["id"]): row for row in self._pages("tickets", params)}
            settled = len(rows) <= ONE_PAGE or rows.keys() <= found.keys()
            found |= rows
            if settled:
                return list(found.values())

    def ticket(self, name: str) -> Record:
        """Return one ticket."""
        return self._object(self.http.get(f"tickets/{quote(name, safe='')}"))

    def groups(self, ticket: str) -> list[Record]:
        """Return a ticket's groups of messages, each with its messages."""
        return list(self._pages(f"tickets/{quote(ticket, safe='')}/messages", {"includeQuotedMessages": "false"}))

    def segments(self, ticket: str) -> list[Record]:
        """Return the stretches of a ticket's life with one status, department and agent."""
        return self._rows(f"tickets/{quote(ticket, safe='')}/history", SERVER_TIME)

    def level(self, ticket: str) -> str | None:
        """Return the SLA level that a ticket is under."""
        said = self.http.get(f"tickets/{quote(ticket, safe='')}/sla")
        return str(said.get("sla_level_id") or "") or None if isinstance(said, dict) else None

    # --- What surrounds them ---

    def agents(self) -> list[Record]:
        """Return all agents, deleted ones with their status X."""
        return list(self._pages("agents", {}))

    def departments(self) -> list[Record]:
        """Return the departments."""
        return list(self._pages("departments", {}, key="department_id"))

    def tags(self) -> list[Record]:
        """Return the tags."""
        return list(self._pages("tags", {}))

    def levels(self) -> list[Record]:
        """Return the SLA levels; this list has no pages."""
        return self._rows("slas", {})

    def calls(self, between: Between) -> list[Record]:
        """Return the calls that began within a stretch of time."""
        filters = json.dumps([["dateCreated", "D>=", between.start], ["dateCreated", "D<=", between.end]])
        params = {"_filters": filters, "_sortField": "dateFinished", "_sortDir": "ASC"}
        return list(self._walk("calls", params | SERVER_TIME))

    # --- Lists ---

    def _pages(self, path: str, params: Mapping[str, Any], key: str = "id") -> Iterator[Record]:
        """Yield rows until a page brings none that is new: also where a list doesn't know pages."""
        seen: set[str] = set()
        page = 1
        while True:
            rows = self._rows(path, {**params, "_page": page, "_perPage": PAGE})
            new = [row for row in rows if str(row[key]) not in seen]
            if not new:
                return
            yield from new
            seen |= {str(row[key]) for row in new}
            page += 1

    def _walk(self, path: str, params: Mapping[str, Any]) -> Iterator[Record]:
        """Yield rows of a list whose next page is named by a header."""
        cursors: list[str] = []
        while True:
            answer = self.http.answer(
                path, {**params, "_perPage": PAGE} | ({"_cursor": cursors[-1]} if cursors else {})
            )
            rows = self._listed(answer.content)
            yield from rows
            following = answer.headers.get("next_page_cursor")
            if not rows or not following or following in cursors:
                return
            cursors.append(following)

    def _rows(self, path: str, params: Mapping[str, Any]) -> list[Record]:
        return self._listed(self.http.get(path, params))

    def _listed(self, answer: object) -> list[Record]:
        if not isinstance(answer, list):
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return [row for row in answer if isinstance(row, dict)]

    def _object(self, answer: object) -> Record:
        if not isinstance(answer, dict) or "id" not in answer:
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return answer

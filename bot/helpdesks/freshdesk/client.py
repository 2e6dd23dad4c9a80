"""Freshdesk's API v2 (https://developers.freshdesk.com/api/), read only."""

import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot.helpdesks.budget import Budget
from bot.helpdesks.freshdesk.mapping import Record
from bot.helpdesks.http import HelpdeskClient, Patience, normalise_url
from kpi.errors import HelpdeskError

API = "/api/v2"
PAGE = 100
"""Freshdesk gives no more at once: https://developers.freshdesk.com/api/#pagination."""

LAST_PAGE = 300
"""No list of tickets goes further: https://developers.freshdesk.com/api/#list_all_tickets."""

_NEXT = re.compile(r'rel\s*=\s*"?next"?', re.IGNORECASE)

Listed = tuple[list[Record], bool]
"""A page of records, and whether another one follows."""


class ApiClient:
    """Reads records as they come; every method raises HelpdeskError."""

    def __init__(self, url: str, key: str, patience: Patience | None = None, budget: Budget | None = None) -> None:
        self.web = normalise_url(url, API)
        # https://developers.freshdesk.com/api/#authentication: the key is the user, any password will do.
        credentials = b64encode(f"{key}:X".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}"}
        self.http = HelpdeskClient(self.web, headers, api=API, patience=patience, budget=budget)

    def me(self, patience: Patience | None = None) -> Record:
        """Return the agent whose key this is; the first thing to ask, since every agent may.

        https://developers.freshdesk.com/api/#me
        """
        try:
            answer = self.http.get("agents/me", patience=patience)
        except HelpdeskError as error:
            if error.key in {"helpdesk_not_found", "helpdesk_bad_request"}:
                raise HelpdeskError("helpdesk_wrong_url", url=self.web) from error
            raise
        if not isinstance(answer, dict) or "contact" not in answer:
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return answer

    # --- Tickets ---

    def tickets(self, since: int, page: int, only: str | None = None) -> Listed:
        """Return tickets updated since an instant, itself included, those updated first coming first.

        `only` is a predefined filter, `deleted` or `spam`, without which neither are among them. Without a date only
        those of the last thirty days would be (https://developers.freshdesk.com/api/#list_all_tickets). Another page is
        only asked for when one moment fills the first, so that at the last one some can't be reached.
        """
        params: dict[str, Any] = {
            "updated_since": iso(since),
            "order_by": "updated_at",
            "order_type": "asc",
            "include": "stats,requester",
        }
        rows, more = self._page("tickets", params | ({"filter": only} if only else {}), page)
        if rows and page >= LAST_PAGE:
            raise HelpdeskError("freshdesk_one_second", url=self.web, moment=rows[-1].get("updated_at"))
        return rows, more

    def ticket(self, name: str) -> Record:
        """Return one ticket, deleted ones too: https://developers.freshdesk.com/api/#view_a_ticket."""
        return self._object(f"tickets/{int(name)}", {"include": "stats,requester"})

    def archived(self, name: str) -> Record:
        """Return a ticket that was closed long ago: https://developers.freshdesk.com/api/#view_archive_ticket."""
        return self._object(f"tickets/archived/{int(name)}")

    def conversations(self, name: str, *, archived: bool = False) -> list[Record]:
        """Return replies and notes: https://developers.freshdesk.com/api/#list_all_ticket_notes."""
        place = "tickets/archived" if archived else "tickets"
        return list(self._all(f"{place}/{int(name)}/conversations"))

    # --- What plans may lack ---

    def ratings(self, since: int | None, page: int) -> Listed:
        """Return survey answers given since an instant: https://developers.freshdesk.com/api/#satisfaction-ratings."""
        return self._page("surveys/satisfaction_ratings", {"created_since": iso(since)} if since else {}, page)

    def surveys(self) -> list[Record]:
        """Return surveys with the answers that they accept: https://developers.freshdesk.com/api/#surveys."""
        return list(self._all("surveys"))

    def time_entries(self, since: int | None, page: int) -> Listed:
        """Return time spent since an instant: https://developers.freshdesk.com/api/#list_all_time_entries."""
        return self._page("time_entries", {"executed_after": iso(since)} if since else {}, page)

    def sla_policies(self) -> list[Record]:
        """Return SLA policies: https://developers.freshdesk.com/api/#list_all_sla_policies."""
        return list(self._all("sla_policies"))

    def business_hours(self) -> list[Record]:
        """Return business hours: https://developers.freshdesk.com/api/#list_all_business_hours."""
        return list(self._all("business_hours"))

    # --- What tickets name ---

    def agents(self) -> list[Record]:
        """Return all agents: https://developers.freshdesk.com/api/#list_all_agents."""
        return list(self._all("agents"))

    def groups(self) -> list[Record]:
        """Return all groups: https://developers.freshdesk.com/api/#list_all_groups."""
        return list(self._all("groups"))

    def ticket_fields(self) -> list[Record]:
        """Return the fields of tickets with their choices: https://developers.freshdesk.com/api/#list_all_ticket_fields."""
        return list(self._all("ticket_fields"))

    # --- Lists and answers ---

    def _all(self, path: str) -> Iterator[Record]:
        page, more = 1, True
        while more:
            rows, more = self._page(path, {}, page)
            yield from rows
            page += 1

    def _page(self, path: str, params: dict[str, Any], page: int) -> Listed:
        answer = self.http.answer(path, params | {"per_page": PAGE, "page": page})
        if not isinstance(answer.content, list):
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        rows: list[Record] = [row for row in answer.content if isinstance(row, dict)]
        return rows, _NEXT.search(answer.headers.get("Link", "")) is not None

    def _object(self, path: str, params: dict[str, Any] | None = None) -> Record:
        answer = self.http.get(path, params)
        if not isinstance(answer, dict):
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return answer


def iso(at: int) -> str:
    """Return an instant as Freshdesk writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

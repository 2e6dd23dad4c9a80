"""Zammad's REST API (https://docs.zammad.org/en/latest/api/intro.html), read only.

What its documentation leaves open was read in its source, https://github.com/zammad/zammad: search in
`app/models/concerns/can_search.rb`, history in `app/models/history.rb`, rights in `app/policies/controllers/`.
"""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from bot.helpdesks.budget import Budget
from bot.helpdesks.http import HelpdeskClient, Patience, normalise_url
from bot.helpdesks.zammad.mapping import Record, milliseconds
from kpi.errors import HelpdeskError

API = "/api/v1"
PAGE = 200
"""A search gives no more at once."""

ONE_PAGE = 50
"""So many come even when nothing is asked for: fewer are never a page that was cut off."""


class ApiClient:
    """Reads records as they come; every method raises HelpdeskError."""

    def __init__(self, url: str, token: str, patience: Patience | None = None, budget: Budget | None = None) -> None:
        self.web = normalise_url(url, API, "/api")
        # https://docs.zammad.org/en/latest/api/intro.html#authentication
        headers = {"Authorization": f"Token token={token}"} if token else {}
        self.http = HelpdeskClient(self.web, headers, api=API, patience=patience, budget=budget)

    def me(self, patience: Patience | None = None) -> Record:
        """Return the user whose token this is: https://docs.zammad.org/en/latest/api/user.html#me-current-user.

        A wrong token is refused with 401; 403 is for those that Zammad doesn't look at.
        """
        try:
            answer = self.http.get("users/me", patience=patience)
        except HelpdeskError as error:
            if error.key in {"helpdesk_not_found", "helpdesk_bad_request"}:
                raise HelpdeskError("helpdesk_wrong_url", url=self.web) from error
            if error.key == "helpdesk_refused":
                raise HelpdeskError("zammad_no_tokens", url=self.web) from error
            raise
        user = self._object(answer)
        if "role_ids" not in user and "login" not in user:
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return user

    def is_agent(self, user: Record, patience: Patience | None = None) -> bool:
        """Tell whether a token may do what an agent does: it asks for something that is small, and for agents alone."""
        try:
            self.http.get("ticket_customer", {"customer_id": user["id"]}, patience=patience)
        except HelpdeskError as error:
            if error.key != "helpdesk_refused":
                raise
            return False
        return True

    # --- Tickets ---

    def changed(self, since: int, page: int = 1) -> list[Record]:
        """Return tickets last updated at an instant or later, in milliseconds, those updated first coming first.

        A search by `condition` is answered from the database, whether there is Elasticsearch or not: it is complete
        at once, exact to the millisecond and ends at no ten thousandth ticket. One by `query` is not: without
        Elasticsearch it looks for those words in texts and finds nothing.
        """
        rows = self._updated(since, "asc", page)
        updates = [since, *map(updated_at, rows)]
        if any(later < earlier for earlier, later in pairwise(updates)):
            raise HelpdeskError("zammad_search_ignored", url=self.web)
        return rows

    def latest(self) -> list[Record]:
        """Return the tickets updated last."""
        return self._updated(0, "desc", 1)

    def _updated(self, since: int, direction: str, page: int) -> list[Record]:
        body = {
            "condition": {"ticket.updated_at": {"operator": "after (absolute)", "value": written(since)}},
            "sort_by": "updated_at, id",
            "order_by": f"{direction}, {direction}",
            "per_page": PAGE,
            "page": page,
            "expand": True,
        }
        rows = self._listed(self.http.search("tickets/search", body))
        if any(milliseconds(row.get("updated_at")) is None for row in rows):
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return rows

    def ticket(self, name: str) -> Record:
        """Return one ticket: https://docs.zammad.org/en/latest/api/ticket/index.html#show."""
        return self._object(self.http.get(f"tickets/{int(name)}", {"expand": "true"}))

    def history(self, ticket: str) -> Record:
        """Return all that happened to a ticket as `history`, oldest first, with the users named, under `assets`."""
        return self._object(self.http.get(f"ticket_history/{int(ticket)}"), key="history")

    def articles(self, ticket: str) -> list[Record]:
        """Return a ticket's articles: https://docs.zammad.org/en/latest/api/ticket/articles.html."""
        return self._listed(self.http.get(f"ticket_articles/by_ticket/{int(ticket)}", {"expand": "true"}))

    def time_entries(self, ticket: str) -> list[Record]:
        """Return time spent on a ticket: https://docs.zammad.org/en/latest/api/ticket/timeaccounting.html.

        It is refused to those who may read a ticket and not change it.
        """
        return self._listed(self.http.get(f"tickets/{int(ticket)}/time_accountings"))

    # --- What tickets name ---

    def states(self) -> list[Record]:
        """Return states with their types: https://docs.zammad.org/en/latest/api/ticket/states.html."""
        return self._listed(self.http.get("ticket_states", {"expand": "true"}))

    def priorities(self) -> list[Record]:
        """Return priorities: https://docs.zammad.org/en/latest/api/ticket/priorities.html."""
        return self._listed(self.http.get("ticket_priorities"))

    def groups(self) -> list[Record]:
        """Return groups: https://docs.zammad.org/en/latest/api/group.html.

        Older versions list them to administrators only.
        """
        return self._listed(self.http.get("groups"))

    def slas(self) -> list[Record]:
        """Return SLAs, for administrators only: https://docs.zammad.org/en/latest/api/sla.html."""
        return self._listed(self.http.get("slas"))

    def calendars(self) -> list[Record]:
        """Return calendars, for administrators only: https://docs.zammad.org/en/latest/api/calendar.html."""
        return self._listed(self.http.get("calendars"))

    # --- Lists and answers ---

    def _listed(self, answer: object) -> list[Record]:
        if not isinstance(answer, list):
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return [row for row in answer if isinstance(row, dict)]

    def _object(self, answer: Any, key: str = "id") -> Record:  # noqa: ANN401  # whatever JSON holds
        if not isinstance(answer, dict) or key not in answer:
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return answer


def updated_at(record: Record) -> int:
    """Return when a ticket was last updated, in milliseconds."""
    return milliseconds(record["updated_at"]) or 0


def written(at: int) -> str:
    """Return an instant in milliseconds as Zammad writes it."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime(f"%Y-%m-%dT%H:%M:%S.{at % 1000:03}Z")

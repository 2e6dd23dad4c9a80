"""Intercom's API 2.15 (https://developers.intercom.com/docs/references/2.15/rest-api/api.intercom.io), read only."""

from typing import Any

from bot.helpdesks.budget import Budget
from bot.helpdesks.http import HelpdeskClient, Patience, normalise_url
from bot.helpdesks.intercom.mapping import Record, updated_at
from kpi.errors import HelpdeskError

VERSION = "2.15"
"""Asked for with every request: else the version would be the one that is set for the app."""

PAGE = 150
"""Intercom gives no more conversations at once: .../conversations/searchconversations."""

MOST_PARTS = 500
"""Of a conversation only so many parts are given, the most recent ones: .../conversations/retrieveconversation."""

Listed = tuple[list[Record], str | None]
"""A page of records, and where the next one starts, if there is one."""


class ApiClient:
    """Reads records as they come; every method raises HelpdeskError."""

    def __init__(self, url: str, token: str, patience: Patience | None = None, budget: Budget | None = None) -> None:
        self.web = normalise_url(url)
        headers = {"Authorization": f"Bearer {token}", "Intercom-Version": VERSION}
        self.http = HelpdeskClient(
            self.web, headers, patience=patience, budget=budget, reset_header="X-RateLimit-Reset"
        )

    def me(self, patience: Patience | None = None) -> Record:
        """Return the admin whose token it is, with the workspace as `app`; the first thing to ask.

        .../admins/identifyadmin
        """
        try:
            answer = self.http.get("me", patience=patience)
        except HelpdeskError as error:
            if error.key in {"helpdesk_not_found", "helpdesk_bad_request", "helpdesk_html"}:
                raise HelpdeskError("helpdesk_wrong_url", url=self.web) from error
            raise
        if not isinstance(answer, dict) or not isinstance(answer.get("app"), dict):
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return answer

    def changed(self, since: int, until: int, after: str | None = None, patience: Patience | None = None) -> Listed:
        """Return conversations last updated within two instants, both included, those updated first coming first.

        Their parts aren't among it. Whether `>` and `<` include the instant itself is told in two ways, so a second
        more is asked for on either side: .../conversations/searchconversations.
        """
        rows, following, _ = self._search(
            [("updated_at", ">", max(since - 1, 0)), ("updated_at", "<", until + 1)], PAGE, after, patience
        )
        times = [updated_at(row) for row in rows]
        if times != sorted(times):  # what comes next is asked for from the last one on
            raise HelpdeskError("intercom_unsorted", url=self.web)
        return [row for row in rows if since <= updated_at(row) <= until], following

    def long_conversations(self, patience: Patience | None = None) -> int:
        """Return how many conversations have more parts than are given of one."""
        filters = [("statistics.count_conversation_parts", ">", MOST_PARTS + 1)]  # which may include that number
        return self._search(filters, 1, None, patience)[2]

    def conversation(self, name: str) -> Record:
        """Return one conversation with its parts, as plain text: .../conversations/retrieveconversation."""
        answer = self.http.get(f"conversations/{name}", {"display_as": "plaintext"})
        if not isinstance(answer, dict) or "id" not in answer:
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return answer

    def admins(self) -> list[Record]:
        """Return the admins: .../admins/listadmins."""
        return self._rows(self.http.get("admins"), "admins")

    def teams(self) -> list[Record]:
        """Return the teams: .../teams/listteams."""
        return self._rows(self.http.get("teams"), "teams")

    def _search(
        self, filters: list[tuple[str, str, int]], size: int, after: str | None, patience: Patience | None
    ) -> tuple[list[Record], str | None, int]:
        """Return found conversations, where the next ones start, and how many there are."""
        values = [{"field": field, "operator": operator, "value": value} for field, operator, value in filters]
        body: dict[str, Any] = {
            "query": {"operator": "AND", "value": values},
            "sort": {"field": "updated_at", "order": "ascending"},
            "pagination": {"per_page": size} | ({} if after is None else {"starting_after": after}),
        }
        answer = self.http.search("conversations/search", body, patience=patience)
        rows = self._rows(answer, "conversations")
        following = ((answer.get("pages") or {}).get("next") or {}).get("starting_after")
        return rows, following, int(answer.get("total_count") or 0)

    def _rows(self, answer: object, name: str) -> list[Record]:
        if not isinstance(answer, dict) or not isinstance(answer.get(name), list):
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return [row for row in answer[name] if isinstance(row, dict)]

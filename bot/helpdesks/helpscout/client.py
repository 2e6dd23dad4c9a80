"""Help Scout's Mailbox API 2.0 (https://developer.helpscout.com/mailbox-api/), read only.

Lists are HAL: what they hold is in `_embedded`, which is absent when there is nothing, and another page follows while
`_links.next` is there; the number of pages changes while they are read.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.helpdesks.budget import Budget, RateLimit
from bot.helpdesks.helpscout.mapping import Record
from bot.helpdesks.http import HelpdeskClient, Patience, normalise_url
from bot.helpdesks.reading import BROKEN
from kpi.errors import HelpdeskError

API = "/v2"

LIMIT = RateLimit(requests=200, total="X-RateLimit-Limit-Minute", remaining="X-RateLimit-Remaining-Minute")
"""The least that any plan allows in a minute: .../overview/rate-limiting/."""

TOKEN_LIVES_S = 172_800
"""How long a token is good when its answer doesn't say: .../overview/authentication/."""

RENEWED_AFTER = 0.9
"""The part of a token's life after which another one is asked for."""

Params = dict[str, Any]

Listed = tuple[list[Record], Params | None]
"""A page of records, and what to ask for the next one; None at the end."""


class ApiClient:
    """Reads records as they come; every method raises HelpdeskError.

    The token that the app's secret gets is kept in memory alone. It is renewed before it ends, and when it is refused.
    """

    def __init__(
        self,
        url: str,
        app_id: str,
        secret: str,
        *,
        patience: Patience | None = None,
        budget: Budget | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # Every account is at the same addresses: one for people, one for programs.
        address = normalise_url(url, API)
        self.web = address.replace("//api.", "//secure.", 1)
        self.http = HelpdeskClient(
            address.replace("//secure.", "//api.", 1), {}, api=API, patience=patience, budget=budget
        )
        self._app = {"grant_type": "client_credentials", "client_id": app_id, "client_secret": secret}
        self._clock = clock
        self._renew_at = float("-inf")

    def sign_in(self, patience: Patience | None = None) -> None:
        """Get a token: https://developer.helpscout.com/mailbox-api/overview/authentication/."""
        try:
            answer = self.http.search("oauth2/token", self._app, patience=patience)
        except HelpdeskError as error:
            if error.key == "helpdesk_bad_request":
                raise HelpdeskError("helpdesk_wrong_token", url=self.http.url) from error
            if error.key == "helpdesk_not_found":
                raise HelpdeskError("helpdesk_wrong_url", url=self.http.url) from error
            raise
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not token:
            raise HelpdeskError("helpdesk_wrong_url", url=self.http.url)
        self.http.authorise(f"Bearer {token}")
        self._renew_at = self._clock() + RENEWED_AFTER * float(answer.get("expires_in") or TOKEN_LIVES_S)

    def me(self, patience: Patience | None = None) -> Record:
        """Return the user whose app this is: .../endpoints/users/me/."""
        return self._object("users/me", patience=patience)

    # --- Conversations ---

    def conversations(self, since: int, following: Params | None) -> Listed:
        """Return conversations modified since an instant, those modified first coming first, with their threads.

        Only active ones would come without a status: .../endpoints/conversations/list/. Where one conversation breaks
        the page, they come without threads.
        """
        params: Params = {
            "status": "all",
            "modifiedSince": iso(since),
            "sortField": "modifiedAt",
            "sortOrder": "asc",
            **(following or {}),
        }
        try:
            return self._page("conversations", "conversations", params | {"embed": "threads"})
        except HelpdeskError as error:
            if error.key not in BROKEN:
                raise
        params.pop("embed", None)
        return self._page("conversations", "conversations", params)

    def conversation(self, name: str) -> Record:
        """Return one conversation; a merged one raises `helpdesk_moved`: .../endpoints/conversations/get/."""
        return self._object(f"conversations/{int(name)}", {"embed": "threads"})

    def threads(self, name: str) -> list[Record]:
        """Return what was said and done in a conversation: .../endpoints/conversations/threads/list/."""
        return list(self._all(f"conversations/{int(name)}/threads", "threads"))

    # --- What plans may lack ---

    def ratings(self, start: int, end: int) -> list[Record]:
        """Return the ratings of a stretch of time: .../endpoints/reports/happiness/reports-happiness-ratings/."""
        rows: list[Record] = []
        page, pages = 1, 1
        params = {"start": iso(start), "end": iso(end), "rating": "all", "sortField": "modifiedAt", "sortOrder": "ASC"}
        while page <= pages:
            answer = self._object("reports/happiness/ratings", params | {"page": page})
            rows += [row for row in answer.get("results") or () if isinstance(row, dict)]
            page, pages = page + 1, int(answer.get("pages") or 1)
        return rows

    def teams(self) -> list[Record]:
        """Return the teams that conversations can be assigned to: .../endpoints/teams/list-teams/."""
        return list(self._all("teams", "teams"))

    # --- What conversations name ---

    def users(self) -> list[Record]:
        """Return all users: .../endpoints/users/list/."""
        return list(self._all("users", "users"))

    def inboxes(self) -> list[Record]:
        """Return the inboxes that the user may see: .../endpoints/mailboxes/list/."""
        return list(self._all("mailboxes", "mailboxes"))

    # --- Lists and answers ---

    def _all(self, path: str, name: str) -> Iterator[Record]:
        following: Params | None = {}
        while following is not None:
            rows, following = self._page(path, name, following)
            yield from rows

    def _page(self, path: str, name: str, params: Params) -> Listed:
        answer = self._object(path, params)
        found = (answer.get("_embedded") or {}).get(name) or []
        link = ((answer.get("_links") or {}).get("next") or {}).get("href")
        # Only its query is taken: the token goes nowhere else, whatever a link says.
        following = None if not link else dict(parse_qsl(urlsplit(str(link)).query))
        return [row for row in found if isinstance(row, dict)], following

    def _object(self, path: str, params: Params | None = None, patience: Patience | None = None) -> Record:
        answer = self._ask(path, params, patience)
        if not isinstance(answer, dict):
            raise HelpdeskError("helpdesk_wrong_url", url=self.http.url)
        return answer

    def _ask(self, path: str, params: Params | None, patience: Patience | None) -> object:
        is_new = self._clock() >= self._renew_at
        if is_new:
            self.sign_in(patience)
        try:
            return self.http.get(path, params, patience=patience)
        except HelpdeskError as error:
            if is_new or error.key != "helpdesk_wrong_token":
                raise
        self.sign_in(patience)
        return self.http.get(path, params, patience=patience)


def iso(at: int) -> str:
    """Return an instant as Help Scout writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

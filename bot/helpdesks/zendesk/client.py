"""Zendesk's Support and Talk APIs v2 (https://developer.zendesk.com/api-reference/), read only."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from bot.helpdesks.budget import Budget, RateLimit, shared_budget
from bot.helpdesks.http import IMPATIENT, HelpdeskClient, Patience, TransientError, normalise_url
from kpi.errors import HelpdeskError

Record = Mapping[str, Any]
"""One record as the API gives it; blank fields are null."""

API = "/api/v2"
PAGE = 100
"""Lists give no more at once: https://developer.zendesk.com/api-reference/introduction/pagination/."""

EXPORT_SIZES = (1000, 500, 250, 125)
"""How many tickets are asked for at once; fewer when Zendesk takes too long for as many."""

INCLUDED = "users,metric_sets,metric_events"
"""What comes along with tickets: https://developer.zendesk.com/documentation/ticketing/using-the-zendesk-api/side_loading/."""

LAG_S = 60
"""Exports leave out what happened within the last minute, and refuse to begin there."""

LIMIT = RateLimit(requests=200, total="X-Rate-Limit", remaining="X-Rate-Limit-Remaining", used="")
"""The least that any plan allows in a minute; the headers tell more: .../introduction/rate-limits/."""

EXPORTS = RateLimit(requests=10, total="", remaining="", used="")
"""Incremental exports have a limit of their own, whatever the plan."""


class Exported(NamedTuple):
    """A page of the ticket export: records with what is measured of them, the users in them, and where it goes on."""

    tickets: list[Record]
    users: list[Record]
    cursor: str | None
    done: bool


class Stretch(NamedTuple):
    """A page of a time-based export: its records, until when it reaches, and whether nothing more is there."""

    rows: list[Record]
    end: int
    done: bool


class ApiClient:
    """Reads records as they come; every method raises HelpdeskError."""

    def __init__(
        self,
        url: str,
        token: str,
        email: str | None = None,
        *,
        scope: str = "agent",
        share: float = 1,
        patience: Patience | None = None,
        limit: RateLimit = LIMIT,
        exports: RateLimit = EXPORTS,
    ) -> None:
        self.web = normalise_url(url, API, "/api", "/agent")
        self._scope = scope
        self._exports = shared_budget(f"{self.web}/exports", exports, share)
        self._talk = shared_budget(f"{self.web}/talk", exports, share)
        # https://developer.zendesk.com/api-reference/introduction/security-and-auth/
        basic = b64encode(f"{email}/token:{token}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}" if email else f"Bearer {token}"}
        budget = shared_budget(self.web, limit, share)
        self.http = HelpdeskClient(self.web, headers, api=API, patience=patience, budget=budget)

    def me(self, patience: Patience | None = None) -> Record:
        """Return the user whose token this is; the first thing to ask, since everybody may.

        https://developer.zendesk.com/api-reference/ticketing/users/users/#show-self
        """
        try:
            user = self.http.get("users/me", patience=patience).get("user")
        except HelpdeskError as error:
            if error.key in {"helpdesk_not_found", "helpdesk_bad_request"}:
                raise HelpdeskError("helpdesk_wrong_url", url=self.web) from error
            raise
        except AttributeError as error:
            raise HelpdeskError("helpdesk_wrong_url", url=self.web) from error
        if not isinstance(user, dict):
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        if user.get("id") is None:  # "Anonymous user": who isn't known is let in all the same
            raise HelpdeskError("helpdesk_wrong_token", url=self.web)
        return user

    # --- Exports: .../api-reference/ticketing/ticket-management/incremental_exports/ ---

    def changed_tickets(self, cursor: str | None, since: int = 0, patience: Patience | None = None) -> Exported:
        """Return tickets in the order of their last change, deleted ones too, from a cursor or else an instant on.

        One may come several times, then the last one holds. What is included must be asked for with every cursor.
        """
        place = {"start_time": since} if cursor is None else {"cursor": cursor}
        answer = self._sized({**place, "include": INCLUDED, "support_type_scope": self._scope}, patience)
        return Exported(
            tickets=_measured(answer, self._rows(answer, "tickets")),
            users=list(answer.get("users") or ()),
            cursor=answer.get("after_cursor"),
            done=bool(answer.get("end_of_stream")),
        )

    def _sized(self, params: Record, patience: Patience | None) -> Record:
        """Return a page of the ticket export, of fewer tickets when so many take longer than Zendesk waits."""
        path = "incremental/tickets/cursor"
        for size in EXPORT_SIZES[:-1]:
            try:
                return self._export(self._exports, path, {**params, "per_page": size}, IMPATIENT)
            except TransientError as error:
                if error.values.get("status") != HTTPStatus.GATEWAY_TIMEOUT:
                    return self._export(self._exports, path, {**params, "per_page": size}, patience)
        return self._export(self._exports, path, {**params, "per_page": EXPORT_SIZES[-1]}, patience)

    def ticket_events(self, since: int) -> Stretch:
        """Return what happened to tickets from an instant on, comments included, oldest first."""
        params = {"start_time": since, "include": "comment_events", "support_type_scope": self._scope}
        answer = self._export(self._exports, "incremental/ticket_events", params)
        return Stretch(self._rows(answer, "ticket_events"), _end(answer, since), bool(answer.get("end_of_stream")))

    def calls(self, since: int) -> Stretch:
        """Return calls that changed from an instant on; its next page is never null, so an empty one ends it.

        https://developer.zendesk.com/api-reference/voice/talk-api/incremental_exports/
        """
        answer = self._export(self._talk, "channels/voice/stats/incremental/calls", {"start_time": since})
        rows, end = self._rows(answer, "calls"), _end(answer, since)
        return Stretch(rows, end, not rows or end == since)

    def _export(self, budget: Budget, path: str, params: Record, patience: Patience | None = None) -> Record:
        budget.take()
        return self._object(self.http.get(path, params, patience=patience))

    # --- Tickets one by one ---

    def ticket(self, name: str) -> tuple[Record, list[Record]]:
        """Return one ticket with its metrics and the users that it names; a deleted one isn't found.

        https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#show-ticket
        """
        answer = self._object(self.http.get(f"tickets/{int(name)}", {"include": INCLUDED}))
        if not isinstance(answer.get("ticket"), dict):
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        (ticket,) = _measured(answer, [answer["ticket"]])
        return ticket, list(answer.get("users") or ())

    def audits(self, name: str) -> list[Record]:
        """Return all that happened to a ticket, oldest first; those of an archived one come without pages.

        https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/#list-audits-for-a-ticket
        """
        return [row for page in self._pages(f"tickets/{int(name)}/audits", "audits") for row in page]

    # --- What surrounds them ---

    def agents(self) -> list[Record]:
        """Return agents and administrators: .../api-reference/ticketing/users/users/#list-users."""
        return [row for page in self._pages("users", "users", {"role[]": ["agent", "admin"]}) for row in page]

    def groups(self) -> list[Record]:
        """Return groups: .../api-reference/ticketing/groups/groups/#list-groups."""
        return [row for page in self._pages("groups", "groups") for row in page]

    def brands(self) -> list[Record]:
        """Return brands: .../api-reference/ticketing/account-configuration/brands/#list-brands."""
        return [row for page in self._pages("brands", "brands") for row in page]

    def sla_policies(self) -> list[Record]:
        """Return SLA policies: .../api-reference/ticketing/business-rules/sla_policies/#list-sla-policies."""
        return [row for page in self._pages("slas/policies", "sla_policies") for row in page]

    def schedules(self) -> list[Record]:
        """Return schedules: .../api-reference/ticketing/ticket-management/schedules/#list-all-schedules."""
        return self._rows(self._object(self.http.get("business_hours/schedules")), "schedules")

    def holidays(self, schedule: int) -> list[Record]:
        """Return a schedule's holidays: .../ticket-management/schedules/#list-all-holidays-for-a-schedule."""
        return self._rows(self._object(self.http.get(f"business_hours/schedules/{int(schedule)}/holidays")), "holidays")

    def ratings(self, since: int | None) -> Iterator[list[Record]]:
        """Yield pages of answers to the legacy survey since an instant.

        https://developer.zendesk.com/api-reference/ticketing/ticket-management/satisfaction_ratings/
        """
        start = {} if since is None else {"start_time": since}
        return self._pages("satisfaction_ratings", "satisfaction_ratings", {"score": "received", **start})

    def surveys(self, since: int | None) -> Iterator[list[Record]]:
        """Yield pages of answers to the newer survey since an instant; it counts in milliseconds.

        https://developer.zendesk.com/api-reference/ticketing/ticket-management/csat_survey_responses/
        """
        start = {} if since is None else {"filter[created_at_start]": since * 1000}
        return self._pages("guide/survey_responses", "survey_responses", start)

    # --- Lists and answers ---

    def _pages(self, path: str, key: str, params: Record | None = None) -> Iterator[list[Record]]:
        """Yield pages by cursor, or by number where a list doesn't know cursors, until none follows."""
        place: dict[str, Any] = {"page[size]": PAGE}
        number = 1
        while True:
            answer = self._object(self.http.get(path, {**(params or {}), **place}))
            yield self._rows(answer, key)
            meta = answer.get("meta") or {}
            following = meta.get("after_cursor")
            if meta.get("has_more") and following and following != place.get("page[after]"):
                place = {"page[size]": PAGE, "page[after]": following}
            elif not meta and answer.get("next_page"):
                number += 1
                place = {"per_page": PAGE, "page": number}
            else:
                return

    def _object(self, answer: object) -> Record:
        if not isinstance(answer, dict):
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return answer

    def _rows(self, answer: Record, key: str) -> list[Record]:
        rows = answer.get(key)
        if not isinstance(rows, list):
            raise HelpdeskError("helpdesk_wrong_url", url=self.web)
        return [row for row in rows if isinstance(row, dict)]


def _measured(answer: Record, tickets: list[Record]) -> list[Record]:
    """Return tickets with their metrics as `metric_set`, wherever an answer has them: in the ticket or beside it."""
    beside = {row["ticket_id"]: row for row in answer.get("metric_sets") or () if isinstance(row, dict)}
    return [{"metric_set": beside.get(ticket.get("id"))} | {**ticket} for ticket in tickets]


def _end(answer: Record, since: int) -> int:
    """Return until when a page reaches; an empty one may not say."""
    return int(answer.get("end_time") or since)

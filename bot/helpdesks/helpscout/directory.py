"""Who and what Help Scout's numbers are, asked when first needed and once a run."""

from collections.abc import Callable
from functools import cached_property

from bot.helpdesks.helpscout.client import ApiClient
from bot.helpdesks.helpscout.mapping import Record, person_name
from bot.helpdesks.reading import UNSEEN
from kpi.errors import HelpdeskError
from kpi.events import Person, Team


class LiveDirectory:
    """Asks Help Scout; what this user may not list stays unknown, and is among the `unavailable`."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self.unavailable: set[str] = set()

    @cached_property
    def _users(self) -> dict[str, str | None]:
        return {str(row["id"]): person_name(row) for row in self._seen("users", self._client.users)}

    @cached_property
    def _teams(self) -> set[str]:
        return {str(row["id"]) for row in self._seen("teams", self._client.teams)}

    @cached_property
    def _inboxes(self) -> dict[str, str]:
        rows = self._seen("inboxes", self._client.inboxes)
        return {str(row["id"]): str(row.get("name") or f"#{row['id']}") for row in rows}

    def look(self) -> None:
        """Ask for everything that is asked for when needed."""
        _ = self._users, self._teams, self._inboxes

    def is_team(self, number: str) -> bool:
        """Tell whether a number is that of a team of users; none is when teams can't be listed."""
        return number in self._teams

    def is_inbox(self, number: str) -> bool:
        """Tell whether a number is that of an inbox; none is when inboxes can't be listed."""
        return number in self._inboxes

    def agent(self, number: str, name: str | None = None) -> Person:
        """Return a user; `name` is what a record calls somebody who isn't listed any more."""
        return Person(external_id=number, name=self._users.get(number) or name)

    def team(self, number: str) -> Team:
        """Return an inbox, which is a team here; also one that can't be seen any more."""
        return Team(external_id=number, name=self._inboxes.get(number) or f"#{number}")

    def _seen(self, name: str, ask: Callable[[], list[Record]]) -> list[Record]:
        try:
            return ask()
        except HelpdeskError as error:
            if error.key not in UNSEEN:
                raise
            self.unavailable.add(name)
            return []

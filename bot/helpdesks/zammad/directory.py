"""What Zammad's numbers are, asked when first needed and once a run."""

from collections.abc import Mapping
from functools import cached_property

from bot.helpdesks.reading import seen
from bot.helpdesks.zammad.client import ApiClient
from bot.helpdesks.zammad.mapping import Record
from kpi.events import Person, Team

TYPES = ("new", "open", "pending reminder", "pending action", "closed", "merged", "removed")
"""The types of states in the order of their numbers, for when they come without names."""


class LiveDirectory:
    """Asks Zammad; users and groups come along with tickets, too."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._users: dict[str, str] = {}
        self._named: dict[str, str] = {}

    @cached_property
    def _states(self) -> dict[str, tuple[str, str]]:
        return {str(row["id"]): (str(row.get("name")), _type(row)) for row in self._client.states()}

    @cached_property
    def _priorities(self) -> dict[str, str]:
        return {str(row["id"]): str(row.get("name")) for row in self._client.priorities()}

    @cached_property
    def groups(self) -> dict[str, str] | None:
        """The names of groups by their numbers; None when this account may not list them."""
        rows = seen(self._client.groups, None)
        return None if rows is None else {str(row["id"]): str(row.get("name")) for row in rows}

    def state(self, number: object) -> tuple[str, str]:
        """Return the name of a state and that of its type; both empty when it isn't there any more."""
        return self._states.get(str(number), ("", ""))

    def priority(self, number: object) -> str | None:
        """Return the name of a priority; None when it isn't there any more."""
        return self._priorities.get(str(number))

    def meet(self, users: object) -> None:
        """Remember the names of users that came along with a ticket, by their numbers."""
        for number, user in users.items() if isinstance(users, Mapping) else ():
            self._users[str(number)] = full_name(user)

    def meet_group(self, number: object, name: object) -> None:
        """Remember the name of a group that came along with a ticket."""
        if number is not None and name:
            self._named[str(number)] = str(name)

    def person(self, number: str) -> Person:
        """Return a user, also one that is no more; without a real name, Zammad has the e-mail address there."""
        name = self._users.get(number, "")
        return Person(external_id=number, name=None if not name or "@" in name else name)

    def team(self, number: str) -> Team:
        """Return a group, also one that is no more."""
        return Team(external_id=number, name=(self.groups or {}).get(number) or self._named.get(number) or f"#{number}")


def full_name(user: Record) -> str:
    """Return the first and last name of a user."""
    parts = (str(user.get(key) or "").strip() for key in ("firstname", "lastname"))
    return " ".join(part for part in parts if part)


def _type(state: Record) -> str:
    named = state.get("state_type")
    if named:
        return str(named)
    number = int(state.get("state_type_id") or 0)
    return TYPES[number - 1] if 0 < number <= len(TYPES) else ""

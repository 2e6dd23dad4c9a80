"""Who and what Zendesk's numbers are, asked when first needed and once a run."""

from collections.abc import Callable, Iterable
from functools import cached_property

from bot.helpdesks.reading import seen
from bot.helpdesks.zendesk.client import ApiClient, Record
from kpi.events import Person, Team


class LiveDirectory:
    """Asks Zendesk; users come along with tickets, too, and what this account may not list stays unknown."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._met: dict[str, str | None] = {}

    @cached_property
    def _agents(self) -> dict[str, str | None]:
        return {str(row["id"]): row.get("name") for row in self._client.agents()}

    @cached_property
    def _groups(self) -> dict[str, str]:
        return _names(self._client.groups)

    @cached_property
    def _brands(self) -> dict[str, str]:
        return _names(self._client.brands)

    def meet(self, users: Iterable[Record]) -> None:
        """Remember the names of users that came along with tickets."""
        self._met |= {str(user["id"]): user.get("name") for user in users if "id" in user}

    def is_agent(self, number: str) -> bool:
        """Tell whether a user is an agent or an administrator now."""
        return number in self._agents

    def agent(self, number: str) -> Person:
        """Return an agent, also one that is no more."""
        return Person(external_id=number, name=self._agents.get(number) or self._met.get(number))

    def customer(self, number: str) -> Person:
        """Return a customer; one whose name is an e-mail address has none here."""
        name = self._met.get(number) or ""
        return Person(external_id=number, name=None if not name or "@" in name else name)

    def team(self, number: str) -> Team:
        """Return a group, also one that is no more."""
        return Team(external_id=number, name=self._groups.get(number) or f"#{number}")

    def brand(self, number: str) -> str:
        """Return the name of a brand."""
        return self._brands.get(number) or number


def _names(ask: Callable[[], list[Record]]) -> dict[str, str]:
    rows: list[Record] = seen(ask, [])
    return {str(row["id"]): str(row.get("name") or f"#{row['id']}") for row in rows}

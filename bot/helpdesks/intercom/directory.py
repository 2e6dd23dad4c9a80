"""Who and what Intercom's numbers are, asked when first needed and once a run."""

from collections.abc import Callable, Iterable
from functools import cached_property

from bot.helpdesks.intercom.client import ApiClient
from bot.helpdesks.intercom.mapping import Record, identifier
from bot.helpdesks.reading import seen
from kpi.events import Person, Team


class LiveDirectory:
    """Asks Intercom; who wrote comes along with the parts, and what this token may not list stays unknown."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._met: dict[str, str] = {}

    @cached_property
    def _admins(self) -> dict[str, str]:
        return _names(self._client.admins)

    @cached_property
    def _teams(self) -> dict[str, str]:
        return _names(self._client.teams)

    def meet(self, authors: Iterable[Record]) -> None:
        """Remember the names that came along with what people wrote; a customer's may be an e-mail address."""
        said = ((identifier(author), str(author.get("name") or "")) for author in authors)
        self._met |= {who: name for who, name in said if who is not None and name and "@" not in name}

    def agent(self, number: str) -> Person:
        """Return an admin, also one that is no more, or a bot."""
        return Person(external_id=number, name=self._admins.get(number) or self._met.get(number))

    def customer(self, number: str) -> Person:
        """Return a contact; without a name when none of the parts read has it."""
        return Person(external_id=number, name=self._met.get(number))

    def team(self, number: str) -> Team:
        """Return a team, also one that is no more."""
        return Team(external_id=number, name=self._teams.get(number) or f"#{number}")


def _names(ask: Callable[[], list[Record]]) -> dict[str, str]:
    rows: list[Record] = seen(ask, [])
    return {str(row["id"]): str(row["name"]) for row in rows if row.get("name")}

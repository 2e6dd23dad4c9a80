"""Who and what Freshdesk's numbers are, asked when first needed and once a run."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from bot.helpdesks.freshdesk.client import ApiClient
from bot.helpdesks.freshdesk.mapping import Record
from bot.helpdesks.reading import seen
from kpi.events import Person, Team

DEFAULT_QUESTION = "default_question"


class LiveDirectory:
    """Asks Freshdesk; what this account may not list stays unknown."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    @cached_property
    def _agents(self) -> dict[int, str | None]:
        rows = seen(self._client.agents, [])
        return {row["id"]: (row.get("contact") or {}).get("name") for row in rows}

    @cached_property
    def _groups(self) -> dict[int, str]:
        return {row["id"]: str(row.get("name") or f"#{row['id']}") for row in seen(self._client.groups, [])}

    @cached_property
    def _choices(self) -> dict[str, dict[int, str]]:
        rows = seen(self._client.ticket_fields, [])
        return {str(row.get("name")): _choices(row.get("choices")) for row in rows}

    @cached_property
    def _scales(self) -> dict[int, tuple[int, ...]]:
        return {row["id"]: _scale(row) for row in seen(self._client.surveys, [])}

    def is_agent(self, number: int) -> bool:
        """Tell whether a user is an agent now; nobody is when agents can't be listed."""
        return number in self._agents

    def agent(self, number: int) -> Person:
        """Return an agent, also one that is no more."""
        name = self._agents.get(number) or self.choice("agent", number)
        return Person(external_id=str(number), name=name)

    def team(self, number: int) -> Team:
        """Return a group, also one that is no more."""
        name = self._groups.get(number) or self.choice("group", number) or f"#{number}"
        return Team(external_id=str(number), name=name)

    def choice(self, field: str, number: int) -> str | None:
        """Return the name of a choice of a ticket field; None when it has none."""
        return self._choices.get(field, {}).get(number)

    def statuses(self) -> dict[int, str]:
        """Return the statuses that tickets can have, with their names."""
        return self._choices.get("status", {})

    def scale(self, survey: int | None) -> tuple[int, ...]:
        """Return what a survey's default question accepts, the worst first; empty when that isn't known."""
        return () if survey is None else self._scales.get(survey, ())


def _choices(said: Any) -> dict[int, str]:  # noqa: ANN401  # each kind of field has a shape of its own
    """Return the choices of a field by number: `{"2": ["Open", …]}` and `{"Low": 1}` both occur."""
    if not isinstance(said, Mapping):
        return {}
    names: dict[int, str] = {}
    for key, value in said.items():
        if isinstance(value, int):
            names[value] = str(key)
        elif str(key).isdecimal() and value:
            names[int(key)] = str(value[0] if isinstance(value, list) else value)
    return names


def _scale(survey: Record) -> tuple[int, ...]:
    for question in survey.get("questions") or ():
        if question.get("id") == DEFAULT_QUESTION:
            return tuple(sorted({int(value) for value in question.get("accepted_ratings") or ()}))
    return ()

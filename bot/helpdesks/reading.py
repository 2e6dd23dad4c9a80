"""What every connector does when it reads tickets: note whom they name, and tell what can't be read from what fails."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from bot.helpdesks.connector import Named
from kpi.errors import HelpdeskError
from kpi.events import Field, History, Person, Team

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What a record raises that isn't made as it should be: a matter of one ticket."""


@dataclass(slots=True, kw_only=True)
class Mentioned:
    """The people and teams that tickets name, by identifier, since they were told last."""

    agents: dict[str, Person] = field(default_factory=dict)
    customers: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)

    def named(self) -> Named:
        """Return whom and what was named since the last time."""
        found = Named(
            agents=tuple(self.agents.values()),
            customers=tuple(self.customers.values()),
            teams=tuple(self.teams.values()),
        )
        self.agents, self.customers, self.teams = {}, {}, {}
        return found


def changed_values(history: History, of: Field) -> set[str]:
    """Return the values that a field of a ticket had before or after some change."""
    changes = [change for change in history.changes if change.field is of]
    return {value for change in changes for value in (change.old, change.new) if value is not None}


def answers(ask: Callable[[], object], unseen: Collection[str]) -> bool:
    """Tell whether something may be asked; `unseen` are the errors that say it may not. Raises HelpdeskError."""
    try:
        ask()
    except HelpdeskError as error:
        if error.key not in unseen:
            raise
        return False
    return True

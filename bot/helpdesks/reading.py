"""What every connector does when it reads tickets: note whom they name, and tell what can't be read from what fails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from bot.helpdesks.connector import Named, Refused
from kpi.errors import HelpdeskError
from kpi.events import Field, Figure, History, Person, Quantity, Team

UNSEEN = frozenset({"helpdesk_not_found", "helpdesk_refused"})
"""The errors of what isn't there, or isn't for this account or its plan."""

BROKEN = frozenset({"helpdesk_server_error", "helpdesk_html", "helpdesk_truncated", "helpdesk_bad_request"})
"""The errors that one broken record can cause, as long as the helpdesk is well otherwise."""

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What a record raises that isn't made as it should be: a matter of one ticket."""

Said = TypeVar("Said")
Otherwise = TypeVar("Otherwise")

log = structlog.get_logger(__name__)


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


def figures(told: Mapping[Quantity, int | None], *, business: bool = False) -> tuple[Figure, ...]:
    """Return what a helpdesk says of a ticket itself, without what it doesn't say."""
    said = ((name, value) for name, value in told.items() if value is not None)
    return tuple(Figure(name=name, value=value, business=business) for name, value in said)


def seen(ask: Callable[[], Said], otherwise: Otherwise) -> Said | Otherwise:
    """Return what is answered; `otherwise` where it isn't there or may not be asked. Raises HelpdeskError."""
    try:
        return ask()
    except HelpdeskError as error:
        if error.key not in UNSEEN:
            raise
        return otherwise


def answers(ask: Callable[[], object]) -> bool:
    """Tell whether something is there and may be asked; raises HelpdeskError."""
    nothing = object()
    return seen(ask, nothing) is not nothing


def unread(name: str, error: HelpdeskError, well: Callable[[], object]) -> Refused:
    """Return that a ticket could not be read for an error; raises it when it isn't about this ticket.

    `well` asks the helpdesk something else: when this fails too, it isn't the ticket.
    """
    if error.key in BROKEN:
        well()
    elif error.key not in UNSEEN:
        raise error
    return Refused(external_id=name, reason=error.key)


def unreadable(name: str, error: Exception) -> Refused:
    """Return that a ticket's record isn't made as it should be."""
    log.warning("ticket_unreadable", ticket=name, error=type(error).__name__)
    return Refused(external_id=name, reason="helpdesk_record_unreadable")


def instant(text: str | None) -> int | None:
    """Return UTC epoch seconds of a date such as `2026-10-23T15:19:25Z`; None when unset. Raises ValueError."""
    if not text:
        return None
    parsed = datetime.fromisoformat(text)
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())

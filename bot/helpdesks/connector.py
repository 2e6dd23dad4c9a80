"""The interface of every helpdesk.

A connector turns what its helpdesk says into `kpi.events`; it stores nothing and decides no KPI.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict

from kpi.events import Contact, History, Person, Rating, Team, Work
from kpi.policies import OwnRules

Cursor = dict[str, Any]
"""JSON: where a stream stands after a page; None before the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A ticket that no longer exists; `at` when it is known when."""

    external_id: str
    at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A ticket merged into another."""

    external_id: str
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A ticket that could not be read; it is recorded and retried, and never stops the stream."""

    external_id: str
    reason: str


TicketResult = History | Gone | Moved | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Something that happened to a ticket and is told without it, maybe before it; a call may be about none."""

    ticket: str | None
    event: Rating | Work | Contact


class Named(TypedDict):
    """The people and teams that tickets name."""

    agents: tuple[Person, ...]
    customers: tuple[Person, ...]
    teams: tuple[Team, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a helpdesk tells of some tickets.

    Attributes:
        tickets: whole histories, or what became of the ticket.
        agents, customers, teams: those that they mention or that changed.
        apart: what happened to tickets and their histories don't tell.
    """

    tickets: tuple[TicketResult, ...]
    agents: tuple[Person, ...] = ()
    customers: tuple[Person, ...] = ()
    teams: tuple[Team, ...] = ()
    apart: tuple[Apart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Told):
    """A piece of the stream: stored whole, with its cursor, in one transaction.

    Attributes:
        cursor: where to go on after this page.
        done: nothing more is there now.
        remaining: pages or records left, when known, for the progress bar.
        seen_until: everything that happened before this instant is in this page or in earlier ones.
        history_start: what happened before can't be read; None when everything there ever was can.
        rules: the opening hours and SLA policies that the helpdesk has itself; None when it doesn't tell.
        observes: some fields' changes are only seen by reading again, so that nothing before the first page is sure.
    """

    cursor: Cursor
    done: bool
    remaining: int | None = None
    seen_until: int | None = None
    history_start: int | None = None
    rules: OwnRules | None = None
    observes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What `check` found: who we are there, its clock and what it can't give.

    `clock_skew_s` is the helpdesk's clock minus ours. `warnings` are message keys with their values.
    """

    name: str
    version: str | None = None
    clock_skew_s: int = 0
    warnings: tuple[tuple[str, dict[str, object]], ...] = ()


class Connector(Protocol):
    """One helpdesk."""

    kind: str

    def check(self) -> Account:
        """Return the account; raises HelpdeskError when it can't be reached or refuses."""
        ...

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Yield what happened since `cursor`, oldest first, until nothing more is there; raises HelpdeskError."""
        ...

    def ticket(self, external_id: str) -> Told:
        """Return one ticket whole, for webhooks, sweeps and repairs; raises HelpdeskError."""
        ...

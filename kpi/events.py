"""What happened to one ticket, as every helpdesk tells it.

Instants are integer UTC epoch seconds. Teams, agents and customers are the helpdesk's own identifiers.
No message text is kept anywhere.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """The states a ticket can be in, whatever the helpdesk calls them."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"  # waits for the customer
    HOLD = "hold"  # waits for a third party
    SOLVED = "solved"
    CLOSED = "closed"  # ended; without a solve when no `solved` came before it
    DELETED = "deleted"
    SPAM = "spam"
    MERGED = "merged"


ACTIONABLE = frozenset({Status.NEW, Status.OPEN})
WAITING = frozenset({Status.PENDING, Status.HOLD})
UNSOLVED = ACTIONABLE | WAITING
ENDED = frozenset({Status.SOLVED, Status.CLOSED})
GONE = frozenset({Status.DELETED, Status.SPAM, Status.MERGED})


class Author(StrEnum):
    """Who wrote a message or made a change, in the role held at that moment."""

    AGENT = "agent"
    CUSTOMER = "customer"
    BOT = "bot"
    SYSTEM = "system"


MACHINES = frozenset({Author.BOT, Author.SYSTEM})


class Field(StrEnum):
    """The fields whose changes make history."""

    STATUS = "status"
    TEAM = "team"
    AGENT = "agent"
    PRIORITY = "priority"
    LEVEL = "level"  # the helpdesk's own SLA level
    TYPE = "type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as the helpdesk shows it now.

    `status`, `team`, `agent`, `priority`, `level` and `type` are the present values; what they were before
    follows from the changes. `opened_by_agent` is true when the creator was an agent and not the requester.
    `as_of` is the helpdesk's last update that is in it, where its records say so: an older state never replaces it.
    """

    helpdesk: str
    external_id: str
    created_at: int
    status: Status
    customer: str | None = None
    opened_by_agent: bool = False
    team: str | None = None
    agent: str | None = None
    priority: str | None = None
    level: str | None = None
    type: str | None = None
    channel: str | None = None
    brand: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    subject: str | None = None
    url: str | None = None
    merged_into: str | None = None
    as_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one field. `position` orders what happened within one second."""

    external_id: str
    at: int
    position: int
    field: Field
    old: str | None
    new: str | None
    actor: str | None = None
    actor_kind: Author = Author.SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; `automatic` is an auto-reply, a trigger's or a rule's. `length` in characters."""

    external_id: str
    at: int
    position: int
    author: str | None
    author_kind: Author
    public: bool
    automatic: bool = False
    channel: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One answer to a survey. `score` counts upwards from `lowest` to `highest`; None when it was only sent."""

    external_id: str
    at: int
    survey: str = "csat"
    score: float | None = None
    lowest: float = 1
    highest: float = 5
    customer: str | None = None
    agent: str | None = None
    sent_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One call or chat. Durations in seconds."""

    external_id: str
    channel: str
    queued_at: int
    answered_at: int | None = None
    ended_at: int | None = None
    direction: str = "in"
    talk_s: int | None = None
    hold_s: int | None = None
    wrap_up_s: int | None = None
    abandoned: bool = False
    agent: str | None = None
    team: str | None = None
    customer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Time an agent spent, in seconds."""

    external_id: str
    at: int
    agent: str | None
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """From `at` on a field had this value; right before it had one of `after`, where that is certain."""

    at: int
    value: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A field whose changes the helpdesk doesn't tell: they are what differs from the state that is stored.

    Attributes:
        field: whose present value stands in the ticket.
        since: the best known instant of its last change.
        moments: what is certain of the time before, oldest first.
        first: what it was when the ticket was created, if moments tell the rest; otherwise the first value seen.
    """

    field: Field
    since: int
    moments: tuple[Moment, ...] = ()
    first: str | None = None


class Quantity(StrEnum):
    """What helpdesks say of tickets themselves, by the names of our own facts where they mean about the same.

    Seconds end in `_s`, instants in `_at`; what was breached is 0 or 1, the others are numbers.
    """

    FIRST_REPLY_S = "first_reply_s"
    FIRST_REPLIED_AT = "first_replied_at"
    FIRST_RESOLUTION_S = "first_resolution_s"
    FIRST_SOLVED_AT = "first_solved_at"
    FULL_RESOLUTION_S = "full_resolution_s"  # to the last solve
    LAST_SOLVED_AT = "last_solved_at"
    LAST_CLOSED_AT = "last_closed_at"
    REQUESTER_WAIT_S = "requester_wait_s"
    AGENT_WAIT_S = "agent_wait_s"
    ON_HOLD_S = "on_hold_s"
    REPLIES = "replies"
    REOPENS = "reopens"
    FIRST_REPLY_DUE_AT = "first_reply_due_at"
    RESOLUTION_DUE_AT = "resolution_due_at"
    DUE_AT = "due_at"  # without saying what for
    FIRST_REPLY_TARGET_S = "first_reply_target_s"
    RESOLUTION_TARGET_S = "resolution_target_s"
    FIRST_REPLY_BREACHED = "first_reply_breached"
    RESOLUTION_BREACHED = "resolution_breached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What the helpdesk says of a ticket itself, to be told beside our own; it counts in no KPI.

    `business` when it is in the helpdesk's own business time.
    """

    name: Quantity
    value: int
    business: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything known of one ticket, in any order; the changes of `observed` fields are not among `changes`.

    `figures` is None where the helpdesk was not asked what it says itself: then what it said before still stands.
    """

    ticket: Ticket
    changes: tuple[Change, ...] = ()
    messages: tuple[Message, ...] = ()
    ratings: tuple[Rating, ...] = ()
    contacts: tuple[Contact, ...] = ()
    work: tuple[Work, ...] = field(default=())
    observed: tuple[Observed, ...] = ()
    figures: tuple[Figure, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An agent or a customer as the helpdesk names them."""

    external_id: str
    name: str | None = None
    joined_at: int | None = None
    left_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A group, queue or department."""

    external_id: str
    name: str

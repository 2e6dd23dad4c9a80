"""The tables: what happened, and the facts derived from it.

Events are the truth: every row is keyed by its helpdesk's own identifier, so that storing it twice changes nothing.
Facts are made by `kpi.history` from one ticket's events and can be made again at any time. In facts, instants are
integer UTC epoch seconds, durations integer seconds, flags 0 or 1: all engines agree on those. No message text is
stored; `docs/en/privacy.md` lists every column and a test holds that list against this module.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in a column declared INTEGER, which there holds 64 bits.
ROW_ID = BigInteger().with_variant(Integer, "sqlite")
INSTANT = BigInteger
SECONDS = BigInteger


def _flag(name: str) -> Column[int]:
    return Column(name, SmallInteger, CheckConstraint(f"{name} IN (0, 1)", name=name), nullable=False, default=0)


# --- What happened -----------------------------------------------------------------------------------------------

helpdesks = Table(
    "helpdesks",
    metadata,
    Column("key", Text, primary_key=True, comment="the name it has in the settings"),
    Column("kind", Text, nullable=False),
    Column("history_start", INSTANT, comment="nothing is known before"),
    Column("synced_at", INSTANT, comment="everything up to here has been read"),
    Column("messages", Text, comment="what it tells of conversations: first (replies only), all, or NULL for nothing"),
)

teams = Table(
    "teams",
    metadata,
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
)


def _people(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
        Column("external_id", Text, primary_key=True),
        Column("name", Text),
        Column("joined_at", INSTANT),
        Column("left_at", INSTANT),
    )


agents = _people("agents")
customers = _people("customers")

coverage = Table(
    "coverage",
    metadata,
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
    Column("data", Text, primary_key=True, comment="the kind of rows that were imported"),
    Column("covered_from", INSTANT, nullable=False),
    Column("covered_until", INSTANT, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("name", Text, primary_key=True, comment="`facts`, or a table of things that happened"),
    Column("version", BigInteger, nullable=False, comment="counted up by every transaction that writes there"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("status", Text, nullable=False),
    Column("customer", Text),
    _flag("opened_by_agent"),
    Column("team", Text),
    Column("agent", Text),
    Column("priority", Text),
    Column("level", Text, comment="the helpdesk's own SLA level"),
    Column("type", Text),
    Column("channel", Text),
    Column("brand", Text),
    Column("language", Text),
    Column("tags", Text, nullable=False, default="", comment="|tag|tag|"),
    Column("subject", Text, comment="kept only if the setting says so"),
    Column("url", Text),
    Column("merged_into", Text),
    Column("as_of", INSTANT, comment="the helpdesk's last update that is in this row; NULL when it doesn't say"),
    UniqueConstraint("helpdesk", "external_id"),
)


def _ticket_key() -> Column[int]:
    return Column("ticket_id", BigInteger, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True)


ticket_changes = Table(
    "ticket_changes",
    metadata,
    _ticket_key(),
    Column("external_id", Text, primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("position", BigInteger, nullable=False, comment="order within one second"),
    Column("field", Text, nullable=False),
    Column("old", Text),
    Column("new", Text),
    Column("actor", Text),
    Column("actor_kind", Text, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    _ticket_key(),
    Column("external_id", Text, primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("position", BigInteger, nullable=False, comment="order within one second"),
    Column("author", Text),
    Column("author_kind", Text, nullable=False, comment="the role held at that moment"),
    _flag("public"),
    _flag("automatic"),
    Column("channel", Text),
    Column("length", BigInteger, comment="characters"),
)


vendor_figures = Table(
    "vendor_figures",
    metadata,
    _ticket_key(),
    Column("name", Text, primary_key=True, comment="what the helpdesk says itself: first_reply_s, resolution_due_at …"),
    Column("business", SmallInteger, primary_key=True, comment="1 in its business time, 0 in calendar time"),
    Column("value", BigInteger, nullable=False, comment="seconds, an instant or a number"),
)


def _happened(name: str, *columns: Column[object] | Column[int] | Column[str] | Column[float] | Index) -> Table:
    """Return a table of things that have an identifier of their own and may belong to a ticket."""
    return Table(
        name,
        metadata,
        Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
        Column("external_id", Text, primary_key=True),
        Column("ticket_id", BigInteger, ForeignKey("tickets.id", ondelete="CASCADE"), index=True),
        *columns,
    )


ratings = _happened(
    "ratings",
    Column("at", INSTANT, nullable=False),
    Column("survey", Text, nullable=False),
    Column("score", Double),
    Column("lowest", Double, nullable=False),
    Column("highest", Double, nullable=False),
    Column("customer", Text),
    Column("agent", Text),
    Column("sent_at", INSTANT),
    Index("ix_ratings_survey", "survey", "at"),
    Index("ix_ratings_sent_at", "sent_at"),
)

contacts = _happened(
    "contacts",
    Column("channel", Text, nullable=False),
    Column("queued_at", INSTANT, nullable=False),
    Column("answered_at", INSTANT),
    Column("ended_at", INSTANT),
    Column("direction", Text, nullable=False),
    Column("talk_s", SECONDS),
    Column("hold_s", SECONDS),
    Column("wrap_up_s", SECONDS),
    _flag("abandoned"),
    Column("agent", Text),
    Column("team", Text),
    Column("customer", Text),
    Index("ix_contacts_queued_at", "queued_at"),
    Index("ix_contacts_answered_at", "answered_at"),
)

work = _happened(
    "work",
    Column("at", INSTANT, nullable=False),
    Column("agent", Text),
    Column("seconds", SECONDS, nullable=False),
    Index("ix_work_at", "at"),
)

reviews = _happened(
    "reviews",
    Column("at", INSTANT, nullable=False),
    Column("agent", Text),
    Column("criterion", Text, primary_key=True),
    Column("score", Double, comment="NULL: not applicable"),
    Column("lowest", Double, nullable=False),
    Column("highest", Double, nullable=False),
    Column("weight", Double, nullable=False),
    _flag("critical"),
    _flag("error"),
    Index("ix_reviews_at", "at"),
)

sales = _happened(
    "sales",
    Column("at", INSTANT, nullable=False),
    Column("customer", Text),
    Column("agent", Text),
    Column("amount", Double, nullable=False),
    Column("currency", Text, nullable=False),
)

shifts = Table(
    "shifts",
    metadata,
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
    Column("agent", Text, primary_key=True),
    Column("started_at", INSTANT, primary_key=True),
    Column("ended_at", INSTANT, nullable=False),
    Index("ix_shifts_started_at", "started_at"),
    Index("ix_shifts_ended_at", "ended_at"),
)

costs = Table(
    "costs",
    metadata,
    Column("month", INSTANT, primary_key=True, comment="UTC midnight of its first day"),
    Column("label", Text, primary_key=True),
    Column("channel", Text),
    Column("amount", Double, nullable=False),
    Column("currency", Text, nullable=False),
)


def _daily(name: str, *columns: Column[int]) -> Table:
    """Return a table of counts per local day."""
    return Table(
        name,
        metadata,
        Column("day", INSTANT, primary_key=True, comment="UTC midnight of the local day"),
        Column("source", Text, primary_key=True),
        *columns,
    )


self_service = _daily(
    "self_service",
    Column("visits", BigInteger),
    Column("solved", BigInteger),
    Column("helpful", BigInteger),
    Column("unhelpful", BigInteger),
)

social = _daily(
    "social",
    Column("received", BigInteger),
    Column("answered_24h", BigInteger),
    Column("interactions", BigInteger),
    Column("impressions", BigInteger),
)

trainings = Table(
    "trainings",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("day", INSTANT, primary_key=True, comment="UTC midnight of the local day"),
)

# --- Facts -------------------------------------------------------------------------------------------------------

LEFT_OUT = ("deleted", "spam", "merged", "test")
"""Why a ticket counts in no KPI; `left_out` holds one of these or NULL."""


def _facts(name: str, *columns: Column[int] | Column[str] | Column[float] | Index) -> Table:
    """Return a fact table: the ticket's own attributes stand in every row, so that no KPI needs a join."""
    return Table(
        name,
        metadata,
        _ticket_key(),
        *[column for column in columns if isinstance(column, Column) and column.primary_key],
        Column("helpdesk", Text, nullable=False),
        Column("created_at", INSTANT, nullable=False, comment="of the ticket"),
        Column("left_out", Text),
        _flag("opened_by_agent"),
        Column("channel", Text),
        Column("type", Text),
        Column("brand", Text),
        Column("status", Text, nullable=False, comment="of the ticket; in span_facts, during the span"),
        Column("customer", Text),
        Column("tags", Text, nullable=False, default=""),
        *[column for column in columns if not (isinstance(column, Column) and column.primary_key)],
    )


def _at_event(prefix: str) -> list[Column[str]]:
    """Return the columns that tell whose the ticket was at the moment of an event."""
    return [Column(f"{prefix}{name}", Text) for name in ("team", "agent", "priority")]


ticket_facts = _facts(
    "ticket_facts",
    *_at_event("created_"),
    *_at_event("first_solved_"),
    *_at_event("solved_"),
    *_at_event("rated_"),
    Column("replies", BigInteger, nullable=False, comment="up to the last solve, or now"),
    Column("customer_messages", BigInteger, nullable=False, comment="after the opening one, same window"),
    Column("teams", BigInteger, nullable=False, comment="distinct teams it was in"),
    Column(
        "transfers", BigInteger, nullable=False, default=0, comment="from one team to another, up to the last solve"
    ),
    _flag("escalated"),
    _flag("automation_acted"),
    Column("first_replied_at", INSTANT),
    Column("first_solved_at", INSTANT),
    Column("last_solved_at", INSTANT),
    Column("closed_at", INSTANT, comment="ended without ever having been solved"),
    _flag("is_solved"),
    _flag("solved_in_contact"),
    _flag("solved_automatically"),
    Column("solves", BigInteger, nullable=False),
    Column("reopens", BigInteger, nullable=False, comment="not those by an automatic message"),
    Column("automatic_reopens", BigInteger, nullable=False),
    Column("fastest_reopen_s", SECONDS, comment="shortest time from a solve to the reopen that followed it"),
    Column(
        "first_reopen_s", SECONDS, comment="from the first solve to the first reopen after it, not an automatic one"
    ),
    Column("asked_again_at", INSTANT, comment="the first message of the customer, or reopen, after the last solve"),
    Column("previous_contact_at", INSTANT, comment="the last ticket of the same customer before this one"),
    Column("next_contact_at", INSTANT, comment="first new ticket after the last solve, same customer, same type"),
    Column("resolution_s", SECONDS, comment="to the last solve, without pending and hold, business time"),
    Column("resolution_calendar_s", SECONDS),
    Column("full_resolution_s", SECONDS, comment="to the last solve, pending and hold counted"),
    Column("full_resolution_calendar_s", SECONDS),
    Column("first_resolution_s", SECONDS, comment="to the first solve, without pending and hold"),
    Column("first_resolution_calendar_s", SECONDS),
    Column("rated_at", INSTANT, comment="the latest rating"),
    Column("rating", Double),
    Column("rating_lowest", Double),
    Column("rating_highest", Double),
    Column("rating_positive", SmallInteger),
    Column(
        "version", BigInteger, nullable=False, default=0, comment="of `facts` when a fact of the ticket last changed"
    ),
    Index("ix_ticket_facts_created_at", "created_at"),
    Index("ix_ticket_facts_last_solved_at", "last_solved_at"),
    Index("ix_ticket_facts_first_solved_at", "first_solved_at"),
    Index("ix_ticket_facts_rated_at", "rated_at"),
    Index("ix_ticket_facts_version", "version"),
    Index("ix_ticket_facts_reason", "helpdesk", "customer", "type", "created_at"),
    Index("ix_ticket_facts_customer", "helpdesk", "customer", "created_at"),
)

turn_facts = _facts(
    "turn_facts",
    Column("turn", BigInteger, primary_key=True, comment="1 is the first response"),
    *_at_event(""),
    Column("started_at", INSTANT, nullable=False, comment="the oldest unanswered customer message"),
    Column("replied_at", INSTANT),
    Column("ended_at", INSTANT, comment="solved, closed or gone without a reply"),
    Column("reply_s", SECONDS, comment="business time"),
    Column("reply_calendar_s", SECONDS),
    Index("ix_turn_facts_replied_at", "replied_at"),
    Index("ix_turn_facts_created_at", "created_at"),
)

clock_facts = _facts(
    "clock_facts",
    Column("metric", Text, primary_key=True, comment="first_reply, next_reply, resolution"),
    Column("instance", BigInteger, primary_key=True),
    *_at_event(""),
    Column("policy", Text, nullable=False),
    Column("target_s", SECONDS, nullable=False),
    _flag("business"),
    Column("started_at", INSTANT, nullable=False),
    Column("stopped_at", INSTANT),
    Column("stopped_by", Text, comment="reply, solve, closed, gone"),
    Column("state", Text, nullable=False, comment="running, paused, stopped"),
    Column("elapsed_s", SECONDS, comment="when it stopped or was paused"),
    Column("due_at", INSTANT, comment="NULL while paused"),
    Column("late_after", INSTANT, comment="late once passed: due_at, or the opening after it"),
    Column("breached", SmallInteger, comment="NULL while it runs; then late_after tells"),
    Index("ix_clock_facts_due_at", "due_at"),
    Index("ix_clock_facts_running", "state", "late_after"),
    Index("ix_clock_facts_stopped_at", "stopped_at"),
    Index("ix_clock_facts_created_at", "created_at"),
    Index("ix_clock_facts_started_at", "started_at"),
)

span_facts = _facts(
    "span_facts",
    Column("span", BigInteger, primary_key=True),
    *_at_event(""),
    Column("started_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
    Column("waiting_since", INSTANT, comment="during the span, the oldest unanswered customer message"),
    Column("started_by", Text, nullable=False, comment="opened, reopened, recovered, change"),
    Column("ended_by", Text, comment="solve, closed, gone, change"),
    Index("ix_span_facts_started_at", "started_at"),
    Index("ix_span_facts_ended_at", "ended_at"),
)

overdue_facts = _facts(
    "overdue_facts",
    Column("metric", Text, primary_key=True),
    Column("instance", BigInteger, primary_key=True),
    Column("stretch", BigInteger, primary_key=True, comment="a clock can be paused while it is overdue"),
    *_at_event(""),
    Column("started_at", INSTANT, nullable=False, comment="the clock ran, and was late once this had passed"),
    Column("ended_at", INSTANT),
    Index("ix_overdue_facts_started_at", "started_at"),
    Index("ix_overdue_facts_ended_at", "ended_at"),
)

solve_facts = _facts(
    "solve_facts",
    Column("solve", BigInteger, primary_key=True),
    *_at_event(""),
    Column("solved_at", INSTANT, nullable=False),
    _flag("automatic"),
    Index("ix_solve_facts_solved_at", "solved_at"),
)

FACTS = {table.name: table for table in (ticket_facts, turn_facts, clock_facts, span_facts, overdue_facts, solve_facts)}
"""Made from events, per ticket; what no ticket's events tell stands in `kpi.sources`."""

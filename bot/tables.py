"""The bot's own tables: where each sync stands, what it could not read, and which rules the facts were made with."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text

from kpi.schema import INSTANT, metadata

sync_cursors = Table(
    "sync_cursors",
    metadata,
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
    Column("cursor", Text, nullable=False, comment="JSON, as the connector gave it with the last stored page"),
    Column("updated_at", INSTANT, nullable=False),
)

refused_tickets = Table(
    "refused_tickets",
    metadata,
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("next_try_at", INSTANT, nullable=False),
    Index("ix_refused_tickets_next_try_at", "helpdesk", "next_try_at"),
)

facts_rules = Table(
    "facts_rules",
    metadata,
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
    Column("fingerprint", Text, nullable=False, comment="of the schedules, policies and definitions of its facts"),
)

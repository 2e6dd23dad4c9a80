"""The bot's own tables: where each sync stands, what it could not read, imports, facts' rules, what Slack asked."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, SmallInteger, Table, Text

from kpi.schema import INSTANT, ROW_ID, metadata

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

import_mappings = Table(
    "import_mappings",
    metadata,
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
    Column("kind", Text, primary_key=True, comment="of the imported files"),
    Column("mapping", Text, comment="the mapping file last given; the next import of this kind uses it again"),
    Column("date_order", Text, comment="dmy, mdy or ymd, as the last file showed"),
)

imported_rows = Table(
    "imported_rows",
    metadata,
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
    Column("ticket", Text, primary_key=True),
    Column("kind", Text, primary_key=True, comment="events, tickets"),
    Column("key", Text, primary_key=True),
    Column("line", BigInteger, nullable=False, comment="orders rows of the same second"),
    Column("told", Text, nullable=False, comment="JSON, what the row says happened; no text of people"),
    Column("subject", Text, comment="kept only if the setting says so"),
    Column("pending", SmallInteger, nullable=False, comment="1 until the ticket's history has been made of it"),
    Index("ix_imported_rows_pending", "helpdesk", "pending", "ticket"),
)

awaited_tickets = Table(
    "awaited_tickets",
    metadata,
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
    Column("data", Text, primary_key=True, comment="the table of the row that names a ticket"),
    Column("external_id", Text, primary_key=True, comment="of that row"),
    Column("ticket", Text, nullable=False, comment="one that isn't known yet"),
    Index("ix_awaited_tickets_ticket", "helpdesk", "ticket"),
)

shown_figures = Table(
    "shown_figures",
    metadata,
    Column("question", Text, primary_key=True, comment="a digest of KPI, reading, filters and period"),
    Column("figure", Text, nullable=False, comment="JSON: the value last said, its n and what both are counted in"),
    Column("shown_at", INSTANT, nullable=False),
    Index("ix_shown_figures_shown_at", "shown_at"),
)

asked_questions = Table(
    "asked_questions",
    metadata,
    Column("id", Text, primary_key=True, comment="random; what the buttons of an answer carry"),
    Column("team_id", Text, nullable=False, comment="the Slack workspace"),
    Column("channel", Text, nullable=False, comment="where it was asked"),
    Column("asker", Text, nullable=False, comment="the Slack user"),
    Column("language", Text, nullable=False, comment="of the answer"),
    Column("kpi", Text, nullable=False),
    Column("asked", Text, nullable=False, comment="JSON: the question, and what of it was asked for"),
    Column("asked_at", INSTANT, nullable=False),
    Index("ix_asked_questions_asker", "team_id", "asker", "asked_at"),
    Index("ix_asked_questions_channel", "team_id", "channel", "asked_at"),
    Index("ix_asked_questions_asked_at", "asked_at"),
)

done_once = Table(
    "done_once",
    metadata,
    Column("team_id", Text, primary_key=True, comment="the Slack workspace"),
    Column("key", Text, primary_key=True, comment="what must not be done twice: an event, a click on a button"),
    Column("done_at", INSTANT, nullable=False),
    Index("ix_done_once_done_at", "done_at"),
)

targets_set = Table(
    "targets_set",
    metadata,
    Column("kpi", Text, primary_key=True),
    Column("team", Text, primary_key=True, comment="as questions call it; empty for all teams"),
    Column("target", Float, nullable=False, comment="a ratio 0-1, seconds, or as the KPI counts"),
    Column("team_id", Text, nullable=False, comment="the Slack workspace it was set in"),
    Column("set_by", Text, nullable=False, comment="the Slack user"),
    Column("set_at", INSTANT, nullable=False),
)

channel_languages = Table(
    "channel_languages",
    metadata,
    Column("team_id", Text, primary_key=True, comment="the Slack workspace"),
    Column("channel", Text, primary_key=True),
    Column("language", Text, nullable=False, comment="en, fr"),
    Column("set_by", Text, nullable=False, comment="the Slack user"),
    Column("set_at", INSTANT, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("team_id", Text, nullable=False, comment="the Slack workspace"),
    Column("asker", Text, nullable=False, comment="the Slack user"),
    Column("channel", Text, comment="where; NULL where that is no channel"),
    Column("what", Text, nullable=False, comment="asked, shared, refused"),
    Column("about", Text, nullable=False, comment="number, tickets, why, anomalies"),
    Column("question", Text, nullable=False, comment="JSON"),
    Column("reason", Text, comment="why it was refused"),
    Index("ix_audit_at", "at"),
    Index("ix_audit_asker", "team_id", "asker", "at"),
)

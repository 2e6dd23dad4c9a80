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

heard_tickets = Table(
    "heard_tickets",
    metadata,
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("mark", Text, nullable=False, comment="random, another one each time it is heard of"),
    Column("heard_at", INSTANT, nullable=False),
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
    Column("name", Text, primary_key=True, comment="open, ended, all"),
    Column("began_at", INSTANT, nullable=False),
    Column("position", BigInteger, comment="the last ticket looked at; NULL once all were"),
)

told_rules = Table(
    "told_rules",
    metadata,
    Column("helpdesk", Text, ForeignKey("helpdesks.key"), primary_key=True),
    Column("since", INSTANT, primary_key=True, comment="when they were first seen"),
    Column("rules", Text, nullable=False, comment="JSON: the helpdesk's own business hours and SLA policies"),
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

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Text, primary_key=True, comment="random; what commands and buttons name it by"),
    Column("kind", Text, nullable=False, comment="digest, sla, kpi"),
    Column("team_id", Text, nullable=False, comment="the Slack workspace"),
    Column("channel", Text, nullable=False, comment="where it is told"),
    Column("owner", Text, nullable=False, comment="the Slack user who made it, and whose view of figures it has"),
    Column("language", Text, nullable=False, comment="en, fr"),
    Column("wanted", Text, nullable=False, comment="JSON: what is told, and when"),
    Column("next_at", INSTANT, comment="when it is due, or looked at again; NULL while it is paused"),
    Column("paused_at", INSTANT),
    Column("paused_for", Text, comment="asked, or Slack's word for why nothing could be posted"),
    Column("failures", BigInteger, nullable=False, default=0, comment="permanent ones in a row"),
    Column("created_at", INSTANT, nullable=False),
    Index("ix_subscriptions_next_at", "next_at"),
    Index("ix_subscriptions_channel", "team_id", "channel"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", Text, primary_key=True, comment="the occurrence: what must be posted once"),
    Column("team_id", Text, nullable=False, comment="the Slack workspace"),
    Column("channel", Text, nullable=False),
    Column("subscription", Text, comment="which it belongs to"),
    Column("state", Text, nullable=False, comment="claimed, sending, sent, waiting, failed, unsure, missed"),
    Column("holder", Text, comment="the worker that has claimed it"),
    Column("leased_until", INSTANT, comment="from then on another worker may take it over"),
    Column("attempts", BigInteger, nullable=False),
    Column("due_at", INSTANT, nullable=False, comment="when it was to be posted"),
    Column("sent_at", INSTANT),
    Column("ts", Text, comment="Slack's name for the message"),
    Column("error", Text, comment="Slack's word for why it was not taken"),
    Index("ix_deliveries_subscription", "subscription", "due_at"),
    Index("ix_deliveries_due_at", "due_at"),
)

alert_messages = Table(
    "alert_messages",
    metadata,
    Column("id", Text, primary_key=True, comment="random; the key of its delivery"),
    Column("subscription", Text, ForeignKey("subscriptions.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("shown", Text, comment="a digest of what the message says"),
    Column("next_at", INSTANT, comment="when it is to be looked at again; NULL once its story has ended"),
    Column("holder", Text, comment="the worker that has claimed it"),
    Column("leased_until", INSTANT),
    Index("ix_alert_messages_next_at", "next_at"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("subscription", Text, ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("ticket_id", BigInteger, primary_key=True),
    Column("metric", Text, primary_key=True, comment="first_reply, next_reply, resolution"),
    Column("instance", BigInteger, primary_key=True),
    Column("told_in", Text, ForeignKey("alert_messages.id", ondelete="CASCADE"), nullable=False),
    Column("version", BigInteger, nullable=False, comment="of the ticket's facts when last looked at"),
    Column("phase", Text, nullable=False, comment="at_risk, breached, in_time, late, gone, moved"),
    Column("due_at", INSTANT, nullable=False, comment="as last told"),
    Column("lead_s", BigInteger, comment="the last of its leads that was told"),
    Column("acknowledged_at", INSTANT),
    Column("acknowledged_by", Text, comment="the Slack user"),
    Column("snoozed_until", INSTANT),
    Column("snoozed_by", Text, comment="the Slack user"),
    Column("muted_at", INSTANT),
    Column("muted_by", Text, comment="the Slack user"),
    Column("breached_at", INSTANT, comment="when it was told that it is late"),
    Column("reminded_at", INSTANT),
    Column("escalated_at", INSTANT),
    Column("ended_at", INSTANT),
    Index("ix_alerts_told_in", "told_in"),
    Index("ix_alerts_ticket", "ticket_id"),
)

"""Subscriptions: digests and alerts, what was posted of them, and the alerts on tickets."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("key", sa.Text(), nullable=False, comment="the occurrence: what must be posted once"),
        sa.Column("team_id", sa.Text(), nullable=False, comment="the Slack workspace"),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=True, comment="which it belongs to"),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="claimed, sending, sent, waiting, failed, unsure, missed"
        ),
        sa.Column("holder", sa.Text(), nullable=True, comment="the worker that has claimed it"),
        sa.Column(
            "leased_until", sa.BigInteger(), nullable=True, comment="from then on another worker may take it over"
        ),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False, comment="when it was to be posted"),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True, comment="Slack's name for the message"),
        sa.Column("error", sa.Text(), nullable=True, comment="Slack's word for why it was not taken"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_due_at", "deliveries", ["due_at"], unique=False)
    op.create_index("ix_deliveries_subscription", "deliveries", ["subscription", "due_at"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Text(), nullable=False, comment="random; what commands and buttons name it by"),
        sa.Column("kind", sa.Text(), nullable=False, comment="digest, sla, kpi"),
        sa.Column("team_id", sa.Text(), nullable=False, comment="the Slack workspace"),
        sa.Column("channel", sa.Text(), nullable=False, comment="where it is told"),
        sa.Column(
            "owner", sa.Text(), nullable=False, comment="the Slack user who made it, and whose view of figures it has"
        ),
        sa.Column("language", sa.Text(), nullable=False, comment="en, fr"),
        sa.Column("wanted", sa.Text(), nullable=False, comment="JSON: what is told, and when"),
        sa.Column(
            "next_at",
            sa.BigInteger(),
            nullable=True,
            comment="when it is due, or looked at again; NULL while it is paused",
        ),
        sa.Column("paused_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "paused_for", sa.Text(), nullable=True, comment="asked, or Slack's word for why nothing could be posted"
        ),
        sa.Column("failures", sa.BigInteger(), nullable=False, comment="permanent ones in a row"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_index("ix_subscriptions_channel", "subscriptions", ["team_id", "channel"], unique=False)
    op.create_index("ix_subscriptions_next_at", "subscriptions", ["next_at"], unique=False)
    op.create_table(
        "alert_messages",
        sa.Column("id", sa.Text(), nullable=False, comment="random; the key of its delivery"),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=True, comment="a digest of what the message says"),
        sa.Column(
            "next_at",
            sa.BigInteger(),
            nullable=True,
            comment="when it is to be looked at again; NULL once its story has ended",
        ),
        sa.Column("holder", sa.Text(), nullable=True, comment="the worker that has claimed it"),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription"],
            ["subscriptions.id"],
            name=op.f("fk_alert_messages_subscription_subscriptions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_messages")),
    )
    op.create_index("ix_alert_messages_next_at", "alert_messages", ["next_at"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False, comment="first_reply, next_reply, resolution"),
        sa.Column("instance", sa.BigInteger(), nullable=False),
        sa.Column("told_in", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False, comment="of the ticket's facts when last looked at"),
        sa.Column("phase", sa.Text(), nullable=False, comment="at_risk, breached, in_time, late, gone, moved"),
        sa.Column("due_at", sa.BigInteger(), nullable=False, comment="as last told"),
        sa.Column("lead_s", sa.BigInteger(), nullable=True, comment="the last of its leads that was told"),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True, comment="the Slack user"),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("snoozed_by", sa.Text(), nullable=True, comment="the Slack user"),
        sa.Column("muted_at", sa.BigInteger(), nullable=True),
        sa.Column("muted_by", sa.Text(), nullable=True, comment="the Slack user"),
        sa.Column("breached_at", sa.BigInteger(), nullable=True, comment="when it was told that it is late"),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        sa.Column("escalated_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["told_in"], ["alert_messages.id"], name=op.f("fk_alerts_told_in_alert_messages"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subscription"],
            ["subscriptions.id"],
            name=op.f("fk_alerts_subscription_subscriptions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscription", "ticket_id", "metric", "instance", name=op.f("pk_alerts")),
    )
    op.create_index("ix_alerts_told_in", "alerts", ["told_in"], unique=False)
    op.create_index("ix_alerts_ticket", "alerts", ["ticket_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_alerts_ticket", table_name="alerts")
    op.drop_index("ix_alerts_told_in", table_name="alerts")
    op.drop_table("alerts")
    op.drop_index("ix_alert_messages_next_at", table_name="alert_messages")
    op.drop_table("alert_messages")
    op.drop_index("ix_subscriptions_next_at", table_name="subscriptions")
    op.drop_index("ix_subscriptions_channel", table_name="subscriptions")
    op.drop_table("subscriptions")
    op.drop_index("ix_deliveries_subscription", table_name="deliveries")
    op.drop_index("ix_deliveries_due_at", table_name="deliveries")
    op.drop_table("deliveries")

"""What happened, the facts, and where each sync stands."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "costs",
        sa.Column("month", sa.Text(), nullable=False, comment="YYYY-MM"),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("amount", sa.Double(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("month", "label", name=op.f("pk_costs")),
    )
    op.create_table(
        "helpdesks",
        sa.Column("key", sa.Text(), nullable=False, comment="the name it has in the settings"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("history_start", sa.BigInteger(), nullable=True, comment="nothing is known before"),
        sa.Column("synced_at", sa.BigInteger(), nullable=True, comment="everything up to here has been read"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_helpdesks")),
    )
    op.create_table(
        "self_service",
        sa.Column("day", sa.Text(), nullable=False, comment="YYYY-MM-DD"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=True),
        sa.Column("solved", sa.BigInteger(), nullable=True),
        sa.Column("helpful", sa.BigInteger(), nullable=True),
        sa.Column("unhelpful", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("day", "source", name=op.f("pk_self_service")),
    )
    op.create_table(
        "social",
        sa.Column("day", sa.Text(), nullable=False, comment="YYYY-MM-DD"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("answered_24h", sa.BigInteger(), nullable=True),
        sa.Column("interactions", sa.BigInteger(), nullable=True),
        sa.Column("impressions", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("day", "source", name=op.f("pk_social")),
    )
    op.create_table(
        "trainings",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False, comment="YYYY-MM-DD"),
        sa.PrimaryKeyConstraint("agent", "topic", "day", name=op.f("pk_trainings")),
    )
    op.create_table(
        "agents",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("joined_at", sa.BigInteger(), nullable=True),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_agents_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", "external_id", name=op.f("pk_agents")),
    )
    op.create_table(
        "customers",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("joined_at", sa.BigInteger(), nullable=True),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_customers_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", "external_id", name=op.f("pk_customers")),
    )
    op.create_table(
        "facts_rules",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column(
            "fingerprint", sa.Text(), nullable=False, comment="of the schedules, policies and definitions of its facts"
        ),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_facts_rules_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", name=op.f("pk_facts_rules")),
    )
    op.create_table(
        "refused_tickets",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_refused_tickets_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", "external_id", name=op.f("pk_refused_tickets")),
    )
    op.create_index("ix_refused_tickets_next_try_at", "refused_tickets", ["helpdesk", "next_try_at"], unique=False)
    op.create_table(
        "shifts",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_shifts_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", "agent", "started_at", name=op.f("pk_shifts")),
    )
    op.create_table(
        "sync_cursors",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column(
            "cursor", sa.Text(), nullable=False, comment="JSON, as the connector gave it with the last stored page"
        ),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_sync_cursors_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", name=op.f("pk_sync_cursors")),
    )
    op.create_table(
        "teams",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_teams_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", "external_id", name=op.f("pk_teams")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("opened_by_agent", sa.SmallInteger(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True, comment="the helpdesk's own SLA level"),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False, comment="|tag|tag|"),
        sa.Column("subject", sa.Text(), nullable=True, comment="kept only if the setting says so"),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_tickets_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("helpdesk", "external_id", name=op.f("uq_tickets_helpdesk")),
    )
    op.create_table(
        "clock_facts",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False, comment="first_reply, next_reply, resolution"),
        sa.Column("instance", sa.BigInteger(), nullable=False),
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False, comment="of the ticket"),
        sa.Column("left_out", sa.Text(), nullable=True),
        sa.Column("opened_by_agent", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False, comment="of the ticket; in span_facts, during the span"),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("target_s", sa.BigInteger(), nullable=False),
        sa.Column("business", sa.SmallInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped_by", sa.Text(), nullable=True, comment="reply, solve, closed, gone"),
        sa.Column("state", sa.Text(), nullable=False, comment="running, paused, stopped"),
        sa.Column("elapsed_s", sa.BigInteger(), nullable=True, comment="when it stopped or was paused"),
        sa.Column("due_at", sa.BigInteger(), nullable=True, comment="NULL while paused"),
        sa.Column(
            "late_after", sa.BigInteger(), nullable=True, comment="late once passed: due_at, or the opening after it"
        ),
        sa.Column("breached", sa.SmallInteger(), nullable=True, comment="NULL while it runs; then late_after tells"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_clock_facts_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "metric", "instance", name=op.f("pk_clock_facts")),
    )
    op.create_index("ix_clock_facts_created_at", "clock_facts", ["created_at"], unique=False)
    op.create_index("ix_clock_facts_due_at", "clock_facts", ["due_at"], unique=False)
    op.create_index("ix_clock_facts_running", "clock_facts", ["state", "late_after"], unique=False)
    op.create_index("ix_clock_facts_stopped_at", "clock_facts", ["stopped_at"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("talk_s", sa.BigInteger(), nullable=True),
        sa.Column("hold_s", sa.BigInteger(), nullable=True),
        sa.Column("wrap_up_s", sa.BigInteger(), nullable=True),
        sa.Column("abandoned", sa.SmallInteger(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_contacts_helpdesk_helpdesks")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_contacts_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("helpdesk", "external_id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_ticket_id"), "contacts", ["ticket_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False, comment="order within one second"),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("author_kind", sa.Text(), nullable=False, comment="the role held at that moment"),
        sa.Column("public", sa.SmallInteger(), nullable=False),
        sa.Column("automatic", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("length", sa.BigInteger(), nullable=True, comment="characters"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_messages_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "external_id", name=op.f("pk_messages")),
    )
    op.create_table(
        "ratings",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("survey", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("lowest", sa.Double(), nullable=False),
        sa.Column("highest", sa.Double(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_ratings_helpdesk_helpdesks")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ratings_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("helpdesk", "external_id", name=op.f("pk_ratings")),
    )
    op.create_index(op.f("ix_ratings_ticket_id"), "ratings", ["ticket_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True, comment="NULL: not applicable"),
        sa.Column("lowest", sa.Double(), nullable=False),
        sa.Column("highest", sa.Double(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("critical", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_reviews_helpdesk_helpdesks")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_reviews_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("helpdesk", "external_id", "criterion", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_ticket_id"), "reviews", ["ticket_id"], unique=False)
    op.create_table(
        "sales",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("amount", sa.Double(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_sales_helpdesk_helpdesks")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_sales_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("helpdesk", "external_id", name=op.f("pk_sales")),
    )
    op.create_index(op.f("ix_sales_ticket_id"), "sales", ["ticket_id"], unique=False)
    op.create_table(
        "span_facts",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("span", sa.BigInteger(), nullable=False),
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False, comment="of the ticket"),
        sa.Column("left_out", sa.Text(), nullable=True),
        sa.Column("opened_by_agent", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False, comment="of the ticket; in span_facts, during the span"),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("started_by", sa.Text(), nullable=False, comment="opened, reopened, recovered, change"),
        sa.Column("ended_by", sa.Text(), nullable=True, comment="solve, closed, gone, change"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_span_facts_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "span", name=op.f("pk_span_facts")),
    )
    op.create_index("ix_span_facts_ended_at", "span_facts", ["ended_at"], unique=False)
    op.create_index("ix_span_facts_started_at", "span_facts", ["started_at"], unique=False)
    op.create_table(
        "ticket_changes",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False, comment="order within one second"),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_changes_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "external_id", name=op.f("pk_ticket_changes")),
    )
    op.create_table(
        "ticket_facts",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False, comment="of the ticket"),
        sa.Column("left_out", sa.Text(), nullable=True),
        sa.Column("opened_by_agent", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False, comment="of the ticket; in span_facts, during the span"),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("created_team", sa.Text(), nullable=True),
        sa.Column("created_agent", sa.Text(), nullable=True),
        sa.Column("created_priority", sa.Text(), nullable=True),
        sa.Column("solved_team", sa.Text(), nullable=True),
        sa.Column("solved_agent", sa.Text(), nullable=True),
        sa.Column("solved_priority", sa.Text(), nullable=True),
        sa.Column("rated_team", sa.Text(), nullable=True),
        sa.Column("rated_agent", sa.Text(), nullable=True),
        sa.Column("rated_priority", sa.Text(), nullable=True),
        sa.Column("replies", sa.BigInteger(), nullable=False, comment="up to the last solve, or now"),
        sa.Column("customer_messages", sa.BigInteger(), nullable=False, comment="after the opening one, same window"),
        sa.Column("teams", sa.BigInteger(), nullable=False, comment="distinct teams it was in"),
        sa.Column("first_solved_at", sa.BigInteger(), nullable=True),
        sa.Column("last_solved_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True, comment="ended without ever having been solved"),
        sa.Column("is_solved", sa.SmallInteger(), nullable=False),
        sa.Column("solved_in_contact", sa.SmallInteger(), nullable=False),
        sa.Column("solves", sa.BigInteger(), nullable=False),
        sa.Column("reopens", sa.BigInteger(), nullable=False, comment="not those by an automatic message"),
        sa.Column("automatic_reopens", sa.BigInteger(), nullable=False),
        sa.Column(
            "fastest_reopen_s",
            sa.BigInteger(),
            nullable=True,
            comment="shortest time from a solve to the reopen that followed it",
        ),
        sa.Column(
            "next_contact_at",
            sa.BigInteger(),
            nullable=True,
            comment="first new ticket after the last solve, same customer, same type",
        ),
        sa.Column(
            "resolution_s",
            sa.BigInteger(),
            nullable=True,
            comment="to the last solve, without pending and hold, business time",
        ),
        sa.Column("resolution_calendar_s", sa.BigInteger(), nullable=True),
        sa.Column(
            "full_resolution_s", sa.BigInteger(), nullable=True, comment="to the last solve, pending and hold counted"
        ),
        sa.Column("full_resolution_calendar_s", sa.BigInteger(), nullable=True),
        sa.Column(
            "first_resolution_s", sa.BigInteger(), nullable=True, comment="to the first solve, without pending and hold"
        ),
        sa.Column("first_resolution_calendar_s", sa.BigInteger(), nullable=True),
        sa.Column("rated_at", sa.BigInteger(), nullable=True, comment="the latest rating"),
        sa.Column("rating", sa.Double(), nullable=True),
        sa.Column("rating_highest", sa.Double(), nullable=True),
        sa.Column("rating_positive", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_facts_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_facts")),
    )
    op.create_index("ix_ticket_facts_created_at", "ticket_facts", ["created_at"], unique=False)
    op.create_index(
        "ix_ticket_facts_customer", "ticket_facts", ["helpdesk", "customer", "type", "created_at"], unique=False
    )
    op.create_index("ix_ticket_facts_last_solved_at", "ticket_facts", ["last_solved_at"], unique=False)
    op.create_index("ix_ticket_facts_rated_at", "ticket_facts", ["rated_at"], unique=False)
    op.create_table(
        "turn_facts",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False, comment="1 is the first response"),
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False, comment="of the ticket"),
        sa.Column("left_out", sa.Text(), nullable=True),
        sa.Column("opened_by_agent", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False, comment="of the ticket; in span_facts, during the span"),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False, comment="the oldest unanswered customer message"),
        sa.Column("replied_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True, comment="solved, closed or gone without a reply"),
        sa.Column("reply_s", sa.BigInteger(), nullable=True, comment="business time"),
        sa.Column("reply_calendar_s", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_turn_facts_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "turn", name=op.f("pk_turn_facts")),
    )
    op.create_index("ix_turn_facts_created_at", "turn_facts", ["created_at"], unique=False)
    op.create_index("ix_turn_facts_replied_at", "turn_facts", ["replied_at"], unique=False)
    op.create_table(
        "work",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_work_helpdesk_helpdesks")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_work_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("helpdesk", "external_id", name=op.f("pk_work")),
    )
    op.create_index(op.f("ix_work_ticket_id"), "work", ["ticket_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_work_ticket_id"), table_name="work")
    op.drop_table("work")
    op.drop_index("ix_turn_facts_replied_at", table_name="turn_facts")
    op.drop_index("ix_turn_facts_created_at", table_name="turn_facts")
    op.drop_table("turn_facts")
    op.drop_index("ix_ticket_facts_rated_at", table_name="ticket_facts")
    op.drop_index("ix_ticket_facts_last_solved_at", table_name="ticket_facts")
    op.drop_index("ix_ticket_facts_customer", table_name="ticket_facts")
    op.drop_index("ix_ticket_facts_created_at", table_name="ticket_facts")
    op.drop_table("ticket_facts")
    op.drop_table("ticket_changes")
    op.drop_index("ix_span_facts_started_at", table_name="span_facts")
    op.drop_index("ix_span_facts_ended_at", table_name="span_facts")
    op.drop_table("span_facts")
    op.drop_index(op.f("ix_sales_ticket_id"), table_name="sales")
    op.drop_table("sales")
    op.drop_index(op.f("ix_reviews_ticket_id"), table_name="reviews")
    op.drop_table("reviews")
    op.drop_index(op.f("ix_ratings_ticket_id"), table_name="ratings")
    op.drop_table("ratings")
    op.drop_table("messages")
    op.drop_index(op.f("ix_contacts_ticket_id"), table_name="contacts")
    op.drop_table("contacts")
    op.drop_index("ix_clock_facts_stopped_at", table_name="clock_facts")
    op.drop_index("ix_clock_facts_running", table_name="clock_facts")
    op.drop_index("ix_clock_facts_due_at", table_name="clock_facts")
    op.drop_index("ix_clock_facts_created_at", table_name="clock_facts")
    op.drop_table("clock_facts")
    op.drop_table("tickets")
    op.drop_table("teams")
    op.drop_table("sync_cursors")
    op.drop_table("shifts")
    op.drop_index("ix_refused_tickets_next_try_at", table_name="refused_tickets")
    op.drop_table("refused_tickets")
    op.drop_table("facts_rules")
    op.drop_table("customers")
    op.drop_table("agents")
    op.drop_table("trainings")
    op.drop_table("social")
    op.drop_table("self_service")
    op.drop_table("helpdesks")
    op.drop_table("costs")

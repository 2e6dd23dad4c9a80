"""What every KPI of the catalogue needs.

Facts are made again from events, and nothing could be stored yet in the tables dated by day: they are replaced.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

REPLACED = ("ticket_facts", "span_facts", "costs", "self_service", "social", "trainings")
ADDED = ("solve_facts", "overdue_facts", "coverage", "versions")


def upgrade() -> None:
    op.add_column(
        "helpdesks",
        sa.Column(
            "messages",
            sa.Text(),
            nullable=True,
            comment="what it tells of conversations: first (replies only), all, or NULL for nothing",
        ),
    )
    op.execute(
        "UPDATE helpdesks SET messages = 'all' WHERE key IN"
        " (SELECT helpdesk FROM tickets JOIN messages ON ticket_id = tickets.id)"
    )
    for table in REPLACED:
        op.drop_table(table)
    op.create_index("ix_clock_facts_started_at", "clock_facts", ["started_at"], unique=False)
    op.create_table(
        "costs",
        sa.Column("month", sa.BigInteger(), nullable=False, comment="UTC midnight of its first day"),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("amount", sa.Double(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("month", "label", name=op.f("pk_costs")),
    )
    op.create_table(
        "self_service",
        sa.Column("day", sa.BigInteger(), nullable=False, comment="UTC midnight of the local day"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=True),
        sa.Column("solved", sa.BigInteger(), nullable=True),
        sa.Column("helpful", sa.BigInteger(), nullable=True),
        sa.Column("unhelpful", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("day", "source", name=op.f("pk_self_service")),
    )
    op.create_table(
        "social",
        sa.Column("day", sa.BigInteger(), nullable=False, comment="UTC midnight of the local day"),
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
        sa.Column("day", sa.BigInteger(), nullable=False, comment="UTC midnight of the local day"),
        sa.PrimaryKeyConstraint("agent", "topic", "day", name=op.f("pk_trainings")),
    )
    op.create_table(
        "versions",
        sa.Column("name", sa.Text(), nullable=False, comment="`facts`, or a table of things that happened"),
        sa.Column(
            "version", sa.BigInteger(), nullable=False, comment="counted up by every transaction that writes there"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_versions")),
    )
    # There from the beginning, so that the first two writers already wait for each other.
    op.execute("INSERT INTO versions (name, version) VALUES ('facts', 0)")
    op.create_table(
        "coverage",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False, comment="the kind of rows that were imported"),
        sa.Column("covered_from", sa.BigInteger(), nullable=False),
        sa.Column("covered_until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_coverage_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", "data", name=op.f("pk_coverage")),
    )
    op.create_table(
        "overdue_facts",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("instance", sa.BigInteger(), nullable=False),
        sa.Column("stretch", sa.BigInteger(), nullable=False, comment="a clock can be paused while it is overdue"),
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
        sa.Column(
            "started_at", sa.BigInteger(), nullable=False, comment="the clock ran, and was late once this had passed"
        ),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_overdue_facts_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "metric", "instance", "stretch", name=op.f("pk_overdue_facts")),
    )
    op.create_index("ix_overdue_facts_ended_at", "overdue_facts", ["ended_at"], unique=False)
    op.create_index("ix_overdue_facts_started_at", "overdue_facts", ["started_at"], unique=False)
    op.create_table(
        "solve_facts",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("solve", sa.BigInteger(), nullable=False),
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
        sa.Column("solved_at", sa.BigInteger(), nullable=False),
        sa.Column("automatic", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_solve_facts_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "solve", name=op.f("pk_solve_facts")),
    )
    op.create_index("ix_solve_facts_solved_at", "solve_facts", ["solved_at"], unique=False)
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
        sa.Column(
            "waiting_since",
            sa.BigInteger(),
            nullable=True,
            comment="during the span, the oldest unanswered customer message",
        ),
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
        sa.Column("first_solved_team", sa.Text(), nullable=True),
        sa.Column("first_solved_agent", sa.Text(), nullable=True),
        sa.Column("first_solved_priority", sa.Text(), nullable=True),
        sa.Column("solved_team", sa.Text(), nullable=True),
        sa.Column("solved_agent", sa.Text(), nullable=True),
        sa.Column("solved_priority", sa.Text(), nullable=True),
        sa.Column("rated_team", sa.Text(), nullable=True),
        sa.Column("rated_agent", sa.Text(), nullable=True),
        sa.Column("rated_priority", sa.Text(), nullable=True),
        sa.Column("replies", sa.BigInteger(), nullable=False, comment="up to the last solve, or now"),
        sa.Column("customer_messages", sa.BigInteger(), nullable=False, comment="after the opening one, same window"),
        sa.Column("teams", sa.BigInteger(), nullable=False, comment="distinct teams it was in"),
        sa.Column(
            "transfers", sa.BigInteger(), nullable=False, comment="from one team to another, up to the last solve"
        ),
        sa.Column("escalated", sa.SmallInteger(), nullable=False),
        sa.Column("automation_acted", sa.SmallInteger(), nullable=False),
        sa.Column("first_replied_at", sa.BigInteger(), nullable=True),
        sa.Column("first_solved_at", sa.BigInteger(), nullable=True),
        sa.Column("last_solved_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True, comment="ended without ever having been solved"),
        sa.Column("is_solved", sa.SmallInteger(), nullable=False),
        sa.Column("solved_in_contact", sa.SmallInteger(), nullable=False),
        sa.Column("solved_automatically", sa.SmallInteger(), nullable=False),
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
            "first_reopen_s",
            sa.BigInteger(),
            nullable=True,
            comment="from the first solve to the first reopen after it, not an automatic one",
        ),
        sa.Column(
            "asked_again_at",
            sa.BigInteger(),
            nullable=True,
            comment="the first message of the customer, or reopen, after the last solve",
        ),
        sa.Column(
            "previous_contact_at",
            sa.BigInteger(),
            nullable=True,
            comment="the last ticket of the same customer before this one",
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
        sa.Column("rating_lowest", sa.Double(), nullable=True),
        sa.Column("rating_highest", sa.Double(), nullable=True),
        sa.Column("rating_positive", sa.SmallInteger(), nullable=True),
        sa.Column(
            "version", sa.BigInteger(), nullable=False, comment="of `facts` when a fact of the ticket last changed"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_facts_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_facts")),
    )
    op.create_index("ix_ticket_facts_created_at", "ticket_facts", ["created_at"], unique=False)
    op.create_index("ix_ticket_facts_customer", "ticket_facts", ["helpdesk", "customer", "created_at"], unique=False)
    op.create_index(
        "ix_ticket_facts_reason", "ticket_facts", ["helpdesk", "customer", "type", "created_at"], unique=False
    )
    op.create_index("ix_ticket_facts_first_solved_at", "ticket_facts", ["first_solved_at"], unique=False)
    op.create_index("ix_ticket_facts_last_solved_at", "ticket_facts", ["last_solved_at"], unique=False)
    op.create_index("ix_ticket_facts_rated_at", "ticket_facts", ["rated_at"], unique=False)
    op.create_index("ix_ticket_facts_version", "ticket_facts", ["version"], unique=False)


def downgrade() -> None:
    op.drop_column("helpdesks", "messages")
    op.drop_index("ix_clock_facts_started_at", table_name="clock_facts")
    for table in (*ADDED, *REPLACED):
        op.drop_table(table)
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

"""Tickets that are read again when they are heard of or in sweeps; what helpdesks say of themselves: figures, rules."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "heard_tickets",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False, comment="random, another one each time it is heard of"),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_heard_tickets_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", "external_id", name=op.f("pk_heard_tickets")),
    )
    op.create_table(
        "sweeps",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="open, ended, all"),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True, comment="the last ticket looked at; NULL once all were"),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_sweeps_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", "name", name=op.f("pk_sweeps")),
    )
    op.create_table(
        "told_rules",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False, comment="when they were first seen"),
        sa.Column(
            "rules", sa.Text(), nullable=False, comment="JSON: the helpdesk's own business hours and SLA policies"
        ),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_told_rules_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", "since", name=op.f("pk_told_rules")),
    )
    op.create_table(
        "vendor_figures",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "name",
            sa.Text(),
            nullable=False,
            comment="what the helpdesk says itself: first_reply_s, resolution_due_at …",
        ),
        sa.Column("business", sa.SmallInteger(), nullable=False, comment="1 in its business time, 0 in calendar time"),
        sa.Column("value", sa.BigInteger(), nullable=False, comment="seconds, an instant or a number"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_vendor_figures_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "name", "business", name=op.f("pk_vendor_figures")),
    )


def downgrade() -> None:
    for table in ("vendor_figures", "told_rules", "sweeps", "heard_tickets"):
        op.drop_table(table)

"""Who asked what, who shared it, and what was refused."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False, comment="the Slack workspace"),
        sa.Column("asker", sa.Text(), nullable=False, comment="the Slack user"),
        sa.Column("channel", sa.Text(), nullable=True, comment="where; NULL where that is no channel"),
        sa.Column("what", sa.Text(), nullable=False, comment="asked, shared, refused"),
        sa.Column("about", sa.Text(), nullable=False, comment="number, tickets, why, anomalies"),
        sa.Column("question", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was refused"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_index("ix_audit_asker", "audit", ["team_id", "asker", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_audit_asker", table_name="audit")
    op.drop_index("ix_audit_at", table_name="audit")
    op.drop_table("audit")

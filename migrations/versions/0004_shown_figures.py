"""What was last said of periods that are over, so that a figure that changes afterwards is told as restated."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "shown_figures",
        sa.Column("question", sa.Text(), nullable=False, comment="a digest of KPI, reading, filters and period"),
        sa.Column(
            "figure",
            sa.Text(),
            nullable=False,
            comment="JSON: the value last said, its n and what both are counted in",
        ),
        sa.Column("shown_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("question", name=op.f("pk_shown_figures")),
    )
    op.create_index("ix_shown_figures_shown_at", "shown_figures", ["shown_at"], unique=False)


def downgrade() -> None:
    op.drop_table("shown_figures")

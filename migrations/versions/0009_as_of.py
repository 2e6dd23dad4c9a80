"""Tickets know as of which of the helpdesk's updates they are stored."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    comment = "the helpdesk's last update that is in this row; NULL when it doesn't say"
    op.add_column("tickets", sa.Column("as_of", sa.BigInteger(), nullable=True, comment=comment))


def downgrade() -> None:
    with op.batch_alter_table("tickets") as batch:
        batch.drop_column("as_of")

"""What importing files needs: the mapping of each source, the rows of ticket histories, and tickets yet to come."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "import_mappings",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="of the imported files"),
        sa.Column(
            "mapping",
            sa.Text(),
            nullable=True,
            comment="the mapping file last given; the next import of this kind uses it again",
        ),
        sa.Column("date_order", sa.Text(), nullable=True, comment="dmy, mdy or ymd, as the last file showed"),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_import_mappings_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", "kind", name=op.f("pk_import_mappings")),
    )
    op.create_table(
        "imported_rows",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="events, tickets"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False, comment="orders rows of the same second"),
        sa.Column("told", sa.Text(), nullable=False, comment="JSON, what the row says happened; no text of people"),
        sa.Column("subject", sa.Text(), nullable=True, comment="kept only if the setting says so"),
        sa.Column(
            "pending", sa.SmallInteger(), nullable=False, comment="1 until the ticket's history has been made of it"
        ),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_imported_rows_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", "ticket", "kind", "key", name=op.f("pk_imported_rows")),
    )
    op.create_index("ix_imported_rows_pending", "imported_rows", ["helpdesk", "pending", "ticket"], unique=False)
    op.create_table(
        "awaited_tickets",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False, comment="the table of the row that names a ticket"),
        sa.Column("external_id", sa.Text(), nullable=False, comment="of that row"),
        sa.Column("ticket", sa.Text(), nullable=False, comment="one that isn't known yet"),
        sa.ForeignKeyConstraint(["helpdesk"], ["helpdesks.key"], name=op.f("fk_awaited_tickets_helpdesk_helpdesks")),
        sa.PrimaryKeyConstraint("helpdesk", "data", "external_id", name=op.f("pk_awaited_tickets")),
    )
    op.create_index("ix_awaited_tickets_ticket", "awaited_tickets", ["helpdesk", "ticket"], unique=False)


def downgrade() -> None:
    for table in ("awaited_tickets", "imported_rows", "import_mappings"):
        op.drop_table(table)

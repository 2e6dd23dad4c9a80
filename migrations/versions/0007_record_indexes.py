"""Indexes on the instants by which answers, calls, hours, reviews and shifts are read."""

from collections.abc import Sequence

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_ratings_survey", "ratings", ["survey", "at"], unique=False)
    op.create_index("ix_ratings_sent_at", "ratings", ["sent_at"], unique=False)
    op.create_index("ix_contacts_queued_at", "contacts", ["queued_at"], unique=False)
    op.create_index("ix_contacts_answered_at", "contacts", ["answered_at"], unique=False)
    op.create_index("ix_work_at", "work", ["at"], unique=False)
    op.create_index("ix_reviews_at", "reviews", ["at"], unique=False)
    op.create_index("ix_shifts_started_at", "shifts", ["started_at"], unique=False)
    op.create_index("ix_shifts_ended_at", "shifts", ["ended_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_shifts_ended_at", table_name="shifts")
    op.drop_index("ix_shifts_started_at", table_name="shifts")
    op.drop_index("ix_reviews_at", table_name="reviews")
    op.drop_index("ix_work_at", table_name="work")
    op.drop_index("ix_contacts_answered_at", table_name="contacts")
    op.drop_index("ix_contacts_queued_at", table_name="contacts")
    op.drop_index("ix_ratings_sent_at", table_name="ratings")
    op.drop_index("ix_ratings_survey", table_name="ratings")

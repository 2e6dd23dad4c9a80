"""What is asked in Slack: questions that buttons go back to, targets and languages that were set, what is done once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "asked_questions",
        sa.Column("id", sa.Text(), nullable=False, comment="random; what the buttons of an answer carry"),
        sa.Column("team_id", sa.Text(), nullable=False, comment="the Slack workspace"),
        sa.Column("channel", sa.Text(), nullable=False, comment="where it was asked"),
        sa.Column("asker", sa.Text(), nullable=False, comment="the Slack user"),
        sa.Column("language", sa.Text(), nullable=False, comment="of the answer"),
        sa.Column("kpi", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False, comment="JSON: the question, and what of it was asked for"),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_questions")),
    )
    op.create_index("ix_asked_questions_asker", "asked_questions", ["team_id", "asker", "asked_at"], unique=False)
    op.create_index("ix_asked_questions_channel", "asked_questions", ["team_id", "channel", "asked_at"], unique=False)
    op.create_index("ix_asked_questions_asked_at", "asked_questions", ["asked_at"], unique=False)
    op.create_table(
        "done_once",
        sa.Column("team_id", sa.Text(), nullable=False, comment="the Slack workspace"),
        sa.Column(
            "key", sa.Text(), nullable=False, comment="what must not be done twice: an event, a click on a button"
        ),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "key", name=op.f("pk_done_once")),
    )
    op.create_index("ix_done_once_done_at", "done_once", ["done_at"], unique=False)
    op.create_table(
        "targets_set",
        sa.Column("kpi", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False, comment="as questions call it; empty for all teams"),
        sa.Column("target", sa.Float(), nullable=False, comment="a ratio 0-1, seconds, or as the KPI counts"),
        sa.Column("team_id", sa.Text(), nullable=False, comment="the Slack workspace it was set in"),
        sa.Column("set_by", sa.Text(), nullable=False, comment="the Slack user"),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kpi", "team", name=op.f("pk_targets_set")),
    )
    op.create_table(
        "channel_languages",
        sa.Column("team_id", sa.Text(), nullable=False, comment="the Slack workspace"),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False, comment="en, fr"),
        sa.Column("set_by", sa.Text(), nullable=False, comment="the Slack user"),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "channel", name=op.f("pk_channel_languages")),
    )


def downgrade() -> None:
    op.drop_table("channel_languages")
    op.drop_table("targets_set")
    op.drop_index("ix_done_once_done_at", table_name="done_once")
    op.drop_table("done_once")
    op.drop_index("ix_asked_questions_asked_at", table_name="asked_questions")
    op.drop_index("ix_asked_questions_channel", table_name="asked_questions")
    op.drop_index("ix_asked_questions_asker", table_name="asked_questions")
    op.drop_table("asked_questions")

"""Entries remember how they were canceled and that somebody changed them; segments leave their numbers behind"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0001"

INSTANT = sa.Unicode(25).with_variant(postgresql.TIMESTAMP(timezone=True, precision=0), "postgresql")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("campaign_entry", sa.Column("canceled_with", sa.Integer(), nullable=True))
    op.add_column("interaction_log_entry", sa.Column("canceled_with", sa.Integer(), nullable=True))
    op.add_column("interaction_log_entry", sa.Column("changed_at", INSTANT, nullable=True))
    op.create_table(
        "retired_segment",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", key(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retired_segment")),
    )
    op.create_index("ix_retired_segment_no", "retired_segment", ["no"])


def downgrade() -> None:
    op.drop_index("ix_retired_segment_no", table_name="retired_segment")
    op.drop_table("retired_segment")
    op.drop_column("interaction_log_entry", "changed_at")
    op.drop_column("interaction_log_entry", "canceled_with")
    op.drop_column("campaign_entry", "canceled_with")

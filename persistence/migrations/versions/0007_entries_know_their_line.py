"""Entries know the segment line they were logged from"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("interaction_log_entry", sa.Column("segment_line_no", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("interaction_log_entry", "segment_line_no")

"""Logged segments remember how many interactions they have, so that a missing one is noticed"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("logged_segment", sa.Column("interactions", sa.Integer(), nullable=True))
    entries = "SELECT count(*) FROM interaction_log_entry WHERE logged_segment_entry_no = logged_segment.entry_no"
    op.execute(f"UPDATE logged_segment SET interactions = ({entries})")


def downgrade() -> None:
    op.drop_column("logged_segment", "interactions")

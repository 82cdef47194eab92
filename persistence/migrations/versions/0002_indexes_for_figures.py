"""Indexes for figures: the last interaction of each contact, and the days of each group"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SUCCEEDED = {"sqlite_where": sa.text("canceled = 0 AND attempt_failed = 0"), "postgresql_where": sa.text("NOT canceled AND NOT attempt_failed")}


def upgrade() -> None:
    op.create_index("ix_interaction_log_entry_last_of_contact", "interaction_log_entry", ["contact_no", "date"], **SUCCEEDED)
    op.create_index("ix_interaction_log_entry_last_of_company", "interaction_log_entry", ["company_no", "date"], **SUCCEEDED)
    op.create_index("ix_interaction_log_entry_group", "interaction_log_entry", ["group_code", "date"])


def downgrade() -> None:
    op.drop_index("ix_interaction_log_entry_group", table_name="interaction_log_entry")
    op.drop_index("ix_interaction_log_entry_last_of_company", table_name="interaction_log_entry")
    op.drop_index("ix_interaction_log_entry_last_of_contact", table_name="interaction_log_entry")

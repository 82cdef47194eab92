"""Indexes that find who is due after a large mailing, without reading its interactions"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0036"


def upgrade() -> None:
    op.create_index(
        "ix_interaction_log_entry_unusual",
        "interaction_log_entry",
        ["date"],
        sqlite_where=sa.text("canceled = 1 OR attempt_failed = 1"),
        postgresql_where=sa.text("canceled OR attempt_failed"),
    )
    has_days = sa.text("contact_every_days IS NOT NULL")
    op.create_index(
        "ix_contact_contact_every_days",
        "contact",
        ["type", "contact_every_days", "no"],
        sqlite_where=has_days,
        postgresql_where=has_days,
    )


def downgrade() -> None:
    op.drop_index("ix_contact_contact_every_days", table_name="contact")
    op.drop_index("ix_interaction_log_entry_unusual", table_name="interaction_log_entry")

"""An index of the contacts that are blocked for privacy, for lists that leave them out"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_index(
        "ix_contact_privacy_blocked",
        "contact",
        ["no"],
        sqlite_where=sa.text("privacy_blocked = 1"),
        postgresql_where=sa.text("privacy_blocked"),
    )


def downgrade() -> None:
    op.drop_index("ix_contact_privacy_blocked", table_name="contact")

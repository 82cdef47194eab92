"""Notes of contacts"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("contact", sa.Column("notes", sa.Unicode(32_000), nullable=True))


def downgrade() -> None:
    op.drop_column("contact", "notes")

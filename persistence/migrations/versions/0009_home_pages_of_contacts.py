"""Home pages of contacts"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("contact", sa.Column("home_page", sa.Unicode(80), nullable=True))
    op.add_column("contact", sa.Column("search_home_page", key(160), nullable=True))
    op.create_index("ix_contact_search_home_page_no", "contact", ["search_home_page", "no"])


def downgrade() -> None:
    op.drop_index("ix_contact_search_home_page_no", table_name="contact")
    op.drop_column("contact", "search_home_page")
    op.drop_column("contact", "home_page")

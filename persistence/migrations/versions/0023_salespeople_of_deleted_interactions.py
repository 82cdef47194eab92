"""The salespeople of deleted interactions, who get the changes of their own interactions only"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "change_feed_owner",
        sa.Column("item_no", sa.BigInteger(), nullable=False),
        sa.Column(
            "salesperson_code", sa.Unicode(20).with_variant(sa.Unicode(20, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("first_key", sa.Integer(), nullable=False),
        sa.Column("last_key", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("item_no", "salesperson_code", "first_key"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("change_feed_owner")

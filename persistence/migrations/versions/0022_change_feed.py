"""The change feed: what was created, changed or deleted, in the order in which readers see it"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"

INSTANT = sa.Unicode(25).with_variant(postgresql.TIMESTAMP(timezone=True, precision=0), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "change_feed_item",
        sa.Column("no", NUMBER, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("first_key", sa.Integer(), nullable=False),
        sa.Column("last_key", sa.Integer()),
        sa.Column("count", sa.Integer()),
        sa.Column("parent_key", sa.Integer()),
        sa.Column("user_id", sa.Unicode(50), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "change_feed_range",
        sa.Column("item_no", sa.BigInteger(), nullable=False),
        sa.Column("first_key", sa.Integer(), nullable=False),
        sa.Column("last_key", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("item_no", "first_key"),
        sqlite_with_rowid=False,
    )
    start = op.create_table(
        "change_feed_start",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("deleted_up_to", sa.BigInteger(), nullable=False),
    )
    op.bulk_insert(start, [{"id": 1, "deleted_up_to": 0}])


def downgrade() -> None:
    for table in ("change_feed_start", "change_feed_range", "change_feed_item"):
        op.drop_table(table)

"""A change log of master data and set-up"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

INSTANT = sa.Unicode(25).with_variant(postgresql.TIMESTAMP(timezone=True, precision=0), "postgresql")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("kind", key(40), nullable=False),
        sa.Column("object_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("object_key", key(20), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Unicode(50), nullable=False),
        sa.Column("action", key(20), nullable=False),
        sa.CheckConstraint("action IN ('CREATED', 'UPDATED', 'DELETED', 'ANONYMIZED')", name=op.f("ck_change_action")),
        sa.PrimaryKeyConstraint("kind", "object_id", "version", name=op.f("pk_change")),
        sqlite_with_rowid=False,
    )
    gone = sa.text("action = 'DELETED'")
    op.create_index("ix_change_deleted", "change", ["kind", "object_key"], sqlite_where=gone, postgresql_where=gone)
    op.create_table(
        "change_field",
        sa.Column("kind", key(40), nullable=False),
        sa.Column("object_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", key(50), nullable=False),
        sa.Column("old_value", sa.Unicode(), nullable=True),
        sa.Column("new_value", sa.Unicode(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "object_id", "version", "field", name=op.f("pk_change_field")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("change_field")
    op.drop_index("ix_change_deleted", table_name="change")
    op.drop_table("change")

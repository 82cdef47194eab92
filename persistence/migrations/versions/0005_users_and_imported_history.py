"""Users with their tokens; entries know whether they were imported"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

INSTANT = sa.Unicode(25).with_variant(postgresql.TIMESTAMP(timezone=True, precision=0), "postgresql")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "user_setup",
        sa.Column("user_id", sa.Unicode(50), nullable=False),
        sa.Column("salesperson_code", key(20), nullable=True),
        sa.ForeignKeyConstraint(["salesperson_code"], ["salesperson.code"], name="fk_user_setup_salesperson_code"),
        sa.PrimaryKeyConstraint("user_id", name="pk_user_setup"),
    )
    op.create_table(
        "access_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Unicode(64), nullable=False),
        sa.Column("user_id", sa.Unicode(50), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_setup.user_id"], name="fk_access_token_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_access_token"),
        sa.UniqueConstraint("token_hash", name="uq_access_token_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_token_user_id", "access_token", ["user_id"])
    op.add_column("interaction_log_entry", sa.Column("imported", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("interaction_log_entry", "imported")
    op.drop_index("ix_access_token_user_id", table_name="access_token")
    op.drop_table("access_token")
    op.drop_table("user_setup")

"""Calendar feeds, and the time at which a postponed interaction was moved to another day"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"

INSTANT = sa.Unicode(25).with_variant(postgresql.TIMESTAMP(timezone=True, precision=0), "postgresql")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.Unicode(64), nullable=False),
        sa.Column("salesperson_code", key(20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Unicode(50), nullable=False),
        sa.ForeignKeyConstraint(
            ["salesperson_code"], ["salesperson.code"], name=op.f("fk_calendar_feed_salesperson_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_feed_secret_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_calendar_feed_salesperson_code_id", "calendar_feed", ["salesperson_code", "id"])
    op.add_column("postponed_interaction", sa.Column("snoozed_at", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("postponed_interaction", "snoozed_at")
    op.drop_index("ix_calendar_feed_salesperson_code_id", table_name="calendar_feed")
    op.drop_table("calendar_feed")

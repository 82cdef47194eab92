"""Webhooks, their deliveries, and which process delivers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"

INSTANT = sa.Unicode(25).with_variant(postgresql.TIMESTAMP(timezone=True, precision=0), "postgresql")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def is_one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("url", sa.Unicode(2000), nullable=False),
        sa.Column("description", sa.Unicode(100)),
        sa.Column("types", sa.Unicode()),
        sa.Column("stored_secret", sa.Unicode(300), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Unicode(50), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("paused_until", INSTANT),
        sa.Column("disabled_at", INSTANT),
        sa.Column("disabled_reason", key(20)),
        is_one_of("webhook", "disabled_reason", "USER", "GONE", "FAILING", "CHANGES_EXPIRED", "SECRET_UNREADABLE"),
        sqlite_autoincrement=True,
    )
    pending = sa.text("status = 'PENDING'")
    op.create_table(
        "webhook_delivery",
        sa.Column("webhook_id", sa.Integer(), sa.ForeignKey("webhook.id", name=op.f("fk_webhook_delivery_webhook_id")), nullable=False),
        sa.Column("item_no", sa.BigInteger(), nullable=False),
        sa.Column("status", key(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_attempt_at", INSTANT),
        sa.Column("attempted_at", INSTANT),
        sa.Column("next_attempt_at", INSTANT),
        sa.Column("response_status", sa.SmallInteger()),
        sa.Column("error", key(20)),
        sa.PrimaryKeyConstraint("webhook_id", "item_no"),
        is_one_of("webhook_delivery", "status", "PENDING", "DELIVERED"),
        is_one_of("webhook_delivery", "error", "ADDRESS_REFUSED", "NAME_UNKNOWN", "UNREACHABLE", "TLS", "TIMEOUT", "NO_ANSWER", "STATUS"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_webhook_delivery_pending", "webhook_delivery", ["webhook_id", "item_no"], postgresql_where=pending, sqlite_where=pending)
    lease = op.create_table(
        "webhook_lease",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("holder", sa.Unicode(40)),
        sa.Column("renewals", sa.BigInteger(), nullable=False),
    )
    op.bulk_insert(lease, [{"id": 1, "holder": None, "renewals": 0}])


def downgrade() -> None:
    for table in ("webhook_lease", "webhook_delivery", "webhook"):
        op.drop_table(table)

"""Tables without a primary key can be copied while rows are deleted: logical replication, by which Citus moves a company,
finds rows by all their columns

This has an effect only if `wal_level` is `logical`. SQLite has nothing like it.
"""

from alembic import op

revision = "0032"
down_revision = "0029"

TABLES = ("dirty_day", "dirty_contact", "unused_text")


def upgrade() -> None:
    _identify_rows_by("FULL")


def downgrade() -> None:
    _identify_rows_by("DEFAULT")


def _identify_rows_by(identity: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} REPLICA IDENTITY {identity}")

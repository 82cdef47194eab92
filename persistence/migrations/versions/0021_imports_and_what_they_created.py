"""Imports, and the rows that each of them created"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"

INSTANT = sa.Unicode(25).with_variant(postgresql.TIMESTAMP(timezone=True, precision=0), "postgresql")
KINDS = "'SALESPEOPLE', 'CAMPAIGNS', 'CONTACTS', 'TEMPLATES', 'INTERACTIONS'"


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "import",
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("kind", key(20), nullable=False),
        sa.Column("file_name", sa.Unicode(255), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Unicode(50), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("rows", "created", "updated", "unchanged", "rejected")
        ),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.Column("undone_by", sa.Unicode(50), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_import_kind")),
        sa.PrimaryKeyConstraint("entry_no", name=op.f("pk_import")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "imported_rows",
        sa.Column("import_entry_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", key(40), nullable=False),
        sa.Column("first_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_key", sa.Integer(), nullable=False),
        sa.Column("canceled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_entry_no"], ["import.entry_no"], name=op.f("fk_imported_rows_import_entry_no")
        ),
        sa.PrimaryKeyConstraint("import_entry_no", "source", "first_key", name=op.f("pk_imported_rows")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("imported_rows")
    op.drop_table("import")

"""Segments remember their steps, criteria can be saved"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

INSTANT = sa.Unicode(25).with_variant(postgresql.TIMESTAMP(timezone=True, precision=0), "postgresql")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def criteria() -> list[sa.Column]:
    return [
        sa.Column("action", key(20), nullable=False),
        sa.Column("filter", sa.Unicode(), nullable=True),
        sa.Column("by_number", sa.Boolean(), nullable=False),
        sa.Column("logged_segment_entry_no", sa.Integer(), nullable=True),
        sa.Column("expand_companies", sa.Boolean(), nullable=False),
        sa.Column("allow_related_companies", sa.Boolean(), nullable=False),
        sa.Column("ignore_exclusion", sa.Boolean(), nullable=False),
        sa.Column("allow_existing_contacts", sa.Boolean(), nullable=False),
        sa.Column("entire_companies", sa.Boolean(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "segment_step",
        sa.Column("segment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step_no", sa.Integer(), autoincrement=False, nullable=False),
        *criteria(),
        sa.Column("no_of_contacts", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Unicode(50), nullable=False),
        sa.CheckConstraint("action IN ('ADD', 'KEEP_MATCHING', 'REMOVE_MATCHING')", name=op.f("ck_segment_step_action")),
        sa.CheckConstraint("step_no > 0", name=op.f("ck_segment_step_step_no")),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"], name=op.f("fk_segment_step_segment_id")),
        sa.PrimaryKeyConstraint("segment_id", "step_no", name=op.f("pk_segment_step")),
    )
    op.create_table(
        "segment_step_line",
        sa.Column("segment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contact_no", key(20), nullable=True),
        sa.PrimaryKeyConstraint("segment_id", "step_no", "line_no", name=op.f("pk_segment_step_line")),
    )
    op.create_table(
        "saved_segment_criteria",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", key(10), nullable=False),
        sa.Column("description", sa.Unicode(100), nullable=False),
        sa.Column("user_id", sa.Unicode(50), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_segment_criteria")),
        sa.UniqueConstraint("code", name=op.f("uq_saved_segment_criteria_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "saved_segment_step",
        sa.Column("criteria_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step_no", sa.Integer(), autoincrement=False, nullable=False),
        *criteria(),
        sa.CheckConstraint("action IN ('ADD', 'KEEP_MATCHING', 'REMOVE_MATCHING')", name=op.f("ck_saved_segment_step_action")),
        sa.ForeignKeyConstraint(["criteria_id"], ["saved_segment_criteria.id"], name=op.f("fk_saved_segment_step_criteria_id")),
        sa.PrimaryKeyConstraint("criteria_id", "step_no", name=op.f("pk_saved_segment_step")),
    )


def downgrade() -> None:
    for table in ("saved_segment_step", "saved_segment_criteria", "segment_step_line", "segment_step"):
        op.drop_table(table)

"""Indexes for figures: the last interaction of each contact, and the sums of each group, template and salesperson"""

from alembic import op

revision = "0002"
down_revision = "0001"

NEWEST = ["date", "time_of_interaction", "entry_no"]
MARKS = ["canceled", "attempt_failed"]
SUMMED = [*MARKS, "cost", "duration"]


def upgrade() -> None:
    op.create_index("ix_interaction_log_entry_group", "interaction_log_entry", ["group_code", "date", *SUMMED])
    _widen(*SUMMED)
    _remake(postgresql_include=MARKS)


def downgrade() -> None:
    _remake()
    _widen()
    op.drop_index("ix_interaction_log_entry_group", table_name="interaction_log_entry")


def _widen(*by: str) -> None:
    for owner in ("salesperson", "template"):
        name = f"ix_interaction_log_entry_{owner}"
        op.drop_index(name, table_name="interaction_log_entry")
        op.create_index(name, "interaction_log_entry", [f"{owner}_code", *NEWEST, *by])


def _remake(**including) -> None:
    """SQLite has no indexes that include columns: there they stay as they are."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for owner in ("contact", "company"):
        name = f"ix_interaction_log_entry_{owner}"
        op.drop_index(name, table_name="interaction_log_entry")
        op.create_index(name, "interaction_log_entry", [f"{owner}_no", *NEWEST], **including)

"""Indexes for figures: the last interaction of each contact, and the sums of each group, template and salesperson"""

from alembic import op

revision = "0002"
down_revision = "0001"

NEWEST = ["date", "time_of_interaction", "entry_no"]
MARKS = ["canceled", "attempt_failed"]
SUMMED = [*MARKS, "cost", "duration"]


def upgrade() -> None:
    op.create_index("ix_interaction_log_entry_group", "interaction_log_entry", ["group_code", "date", *SUMMED])
    for owner in ("template_code", "salesperson_code"):
        _remake(owner, SUMMED)
    _remake_of_contacts(postgresql_include=MARKS)


def downgrade() -> None:
    _remake_of_contacts()
    for owner in ("template_code", "salesperson_code"):
        _remake(owner, [])
    op.drop_index("ix_interaction_log_entry_group", table_name="interaction_log_entry")


def _remake_of_contacts(**including) -> None:
    """SQLite has no indexes that include columns: there they stay as they are."""
    if op.get_bind().dialect.name == "postgresql":
        for owner in ("contact_no", "company_no"):
            _remake(owner, [], **including)


def _remake(owner: str, more: list[str], **including) -> None:
    name = f"ix_interaction_log_entry_{owner.rpartition('_')[0]}"
    op.drop_index(name, table_name="interaction_log_entry")
    op.create_index(name, "interaction_log_entry", [owner, *NEWEST, *more], **including)

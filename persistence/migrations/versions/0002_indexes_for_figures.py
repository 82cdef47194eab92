"""Indexes for figures: the last interaction of each contact, and the sums of each group, template and salesperson"""

from alembic import op

revision = "0002"
down_revision = "0001"

NEWEST = ["date", "time_of_interaction", "entry_no"]
MARKS = ["canceled", "attempt_failed"]
WIDER = {
    "contact_no": MARKS, "company_no": MARKS,
    "template_code": [*MARKS, "cost", "duration"], "salesperson_code": [*MARKS, "cost", "duration"],
}


def upgrade() -> None:
    op.create_index(
        "ix_interaction_log_entry_group", "interaction_log_entry", ["group_code", "date", *MARKS, "cost", "duration"]
    )
    for owner, more in WIDER.items():
        _remake(owner, *more)


def downgrade() -> None:
    for owner in WIDER:
        _remake(owner)
    op.drop_index("ix_interaction_log_entry_group", table_name="interaction_log_entry")


def _remake(owner: str, *more: str) -> None:
    name = f"ix_interaction_log_entry_{owner.rpartition('_')[0]}"
    op.drop_index(name, table_name="interaction_log_entry")
    op.create_index(name, "interaction_log_entry", [owner, *NEWEST, *more])

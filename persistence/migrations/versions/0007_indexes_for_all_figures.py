"""The indexes of figures know contacts and evaluations, too"""

from alembic import op

revision = "0007"
down_revision = "0006"

NEWEST = ["date", "time_of_interaction", "entry_no"]
SUMMED = ["canceled", "attempt_failed", "cost", "duration"]
INDEXES = {
    "ix_interaction_log_entry_salesperson": ["salesperson_code", *NEWEST, *SUMMED],
    "ix_interaction_log_entry_template": ["template_code", *NEWEST, *SUMMED],
    "ix_interaction_log_entry_group": ["group_code", "date", *SUMMED],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.drop_index(name, "interaction_log_entry")
        op.create_index(name, "interaction_log_entry", [*columns, "contact_no", "evaluation"])


def downgrade() -> None:
    for name, columns in INDEXES.items():
        op.drop_index(name, "interaction_log_entry")
        op.create_index(name, "interaction_log_entry", columns)

"""Interactions of the log have the salesperson of their contact, so that salespeople find their own in an index"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INDEX = "ix_interaction_log_entry_contact_salesperson"


def upgrade() -> None:
    code = sa.Unicode(20).with_variant(sa.Unicode(20, collation="C"), "postgresql")
    op.add_column("interaction_log_entry", sa.Column("contact_salesperson_code", code, nullable=True))
    op.execute(
        "UPDATE interaction_log_entry SET contact_salesperson_code = "
        "(SELECT salesperson_code FROM contact WHERE contact.no = interaction_log_entry.contact_no)"
    )
    columns = ["contact_salesperson_code", "date", "time_of_interaction", "entry_no"]
    op.create_index(INDEX, "interaction_log_entry", columns)


def downgrade() -> None:
    op.drop_index(INDEX, table_name="interaction_log_entry")
    op.drop_column("interaction_log_entry", "contact_salesperson_code")

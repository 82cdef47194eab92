"""Fewer bytes for each interaction that is logged or evaluated

The index by the salesperson of the contact has only the interactions whose own salesperson is another. On PostgreSQL, pages that
are written from now on keep room for new versions of their rows, so that evaluating an interaction need not write to the indexes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

TABLE, INDEX = "interaction_log_entry", "ix_interaction_log_entry_contact_salesperson"
COLUMNS = ["contact_salesperson_code", "date", "time_of_interaction", "entry_no"]


def upgrade() -> None:
    op.drop_index(INDEX, TABLE)
    rows = sa.text("contact_salesperson_code IS DISTINCT FROM salesperson_code")
    op.create_index(INDEX, TABLE, COLUMNS, postgresql_where=rows, sqlite_where=rows)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} SET (fillfactor = 95)")


def downgrade() -> None:
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, COLUMNS)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} RESET (fillfactor)")

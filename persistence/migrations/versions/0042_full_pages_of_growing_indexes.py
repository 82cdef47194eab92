"""Fuller pages of indexes that grow at their end on PostgreSQL

PostgreSQL leaves a tenth of a page free when it begins the next one at the end of an index, and writes the rows that come there
to the WAL once more. In these indexes, nearly all later rows come to the end, too. Pages that exist stay as they are.
"""

from alembic import op

revision = "0042"
down_revision = "0041"

INDEXES = (
    "pk_interaction_log_entry",
    "ix_interaction_log_entry_newest",
    "ix_interaction_log_entry_logged_segment_entry_no",
)


def upgrade() -> None:
    _set("SET (fillfactor = 98)")


def downgrade() -> None:
    _set("RESET (fillfactor)")


def _set(option: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for index in INDEXES:
            op.execute(f"ALTER INDEX {index} {option}")

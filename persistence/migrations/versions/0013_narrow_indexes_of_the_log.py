"""Indexes of the log have the order of its lists only: figures read the stored sums

Without the evaluation in an index, PostgreSQL can evaluate an interaction without writing to indexes. Entries of logged segments
are found by the number of the segment through their logged segment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

TABLE = "interaction_log_entry"
NEWEST = ["date", "time_of_interaction", "entry_no"]
SUMMED = ["canceled", "attempt_failed", "cost", "duration", "contact_no", "evaluation"]
SALESPERSON, TEMPLATE, GROUP, SEGMENT = (f"ix_{TABLE}_{name}" for name in ("salesperson", "template", "group", "segment_no"))
KEYS = {SALESPERSON: "salesperson_code", TEMPLATE: "template_code"}


def upgrade() -> None:
    for name in (*KEYS, GROUP, SEGMENT):
        op.drop_index(name, TABLE)
    for name, key in KEYS.items():
        op.create_index(name, TABLE, [key, *NEWEST])
    _create_segment_index("segment_no IS NOT NULL AND logged_segment_entry_no IS NULL")


def downgrade() -> None:
    for name in (*KEYS, SEGMENT):
        op.drop_index(name, TABLE)
    for name, key in KEYS.items():
        op.create_index(name, TABLE, [key, *NEWEST, *SUMMED])
    op.create_index(GROUP, TABLE, ["group_code", "date", *SUMMED])
    _create_segment_index("segment_no IS NOT NULL")


def _create_segment_index(where: str) -> None:
    rows = sa.text(where)
    op.create_index(SEGMENT, TABLE, ["segment_no", *NEWEST], postgresql_where=rows, sqlite_where=rows)

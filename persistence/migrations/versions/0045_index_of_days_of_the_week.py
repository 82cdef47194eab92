"""An index of the stored sums of days by key and day of the week, on SQLite

SQLite sorted 220,000 sums of days for figures by campaign and day of the week. The index has all sums that these figures need, in
their order. PostgreSQL, which groups by hash tables, does not need it.
"""

from alembic import op

revision = "0045"
down_revision = "0044"

DAY_OF_WEEK = "CAST(julianday(day) + 0.5 AS integer) % 7 + 1"
SUMS = "interactions, succeeded, cost_high, cost_low, duration, evaluated, score, targets, responses"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE INDEX ix_day_sum_day_of_week ON day_sum (kind, key, ({DAY_OF_WEEK}), day, {SUMS})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP INDEX ix_day_sum_day_of_week")

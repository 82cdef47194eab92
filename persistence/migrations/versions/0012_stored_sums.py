"""Sums per day, kept right by marks of the days that changed

The sums of the first days are computed in batches that are committed one by one, see `persistence.versions.migrate`. The days
that are still marked are read from the log, so an interrupted migration does no harm.
"""

import sqlalchemy as sa
from alembic import op

from persistence.migrations import sums_0012

revision = "0012"
down_revision = "0011"

PART = sa.Numeric().with_variant(sa.BigInteger(), "sqlite")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


TABLES = sa.MetaData()
DAY_SUM = sa.Table(
    "day_sum",
    TABLES,
    sa.Column("kind", key(20), nullable=False),
    sa.Column("key", key(20), nullable=False),
    sa.Column("day", sa.Date(), nullable=False),
    *(
        sa.Column(name, {"cost_high": PART, "cost_low": PART, "duration": sa.BigInteger()}.get(name, sa.Integer()), nullable=False)
        for name in sums_0012.SUMS
    ),
    sa.PrimaryKeyConstraint("kind", "key", "day", name="pk_day_sum", postgresql_include=list(sums_0012.SUMS)),
    sa.Index("ix_day_sum_kind_day", "kind", "day"),
    sqlite_with_rowid=False,
)


def next_batch(connection: sa.Connection) -> tuple[str, int, int] | None:
    """Compute the sums of some days; the first call creates the tables. Returns table, days done and all days; None when all are
    done.
    """
    if not sa.inspect(connection).has_table(DAY_SUM.name):
        _begin(connection)
    return sums_0012.next_batch(connection)


def upgrade() -> None:
    connection = op.get_bind()
    while next_batch(connection) is not None:
        pass
    if connection.dialect.name == "postgresql":  # the batches leave the pages of the indexes half empty
        connection.exec_driver_sql("REINDEX TABLE day_sum")
        connection.exec_driver_sql("ANALYZE day_sum")


def downgrade() -> None:
    sums_0012.drop_triggers(op.get_bind())
    op.drop_table("dirty_day")
    op.drop_table("day_sum")


def _begin(connection: sa.Connection) -> None:
    DAY_SUM.create(connection)
    if connection.dialect.name == "postgresql":
        often = "autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0"  # its rows live for seconds
        connection.exec_driver_sql(f"CREATE TABLE dirty_day (day DATE NOT NULL) WITH ({often})")
    else:
        connection.exec_driver_sql("CREATE TABLE dirty_day (day DATE NOT NULL PRIMARY KEY) WITHOUT ROWID")
    sums_0012.create_triggers(connection)

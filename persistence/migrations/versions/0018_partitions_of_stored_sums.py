"""A partition for the stored sums of each kind, on PostgreSQL

Figures by one key read all sums of a kind. They were spread over the pages of all kinds. There are as many sums as days and keys,
however many interactions there are, so that one transaction moves them. SQLite already stores them in the order of their key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

KINDS = ("TEMPLATE", "GROUP", "SALESPERSON", "CAMPAIGN", "EVALUATION", "HOUR", "TOTAL")
SUMS = ("interactions", "succeeded", "cost_high", "cost_low", "duration", "evaluated", "score", "targets", "responses")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def upgrade() -> None:
    _move(partitions=True)


def downgrade() -> None:
    _move(partitions=False)


def _move(*, partitions: bool) -> None:
    """Move the sums to a new table. Its indexes are made when it has them, so that their pages are full."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    table = _table(partitions=partitions)
    columns = ", ".join(table.columns.keys())
    statements = [
        "ALTER TABLE day_sum RENAME TO old_day_sum",
        "ALTER TABLE old_day_sum DROP CONSTRAINT pk_day_sum",
        "DROP INDEX ix_day_sum_kind_day",
        str(sa.schema.CreateTable(table).compile(connection)),
        *(f"CREATE TABLE day_sum_{kind.lower()} PARTITION OF day_sum FOR VALUES IN ('{kind}')" for kind in KINDS * partitions),
        f"INSERT INTO day_sum ({columns}) SELECT {columns} FROM old_day_sum ORDER BY kind, key, day",
        "DROP TABLE old_day_sum",
        f"ALTER TABLE day_sum ADD CONSTRAINT pk_day_sum PRIMARY KEY (kind, key, day) INCLUDE ({', '.join(SUMS)})",
        "CREATE INDEX ix_day_sum_kind_day ON day_sum (kind, day)",
        "ANALYZE day_sum",
    ]
    for statement in statements:
        connection.exec_driver_sql(statement)


def _table(*, partitions: bool) -> sa.Table:
    types = {"cost_high": sa.Numeric(), "cost_low": sa.Numeric(), "duration": sa.BigInteger()}
    return sa.Table(
        "day_sum",
        sa.MetaData(),
        sa.Column("kind", key(20), nullable=False),
        sa.Column("key", key(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, types.get(name, sa.Integer()), nullable=False) for name in SUMS),
        postgresql_partition_by="LIST (kind)" if partitions else None,
    )

"""Sums per month beside those per day

Figures by campaign and month added up 220,000 sums of days; those of months are a thirtieth. They are added up from the stored sums of
days, in batches that are committed one by one, see `persistence.versions.migrate`.
"""

from calendar import monthrange

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0032"

MONTHS_AT_ONCE = 6
KINDS = ("TEMPLATE", "GROUP", "SALESPERSON", "CAMPAIGN", "EVALUATION", "HOUR", "TOTAL")
SUMS = ("interactions", "succeeded", "cost_high", "cost_low", "duration", "evaluated", "score", "targets", "responses")
PART = sa.Numeric().with_variant(sa.BigInteger(), "sqlite")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


MONTH_SUM = sa.Table(
    "month_sum",
    sa.MetaData(),
    sa.Column("kind", key(20), nullable=False),
    sa.Column("key", key(20), nullable=False),
    sa.Column("month", sa.Date(), nullable=False),
    *(
        sa.Column(name, {"cost_high": PART, "cost_low": PART, "duration": sa.BigInteger()}.get(name, sa.Integer()), nullable=False)
        for name in SUMS
    ),
    sa.PrimaryKeyConstraint("kind", "key", "month", name="pk_month_sum"),
    sqlite_with_rowid=False,
    postgresql_partition_by="LIST (kind)",
)


def next_batch(connection: sa.Connection) -> tuple[str, int, int] | None:
    """Add up the sums of some months, oldest first; the first call creates the table. Returns table, months done and all months; None
    when all are done.
    """
    if not sa.inspect(connection).has_table(MONTH_SUM.name):
        MONTH_SUM.create(connection)
        if connection.dialect.name == "postgresql":  # in whatever order months are written, those of a kind are together
            for kind in KINDS:
                connection.exec_driver_sql(f"CREATE TABLE month_sum_{kind.lower()} PARTITION OF month_sum FOR VALUES IN ('{kind}')")
    month_of = _first_day_of_month(connection)
    months = sa.text(f"SELECT DISTINCT {month_of} AS month FROM day_sum WHERE kind = 'TOTAL' ORDER BY 1").columns(month=sa.Date)
    done = sa.text("SELECT month FROM month_sum WHERE kind = 'TOTAL'").columns(month=sa.Date)
    there = {row.month for row in connection.execute(done)}
    found = [row.month for row in connection.execute(months)]
    chosen = [month for month in found if month not in there][:MONTHS_AT_ONCE]
    if not chosen:
        return None
    last = chosen[-1].replace(day=monthrange(chosen[-1].year, chosen[-1].month)[1])
    ends = [sa.bindparam("first", chosen[0], type_=sa.Date), sa.bindparam("last", last, type_=sa.Date)]
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    for statement in (
        "DELETE FROM month_sum WHERE month BETWEEN :first AND :last",
        f"INSERT INTO month_sum (kind, key, month, {', '.join(SUMS)}) SELECT kind, key, {month_of}, "
        f"{', '.join(f'sum({name})' for name in SUMS)} FROM day_sum WHERE kind IN ({kinds}) AND day BETWEEN :first AND :last "
        "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    ):
        connection.execute(sa.text(statement).bindparams(*ends))
    return "month_sum", len(there) + len(chosen), len(found)


def upgrade() -> None:
    connection = op.get_bind()
    while next_batch(connection) is not None:
        pass
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE month_sum")


def downgrade() -> None:
    op.drop_table("month_sum")


def _first_day_of_month(connection: sa.Connection) -> str:
    """The first day of the month of `day`."""
    if connection.dialect.name == "postgresql":
        return "CAST(date_trunc('month', CAST(day AS timestamp)) AS date)"
    return "substr(day, 1, 7) || '-01'"

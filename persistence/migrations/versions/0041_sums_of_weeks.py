"""Sums per week beside those per day

Figures by campaign and week added up 220,000 sums of days; those of weeks are a seventh. They are added up from the stored sums of days,
in batches that are committed one by one, see `persistence.versions.migrate`.
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

WEEKS_AT_ONCE = 26
KINDS = ("TEMPLATE", "GROUP", "SALESPERSON", "CAMPAIGN", "EVALUATION", "HOUR", "TOTAL")
SUMS = ("interactions", "succeeded", "cost_high", "cost_low", "duration", "evaluated", "score", "targets", "responses")
PART = sa.Numeric().with_variant(sa.BigInteger(), "sqlite")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


WEEK_SUM = sa.Table(
    "week_sum",
    sa.MetaData(),
    sa.Column("kind", key(20), nullable=False),
    sa.Column("key", key(20), nullable=False),
    sa.Column("week", sa.Date(), nullable=False),
    *(
        sa.Column(name, {"cost_high": PART, "cost_low": PART, "duration": sa.BigInteger()}.get(name, sa.Integer()), nullable=False)
        for name in SUMS
    ),
    sa.PrimaryKeyConstraint("kind", "key", "week", name="pk_week_sum"),
    sqlite_with_rowid=False,
    postgresql_partition_by="LIST (kind)",
)


def next_batch(connection: sa.Connection) -> tuple[str, int, int] | None:
    """Add up the sums of some weeks, oldest first; the first call creates the table. Returns table, weeks done and all weeks; None when
    all are done.
    """
    if not sa.inspect(connection).has_table(WEEK_SUM.name):
        WEEK_SUM.create(connection)
        if connection.dialect.name == "postgresql":  # in whatever order weeks are written, those of a kind are together
            for kind in KINDS:
                connection.exec_driver_sql(f"CREATE TABLE week_sum_{kind.lower()} PARTITION OF week_sum FOR VALUES IN ('{kind}')")
    week_of = _first_day_of_week(connection)
    weeks = sa.text(f"SELECT DISTINCT {week_of} AS week FROM day_sum WHERE kind = 'TOTAL' ORDER BY 1").columns(week=sa.Date)
    done = sa.text("SELECT week FROM week_sum WHERE kind = 'TOTAL'").columns(week=sa.Date)
    there = {row.week for row in connection.execute(done)}
    found = [row.week for row in connection.execute(weeks)]
    chosen = [week for week in found if week not in there][:WEEKS_AT_ONCE]
    if not chosen:
        return None
    last = min(chosen[-1].toordinal() + 6, dt.date.max.toordinal())
    days = {"first": chosen[0], "week": chosen[-1], "last": dt.date.fromordinal(last)}
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    for statement in (
        "DELETE FROM week_sum WHERE week BETWEEN :first AND :week",
        f"INSERT INTO week_sum (kind, key, week, {', '.join(SUMS)}) SELECT kind, key, {week_of}, "
        f"{', '.join(f'sum({name})' for name in SUMS)} FROM day_sum WHERE kind IN ({kinds}) AND day BETWEEN :first AND :last "
        f"AND {week_of} BETWEEN :first AND :week GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    ):
        given = [sa.bindparam(name, day, type_=sa.Date) for name, day in days.items() if f":{name}" in statement]
        connection.execute(sa.text(statement).bindparams(*given))
    return "week_sum", len(there) + len(chosen), len(found)


def upgrade() -> None:
    connection = op.get_bind()
    while next_batch(connection) is not None:
        pass
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE week_sum")


def downgrade() -> None:
    op.drop_table("week_sum")


def _first_day_of_week(connection: sa.Connection) -> str:
    """The first day of the week of `day`, by the first day of the week in the marketing setup."""
    starts = connection.execute(sa.text("SELECT first_day_of_week FROM marketing_setup")).scalar() or 1
    if connection.dialect.name == "postgresql":
        return f"greatest(day - (day - DATE '0001-01-01' + 8 - {starts}) % 7, DATE '0001-01-01')"
    into_week = f"(CAST(strftime('%w', day) AS integer) + 6 - {starts} + 8) % 7"
    return f"max(date(day, '-' || ({into_week}) || ' days'), '0001-01-01')"

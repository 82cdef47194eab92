"""Contacts beside the sums per day and key: how many, how many were reached, and after how many attempts together

Contacts with one entry on a day follow from the sums of the day. What must be added for all other contacts, the differences, is
computed in batches that are committed one by one, see `persistence.versions.migrate`; then the sums of days are written again
with the new columns. A day that is changed meanwhile is marked, as always.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

DAYS_AT_ONCE = 50
SUMS = ("interactions", "succeeded", "cost_high", "cost_low", "duration", "evaluated", "score", "targets", "responses")
NEW = ("contacts", "reached", "attempts")
PART = sa.Numeric().with_variant(sa.BigInteger(), "sqlite")
KEYS = {
    "TEMPLATE": "coalesce(template_code, '')",
    "GROUP": "coalesce(group_code, '')",
    "SALESPERSON": "coalesce(salesperson_code, '')",
    "CAMPAIGN": "coalesce(campaign_no, '')",
    "EVALUATION": "coalesce(evaluation, '')",
    "HOUR": "",
    "TOTAL": "''",
}
HOURS = {"postgresql": "lpad(extract(hour FROM time_of_interaction)::text, 2, '0')", "sqlite": "substr(time_of_interaction, 1, 2)"}


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def columns_of_key() -> list[sa.Column[object]]:
    return [
        sa.Column("kind", key(20), nullable=False),
        sa.Column("key", key(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
    ]


DIFFERENCES = sa.Table(
    "day_contact_difference",
    sa.MetaData(),
    *columns_of_key(),
    *(sa.Column(name, sa.Integer(), nullable=False) for name in NEW),
    sa.PrimaryKeyConstraint("kind", "key", "day", name="pk_day_contact_difference"),
    sqlite_with_rowid=False,
)
"""What must be added because of contacts with several entries on a day and of entries without a contact. A day that is done has a row
of TOTAL.
"""

WITH_CONTACTS = sa.Table(
    "new_day_sum",
    sa.MetaData(),
    *columns_of_key(),
    *(
        sa.Column(name, {"cost_high": PART, "cost_low": PART, "duration": sa.BigInteger()}.get(name, sa.Integer()), nullable=False)
        for name in (*SUMS, *NEW)
    ),
    sa.PrimaryKeyConstraint("kind", "key", "day", name="pk_day_sum"),
    sqlite_with_rowid=False,
)
"""The table on SQLite, which cannot add such columns."""


def next_batch(connection: sa.Connection) -> tuple[str, int, int] | None:
    """Compute the differences of some days, oldest first; the first call creates their table. Returns table, days done and all
    days; None when all are done.
    """
    if not sa.inspect(connection).has_table(DIFFERENCES.name):
        DIFFERENCES.create(connection)
    missing = sa.text(
        "SELECT day FROM day_sum WHERE kind = 'TOTAL' AND day NOT IN (SELECT day FROM day_contact_difference WHERE kind = 'TOTAL') "
        f"ORDER BY day LIMIT {DAYS_AT_ONCE}"
    ).columns(day=sa.Date)
    chosen = [row.day for row in connection.execute(missing)]
    if not chosen:
        return None
    ends = (sa.bindparam("first", chosen[0], type_=sa.Date), sa.bindparam("last", chosen[-1], type_=sa.Date))
    connection.execute(sa.text("DELETE FROM day_contact_difference WHERE day BETWEEN :first AND :last").bindparams(*ends))
    connection.execute(sa.text(_differences(connection)).bindparams(*ends))
    counts = (f"SELECT count(*) FROM {table} WHERE kind = 'TOTAL'" for table in ("day_contact_difference", "day_sum"))
    done, total = (connection.scalar(sa.text(count)) or 0 for count in counts)
    return DIFFERENCES.name, done, total


def upgrade() -> None:
    connection = op.get_bind()
    while next_batch(connection) is not None:
        pass
    if connection.dialect.name == "postgresql":
        _add_on_postgresql(connection)
    else:
        _add_on_sqlite(connection)
    DIFFERENCES.drop(connection)


def downgrade() -> None:
    for name in NEW:
        op.drop_column("day_sum", name)


def _add_on_postgresql(connection: sa.Connection) -> None:
    """Adds the columns, and writes all rows again into the emptied table: an update would leave old versions of them in its pages."""
    all_columns = ", ".join(("kind", "key", "day", *SUMS))
    connection.exec_driver_sql(f"CREATE TABLE old_day_sum AS SELECT {all_columns} FROM day_sum")
    connection.exec_driver_sql("TRUNCATE day_sum")
    for name in NEW:
        op.add_column("day_sum", sa.Column(name, sa.Integer(), nullable=False))
    for statement in (_insert("day_sum", "old_day_sum"), "DROP TABLE old_day_sum", "ANALYZE day_sum"):
        connection.exec_driver_sql(statement)


def _add_on_sqlite(connection: sa.Connection) -> None:
    WITH_CONTACTS.create(connection)
    for statement in (
        _insert("new_day_sum", "day_sum"),
        "DROP TABLE day_sum",
        "ALTER TABLE new_day_sum RENAME TO day_sum",
        "CREATE INDEX ix_day_sum_kind_day ON day_sum (kind, day)",
    ):
        connection.exec_driver_sql(statement)


def _insert(table: str, source: str) -> str:
    """Copies sums, and adds the contacts: as if each entry had a contact of its own, plus the differences."""
    names = ("kind", "key", "day", *SUMS)
    own = {"contacts": "interactions", "reached": "succeeded", "attempts": "succeeded"}
    counted = ", ".join(f"old.{sums} + coalesce(other.{name}, 0)" for name, sums in own.items())
    same = " AND ".join(f"other.{name} = old.{name}" for name in names[:3])
    return (
        f"INSERT INTO {table} ({', '.join((*names, *NEW))}) SELECT {', '.join(f'old.{name}' for name in names)}, {counted} "
        f"FROM {source} AS old LEFT JOIN day_contact_difference AS other ON {same} ORDER BY old.kind, old.key, old.day"
    )


def _differences(connection: sa.Connection) -> str:
    keys = KEYS | {"HOUR": HOURS[connection.dialect.name]}
    between = "NOT entry.canceled AND entry.date BETWEEN :first AND :last"
    found = "contact_no, attempt_failed, time_of_interaction, entry_no"
    of_kinds = " UNION ALL ".join(f"SELECT '{kind}' AS kind, {value} AS key, date, {found} FROM chosen" for kind, value in keys.items())
    same, succeeded = "kind, key, date, contact_no", "FILTER (WHERE NOT attempt_failed)"
    return f"""INSERT INTO day_contact_difference (kind, key, day, {", ".join(NEW)})
SELECT kind, key, day, sum(contacts), sum(reached), sum(attempts) FROM (
WITH several AS (
SELECT entry.date, entry.contact_no FROM interaction_log_entry AS entry WHERE {between} AND entry.contact_no IS NOT NULL
GROUP BY entry.date, entry.contact_no HAVING count(*) > 1
), chosen AS (
SELECT entry.* FROM interaction_log_entry AS entry
LEFT JOIN several ON several.date = entry.date AND several.contact_no = entry.contact_no
WHERE {between} AND (entry.contact_no IS NULL OR several.contact_no IS NOT NULL)
), numbered AS (
SELECT {same}, attempt_failed, row_number() OVER (PARTITION BY {same} ORDER BY time_of_interaction, entry_no) AS place
FROM ({of_kinds}) AS of_kinds
), contacts AS (
SELECT {same}, count(*) AS entries, count(*) {succeeded} AS succeeded, coalesce(min(place) {succeeded}, 0) AS first_place
FROM numbered GROUP BY {same}
)
SELECT kind, key, date AS day,
CASE WHEN contact_no IS NULL THEN 0 ELSE 1 END - entries AS contacts,
CASE WHEN contact_no IS NULL OR first_place = 0 THEN 0 ELSE 1 END - succeeded AS reached,
CASE WHEN contact_no IS NULL THEN 0 ELSE first_place END - succeeded AS attempts
FROM contacts
UNION ALL SELECT 'TOTAL', '', day, 0, 0, 0 FROM day_sum WHERE kind = 'TOTAL' AND day BETWEEN :first AND :last
) AS found GROUP BY kind, key, day"""

"""The dates of the last interactions of each contact

They are computed for some contacts at a time, in batches that are committed one by one, see `persistence.versions.migrate`. The
triggers also mark days on which an entry got another contact, company, flow or initiator.
"""

import sqlalchemy as sa
from alembic import op

from persistence.migrations import contact_dates_0014

revision = "0014"
down_revision = "0013"


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


TABLES = sa.MetaData()
CONTACT_DATE = sa.Table(
    "contact_date",
    TABLES,
    sa.Column("contact_no", key(20), nullable=False, primary_key=True),
    *(sa.Column(name, sa.Date(), nullable=True) for name in contact_dates_0014.COUNTS),
    sqlite_with_rowid=False,
)
DIRTY_CONTACT_DAY = sa.Table(
    "dirty_contact_day", TABLES, sa.Column("day", sa.Date(), nullable=False, primary_key=True), sqlite_with_rowid=False
)


def next_batch(connection: sa.Connection) -> tuple[str, int, int] | None:
    """Compute the dates of some contacts; the first call creates the tables. Returns table, contacts done and all contacts; None
    when all are done.
    """
    if not sa.inspect(connection).has_table(CONTACT_DATE.name):
        TABLES.create_all(connection)
        if connection.dialect.name == "postgresql":  # a new version of a row finds place on the same page
            connection.exec_driver_sql("ALTER TABLE contact_date SET (fillfactor = 45)")
        contact_dates_0014.replace_triggers(connection, contact_dates_0014.ADDED)
    return contact_dates_0014.next_batch(connection)


def upgrade() -> None:
    connection = op.get_bind()
    while next_batch(connection) is not None:
        pass
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE contact_date")


def downgrade() -> None:
    contact_dates_0014.replace_triggers(op.get_bind(), ())
    op.drop_table("dirty_contact_day")
    op.drop_table("contact_date")

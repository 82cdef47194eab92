"""Texts in normal form C, search columns for e-mail addresses and telephone numbers, no infinite dates

Rows are migrated in batches that are committed one by one, see `persistence.versions.migrate`: new columns first, the version
last. Alembic alone upgrades in one transaction. Stop every older Carnet before: what it writes into rows that are already
processed is not migrated.
"""

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

from persistence.migrations import codes_0008, texts_0008
from persistence.texts.texts_v1 import postgresql_functions

revision = "0008"
down_revision = "0007"

NEW = {"search_phone": 80, "search_mobile_phone": 80, "search_email": 160}
DIGITS = {"phone_digits": "phone_no", "mobile_phone_digits": "mobile_phone_no"}


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def next_batch(connection: sa.Connection) -> tuple[str, int, int] | None:
    """Process the next rows; the first call creates the new columns. Returns table, rows done and all rows; None when all are done."""
    if not sa.inspect(connection).has_table(texts_0008.PROGRESS.name):
        _begin(connection)
    return texts_0008.next_batch(connection)


def upgrade() -> None:
    connection = op.get_bind()
    while next_batch(connection) is not None:
        pass
    op.drop_table(texts_0008.PROGRESS.name)
    op.create_index("ix_contact_search_email_no", "contact", ["search_email", "no"])
    for column in DIGITS:
        op.drop_column("contact", column)
    if connection.dialect.name == "postgresql":
        for statement in postgresql_functions():
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Texts stay in normal form C. The older Carnet finds all of them except those with letters that it folds differently."""
    connection = op.get_bind()
    for column in DIGITS:
        op.add_column("contact", sa.Column(column, key(30), nullable=True))
    contact = sa.table("contact", *map(sa.column, ("id", *DIGITS, *DIGITS.values())))
    rows = connection.execute(sa.select(contact.c.id, *(contact.c[source] for source in DIGITS.values()))).mappings().all()
    digits = [{"its_id": row["id"], **{f"new_{new}": _digits(row[source]) for new, source in DIGITS.items()}} for row in rows]
    if digits:
        new_values = {name: sa.bindparam(f"new_{name}", type_=sa.Unicode()) for name in DIGITS}
        connection.execute(sa.update(contact).where(contact.c.id == sa.bindparam("its_id")).values(new_values), digits)
    op.drop_index("ix_contact_search_email_no", table_name="contact")
    for column in NEW:
        op.drop_column("contact", column)
    if connection.dialect.name == "postgresql":
        first: Any = op.get_context().script.get_revision("0001").module  # type: ignore[union-attr]  # there is a script
        connection.exec_driver_sql(first.FOLD)
        for function in ("carnet_fold_signs", "carnet_visible"):
            op.execute(f"DROP FUNCTION {function}(text)")


def _begin(connection: sa.Connection) -> None:
    for name, width in NEW.items():
        column = sa.schema.CreateColumn(sa.Column(name, key(width))).compile(dialect=connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE contact ADD COLUMN {column}")
    codes_0008.rename(connection)
    if connection.dialect.name == "postgresql":
        _write_out_ends_of_calendar(connection)
    texts_0008.begin(connection)


def _write_out_ends_of_calendar(connection: sa.Connection) -> None:
    """Replace -infinity and infinity, which the driver stored for the first and the last day of the calendar."""
    inspector = sa.inspect(connection)
    for table in inspector.get_table_names():
        for column in inspector.get_columns(table):
            if isinstance(column["type"], sa.Date | sa.DateTime):
                time = isinstance(column["type"], sa.DateTime)
                ends = {"infinity": f"9999-12-31{' 23:59:59+00' * time}", "-infinity": f"0001-01-01{' 00:00:00+00' * time}"}
                for end, day in ends.items():
                    name = column["name"]
                    connection.exec_driver_sql(f"UPDATE {table} SET \"{name}\" = '{day}' WHERE \"{name}\" = '{end}'")


def _digits(text: str | None) -> str | None:
    return re.sub("[^0-9]", "", text or "") or None

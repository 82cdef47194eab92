"""Staging tables: how rows get into them and are updated."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import Boolean, Column, Date, Index, Integer, MetaData, Table, Time, Unicode, inspect, select, update

from persistence.columns import key, table_of
from persistence.interactions import InteractionLogEntry
from persistence.sql import staging
from resolvers.work import Work

ROWS = Table(
    "staged_row",
    MetaData(),
    Column("row_no", Integer, primary_key=True, autoincrement=False),
    Column("name", key(20)),
    Column("text", Unicode),
    Column("day", Date),
    Column("time", Time),
    Column("cost", table_of(InteractionLogEntry).c.cost.type),
    Column("flag", Boolean),
    Column("blank", Unicode),
    Index("ix_staged_row_name", "name"),
    Index("ix_staged_row_text", "text"),
)
MANY = 3_000


def row(number: int) -> dict[str, object]:
    """A row with values of all types. Every third row has only some."""
    some: dict[str, object] = {"row_no": number, "name": f"N{number}", "flag": number % 2 == 0}
    if number % 3 == 0:
        return some
    return some | {
        "text": f"é '{number}' {{}},\n",
        "day": dt.date(2026, 1, 1) + dt.timedelta(number % 300),
        "time": dt.time(number % 24, 5),
        "cost": Decimal(number) / 100,
    }


def test_rows_with_values_of_all_types_are_staged(work: Work) -> None:
    rows = [row(number) for number in range(MANY)]
    staging.create_staging_table(work.session, ROWS)
    staging.insert_rows(work.session, ROWS, rows)

    found = work.session.execute(select(ROWS).order_by(ROWS.c.row_no)).mappings().all()

    assert [{**each} for each in found] == [dict.fromkeys(ROWS.c.keys()) | each for each in rows]
    staging.drop_staging_table(work.session, ROWS)


def test_the_indexes_are_there_again_after_many_rows_were_updated(work: Work) -> None:
    staging.create_staging_table(work.session, ROWS)
    staging.insert_rows(work.session, ROWS, [row(number) for number in range(MANY)])
    staging.create_indexes(work.session, ROWS)
    indexes = _indexes(work)

    with staging.updating(work.session, ROWS, "name"):
        work.session.execute(update(ROWS).values(name="X" + ROWS.c.name))
    with staging.updating(work.session, ROWS):
        work.session.execute(update(ROWS).values(text=ROWS.c.name))

    assert _indexes(work) == indexes == {"ix_staged_row_name", "ix_staged_row_text"}
    assert work.session.scalar(select(ROWS.c.text).where(ROWS.c.name == "X" + "N7")) == "XN7"
    staging.drop_staging_table(work.session, ROWS)


def _indexes(work: Work) -> set[str | None]:
    return {index["name"] for index in inspect(work.session.connection()).get_indexes(ROWS.name)}

"""Entry numbers of interactions: unique, rising, never given twice; gaps are fine (R-NUM-3)."""

from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Insert, Over, bindparam, func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from persistence.columns import Table
from persistence.interactions import ENTRY_NOS, EntryCounter
from persistence.single import last_value

LAST_NO = col(EntryCounter.last_no)


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def next_entry_no(session: Session) -> int:
    """The next number, given for good when the transaction commits."""
    if _on_postgresql(session):
        return session.execute(select(ENTRY_NOS.next_value())).scalar_one()
    drawn = update(EntryCounter).values(last_no=LAST_NO + 1).returning(LAST_NO)
    return session.execute(drawn).scalar_one()


def entry_no_of_each_row(session: Session, position: Over[int]) -> ColumnElement[int]:
    """The number of each row of an `INSERT … SELECT`, whose rows come in the order of `position`.

    After the insert call `took` with the number of rows.
    """
    if _on_postgresql(session):
        return cast(ColumnElement[int], ENTRY_NOS.next_value())
    return select(LAST_NO).scalar_subquery() + position


def took(session: Session, count: int) -> None:
    """Note that `count` numbers were given by `entry_no_of_each_row`."""
    if not _on_postgresql(session):
        session.execute(update(EntryCounter).values(last_no=LAST_NO + count))


def insert_numbered(session: Session, table: type[Table], values: dict[str, Any], *, last: bool = False) -> int:
    """Insert one row under the next number and answer it: in one round trip on PostgreSQL, in two on SQLite.

    `last` says that the change does nothing afterwards, so that it need be no longer transaction than this.
    """
    if _on_postgresql(session):
        numbered = _insertion(table, tuple(values))
        if last:
            return int(last_value(session, numbered, values))
        return int(session.connection().execute(numbered, values).scalar_one())
    entry_no = next_entry_no(session)
    session.execute(insert(_rows(table)), values | {"entry_no": entry_no})
    return entry_no


@cache
def _insertion(table: type[Table], names: tuple[str, ...]) -> Insert:
    """The statement that inserts these columns under the next number; one object, so that it is compiled once."""
    rows = _rows(table)
    given = {name: bindparam(name, type_=rows.c[name].type) for name in names}
    return insert(rows).values(**given, entry_no=ENTRY_NOS.next_value()).returning(rows.c.entry_no)


def _rows(table: type[Table]) -> Any:
    return table.__table__  # type: ignore[attr-defined]  # made by SQLModel for every table


def reserve(session: Session, count: int) -> list[int]:
    """That many numbers for rows made outside the database, rising."""
    if _on_postgresql(session):
        rows = func.generate_series(1, count).table_valued("row")
        return sorted(session.scalars(select(ENTRY_NOS.next_value()).select_from(rows)))
    took(session, count)
    last = session.scalars(select(LAST_NO)).one()
    return list(range(last - count + 1, last + 1))

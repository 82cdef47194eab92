"""Entry numbers of interactions: unique, rising, never given twice; gaps are fine (R-NUM-3)."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Insert, Integer, bindparam, func, insert, select, text, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from persistence.autocommit import last_value
from persistence.columns import Table
from persistence.interactions import ENTRY_NOS, EntryCounter

LAST_NO = col(EntryCounter.last_no)


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def next_entry_no(session: Session) -> int:
    """The next number, given for good when the transaction commits."""
    if _on_postgresql(session):
        return session.execute(select(ENTRY_NOS.next_value())).scalar_one()
    drawn = update(EntryCounter).values(last_no=LAST_NO + 1).returning(LAST_NO)
    return session.execute(drawn).scalar_one()


class EntryNoOfEachRow(FunctionElement[int]):
    """The number of each row of an `INSERT … SELECT`, whose rows come in the order of `position`, a row number.

    After the insert call `took` with the number of rows.
    """

    type = Integer()
    inherit_cache = True

    def __init__(self, position: ColumnElement[int]) -> None:
        super().__init__(position)


@compiles(EntryNoOfEachRow, "postgresql")
def _drawn(element: EntryNoOfEachRow, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(ENTRY_NOS.next_value(), **kw)


@compiles(EntryNoOfEachRow)
def _counted(element: EntryNoOfEachRow, compiler: SQLCompiler, **kw: Any) -> str:
    (position,) = element.clauses
    return compiler.process(select(LAST_NO).scalar_subquery() + position, **kw)


def took(session: Session, count: int) -> None:
    """Note that `count` numbers were given by `EntryNoOfEachRow`."""
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


def hold(session: Session) -> int:
    """The last number given. Nobody else is given one until the transaction ends: on SQLite nobody else writes
    anyhow.
    """
    if not _on_postgresql(session):
        return session.scalars(select(LAST_NO)).one()
    session.execute(text("LOCK TABLE interaction_log_entry, postponed_interaction IN SHARE ROW EXCLUSIVE MODE"))
    return int(session.scalars(text("SELECT last_value FROM interaction_entry_no")).one())


def go_on_after(session: Session, entry_no: int) -> None:
    """Give only higher numbers from now on. `hold` comes first."""
    if _on_postgresql(session):
        higher = "SELECT setval('interaction_entry_no', greatest(last_value, :entry_no)) FROM interaction_entry_no"
        session.execute(text(higher), {"entry_no": entry_no})
    else:
        session.execute(update(EntryCounter).where(entry_no > LAST_NO).values(last_no=entry_no))

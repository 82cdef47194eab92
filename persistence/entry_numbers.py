"""Entry numbers of interactions: unique, ascending, never given twice; gaps may occur (R-NUM-3)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Insert, Integer
from sqlalchemy.orm import Session

from persistence.change_feed.created_items import CREATED_ITEM
from persistence.columns import Table, table_of
from persistence.dialects import dialect_of
from persistence.dialects.sql_writer import SqlWriter
from persistence.sql.constructs import CachedConstruct, Compilation
from persistence.sql_types import Parameters, SqlQuery


class EntryNoOfEachRow(CachedConstruct[int]):
    """The number of each row of an `INSERT … SELECT`, whose rows come in the order of `position`, a row number.

    Execute it with `insert_rows_numbered`, unless other transactions can draw numbers at the same time.
    """

    type = Integer()

    def __init__(self, position: ColumnElement[int]) -> None:
        super().__init__(position)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.entry_no_of_row(*map(compiled, self.clauses))


def insert_rows_numbered(session: Session, inserts: Sequence[Insert], values: Parameters, count: int) -> None:
    """Execute inserts that give `count` numbers with `EntryNoOfEachRow`."""
    for insert in inserts:
        session.execute(insert, values)
    dialect_of(session).entry_numbers.advance(session, count)


def insert_numbered(session: Session, model: type[Table], values: Parameters, *, last: bool = False) -> int:
    """Insert one row under the next number and return the number, in as few round trips as the database allows.

    `last` says that this is the last statement of the transaction, so that it may run in autocommit mode.
    """
    return dialect_of(session).entry_numbers.insert(session, table_of(model), values, CREATED_ITEM, last=last)


def insert_selected(
    session: Session, model: type[Table], row: SqlQuery, values: Parameters, *, last: bool = False
) -> int | None:
    """Insert the row that a query returns, with the next number. Returns the number, or None if there is no row.

    The columns of the query have the names of those of the table. Pass the same query object each time. `last` as for
    `insert_numbered`, if a row is inserted.
    """
    numbers = dialect_of(session).entry_numbers
    return numbers.insert_selected(session, table_of(model), row, values, CREATED_ITEM, last=last)


def reserve(session: Session, count: int) -> list[int]:
    """Draw `count` numbers, in ascending order, for rows that are made outside the database."""
    return dialect_of(session).entry_numbers.draw_several(session, count)


def lock(session: Session) -> int:
    """Lock the entry numbers, so that no other transaction draws one until this one ends. Returns the last number
    given.
    """
    return dialect_of(session).entry_numbers.lock(session)


def continue_after(session: Session, entry_no: int) -> None:
    """Give only higher numbers from now on. `lock` comes first."""
    dialect_of(session).entry_numbers.continue_after(session, entry_no)

"""Items of the change feed for interactions that are inserted one by one."""

from collections.abc import Container
from functools import cache
from typing import cast

from sqlalchemy import CTE, Connection, FromClause, Insert, Integer, bindparam, literal_column, select
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from persistence.change_feed.items import KIND_NUMBERS, TYPE_NUMBERS, announced_insertion, insert_later
from persistence.dialects import dialect_of
from persistence.dialects.interface import DatabaseDialect
from persistence.enums import ChangedType, ChangeKind
from persistence.sql_types import Parameters, SqlExpression, SqlQuery
from persistence.sqlalchemy_internals import compile_sql

TIMES = ("logged_at", "postponed_at")
"""The columns for the time of the item. A table has one of them."""

READ = ("entry_no", "user_id", *TIMES)
"""The columns that the item of an interaction is made from."""


class CreatedItem:
    """The items of interactions that are inserted one by one, with the user and the time that they have themselves."""

    def combined(self, session: Session, insertion: Insert) -> SqlQuery:
        """The statement that inserts an interaction and its item, and returns the entry number; for PostgreSQL."""
        return _combined(insertion, dialect_of(session))

    def insert(self, session: Session, table: SqlTable, entry_no: int) -> None:
        """Insert the item of an interaction that is inserted already; for SQLite."""
        connection = session.connection()
        statement = _ITEM_TEXTS.get(table.name)
        if statement is None:
            statement = _ITEM_TEXTS[table.name] = _item_text(table, connection)
        connection.exec_driver_sql(statement, (entry_no,))

    def insert_later(self, session: Session, table: SqlTable, entry_no: int, row: Parameters) -> None:
        """Insert the item of an interaction that is inserted already, when the transaction is about to commit."""
        time = next(row[name] for name in TIMES if name in row)
        item = {"at": time, "first_key": entry_no, "user_id": row["user_id"]}
        insert_later(session, [item | {"type": _type_number(table), "kind": KIND_NUMBERS[ChangeKind.CREATED]}])


CREATED_ITEM = CreatedItem()


def _type_number(table: SqlTable) -> int:
    return TYPE_NUMBERS[ChangedType[table.name.upper()]]


def returning(insertion: Insert, further: Container[str] = ()) -> CTE:
    """The rows that the statement inserts, with the columns that `created_item` reads and these further ones."""
    columns = [column for column in insertion.table.c if column.name in READ or column.name in further]
    return insertion.returning(*columns).cte("inserted")


def created_item(table: SqlTable, inserted: FromClause, dialect: DatabaseDialect) -> Insert:
    """The insert of the items of the interactions `inserted`, rows with the columns `READ` of the table."""
    time = next(inserted.c[name] for name in TIMES if name in inserted.c)
    values: dict[str, SqlExpression] = {
        "at": time,
        "type": literal_column(str(_type_number(table))),
        "kind": literal_column(str(KIND_NUMBERS[ChangeKind.CREATED])),
        "first_key": inserted.c.entry_no,
        "user_id": inserted.c.user_id,
    }
    return announced_insertion(dialect.change_announcement(), values, inserted)


@cache
def _combined(insertion: Insert, dialect: DatabaseDialect) -> SqlQuery:
    table = cast(SqlTable, insertion.table)
    inserted = returning(insertion)
    item = created_item(table, inserted, dialect)
    return select(inserted.c.entry_no).add_cte(item.cte("item"))


_ITEM_TEXTS: dict[str, str] = {}
"""The statements of `CreatedItem.insert` by table. Compiling one takes longer than executing it."""


def _item_text(table: SqlTable, connection: Connection) -> str:
    row = select(table).where(table.c.entry_no == bindparam("inserted_no", type_=Integer())).subquery("inserted")
    return compile_sql(created_item(table, row, dialect_of(connection)), connection.dialect).text

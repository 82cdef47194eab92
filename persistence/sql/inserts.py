"""Inserts of rows that may exist already. They are safe if two clients insert the same row at the same time."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from persistence.columns import Table, table_of
from persistence.dialects import dialect_of
from persistence.dialects.interface import DatabaseDialect
from persistence.sql_types import Parameters, SqlQuery

Condition: TypeAlias = tuple[ColumnElement[bool], Parameters]
"""A condition and the values of its parameters."""


def insert_new(
    session: Session,
    model: type[Table],
    values: Parameters,
    unique: Sequence[str],
    *,
    where: ColumnElement[bool] | None = None,
) -> int | None:
    """The primary key of the new row; None if a row with the same `unique` columns exists.

    `where` is the condition of a partial unique index. Waits for another transaction that is inserting the same row.
    """
    table = table_of(model)
    statement = dialect_of(session).insert_or_skip(table, unique, where).values(values)
    found: int | None = session.execute(statement.returning(*table.primary_key)).scalar()
    return found


def insert_new_rows(
    session: Session,
    model: type[Table],
    columns: Sequence[str],
    rows: SqlQuery,
    unique: Sequence[str],
    *,
    where: ColumnElement[bool] | None = None,
) -> list[int]:
    """Insert the selected rows except those that exist, as `insert_new` does, and return the keys of the new ones. The
    SELECT must have a WHERE.
    """
    table = table_of(model)
    statement = dialect_of(session).insert_or_skip(table, unique, where).from_select(columns, rows)
    return list(session.scalars(statement.returning(*table.primary_key)))


def insert_or_update(
    session: Session, model: type[Table], key: Parameters, values: Parameters, *, where: Condition
) -> bool:
    """Insert a row; or, if one with this key exists and `where` holds for it, update its values. Returns whether
    either happened. Waits for another transaction that is inserting the same row.

    The statement is compiled once: pass the same condition each time, with its own parameters.
    """
    condition, more = where
    statement = _insertion_or_update(dialect_of(session), table_of(model), (*key,), (*values,), condition)
    new = {f"new_{name}": value for name, value in (*key.items(), *values.items())}
    return session.connection().execute(statement, {**new, **more}).first() is not None


@cache
def _insertion_or_update(
    dialect: DatabaseDialect, table: SqlTable, key: tuple[str, ...], values: tuple[str, ...], where: ColumnElement[bool]
) -> ReturningInsert[Any]:
    new = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in (*key, *values)}
    statement = dialect.insert_or_update(table, key, {name: new[name] for name in values}, where).values(new)
    return statement.returning(*table.primary_key)

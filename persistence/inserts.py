"""Inserting what may be there already, so that two clients at once are both right."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from persistence.columns import Table


def insert_new(
    session: Session,
    table: type[Table],
    values: dict[str, Any],
    unique: Sequence[str],
    *,
    where: ColumnElement[bool] | None = None,
) -> int | None:
    """The primary key of the new row, or nothing if a row with the same `unique` columns is there.

    `where` is the condition of a partial unique index. Another transaction that inserts the same row is waited for.
    """
    rows = table.__table__  # type: ignore[attr-defined]  # made by SQLModel for every table
    statement = _insert(session)(rows).values(values).on_conflict_do_nothing(index_elements=unique, index_where=where)
    found: int | None = session.execute(statement.returning(*rows.primary_key)).scalar()
    return found


def insert_new_rows(
    session: Session,
    table: type[Table],
    columns: Sequence[str],
    rows: Select[Any],
    unique: Sequence[str],
    *,
    where: ColumnElement[bool] | None = None,
) -> None:
    """Insert the selected rows but for those that are there, as `insert_new` does. SQLite wants a WHERE in the
    selection.
    """
    into = table.__table__  # type: ignore[attr-defined]  # made by SQLModel for every table
    made = _insert(session)(into).from_select(columns, rows)
    session.execute(made.on_conflict_do_nothing(index_elements=unique, index_where=where))


def _insert(session: Session) -> Any:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert

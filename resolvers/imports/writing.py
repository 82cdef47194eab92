"""Inserts the rows of a staging table into a table."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, CursorResult, func, insert, literal, select
from sqlalchemy import Table as SqlTable
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import Session

Columns = ReadOnlyColumnCollection[str, ColumnElement[object]]


def with_defaults(
    row: Columns, names: Sequence[str], defaults: Mapping[str, object]
) -> dict[str, ColumnElement[object]]:
    """The columns with these names. Columns with a default have it instead of null."""
    columns = {name: row[name] for name in names}
    return columns | {
        name: func.coalesce(row[name], literal(value, row[name].type)) for name, value in defaults.items()
    }


def insert_rows(
    session: Session,
    table: SqlTable,
    values: Mapping[str, ColumnElement[object]],
    *where: ColumnElement[bool],
    order_by: Sequence[ColumnElement[object]],
) -> int:
    """Insert the rows that meet the conditions. Returns their number."""
    rows = select(*values.values()).where(*where).order_by(*order_by)
    inserted = session.execute(insert(table).from_select([*values], rows))
    assert isinstance(inserted, CursorResult)
    return inserted.rowcount

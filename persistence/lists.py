"""Lists of the caller's as tables to join: however long, they travel as one parameter."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Unicode,
    cast,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine


def listed(session: Session, values: Iterable[str]) -> FromClause:
    """The texts as rows of `value` and `position`, which counts from 0."""
    return listed_rows(session, [{"value": value} for value in values], {"value": Unicode()})


def listed_rows(
    session: Session, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, TypeEngine[Any]]
) -> FromClause:
    """The rows with these columns and `position`, which counts from 0. What a row does not have is null."""
    dialect = session.get_bind().dialect
    text = literal(json.dumps([_shown(row, columns, dialect) for row in rows]), Unicode())
    read = _on_sqlite if dialect.name == "sqlite" else _on_postgresql
    found: FromClause = read(text, columns).subquery()
    return found


def _shown(row: Mapping[str, Any], columns: Mapping[str, TypeEngine[Any]], dialect: Dialect) -> dict[str, Any]:
    """A row as JSON: on SQLite in the form in which a column keeps it, on PostgreSQL in the one that a cast reads."""
    if dialect.name != "sqlite":
        return {name: _readable(value) for name, value in row.items()}
    keep = {name: columns[name].dialect_impl(dialect).bind_processor(dialect) for name in row}
    return {name: process(row[name]) if process else row[name] for name, process in keep.items()}


def _readable(value: Any) -> Any:
    return str(value) if isinstance(value, dt.date | dt.time | Decimal) else value


def _on_sqlite(text: ColumnElement[str], columns: Mapping[str, TypeEngine[Any]]) -> Any:
    each = func.json_each(text).table_valued("key", "value")
    members = [
        type_coerce(func.json_extract(each.c.value, literal_column(f"'$.{name}'")), kind).label(name)
        for name, kind in columns.items()
    ]
    return select(*members, each.c.key.label("position"))


def _on_postgresql(text: ColumnElement[str], columns: Mapping[str, TypeEngine[Any]]) -> Any:
    each = func.json_array_elements(cast(text, JSON)).table_valued("value", with_ordinality="place").render_derived()
    members = [
        cast(each.c.value.op("->>")(literal_column(f"'{name}'")), kind).label(name) for name, kind in columns.items()
    ]
    return select(*members, (each.c.place - 1).label("position"))

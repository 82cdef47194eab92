"""Lists from requests as tables to join. However long, a list is sent as one parameter."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import FromClause, Unicode
from sqlalchemy.orm import Session

from persistence.dialects import dialect_of
from persistence.sql_types import Parameters, SqlType


def list_as_table(session: Session, values: Iterable[str]) -> FromClause:
    """The texts as rows of `value` and `position`, which counts from 0."""
    return rows_as_table(session, [{"value": value} for value in values], {"value": Unicode()})


def rows_as_table(session: Session, rows: Sequence[Parameters], columns: Mapping[str, SqlType]) -> FromClause:
    """The rows with these columns and `position`, which counts from 0. A missing value is null."""
    return dialect_of(session).rows_of_list(rows, columns, session.get_bind().dialect).subquery()

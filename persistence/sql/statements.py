"""Runs statements of rules in their session."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import ReturningUpdate

from persistence.columns import Table
from persistence.sql_types import Parameters

Row = TypeVar("Row", bound=Table)


def all_rows(session: Session, statement: Executable, values: Parameters) -> Sequence[RowMapping]:
    """All rows of the result, by column name. They are no objects, so the statement bypasses SQLAlchemy's ORM."""
    return session.connection().execute(statement, values).mappings().all()


def updated_object(session: Session, statement: ReturningUpdate[Row]) -> Row | None:
    """The object that an UPDATE … RETURNING of at most one row has changed; None if there is no such row."""
    return session.scalars(statement).one_or_none()

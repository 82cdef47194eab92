"""Short names for types of SQLAlchemy and of its drivers that contain `Any`."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, TextClause
from sqlalchemy.types import TypeEngine

SqlExpression: TypeAlias = ColumnElement[Any]
SqlType: TypeAlias = TypeEngine[Any]
SqlQuery: TypeAlias = Select[*tuple[Any, ...]]
IndexCondition: TypeAlias = TextClause | ColumnElement[bool]
"""Says which rows an index has."""

Parameters: TypeAlias = Mapping[str, object]
"""The parameters of a statement, by name."""

FoundRow: TypeAlias = Mapping[str, Any]
"""A row that a query found, by column name."""

FoundValues: TypeAlias = list[Any]
"""One value for each statement."""

Statement: TypeAlias = tuple[str, tuple[object, ...]]
"""SQL with the driver's own placeholders, and its parameters in the driver's own types."""

"""A statement in the making: rows under names, parameters, and who may see what."""

import datetime as dt
from collections.abc import Callable
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, literal_column, select

from persistence.columns import Table, table_of
from persistence.conditions import Repeated
from persistence.sql_types import SqlExpression, SqlQuery, SqlType
from resolvers import company_calendar
from resolvers.queries import RowQuery, SqlCondition, TableRow
from resolvers.visibility import Viewer, visible
from schema.compiler.bounds import FilterBudget, checked_list
from schema.compiler.values import THE_DAYS, THE_READER, Parameters


class Columns:
    """The columns of a row by name; remembers which were asked for."""

    def __init__(self, table: type[Table], alias: str) -> None:
        self._columns: dict[str, Column[Any]] = dict(table_of(table).columns.items())
        self._alias = alias
        self.used: dict[str, None] = {}

    def __getitem__(self, name: str) -> SqlExpression:
        self.used[name] = None
        return literal_column(f'{self._alias}."{name}"', self._columns[name].type)

    def __getattr__(self, name: str) -> SqlExpression:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]


class Row:
    """A row of a table under a name: `row.c.no`. Finders take it where they take an alias of the table, whose
    columns would all be made anew for the few that are asked for."""

    def __init__(self, table: type[Table], alias: str, viewer: Viewer) -> None:
        self.table = table
        self.alias = alias
        self.c = Columns(table, alias)
        self._viewer = viewer

    @property
    def source(self) -> FromClause:
        """Where the row comes from: the rows of its table that the viewer may see."""
        return visible(self.table, self._viewer).alias(self.alias)


class Rows:
    """A table or alias that others made, taken where filters take a row: `rows.c.no`."""

    def __init__(self, source: FromClause) -> None:
        self.source, self.c = source, source.c


class Statement:
    """What every part of one statement shares."""

    def __init__(
        self, viewer: Viewer, parameters: Parameters, letter: str = "t", *, budget: FilterBudget | None = None
    ) -> None:
        self.viewer = viewer
        self.parameters = parameters
        self.budget = budget or FilterBudget()
        self._letter = letter
        self._names = 0
        self._repeated: dict[Any, SqlExpression] = {}
        self.touched: list[type[Table]] = []
        """The tables of all rows in it, as often as they are there."""

    def row(self, table: type[Table]) -> Row:
        """A row under a name of its own."""
        self.touched.append(table)
        return Row(table, self.name(), self.viewer)

    def computed_once(self, row: TableRow, query: RowQuery) -> SqlExpression:
        """What `query` gives for a row, written once however many conditions use it."""
        found = self._repeated.get((row, query))
        if found is None:
            found = self._repeated[row, query] = Repeated(query(row, self))
        return found

    def name(self) -> str:
        self._names += 1
        return f"{self._letter}{self._names}"

    def bind(self, convert: Callable[..., Any], *values: Any, type_: SqlType) -> SqlExpression:
        return self.parameters.bind(convert, *values, type_=type_)

    def bind_list(self, convert: Callable[[Any], object], values: object, type_: SqlType) -> SqlExpression:
        """A list of a filter as one parameter, each item converted."""
        return self.parameters.bind_list(convert, checked_list(values), type_)

    @cached_property
    def today(self) -> ColumnElement[dt.date]:
        """The company's date at the time of execution (K15)."""
        return company_calendar.company_today(lambda of, type_: self.parameters.bind(of, THE_DAYS, type_=type_))

    def bind_reader(self, of: Callable[..., Any], *values: Any, type_: SqlType) -> SqlExpression:
        """Something of who reads, and of other values: `statement.bind_reader(lambda reader: reader.language,
        type_=Unicode())`.
        """
        return self.parameters.bind(of, THE_READER, *values, type_=type_)

    def exists(self, row: TableRow, *conditions: SqlCondition) -> SqlCondition:
        found: SqlQuery = select(literal_column("1")).select_from(row.source).where(*conditions)
        return found.exists()

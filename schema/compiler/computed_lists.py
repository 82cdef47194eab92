"""Lists whose rows are not those of one table: a function of their subject selects the rows of a page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import ColumnElement, FromClause, Select, true

from persistence.columns import ColumnOfRow
from persistence.sql_types import SqlExpression, SqlType
from resolvers.queries import SqlCondition
from schema.compiler import cursors
from schema.compiler.cursors import Cursor, cursor_of
from schema.compiler.declarations import Entity, Read, ToMany, entity_of
from schema.compiler.paging import Page, PageArguments
from schema.compiler.statement import Row, Statement
from schema.compiler.stream_pages import StreamPage
from schema.compiler.values import GraphQLValues


class ComputedRows(Protocol):
    """The rows of a list that are not those of one table, for the arguments of a request."""

    @property
    def types(self) -> Mapping[str, SqlType]:
        """The columns of the rows with their SQL types."""

    def page(
        self, limit: ColumnElement[int] | None, after: Sequence[SqlExpression] | None
    ) -> Select[tuple[object, ...]]:
        """Selects the first rows, after the values of a cursor if there is one, in the order of the list."""

    def count(self) -> Select[int]:
        """Counts all rows."""


@dataclass(frozen=True)
class ComputedList(ToMany):
    """A root field: a connection whose rows `rows(statement, arguments)` selects, page by page and forward only.
    `columns_of_order` are their order, each with its name in cursors. `read(context, arguments)` reads a page in
    default execution, with all fields of the connection.
    """

    rows: Callable[[Statement, GraphQLValues], ComputedRows] = field(kw_only=True)
    columns_of_order: Mapping[str, str] = field(kw_only=True)
    read: Read = field(kw_only=True)


class ComputedRow(Row):
    """A row of a computed list, with columns of these types."""

    def __init__(self, alias: str, types: Mapping[str, SqlType]) -> None:
        self.alias, self.c, self.many = alias, _Columns(alias, types), True  # type: ignore[assignment]  # has columns like a Row


class RowOfValues(Row):
    """The values of an object that is not a row, by name: its columns are SQL expressions."""

    def __init__(self, values: Mapping[str, SqlExpression]) -> None:
        self.alias, self.c, self.many = "", values, False  # type: ignore[assignment]  # has columns like a Row


class _Columns:
    def __init__(self, alias: str, types: Mapping[str, SqlType]) -> None:
        self._alias, self._types = alias, types

    def __getitem__(self, name: str) -> ColumnOfRow:
        return ColumnOfRow(f'{self._alias}."{name}"', self._types[name], is_literal=True)


class ComputedPage(Page):
    """A page of a computed list. It is read forward only, in the order of its rows."""

    def __init__(
        self,
        statement: Statement,
        entity: Entity,
        rows: ComputedRows,
        order: Mapping[str, str],
        arguments: PageArguments,
    ) -> None:
        """`order` has the columns by which the rows are ordered, each with its name in cursors."""
        self.statement, self.entity, self.arguments = statement, entity, arguments
        self._rows_of_list, self._columns_of_order = rows, list(order)
        types = rows.types
        self.row = ComputedRow(statement.name(), types)
        self.tag = cursors.tag(entity.name, list(order.values()))
        level_types = [types[name] for name in order]
        self._read = cursors.decoder(self.tag, level_types, [False] * len(order))
        self._level_types = level_types

    def select(self, *, lookahead: bool) -> FromClause:
        after = None if self.arguments.after is None else self._values_of(self.arguments.after)
        return self._rows_of_list.page(self.size(1 if lookahead else 0), after).alias(self.row.alias)

    def client_order(self) -> list[SqlExpression]:
        return self.cursor_values()

    def cursor_values(self) -> list[SqlExpression]:
        return [self.row.c[name] for name in self._columns_of_order]

    def count(self) -> ColumnElement[int]:
        return self._rows_of_list.count().scalar_subquery()

    def has_rows_outside(self, cursor: Cursor, *, ahead: bool) -> SqlCondition:
        """Always true: it is asked only for pages after a cursor, which have rows before them."""
        return true()

    def _values_of(self, cursor: Cursor) -> list[SqlExpression]:
        read, bind, argument = self._read, self.statement.bind, cursor.argument
        return [
            bind(lambda text, level=level: read(text, argument)[level], cursor.given, type_=type_)
            for level, type_ in enumerate(self._level_types)
        ]


class ComputedStreamPage(ComputedPage, StreamPage):
    """The rows of a stream of a computed list."""


def computed_page(kind: type[Page], statement: Statement, declared: ComputedList, arguments: GraphQLValues) -> Page:
    """The page of the list with these arguments."""
    computed = ComputedStreamPage if issubclass(kind, StreamPage) else ComputedPage
    paging = kind.arguments_type(first=arguments.get("first"), after=cursor_of("after", arguments.get("after")))
    rows = declared.rows(statement, arguments)
    return computed(statement, entity_of(declared.target), rows, declared.columns_of_order, paging)

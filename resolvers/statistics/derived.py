"""Rows of subqueries. They note which of their columns are used, so that the subquery computes no others."""

from collections.abc import Callable, Iterable

from sqlalchemy import Date, FromClause, Integer, SelectBase, literal_column, select

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.sql_types import SqlExpression, SqlQuery, SqlType
from resolvers.queries import SqlBuilder

ANY_COLUMN: list[SqlExpression] = [literal_column("1").label("one")]
"""The columns of a SELECT of which only the rows matter, because SQL demands one."""


class DerivedColumns:
    """The columns of a subquery by name."""

    def __init__(self, alias: str, types: Callable[[str], SqlType]) -> None:
        self._alias, self._types = alias, types
        self.used: dict[str, None] = {}

    def __getitem__(self, name: str) -> SqlExpression:
        self.used[name] = None
        return literal_column(f'{self._alias}."{name}"', self._types(name))

    def use(self, names: Iterable[str]) -> None:
        """Note that these columns are used."""
        self.used |= dict.fromkeys(names)

    def __getattr__(self, name: str) -> SqlExpression:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]


class DerivedRow:
    """A row of a subquery that is built when all uses of its columns are known."""

    def __init__(self, alias: str, types: Callable[[str], SqlType], source: Callable[[list[str]], FromClause]) -> None:
        self.alias = alias
        self.c = DerivedColumns(alias, types)
        self._source = source

    @property
    def source(self) -> FromClause:
        """The subquery, with the columns that were used. Read it last."""
        return self._source(list(self.c.used))


def in_with(sql: SqlBuilder, query: SelectBase) -> SqlQuery:
    """The rows of a SELECT that is moved to the `WITH` of the statement, because the parser of SQLite limits how deep
    subqueries are nested. Statements of figures have a `WITH` anyway.
    """
    return select(sql.common_rows(query, lambda: query, materialized=False))


def places(number: int) -> list[SqlExpression]:
    """The first columns of a SELECT, for its GROUP BY."""
    return [place(each) for each in range(1, number + 1)]


def place(number: int) -> SqlExpression:
    """The column of a SELECT at this place, from 1, for its GROUP BY."""
    return literal_column(str(number))


def type_of(name: str) -> SqlType:
    """The type of a column of an interaction, or of one that figures compute from its columns."""
    if name in ("day", "own_day", "first_day"):
        return Date()
    columns = table_of(InteractionLogEntry).c
    return columns[name].type if name in columns else Integer()

"""A statement that is being built: its rows, its parameters, and the viewer who may see the rows."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import CTE, ColumnElement, FromClause, SelectBase, Unicode, func, literal_column, or_, select

from persistence.columns import Table, column_of_row, table_of
from persistence.sql.conditions import ListParameter, Repeated
from persistence.sql_types import SqlExpression, SqlQuery, SqlType
from resolvers import company_calendar
from resolvers.queries import RowQuery, SqlCondition, TableRow
from resolvers.visibility import WAYS_TO_OWN, Viewer, visible
from schema.compiler.filters.filter_limits import FilterBudget, checked_list
from schema.compiler.values import CALENDAR, DAYS, LANGUAGE_CHOICE, SALESPERSON_CODE, Convert, Parameters

Operator: TypeAlias = Callable[[SqlExpression, "Statement", Any], SqlCondition]
"""How an expression is compared with the operand of a filter."""


class Columns:
    """The columns of a row by name, and which of them the statement uses."""

    def __init__(self, table: type[Table], alias: str) -> None:
        self._table, self._alias = table, alias
        self.used: dict[str, None] = {}

    def __getitem__(self, name: str) -> SqlExpression:
        self.used[name] = None
        return column_of_row(self._table, self._alias, name)

    def __getattr__(self, name: str) -> SqlExpression:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]


class WithoutIndex:
    """The same columns for conditions that no index is to be searched for. Null becomes blank, which is no code."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def __getitem__(self, name: str) -> SqlExpression:
        return func.coalesce(self._columns[name], "", type_=Unicode())

    def __getattr__(self, name: str) -> SqlExpression:
        return self[name]


class Row:
    """A row of a table under a name of its own: `row.c.no`. It is cheaper than an alias of SQLAlchemy, which copies all
    columns of the table for the few that are used.
    """

    def __init__(self, table: type[Table], alias: str, statement: "Statement", *, hidden_too: bool = False) -> None:
        self.table = table
        self.alias = alias
        self.c = Columns(table, alias)
        self.many = False
        """Whether it is one of several rows of a list, for which large tables are read once instead of for each row."""
        self._statement, self._hidden_too = statement, hidden_too

    @property
    def source(self) -> FromClause:
        """The FROM clause of this row: the rows of its table that the viewer may see, with the alias of this row."""
        rows = table_of(self.table) if self._hidden_too else self._statement.visible(self.table)
        return rows.alias(self.alias)


class Rows:
    """The rows of a table or alias of SQLAlchemy, for filters that expect a `Row`."""

    def __init__(self, source: FromClause) -> None:
        self.source, self.c = source, source.c


class Statement:
    """The state that all parts of one statement share: names, parameters, limits and the viewer."""

    def __init__(
        self,
        viewer: Viewer,
        parameters: Parameters,
        letter: str = "t",
        *,
        budget: FilterBudget | None = None,
        may_share_rows: bool = True,
    ) -> None:
        self.viewer = viewer
        self.parameters = parameters
        self.budget = budget or FilterBudget()
        self.may_share_rows = may_share_rows
        self._letter = letter
        self._names = 0
        self._repeated: dict[tuple[TableRow, RowQuery], SqlExpression] = {}
        self._number_of: Counter[str] = Counter()
        self._number_before: dict[Hashable, Counter[str]] = {}
        self._common: dict[Hashable, CTE] = {}
        self.list_name = "`in`"
        """How errors name a list of the filter that is being compiled."""
        self.touched: list[type[Table]] = []
        """The table of each row."""

    def row(self, table: type[Table]) -> Row:
        """Another row of a table, under a new name."""
        self.touched.append(table)
        return Row(table, self.name(), self)

    def row_of_visible(self, table: type[Table]) -> Row:
        """Another row of a table, without the condition that the viewer may see it. See `SqlBuilder`."""
        self.touched.append(table)
        return Row(table, self.name(), self, hidden_too=True)

    def own_rows(self, table: type[Table]) -> list[tuple[Row, SqlCondition]]:
        """For a viewer who sees only their own rows of this table, a row for each way in which one can be theirs, with
        the condition that it is. Empty for any other viewer. A row may be found in several ways.
        """
        if not self.viewer.own_only:
            return []
        self.touched.append(table)
        rows = [(Row(table, self.name(), self, hidden_too=True), way) for way in WAYS_TO_OWN.get(table, ())]
        return [(row, way(row.c, self._salesperson_code)) for row, way in rows]

    def row_of_parent(self, table: type[Table]) -> tuple[Row, Sequence[SqlCondition]]:
        """Another row of a table, and the conditions that the viewer may see it. For rows that a parent selects: the
        conditions search no index, so that the database searches that of the parent.
        """
        ways = WAYS_TO_OWN.get(table) if self.viewer.own_only else None
        if ways is None:
            return self.row(table), ()
        self.touched.append(table)
        row = Row(table, self.name(), self, hidden_too=True)
        return row, [or_(*(way(WithoutIndex(row.c), self._salesperson_code) for way in ways))]

    def visible(self, table: type[Table]) -> FromClause:
        """The rows of a table that the viewer may see."""
        return visible(table, self.viewer, lambda: self._salesperson_code)

    @property
    def own_only(self) -> bool:
        """Whether the viewer sees only their own interactions."""
        return self.viewer.own_only

    def computed_once(self, row: TableRow, query: RowQuery) -> SqlExpression:
        """The expression that `query` returns for a row. It is compiled once, although many conditions may use it."""
        found = self._repeated.get((row, query))
        if found is None:
            found = self._repeated[row, query] = Repeated(query(row, self))
        return found

    def is_one_of_few(self, kind: str, most: int) -> bool:
        """Whether this is among the first parts of a kind that makes the statement longer. Call it once for each."""
        self._number_of[kind] += 1
        return self._number_of[kind] <= most

    @contextmanager
    def repeating(self, part: Hashable) -> Iterator[None]:
        """The block writes a part that stands in the statement several times. For `is_one_of_few` it counts once, so
        that it has the same form each time.
        """
        others = self._number_of
        self._number_of = self._number_before.setdefault(part, others.copy()).copy()
        try:
            yield
        finally:
            self._number_of |= others

    def common(self, key: Hashable, make: Callable[[], SqlQuery]) -> SqlExpression:
        """The only value that a SELECT finds, which several conditions use. It is read once for the whole statement:
        the key stands for the same SELECT each time.
        """
        return select(self.common_rows(key, make)).scalar_subquery()

    def common_rows(self, key: Hashable, make: Callable[[], SelectBase], *, materialized: bool = True) -> CTE:
        """The rows that a SELECT finds, read once like `common`; or unless `materialized`, wherever they are used."""
        if key not in self._common:
            hint = "MATERIALIZED" if materialized else "NOT MATERIALIZED"
            self._common[key] = make().cte(self.name()).prefix_with(hint)
        return self._common[key]

    def name(self) -> str:
        """A new name."""
        self._names += 1
        return f"{self._letter}{self._names}"

    def bind(self, convert: Convert, *values: object, type_: SqlType) -> SqlExpression:
        """A parameter whose value is `convert(*values)`, computed for each request."""
        return self.parameters.bind(convert, *values, type_=type_)

    def bind_list(self, convert: Callable[[Any], object], values: object, type_: SqlType) -> SqlExpression:
        """A list of a filter as one parameter, each item converted. A list with too many items is refused with
        BadUserInput: a literal here, the value of a variable in each request.
        """
        name = self.list_name
        checked = checked_list(values, name)
        return self.bind(
            lambda items: [convert(item) for item in checked_list(items, name)], checked, type_=ListParameter(type_)
        )

    @contextmanager
    def naming_lists_of(self, field: str, value: object) -> Iterator[None]:
        """While the block runs, errors about lists name this field of a filter, which has this value."""
        before, self.list_name = self.list_name, f"`in` of `{field}`" if isinstance(value, Mapping) else f"`{field}`"
        try:
            yield
        finally:
            self.list_name = before

    @cached_property
    def _salesperson_code(self) -> SqlExpression:
        """The code of the viewer's salesperson. It is in a subquery so that PostgreSQL makes one plan for all
        salespeople: with the bare parameter it plans each read anew if their numbers of interactions differ much.
        """
        code = self.parameters.bind(lambda code: code, SALESPERSON_CODE, type_=Unicode())
        return select(code).scalar_subquery()

    @cached_property
    def today(self) -> ColumnElement[dt.date]:
        """The company's date at the time of execution (K15)."""
        return company_calendar.company_today(lambda of, type_: self.parameters.bind(of, DAYS, type_=type_))

    def bind_reader(self, of: Convert, *values: object, type_: SqlType) -> SqlExpression:
        """A parameter that depends on the language of the caller: `bind_reader(lambda reader: reader.language,
        type_=Unicode())`.
        """
        return self.parameters.bind(of, LANGUAGE_CHOICE, *values, type_=type_)

    def bind_salesperson(self, of: Convert, *values: object, type_: SqlType) -> SqlExpression:
        """A parameter that depends on the code of the caller's salesperson, None without one."""
        return self.parameters.bind(of, SALESPERSON_CODE, *values, type_=type_)

    def bind_calendar(self, of: Convert, *values: object, type_: SqlType) -> SqlExpression:
        """A parameter that depends on the company's calendar: `bind_calendar(lambda calendar: calendar.today,
        type_=Date())`.
        """
        return self.parameters.bind(of, CALENDAR, *values, type_=type_)

    def exists(self, row: TableRow, *conditions: SqlCondition) -> SqlCondition:
        """Whether there is such a row that meets the conditions."""
        found: SqlQuery = select(literal_column("1")).select_from(row.source).where(*conditions)
        return found.exists()

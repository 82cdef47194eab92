"""The types with which the SQL of reads is written: rows, statements and comparisons. `schema/compiler` implements
them.

The module `queries.py` of each subject has functions over these types: the SQL of its filters, edges, orders and
figures.
"""

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

from sqlalchemy import CTE, ColumnElement, FromClause, Integer, SelectBase, Unicode, and_, literal_column, not_, true

from persistence.columns import Table
from persistence.sql_types import SqlExpression as SqlExpression
from persistence.sql_types import SqlQuery, SqlType

SqlCondition: TypeAlias = ColumnElement[bool]
SqlRows: TypeAlias = FromClause

Alternatives: TypeAlias = Sequence[Sequence[SqlCondition]]
"""The conditions under which a row belongs to a parent, as alternatives: a row belongs if all conditions of exactly one
alternative hold. Each alternative can use an index of its own.

If there are several, the first condition of each is about the parent only, and exactly one of these first conditions
holds.
"""


FilteredAlternatives: TypeAlias = Sequence[tuple[Sequence[SqlCondition], Mapping[str, Any]]]
"""Conditions under which a row may pass a filter, as alternatives: a row passes if it meets the conditions of exactly
one alternative, and the filter that stands beside them.
"""


class InvalidOperand(ValueError):
    """Raised by the conversion of a bound value that cannot be searched for. Clients get the message."""


class Columns(Protocol):
    """The columns of a row, by name: `contact.c.no` or `contact.c["no"]`."""

    def __getitem__(self, name: str, /) -> SqlExpression: ...

    def __getattr__(self, name: str, /) -> SqlExpression: ...


class TableRow(Protocol):
    """A row of a table under a name of its own in a statement."""

    @property
    def c(self) -> Columns: ...

    @property
    def source(self) -> SqlRows:
        """The FROM clause of this row: the rows of its table that the viewer may see."""


class Calendar(Protocol):
    """The company's date at the time of the request, and the first day of its week, where 1 is Monday (K15)."""

    @property
    def today(self) -> dt.date: ...

    @property
    def first_day_of_week(self) -> int: ...


class SqlBuilder(Protocol):
    """The statement that is being built."""

    def row(self, table: type[Table], /) -> TableRow:
        """Another row of a table, under a new name."""

    def row_of_visible(self, table: type[Table], /) -> TableRow:
        """Another row of a table, without the condition that the reader may see it: for rows that belong to a row whose
        visibility the statement checks already, such as the comments of an interaction.
        """

    def row_of_parent(self, table: type[Table], /) -> tuple[TableRow, Sequence[SqlCondition]]:
        """Another row of a table, and the conditions that the reader may see it, which search no index."""

    def exists(self, row: TableRow, /, *conditions: SqlCondition) -> SqlCondition:
        """Whether there is such a row that meets the conditions."""

    def name(self) -> str:
        """A new name, for a subquery."""

    def bind(self, convert: Callable[..., object], /, *values: object, type_: SqlType) -> SqlExpression:
        """A parameter whose value is `convert(*values)`, computed when the values of the request are known."""

    def bind_list(self, convert: Callable[[Any], object], values: object, type_: SqlType, /) -> SqlExpression:
        """A list as one parameter, each item converted."""

    def naming_lists_of(self, field: str, value: object, /) -> AbstractContextManager[None]:
        """While the block runs, errors about lists name this field of a filter, which has this value."""

    def bind_reader(self, convert: Callable[..., object], /, *values: object, type_: SqlType) -> SqlExpression:
        """A parameter that depends on the language of the reader: `convert(reader, *values)`."""

    def bind_salesperson(self, convert: Callable[..., object], /, *values: object, type_: SqlType) -> SqlExpression:
        """A parameter that depends on the salesperson of the reader: `convert(code, *values)`."""

    @property
    def own_only(self) -> bool:
        """Whether the reader sees only their own interactions, so that stored sums over all of them are of no use."""

    def bind_calendar(self, convert: Callable[..., object], /, *values: object, type_: SqlType) -> SqlExpression:
        """A parameter that depends on the company's calendar: `convert(calendar, *values)`. Reading the calendar takes
        a statement of its own, once for each request.
        """

    def computed_once(self, row: TableRow, query: "RowQuery", /) -> SqlExpression:
        """The result of `query` for a row, written into the statement once even if several conditions use it."""

    def is_one_of_few(self, kind: str, most: int, /) -> bool:
        """Whether this is among the first parts of the statement of a kind that makes the statement longer."""

    def common(self, key: Hashable, make: Callable[[], SqlQuery], /) -> SqlExpression:
        """The only value that a SELECT finds, read once for the whole statement although several conditions use it. The
        key stands for the same SELECT each time.
        """

    @property
    def may_share_rows(self) -> bool:
        """Whether conditions may use `common_rows` to be answered faster. Not where the SQL becomes a part of another
        statement, because Citus takes no `WITH` before `INSERT … SELECT`; and not in default execution, which answers
        what SQLite cannot parse in one statement: `WITH` takes a level of its parser.
        """

    def common_rows(self, key: Hashable, make: Callable[[], SelectBase], /, *, materialized: bool = True) -> CTE:
        """The rows that a SELECT finds, read once like `common`; or unless `materialized`, wherever they are used."""

    @property
    def today(self) -> ColumnElement[dt.date]:
        """The company's current date at the time when the statement is executed (K15)."""


RowQuery: TypeAlias = Callable[[TableRow, SqlBuilder], SqlExpression]
"""Computes a value of a row, as SQL."""

RowCondition: TypeAlias = Callable[[TableRow], SqlCondition]
"""A condition on a row, for instance that it passes the filter of its type."""


class Comparison(Protocol):
    """A comparison that a client sends for one field, for instance `{gte: "2026-01-01"}`."""

    @property
    def operators(self) -> Mapping[str, Any]:
        """The operands by the names of their operators, without nulls. Values may not be known yet: bind them."""

    def with_operators(self, operators: Mapping[str, Any], /) -> "Comparison":
        """The same kind of comparison with other operators."""

    def matches(self, value: SqlExpression, /, convert: Callable[[Any], object] = ...) -> SqlCondition:
        """Whether a number, amount, enum value or converted text meets the comparison."""

    def matches_text(self, value: SqlExpression, /, *, folded: SqlExpression | None = None) -> SqlCondition:
        """Whether a text meets the comparison; `folded` is the column that holds it without case and accents."""

    def matches_code(self, value: SqlExpression, /) -> SqlCondition:
        """Whether a number or code meets the comparison; operands are trimmed and upper-cased."""

    def matches_date(self, value: SqlExpression, /) -> SqlCondition:
        """Whether a date meets the comparison. Operands may also be ranges relative to the company's current date
        (K15).
        """


def any_matches(comparison: Comparison, exists: Callable[[Comparison], SqlCondition]) -> SqlCondition:
    """Whether one of several values meets the comparison; `exists` looks for such a value.

    `ne` holds if no value is equal, `isNull: true` if there is no value at all.
    """
    parts: list[SqlCondition] = [true()]
    for name, operand in comparison.operators.items():
        if name == "ne":
            parts.append(not_(exists(comparison.with_operators({"eq": operand}))))
        elif name == "isNull":
            has_any = exists(comparison.with_operators({}))
            parts.append(not_(has_any) if operand else has_any)
        else:
            parts.append(exists(comparison.with_operators({name: operand})))
    return and_(*parts)


def quoted(text: str) -> ColumnElement[str]:
    """A text constant, written into the statement."""
    escaped = text.replace("'", "''")
    return literal_column(f"'{escaped}'", Unicode())


def integer(value: int) -> ColumnElement[int]:
    """A whole number, written into the statement: a parameter takes time in each request."""
    return literal_column(str(value), Integer())


def input_name(column: str) -> str:
    """The name of a column in the API: `template_code` is `templateCode`."""
    first, *others = column.split("_")
    return first + "".join(map(str.capitalize, others))

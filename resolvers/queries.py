"""What the SQL of reads is written with: rows, statements and comparisons, as `schema/compiler` provides them.

The module `queries.py` of each subject says what its filters, edges, orders and figures mean, as functions over these.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Unicode, and_, literal_column, not_, true

from persistence.columns import Table
from persistence.sql_types import SqlExpression as SqlExpression
from persistence.sql_types import SqlType

SqlCondition: TypeAlias = ColumnElement[bool]
SqlRows: TypeAlias = FromClause

Alternatives: TypeAlias = Sequence[Sequence[SqlCondition]]
"""Lists of conditions of which exactly one holds for each row that belongs: each can use its own index.

Where there are several, the first condition of each speaks of the parent alone, and one of them always holds.
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
        """The rows of the table that the viewer may see."""


class SqlBuilder(Protocol):
    """The statement that is being built."""

    def row(self, table: type[Table], /) -> TableRow:
        """Another row of a table, under a new name."""

    def exists(self, row: TableRow, /, *conditions: SqlCondition) -> SqlCondition:
        """Whether there is such a row that meets the conditions."""

    def bind(self, convert: Callable[..., object], /, *values: object, type_: SqlType) -> SqlExpression:
        """A parameter: `convert` of the values, called when the values of the request are known."""

    def bind_list(self, convert: Callable[[Any], object], values: object, type_: SqlType, /) -> SqlExpression:
        """A list as one parameter, each item converted."""

    def bind_reader(self, of: Callable[..., object], /, *values: object, type_: SqlType) -> SqlExpression:
        """A parameter that depends on the language of the reader: `of(reader, *values)`."""

    def computed_once(self, row: TableRow, query: "RowQuery", /) -> SqlExpression:
        """What `query` gives for a row, written once however many conditions use it."""

    @property
    def today(self) -> ColumnElement[dt.date]:
        """The company's date when the statement is executed (K15)."""


RowQuery: TypeAlias = Callable[[TableRow, SqlBuilder], SqlExpression]
"""What is computed from a row."""

RowCondition: TypeAlias = Callable[[TableRow], SqlCondition]
"""A condition on a row, for instance that it passes the filter of its type."""


class Comparison(Protocol):
    """What a client compares one value with, for instance `{gte: "2026-01-01"}`."""

    @property
    def operators(self) -> Mapping[str, Any]:
        """The operands by the names of their operators, without nulls. Values may not be known yet: bind them."""

    def with_operators(self, operators: Mapping[str, Any], /) -> "Comparison":
        """The same kind of comparison with other operators."""

    def matches(self, value: SqlExpression, /, convert: Callable[[Any], object] = ...) -> SqlCondition:
        """Whether a number, amount, enum value or converted text compares so."""

    def matches_text(self, value: SqlExpression, /, *, folded: SqlExpression | None = None) -> SqlCondition:
        """Whether a text compares so; `folded` is the column that holds it without case and accents."""

    def matches_code(self, value: SqlExpression, /) -> SqlCondition:
        """Whether a number or code compares so; operands are trimmed and upper-cased."""

    def matches_date(self, value: SqlExpression, /) -> SqlCondition:
        """Whether a date compares so, also with ranges around the company's today (K15)."""


def any_matches(comparison: Comparison, exists: Callable[[Comparison], SqlCondition]) -> SqlCondition:
    """Whether one of several values compares so; `exists` looks for such a value.

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


def input_name(column: str) -> str:
    """The name of a column in the API: `template_code` is `templateCode`."""
    first, *others = column.split("_")
    return first + "".join(map(str.capitalize, others))

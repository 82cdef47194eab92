"""Rows in an order, for aggregate functions that take them in this order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import FromClause, select

from persistence.dialects.sql_writer import SqlWriter
from persistence.sql.constructs import Compilation, Construct, compiled_by_dialect
from persistence.sql_types import SqlExpression


@compiled_by_dialect
class SortedRows(FromClause):
    """Rows that a SELECT reads for its aggregate functions, which take only values that `value` has returned.

    Rows of one table are read in their order. PostgreSQL may change it when it joins rows, so it sorts joined ones in a
    subquery. An ORDER BY in the aggregate functions would sort wider rows: all columns that the values need, instead of
    the values. Call `read` last.
    """

    inherit_cache = False
    named_with_column = False

    def __init__(self, name: str, order: Sequence[SqlExpression]) -> None:
        self._name, self._order = name, order
        self._values: list[SqlExpression] = []
        self._are_joined = False

    def value(self, value: SqlExpression) -> "ValueOfRow":
        """The value for an aggregate function. Those that are compared in sorting come first: PostgreSQL finds them
        faster in front of texts.
        """
        self._values.append(value)
        return ValueOfRow(self, value, f"{self._name}.v{len(self._values)}")

    def read(self, rows: FromClause, *, are_joined: bool) -> "SortedRows":
        """This, reading these rows."""
        self._rows, self._are_joined = rows, are_joined
        return self

    def are_in_subquery(self, writer: SqlWriter) -> bool:
        """Whether a subquery sorts the rows."""
        return self._are_joined and writer.sorts_joined_rows

    def order_by(self, writer: SqlWriter, compiled: Compilation) -> list[str]:
        """The order that an aggregate function must state; none if the rows have it already."""
        return [] if self.are_in_subquery(writer) else [compiled(value) for value in self._order]

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        """The SQL of the rows, as a part of FROM."""
        if not self.are_in_subquery(writer):
            return compiled(self._rows)
        values = (value.label(f"v{place}") for place, value in enumerate(self._values, 1))
        return compiled(select(*values).select_from(self._rows).order_by(*self._order).alias(self._name))


class ValueOfRow(Construct[Any]):
    """A value of sorted rows."""

    def __init__(self, rows: SortedRows, value: SqlExpression, name: str) -> None:
        self.value = value
        self._rows, self._name = rows, name
        self.type = value.type

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return self._name if self._rows.are_in_subquery(writer) else compiled(self.value)

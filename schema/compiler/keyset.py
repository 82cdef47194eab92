"""Compares rows with cursors, in an order with nulls last."""

from collections.abc import Sequence
from functools import cached_property
from typing import TypeAlias

from sqlalchemy import Boolean, and_, not_, or_, tuple_

from persistence.sql_types import SqlExpression, SqlType
from resolvers.queries import SqlCondition
from schema.compiler import cursors
from schema.compiler.declarations import Order
from schema.compiler.statement import Statement
from schema.compiler.values import Placeholder

Cursor: TypeAlias = str | Placeholder | None
Values = Sequence[SqlExpression]
"""The values of a row for each level of the order."""


class Keyset:
    """Compares rows with the cursors of one order. A cursor may be None."""

    def __init__(self, statement: Statement, tag: str, order: Order, types: Sequence[SqlType]) -> None:
        self._statement, self._order, self._types = statement, order, types
        self._read = cursors.decoder(tag, types, [sort.nullable for sort in order])

    @cached_property
    def computed(self) -> bool:
        """Whether a level costs more than reading a column."""
        return any(sort.computed for sort in self._order)

    @cached_property
    def splits(self) -> bool:
        """Whether rows with and without a value in the first level are read by two SELECTs, each with an index."""
        first, *rest = self._order
        return first.nullable and not any(sort.nullable for sort in rest) and self._uniform and not self.computed

    def between(self, values: Values, *, after: Cursor, before: Cursor) -> list[SqlCondition]:
        """The conditions that a row comes after the cursor `after` and before the cursor `before`."""
        limits = ((after, True), (before, False))
        return [self.compared(values, cursor, ahead=ahead) for cursor, ahead in limits if cursor is not None]

    def split_between(self, values: Values, *, after: Cursor, before: Cursor, blank: bool) -> list[SqlCondition]:
        """What `between` returns, for one of the two SELECTs of `splits`: with `blank` that of the rows without a value
        in the first level.
        """
        conditions: list[SqlCondition] = []
        for cursor, ahead in ((after, True), (before, False)):
            if cursor is None:
                continue
            in_blank = self._is_blank(cursor, 0)
            if blank:
                rest = self._row_compared(values, cursor, range(1, len(self._order)), ahead=ahead)
                conditions.append(or_(not_(in_blank), rest) if ahead else and_(in_blank, rest))
            else:
                whole = self._row_compared(values, cursor, range(len(self._order)), ahead=ahead)
                conditions.append(and_(not_(in_blank), whole) if ahead else or_(in_blank, whole))
        return conditions

    def compared(self, values: Values, cursor: Cursor, *, ahead: bool) -> SqlCondition:
        """Whether a row comes after (`ahead`) or before the cursor, nulls last."""
        if self._uniform and not any(sort.nullable for sort in self._order):
            return self._row_compared(values, cursor, range(len(self._order)), ahead=ahead)
        choices = []
        equal: list[SqlCondition] = []
        for level, (sort, ours) in enumerate(zip(self._order, values, strict=True)):
            theirs = self._value(cursor, level)
            further = ours > theirs if sort.descending != ahead else ours < theirs
            if not sort.nullable:
                choices.append(and_(*equal, further))
                equal.append(ours == theirs)
                continue
            blank = self._is_blank(cursor, level)
            if ahead:
                choices.append(and_(*equal, not_(blank), or_(further, ours.is_(None))))
            else:
                choices.append(and_(*equal, or_(and_(blank, ours.is_not(None)), and_(not_(blank), further))))
            equal.append(or_(and_(blank, ours.is_(None)), and_(not_(blank), ours == theirs)))
        return or_(*choices)

    def _row_compared(self, values: Values, cursor: Cursor, levels: range, *, ahead: bool) -> SqlCondition:
        """Compares row values, `(a, b) > (c, d)`, for which an index on the same columns can be used."""
        ours = tuple_(*(values[level] for level in levels))
        theirs = tuple_(*(self._value(cursor, level) for level in levels))
        is_greater = self._order[0].descending != ahead
        compared = ours > theirs if is_greater else ours < theirs
        first = levels[0]
        if self._order[first].joined is None:
            return compared
        bound = self._value(cursor, first)  # by itself, because no index has columns of two tables
        return and_(values[first] >= bound if is_greater else values[first] <= bound, compared)

    def _value(self, cursor: Cursor, level: int) -> SqlExpression:
        read = self._read
        return self._statement.bind(lambda text: read(text)[level], cursor, type_=self._types[level])

    def _is_blank(self, cursor: Cursor, level: int) -> SqlCondition:
        read = self._read
        return self._statement.bind(lambda text: read(text)[level] is None, cursor, type_=Boolean())

    @cached_property
    def _uniform(self) -> bool:
        return all(sort.descending == self._order[0].descending for sort in self._order)

"""Compares rows with cursors, in an order with nulls last."""

from collections.abc import Sequence
from functools import cached_property

from sqlalchemy import Boolean, and_, false, func, not_, or_, tuple_

from persistence.sql_types import SqlExpression, SqlType
from resolvers.queries import SqlCondition
from schema.compiler import cursors
from schema.compiler.cursors import Cursor
from schema.compiler.declarations import Order
from schema.compiler.statement import Statement

Values = Sequence[SqlExpression]
"""The values of a row for each level of the order."""


class Keyset:
    """Compares rows with the cursors of one order."""

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
        return first.nullable and not any(sort.nullable for sort in rest) and not self.computed

    @property
    def is_simple(self) -> bool:
        """Whether the levels are columns in the same direction, of which only the first may be null."""
        return not self.computed and self._uniform and not any(sort.nullable for sort in self._order[1:])

    def between(
        self, values: Values, *, after: Cursor | None, before: Cursor | None, blank: bool | None
    ) -> list[SqlCondition]:
        """The conditions that a row comes after the cursor `after` and before the cursor `before`. `blank` is whether
        the first level is null in all rows, or in none: the two SELECTs of `splits`; None for other orders.
        """
        limits = ((after, True), (before, False))
        compared = self._compared if blank is None else self._compared_blank if blank else self._compared_filled
        return [compared(values, cursor, ahead=ahead) for cursor, ahead in limits if cursor is not None]

    def outside(self, values: Values, cursor: Cursor, *, ahead: bool, blank: bool | None) -> SqlCondition:
        """Whether a row does not come after (`ahead`) or before the cursor."""
        if blank is not None:
            compared = self._compared_blank if blank else self._compared_filled
            return compared(values, cursor, ahead=not ahead, or_equal=True)
        if self._compares_rows:
            return self._row_compared(values, cursor, range(len(self._order)), ahead=not ahead, or_equal=True)
        return not_(func.coalesce(self._compared(values, cursor, ahead=ahead), false()))

    def _compared_filled(self, values: Values, cursor: Cursor, *, ahead: bool, or_equal: bool = False) -> SqlCondition:
        """As `_compared`, for rows with a value in the first level. They all come before a cursor without one."""
        in_blank = self._is_blank(cursor, 0)
        compared = self._levels_compared(values, cursor, 0, ahead=ahead, or_equal=or_equal)
        return and_(not_(in_blank), compared) if ahead else or_(in_blank, compared)

    def _compared_blank(self, values: Values, cursor: Cursor, *, ahead: bool, or_equal: bool = False) -> SqlCondition:
        """As `_compared`, for rows without a value in the first level. They all come after a cursor with one."""
        in_blank = self._is_blank(cursor, 0)
        compared = self._levels_compared(values, cursor, 1, ahead=ahead, or_equal=or_equal)
        return or_(not_(in_blank), compared) if ahead else and_(in_blank, compared)

    def _levels_compared(
        self, values: Values, cursor: Cursor, first: int, *, ahead: bool, or_equal: bool
    ) -> SqlCondition:
        """Compares the levels from `first` on, none of which is null in these rows."""
        compare = self._row_compared if self._uniform else self._each_compared
        return compare(values, cursor, range(first, len(self._order)), ahead=ahead, or_equal=or_equal)

    def _compared(self, values: Values, cursor: Cursor, *, ahead: bool) -> SqlCondition:
        """Whether a row comes after (`ahead`) or before the cursor, nulls last."""
        if self._compares_rows:
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

    def _row_compared(
        self, values: Values, cursor: Cursor, levels: range, *, ahead: bool, or_equal: bool = False
    ) -> SqlCondition:
        """Compares row values, `(a, b) > (c, d)`, for which an index on the same columns can be used."""
        ours = tuple_(*(values[level] for level in levels))
        theirs = tuple_(*(self._value(cursor, level) for level in levels))
        is_greater = self._order[0].descending != ahead
        if or_equal:
            compared = ours >= theirs if is_greater else ours <= theirs
        else:
            compared = ours > theirs if is_greater else ours < theirs
        first = levels[0]
        if self._order[first].joined is None:
            return compared
        bound = self._value(cursor, first)  # by itself, because no index has columns of two tables
        return and_(values[first] >= bound if is_greater else values[first] <= bound, compared)

    def _each_compared(
        self, values: Values, cursor: Cursor, levels: range, *, ahead: bool, or_equal: bool = False
    ) -> SqlCondition:
        """Compares values that are never null, of levels with different directions. The first level is also compared by
        itself, for which an index can be used.
        """
        choices: list[SqlCondition] = []
        equal: list[SqlCondition] = []
        for level in levels:
            ours, theirs = values[level], self._value(cursor, level)
            choices.append(and_(*equal, ours > theirs if self._order[level].descending != ahead else ours < theirs))
            equal.append(ours == theirs)
        if or_equal:
            choices.append(and_(*equal))
        first, bound = values[levels[0]], self._value(cursor, levels[0])
        return and_(first >= bound if self._order[levels[0]].descending != ahead else first <= bound, or_(*choices))

    def _value(self, cursor: Cursor, level: int) -> SqlExpression:
        read, argument = self._read, cursor.argument
        return self._statement.bind(lambda text: read(text, argument)[level], cursor.given, type_=self._types[level])

    def _is_blank(self, cursor: Cursor, level: int) -> SqlCondition:
        read, argument = self._read, cursor.argument
        return self._statement.bind(lambda text: read(text, argument)[level] is None, cursor.given, type_=Boolean())

    @cached_property
    def _uniform(self) -> bool:
        return all(sort.descending == self._order[0].descending for sort in self._order)

    @cached_property
    def _compares_rows(self) -> bool:
        """Whether rows and cursors are compared as row values."""
        return self._uniform and not any(sort.nullable for sort in self._order)

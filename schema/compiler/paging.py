"""A page of rows: filtered, in an order that ends in a key, from a cursor on, forward or backward.

The planner and default execution both use it: the one builds JSON around it, the other reads its rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Integer, func, literal_column, null, or_, select, union, union_all

from persistence.sql.conditions import IsInRows
from persistence.sql.constructs import NumberOfRows
from persistence.sql.sorted_rows import SortedRows
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import Alternatives, SqlCondition
from schema.compiler import cursors
from schema.compiler.cursors import Cursor
from schema.compiler.declarations import Entity, Order
from schema.compiler.errors import BadUserInput
from schema.compiler.keyset import Keyset
from schema.compiler.order_indexes import begins_an_index, is_sorted_within_an_index
from schema.compiler.statement import Row, Statement
from schema.compiler.values import Placeholder

ALL_COLUMNS: SqlExpression = literal_column("*")
MAX_SIZE, DEFAULT_SIZE = 100, 20
MAX_LEVELS = 2


Size: TypeAlias = int | Placeholder | None


class Part(NamedTuple):
    """A part of a list that can be read with an index: a row, and the conditions on it. `blank` is True if the first
    level of the order is null in all of its rows, False if it is null in none; None if that is not known.
    """

    row: Row
    conditions: Sequence[SqlCondition]
    blank: bool | None


@dataclass(frozen=True)
class PageArguments:
    """The paging arguments of a connection: constants or placeholders."""

    first: Size = None
    last: Size = None
    after: Cursor | None = None
    before: Cursor | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None:
            raise BadUserInput("Give `first` or `last`, not both.")
        for name, size in (("first", self.first), ("last", self.last)):
            if size is not None and not isinstance(size, Placeholder):
                checked_size(size, name)

    @property
    def backward(self) -> bool:
        return self.last is not None

    @property
    def size(self) -> int | Placeholder:
        given = self.last if self.backward else self.first
        return DEFAULT_SIZE if given is None else given

    @property
    def known_size(self) -> int:
        """The size, where no argument is a placeholder."""
        assert isinstance(self.size, int)
        return self.checked(self.size)

    def checked(self, size: int) -> int:
        """A size of these arguments if it is within bounds; else raises BadUserInput."""
        return checked_size(size, "last" if self.backward else "first")


def checked_size(size: int, argument: str) -> int:
    """The size in an argument, `first` or `last`, if it is within bounds; else raises BadUserInput."""
    if not 0 <= size <= MAX_SIZE:
        further = "before" if argument == "last" else "after"
        raise BadUserInput(
            f"`{argument}` is 0 to {MAX_SIZE} rows; {size:,} were requested. Read further pages with `{further}`."
        )
    return size


class Page:
    """Builds the statement of one page. Other code reads columns of `row` first, then calls `select`."""

    arguments_type: ClassVar[type[PageArguments]] = PageArguments
    parts_are_sorted = True
    """Whether each part of the statement is sorted, which it must be if its rows are limited."""

    def __init__(
        self,
        statement: Statement,
        entity: Entity,
        order: Order,
        names: Sequence[str],
        arguments: PageArguments,
        conditions: Callable[[Row], Alternatives],
        *,
        of_whole_table: bool,
        counted: Callable[[Row], Alternatives],
    ) -> None:
        """`conditions` are those of a row to belong to the list; `counted` are equal ones for the total."""
        self.statement = statement
        self.entity = entity
        self.arguments = arguments
        self.conditions, self._counted = conditions, counted
        self.order = order
        self.row = statement.row(entity.table)
        probe = statement.row(entity.table)
        types = [sort.expression(probe, statement).type for sort in order]
        self.tag = cursors.tag(entity.name, names)
        self._of_whole_table = of_whole_table
        self._of_own_rows = of_whole_table and bool(statement.own_rows(entity.table))
        self._types = types
        self._keyset = Keyset(statement, self.tag, order, types)

    def select(self, *, lookahead: bool) -> FromClause:
        """The rows under the name of `self.row`, in the order that clients see. Call it last: it selects the columns
        that were read of `self.row`.

        With `lookahead` it has one row more than the page, if there is one: the last, or the first of a page that is
        read backward.
        """
        limit = self.size(1 if lookahead else 0)
        branches = [self._branch(part, limit) for part in self._parts()]
        chosen: SqlQuery = branches[0]
        if len(branches) > 1:
            combine = union if self._of_own_rows else union_all
            every = combine(
                *(select(ALL_COLUMNS).select_from(branch.alias(self.statement.name())) for branch in branches)
            )
            merged = select(ALL_COLUMNS).select_from(every.alias(self.statement.name()))
            chosen = merged.order_by(*self._outer_order(backward=self.arguments.backward)).limit(limit)
        if self.arguments.backward:
            chosen = select(ALL_COLUMNS).select_from(chosen.alias(self.statement.name()))
            chosen = chosen.order_by(*self._outer_order(backward=False))
        return chosen.alias(self.row.alias)

    def size(self, more: int = 0) -> ColumnElement[int]:
        """The maximum number of rows of the page, plus `more`."""
        size = self.arguments.size
        if isinstance(size, Placeholder):
            return self.statement.bind(lambda given: self.arguments.checked(given) + more, size, type_=Integer())
        return literal_column(str(self.arguments.checked(size) + more), Integer())

    def client_order(self) -> list[SqlExpression]:
        """The order that clients see, for aggregates over the rows."""
        return self._outer_order(backward=False, alias=self.row.alias)

    def sorted_rows(self) -> SortedRows:
        """The rows that `select` reads, for aggregate functions."""
        return SortedRows(self.statement.name(), self.client_order())

    def cursor_values(self) -> list[SqlExpression]:
        """The values of the order for a row, which its cursor holds."""
        return [literal_column(f"{self.row.alias}.s{level}", type_) for level, type_ in enumerate(self._types)]

    def count(self) -> ColumnElement[int]:
        """The number of rows of the whole list, before and after the page too."""
        counts: list[ColumnElement[int]] = []
        for row, own in self._visible_rows(self._counted):
            is_of_all = not own and self.entity.key
            number = NumberOfRows(row.c[self.entity.key[0]]) if is_of_all else func.count()
            found = select(number).select_from(row.source).where(*own)
            counts.append(found.scalar_subquery())
        total = counts[0]
        for count in counts[1:]:
            total = total + count
        return total

    def has_rows_outside(self, cursor: Cursor, *, ahead: bool) -> SqlCondition:
        """Whether the list has rows outside of what a cursor selects: at or before the cursor `after` (`ahead`), at or
        after the cursor `before`.

        The nearest one is looked up in the order of the list, if an index can have it. Without an order, a database
        expects such rows everywhere, and reads all rows inside until it meets the first one outside.
        """
        found: list[SqlCondition] = []
        for row, own, blank in self._parts():
            source, conditions, values = self._with_levels(row, own, blank=blank)
            outside = self._keyset.outside(values, cursor, ahead=ahead, blank=blank)
            rows: SqlQuery = select(literal_column("1")).select_from(source).where(*conditions, outside)
            if self._keyset.is_simple and begins_an_index(self.entity.table, self.order):
                nearest = rows.order_by(*self._order_of(values, blank, backward=ahead)).limit(literal_column("1"))
                found.append(nearest.scalar_subquery().is_not(None))
            else:
                found.append(rows.exists())
        return or_(*found)

    def _parts(self) -> list[Part]:
        """The parts of the list, each of which can use an index: one for each alternative to belong; two if the first
        level may be null, one with values and one with nulls.
        """
        parts: list[Part] = []
        for row, conditions in self._rows():
            if not self._keyset.splits:
                parts.append(Part(row, conditions, blank=None))
                continue
            joined = self.order[0].joined
            leading = row.c[joined.local] if joined else self.order[0].expression(row, self.statement)
            parts.append(Part(row, (*conditions, leading.is_not(None)), blank=False))
            parts.append(Part(row, (*conditions, leading.is_(None)), blank=True))
        return parts

    def _rows(self) -> list[tuple[Row, Sequence[SqlCondition]]]:
        """A row for each alternative to belong, and its conditions. In a list of all own rows of the viewer, a row for
        each way to own it, because each way has an index; a row may then be found twice.
        """
        return self._own_rows() if self._of_own_rows else self._visible_rows(self.conditions)

    def _own_rows(self) -> list[tuple[Row, Sequence[SqlCondition]]]:
        rows: list[tuple[Row, Sequence[SqlCondition]]] = []
        index, alternatives = 0, 1
        while index < alternatives:
            for row, is_own in self.statement.own_rows(self.entity.table):
                found = self.conditions(row)
                alternatives = len(found)
                rows.append((row, [is_own, *found[index]]))
            index += 1
        return rows

    def _visible_rows(self, conditions: Callable[[Row], Alternatives]) -> list[tuple[Row, Sequence[SqlCondition]]]:
        row, visible = self._row()
        first, *others = conditions(row)
        rows: list[tuple[Row, Sequence[SqlCondition]]] = [(row, [*first, *visible])]
        for index, _ in enumerate(others, 1):
            row, visible = self._row()
            rows.append((row, [*conditions(row)[index], *visible]))
        return rows

    def _row(self) -> tuple[Row, Sequence[SqlCondition]]:
        table = self.entity.table
        return (self.statement.row(table), ()) if self._of_whole_table else self.statement.row_of_parent(table)

    def _branch(self, part: Part, limit: ColumnElement[int]) -> SqlQuery:
        row, own, blank = part
        source, conditions, values = self._with_levels(row, own, blank=blank)
        columns = [ALL_COLUMNS] if self._keyset.computed else self._columns(row, values)
        limits = self._keyset.between(values, after=self.arguments.after, before=self.arguments.before, blank=blank)
        rows: SqlQuery = select(*columns).select_from(source).where(*conditions, *limits).limit(limit)
        if not self.parts_are_sorted:
            return rows
        order = self._order_of(values, blank, backward=self.arguments.backward)
        if blank or not self._reads_keys_first():
            return rows.order_by(*order)
        key = row.c[self.entity.key[-1]]
        keys = select(key).select_from(source).where(*conditions, *limits).order_by(*order).limit(limit)
        chosen: SqlQuery = select(*columns).select_from(row.source).where(IsInRows(key, keys.scalar_subquery()))
        return chosen.order_by(*order)

    def _reads_keys_first(self) -> bool:
        """Whether the keys of the page are read from an index first, and then its rows: for all rows of a table."""
        return (
            self._of_whole_table
            and self._keyset.splits
            and is_sorted_within_an_index(self.entity.table, self.order, uniform=self._keyset.is_simple)
        )

    def _order_of(self, values: Sequence[SqlExpression], blank: bool | None, *, backward: bool) -> list[SqlExpression]:
        """The order of the rows of a part, nulls last; the other way round if it is read backward. A first level that
        is null in all rows is left out: PostgreSQL would sort by it, instead of reading an index of the next one.
        """
        order: list[SqlExpression] = []
        for sort, value in list(zip(self.order, values, strict=True))[1 if blank else 0 :]:
            if sort.nullable and not self._keyset.splits:
                null = value.is_(None).cast(Integer)
                order.append(null.desc() if backward else null)
            order.append(value.desc() if sort.descending != backward else value)
        return order

    def _with_levels(
        self, row: Row, own: Sequence[SqlCondition], *, blank: bool | None = None
    ) -> tuple[FromClause, Sequence[SqlCondition], Sequence[SqlExpression]]:
        """The source of the rows, the remaining conditions, and the values of the levels of the order. Computed values
        come from a subquery with OFFSET 0, because both databases would otherwise compute them again for each
        comparison and sort. `blank` is that of `Part`.
        """
        source, values = row.source, []
        for level, sort in enumerate(self.order):
            if sort.joined is None:
                values.append(sort.expression(row, self.statement))
            elif level == 0 and blank:
                values.append(null().cast(self._types[0]))
            else:
                source, value = sort.joined.join(row, source, self.statement, outer=level > 0 or blank is None)
                values.append(value)
        if not self._keyset.computed:
            return source, own, values
        for level, sort in enumerate(self.order):
            if sort.stored is not None and self._of_whole_table and not self.statement.own_only:
                source, values[level] = sort.stored(row, source, self.statement)
        once = select(*self._columns(row, values)).select_from(source).where(*own)
        name = self.statement.name()
        levels = [literal_column(f"{name}.s{level}", type_) for level, type_ in enumerate(self._types)]
        return once.offset(literal_column("0")).alias(name), [], levels

    def _columns(self, row: Row, values: Sequence[SqlExpression]) -> list[SqlExpression]:
        columns = [row.c[name].label(name) for name in self.row.c.used]
        return [*columns, *(value.label(f"s{level}") for level, value in enumerate(values))]

    def _outer_order(self, *, backward: bool, alias: str | None = None) -> list[SqlExpression]:
        order: list[SqlExpression] = []
        for level, sort in enumerate(self.order):
            value = literal_column(f"{alias}.s{level}" if alias else f"s{level}", self._types[level])
            if sort.nullable:
                null = value.is_(None).cast(Integer)
                order.append(null.desc() if backward else null)
            order.append(value.desc() if sort.descending != backward else value)
        return order

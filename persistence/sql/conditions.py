"""Conditions and values that the dialects write differently. A list is sent as one parameter."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Boolean, ColumnElement, Date, Integer, Unicode, bindparam, literal
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator

from persistence.dialects import dialect_of
from persistence.dialects.sql_writer import SqlWriter
from persistence.sql.constructs import CachedConstruct, Compilation, Construct
from persistence.sql_types import SqlExpression, SqlType

T = TypeVar("T")

EVERYTHING = ["%"]
"""A list of patterns that matches every text."""

MAX_PATTERN_LENGTH = 5_000
"""Characters, more than any stored text has. SQLite takes patterns of at most 50,000 bytes."""


class ListParameter(TypeDecorator[Sequence[Any]]):
    """A list of values of one type as one parameter."""

    impl = Unicode
    cache_ok = True

    def __init__(self, item: SqlType) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> SqlType:
        return dialect_of(dialect).types.list_type(self.item, dialect)

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> object:
        return None if value is None else dialect_of(dialect).types.list_parameter(value, self.item, dialect)


class Condition(Construct[bool]):
    """A condition, which is true, false or unknown in SQL."""

    type = Boolean()

    def self_group(self, against: object = None) -> "Condition":
        """The condition itself. SQLAlchemy would write `= 1` after it for SQLite, which then searches no index."""
        return self


class CachedCondition(CachedConstruct[bool]):
    """A condition whose operands are SQL expressions only."""

    type = Boolean()

    def self_group(self, against: object = None) -> "CachedCondition":
        """The condition itself, for the same reason as `Condition.self_group`."""
        return self


class _Condition(Condition):
    def __init__(self, value: SqlExpression, operand: SqlExpression) -> None:
        self.value, self.operand = value, operand


class IsIn(CachedCondition):
    """The value is in a list parameter (`ListParameter`); false for an empty list."""

    def __init__(self, value: SqlExpression, operand: SqlExpression) -> None:
        super().__init__(value, operand)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.is_in(*map(compiled, self.clauses))


def among(column: ColumnElement[T], values: Sequence[T]) -> ColumnElement[bool]:
    """The column has one of these values. However many, they are sent as one parameter."""
    return IsIn(column, bindparam(None, list(values), type_=ListParameter(column.type), unique=True))


class IsInRows(CachedCondition):
    """The value is one that a subquery selects. For conditions that an index of the value is to be searched with."""

    def __init__(self, value: SqlExpression, rows: SqlExpression) -> None:
        super().__init__(value, rows)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.is_in_rows(*map(compiled, self.clauses))


class BetweenFewRows(CachedCondition):
    """A hint for planning: the value is between two others, as other conditions ensure, and few rows are. Without it, a
    database that does not know the two values would expect many rows.
    """

    def __init__(self, value: SqlExpression, low: SqlExpression, high: SqlExpression) -> None:
        super().__init__(value, low, high)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.between_few_rows(*map(compiled, self.clauses))


class _WithHint(CachedCondition):
    """A condition with a hint on how many rows meet it, for databases that need one."""

    few: ClassVar[bool]

    def __init__(self, condition: SqlExpression) -> None:
        super().__init__(condition)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        (condition,) = self.clauses
        return writer.with_hint(compiled(condition), few=self.few)


class MeetsFew(_WithHint):
    """A condition that few rows meet."""

    few = True


class MeetsMost(_WithHint):
    """A condition that nearly all rows meet."""

    few = False


class ReadsTable(CachedCondition):
    """True for all rows, and makes PostgreSQL read them from the table in one pass. Otherwise it reads an index that
    has all columns, in the order of the index, and looks up for each row whether its page is visible to all.
    """

    def __init__(self, value: SqlExpression) -> None:
        super().__init__(value)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.reads_table(*map(compiled, self.clauses))


class OrdersRows(CachedCondition):
    """A HAVING that is true for all groups, and makes PostgreSQL sort the rows to group them. Otherwise it fills a hash
    table. If there are nearly as many groups as rows, it writes most of that to files and sorts the groups afterwards.
    """

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        """An aggregate of no rows, for which PostgreSQL expects 8,000 bytes in each group."""
        of_no_rows = "min(CAST('' AS character(8000))) FILTER (WHERE false)"
        return "1" if writer.groups_by_sorting else f"coalesce({of_no_rows}, '') IS NOT NULL"


class ReadsInParallel(CachedCondition):
    """True for all rows of a number, and makes PostgreSQL read and sort the rows in several processes: it expects each
    row to take long. Otherwise, for many rows that one process adds up afterwards, it expects to save less time than
    it takes to pass the rows on.
    """

    def __init__(self, number: SqlExpression) -> None:
        super().__init__(number)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        """The second condition is never evaluated. PostgreSQL thinks that `to_tsvector` takes as long as 100 others."""
        (number,) = map(compiled, self.clauses)
        slow = "" if writer.groups_by_sorting else f" OR to_tsvector('simple', {number}::text) IS NULL"
        return f"({number} >= 0{slow})"


class IsLike(_Condition):
    """The value matches one LIKE pattern, with `\\` as escape."""

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.is_like(compiled(self.value), compiled(self.operand))


class IsLikeAny(_Condition):
    """The value matches one of the LIKE patterns of a list parameter, with `\\` as escape."""

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.is_like_any(compiled(self.value), compiled(self.operand))


class IsLikeAll(_Condition):
    """The value matches every LIKE pattern of a list parameter, with `\\` as escape."""

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.is_like_all(compiled(self.value), compiled(self.operand))


def like_pattern(text: str, *, anywhere: bool) -> str:
    """A LIKE pattern that finds folded text at the beginning, or `anywhere`. Its own wildcards are taken literally.

    Text that is longer than any stored text is cut: it is still too long to be found.
    """
    escaped = text[:MAX_PATTERN_LENGTH].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if anywhere else f"{escaped}%"


class Bracketed(Condition):
    """A condition in brackets of its own, where SQLAlchemy would write an `AND` in an `AND` without."""

    def __init__(self, condition: ColumnElement[bool]) -> None:
        self.condition = condition

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return f"({compiled(self.condition)})"


class IsNotTrue(Bracketed):
    """A condition does not hold: it is false or unknown."""

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return f"({compiled(self.condition)}) IS NOT TRUE"


class NotJoined(Bracketed):
    """A condition that reads other tables. PostgreSQL plans it by itself, instead of as one more table to join: it
    plans ten joins in milliseconds, forty in minutes. SQLAlchemy knows the operand, and caches the compiled statement.
    """

    _traverse_internals = [("condition", InternalTraversal.dp_clauseelement)]

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return f"({compiled(self.condition)}) IS TRUE"


class Repeated(Construct[T]):
    """A value that stands in a statement many times: it is compiled once, and its SQL is repeated."""

    def __init__(self, value: ColumnElement[T]) -> None:
        self.value, self.type = value, value.type

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return compiled.once(self, lambda: f"({compiled(self.value)})")


class DateInZone(Construct[dt.date]):
    """The date in a time zone: that of UTC, the next day in the zones `ahead`, the day before in the zones `behind`.

    The names of zones are separated by spaces.
    """

    type = Date()

    def __init__(
        self,
        zone: ColumnElement[str],
        date: ColumnElement[dt.date],
        ahead: ColumnElement[str],
        behind: ColumnElement[str],
    ) -> None:
        self.zone, self.date, self.ahead, self.behind = zone, date, ahead, behind

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.date_in_zone(
            compiled(self.zone), compiled(self.date), compiled(self.ahead), compiled(self.behind)
        )


class DayOfWeek(Construct[int]):
    """The day of the week of a date: 1 = Monday … 7 = Sunday."""

    type = Integer()

    def __init__(self, date: SqlExpression) -> None:
        self.date = date

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.day_of_week(compiled(self.date))


class HourOfDay(Construct[int]):
    """The hour of a time of day: 0 to 23."""

    type = Integer()

    def __init__(self, time: SqlExpression) -> None:
        self.time = time

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.hour_of_day(compiled(self.time))


class HourText(CachedConstruct[str]):
    """The hour of a time of day as text: 00 to 23."""

    type = Unicode()

    def __init__(self, time: SqlExpression) -> None:
        super().__init__(time)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.hour_text(*map(compiled, self.clauses))


class Moment(CachedConstruct[str]):
    """A time of a date, to compare with other moments. `DaysAfter` has its date."""

    type = Unicode()

    def __init__(self, date: SqlExpression, time: SqlExpression) -> None:
        super().__init__(date, time)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.moment(*map(compiled, self.clauses))


class DaysAfter(CachedConstruct[dt.date]):
    """The date that many days after a date or a `Moment`."""

    type = Date()

    def __init__(self, date: SqlExpression, days: int | SqlExpression) -> None:
        super().__init__(date, literal(days, Integer()) if isinstance(days, int) else days)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.days_after(*map(compiled, self.clauses))

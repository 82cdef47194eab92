"""Calendar units in SQL: the day, week, month, quarter or year that contains a date.

Results before the year 1 or after the year 9999 are replaced with the first or last day of the calendar.
"""

import datetime as dt
from typing import TypeVar

from sqlalchemy import Date, Integer, Unicode, literal_column

from persistence.dialects.sql_writer import SqlWriter
from persistence.sql.constructs import CachedConstruct, Compilation, Construct
from persistence.sql_types import SqlExpression

T = TypeVar("T")

MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
"""The months of each unit that consists of months."""


class _OfUnit(CachedConstruct[dt.date]):
    type = Date()

    def __init__(self, unit: str, date: SqlExpression, first_day_of_week: SqlExpression) -> None:
        """The unit is an operand, so that SQLAlchemy tells statements with different units apart."""
        super().__init__(literal_column(f"'{unit}'"), date, first_day_of_week)
        self.unit = unit


class FirstDayOf(_OfUnit):
    """The first day of the unit (`DAY` to `YEAR`) that contains a date. Weeks begin on `first_day_of_week`, where 1 is
    Monday.
    """

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        _, date, first_day_of_week = self.clauses
        if self.unit == "DAY":
            return compiled(date)
        if self.unit == "WEEK":
            return writer.first_day_of_week(compiled(date), compiled(first_day_of_week))
        return writer.first_day_of_months(compiled(date), MONTHS[self.unit])


class _OfMonths(CachedConstruct[T]):
    def __init__(self, unit: str, *operands: SqlExpression) -> None:
        """The unit is an operand, so that SQLAlchemy tells statements with different units apart."""
        super().__init__(literal_column(f"'{unit}'"), *operands)
        self.months = MONTHS[unit]


class KeyOfMonths(_OfMonths[int]):
    """The `MONTH`, `QUARTER` or `YEAR` of a date as a value to group many rows by, or the one that many years later.
    `FirstDayOfKey` makes a date of it.
    """

    type = Integer()

    def __init__(self, unit: str, date: SqlExpression, years: SqlExpression | None = None) -> None:
        super().__init__(unit, date, *([] if years is None else [years]))

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        _, date, *years = map(compiled, self.clauses)
        return writer.key_of_months(date, self.months, *years)


class FirstDayOfKey(_OfMonths[dt.date]):
    """The first day of the unit with a key of `KeyOfMonths`."""

    type = Date()

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        _, key = map(compiled, self.clauses)
        return writer.first_day_of_key(key, self.months)


class KeyOfWeek(CachedConstruct[int]):
    """The week of a date as a value to group many rows by. Weeks begin on `first_day_of_week`, where 1 is Monday.
    `FirstDayOfWeek` makes a date of it.
    """

    type = Integer()

    def __init__(self, date: SqlExpression, first_day_of_week: SqlExpression) -> None:
        super().__init__(date, first_day_of_week)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.key_of_week(*map(compiled, self.clauses))


class FirstDayOfWeek(CachedConstruct[dt.date]):
    """The first day of the week with a key of `KeyOfWeek`."""

    type = Date()

    def __init__(self, key: SqlExpression, first_day_of_week: SqlExpression) -> None:
        super().__init__(key, first_day_of_week)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.first_day_of_week_key(*map(compiled, self.clauses))


class LastDayOf(_OfUnit):
    """The last day of the unit that begins on a date."""

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        _, date, first_day_of_week = self.clauses
        if self.unit == "DAY":
            return compiled(date)
        if self.unit == "WEEK":
            return writer.last_day_of_week(compiled(date), compiled(first_day_of_week))
        return writer.last_day_of_months(compiled(date), MONTHS[self.unit])


class Ordinal(CachedConstruct[int]):
    """The number of the day of a date or of a `Moment`, counted from 1 for 0001-01-01."""

    type = Integer()

    def __init__(self, date: SqlExpression) -> None:
        super().__init__(date)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.ordinal(*map(compiled, self.clauses))


class YearLater(Construct[dt.date]):
    """The same day of the next year; for 29 February the 28th."""

    type = Date()

    def __init__(self, date: SqlExpression) -> None:
        self.date = date

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.year_later(compiled(self.date))


class Within(Construct[dt.date]):
    """A date, or the first or last day of a range if it is outside the range."""

    type = Date()

    def __init__(self, date: SqlExpression, first: SqlExpression, last: SqlExpression) -> None:
        self.date, self.first, self.last = date, first, last

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.within(compiled(self.date), compiled(self.first), compiled(self.last))


class PartOfDate(Construct[int]):
    """The `year`, the `month` or the `day` of the month."""

    type = Integer()

    def __init__(self, part: str, date: SqlExpression) -> None:
        self.part, self.date = part, date

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.part_of_date(self.part, compiled(self.date))


class IsoDate(Construct[str]):
    """A date as text: `2026-03-18`."""

    type = Unicode()

    def __init__(self, date: SqlExpression) -> None:
        self.date = date

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.iso_date(compiled(self.date))

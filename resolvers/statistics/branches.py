"""Which entries figures are of: those of the days of the filter, and those of earlier days to compare with."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import not_

from persistence.sql.conditions import DaysAfter, IsIn
from persistence.sql.dates import YearLater
from persistence.sql_types import SqlExpression
from resolvers.queries import SqlCondition, TableRow
from resolvers.statistics.periods import EarlierDays
from resolvers.statistics.queries import ONE
from resolvers.statistics.stored import Passes
from resolvers.statistics.unit_sums import DayRange


@dataclass(frozen=True)
class Branch:
    """Some of the entries: the day on which one counts, and the conditions on its own day."""

    day: Callable[[TableRow], SqlExpression]
    conditions: Callable[[TableRow], list[SqlCondition]]
    earlier: bool = False
    range: DayRange | None = None
    """The days on which the entries were; None for those of the filter."""
    years: SqlExpression | None = None
    """The number of years between the two days, if these are whole years; None if they are not."""


ON_OWN_DAYS = Branch(lambda entry: entry.c.date, lambda _: [])


@dataclass(frozen=True)
class Earlier:
    """The earlier days to compare with, and the conditions on their entries beside the first and the last day."""

    days: EarlierDays
    passes: Passes

    def branches(self) -> list[Branch]:
        """The entries of the earlier days; and second, if there may be days that count twice, the entries of these on
        the other day.
        """
        days = self.days
        first, last = days.ends()
        years = ONE if days.are_of_year_before else None

        def between(entry: TableRow) -> list[SqlCondition]:
            others = [not_(between_units(entry.c.date))] if days.has_days_between_units else []
            return [entry.c.date.between(first, last), *others]

        def between_units(day: SqlExpression) -> SqlCondition:
            return IsIn(day, days.days_between_units())

        excluded = between_units if days.has_days_between_units else None
        whole = days.are_whole_months
        range_ = DayRange(days.bind, has_first=True, has_last=True, excluded=excluded, are_whole_months=whole)
        moved = Branch(lambda entry: days.moved(entry.c.date), between, earlier=True, range=range_, years=years)
        leap_day = Branch(
            lambda entry: DaysAfter(YearLater(entry.c.date), 1),
            lambda entry: [IsIn(entry.c.date, days.double_days())],
            earlier=True,
            years=years,
        )
        return [moved, leap_day] if days.has_double_days else [moved]

"""Which entries figures are of: those of the days of the filter, and those of earlier days to compare with."""

from collections.abc import Callable
from dataclasses import dataclass

from persistence.sql_types import SqlExpression
from resolvers.queries import SqlCondition, TableRow
from resolvers.statistics.periods import EarlierDays
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


ON_OWN_DAYS = Branch(lambda entry: entry.c.date, lambda _: [])


@dataclass(frozen=True)
class Earlier:
    """The earlier days to compare with, and the conditions on their entries beside the first and the last day."""

    days: EarlierDays
    passes: Passes

"""Units of time as bits of a number, so that a contact has one row for many units instead of one for each.

Where a database has no `bit_or`, a row has one unit: its block is the unit itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Date, FromClause, Integer, Subquery, func, literal_column, select, true

from persistence.sql.conditions import DayOfWeek, DaysAfter, HourOfDay
from persistence.sql.constructs import WithBits
from persistence.sql.dates import MONTHS, FirstDayOf, Ordinal, PartOfDate
from persistence.sql_types import SqlExpression
from resolvers.date_ranges import DateUnit
from resolvers.queries import SqlBuilder, SqlCondition, integer
from resolvers.statistics.derived import DerivedColumns
from resolvers.statistics.groupings import ByDayOfWeek, ByHourOfDay, ByUnit, EntryOf, Grouping, first_day_of_week

WEEKS_IN_BLOCK = 60
"""Each week is one bit of a number of 64 bits, of which one is the sign: at most 63 weeks."""

BLOCK, BITS = "block", "bits"
"""The columns of a row that stands for several units: the block that they are in, such as a year, and a number with one
bit for each of them.
"""


@dataclass(frozen=True)
class Units:
    """Units of time of which few make up a block, as the 12 months of a year do."""

    number: int
    """How many units a block has."""
    block: Callable[[EntryOf], SqlExpression]
    """The block of an entry."""
    place: Callable[[EntryOf], SqlExpression]
    """The place of the unit of an entry in its block, from 0."""
    unit: Callable[[SqlExpression, SqlExpression], SqlExpression]
    """The unit of a block and a place."""
    has_years: bool = False
    """Whether a block is about a year long; otherwise the whole log is one block."""


class UnitBits:
    """The units of one of the groupings as bits."""

    def __init__(self, grouping: Grouping, units: Units, sql: SqlBuilder) -> None:
        self.grouping, self._units, self._sql = grouping, units, sql
        place = WithBits(func.generate_series(integer(0), integer(units.number - 1), type_=Integer()), integer(0))
        self._places: Subquery = select(place.label("place")).subquery("units")

    def block(self, entry: EntryOf) -> SqlExpression:
        """The value by which entries are grouped: the block of the unit, or without `bit_or` the unit itself."""
        unit = self.grouping.first(entry, self._sql, final=True)[self.grouping.final_column]
        return WithBits(self._units.block(entry), unit)

    def bits(self, entry: EntryOf) -> SqlExpression:
        """A number with one bit for each unit in which a row has entries; 1 without `bit_or`."""
        return WithBits(func.bit_or(_bit(self._units.place(entry)), type_=BigInteger()), integer(1))

    def join(self, source: FromClause, row: DerivedColumns) -> FromClause:
        """The rows, each repeated for each of its units."""
        has_unit: SqlCondition = row[BITS].bitwise_and(_bit(self._places.c.place)) != integer(0)
        return source.join(self._places, WithBits(has_unit, true()))

    def key(self, row: DerivedColumns) -> SqlExpression:
        """The unit of a row that `join` repeats."""
        own = self.grouping.of_final(row[BLOCK], self._sql)
        return WithBits(self._units.unit(row[BLOCK], self._places.c.place), own)

    def grouped_by(self, row: DerivedColumns, own_place: SqlExpression) -> SqlExpression:
        """What to group the repeated rows by: the unit, which is at this place of the SELECT; without `bit_or` the
        block, which is the unit itself.
        """
        return WithBits(own_place, row[BLOCK])


def unit_bits(groupings: Sequence[Grouping], sql: SqlBuilder) -> UnitBits | None:
    """The units of the first grouping whose units can be bits; None if there is none. Weeks, months and quarters are
    bits only if each contact is in one group of the other groupings. Otherwise a contact has hardly more than one such
    unit in a year and group, so that bits would save no rows.
    """
    for grouping in groupings:
        units = _units_of(grouping, sql)
        others = (each for each in groupings if each is not grouping)
        if units is not None and (not units.has_years or all(each.one_group_per_contact for each in others)):
            return UnitBits(grouping, units, sql)
    return None


def _units_of(grouping: Grouping, sql: SqlBuilder) -> Units | None:
    if isinstance(grouping, ByUnit) and grouping.unit in (DateUnit.MONTH, DateUnit.QUARTER):
        return _of_year(grouping.unit)
    if isinstance(grouping, ByUnit) and grouping.unit is DateUnit.WEEK:
        return _of_weeks(first_day_of_week(sql))
    one_block = integer(0)
    if isinstance(grouping, ByHourOfDay):
        return Units(
            24, lambda _: one_block, lambda entry: HourOfDay(entry.c.time_of_interaction), lambda _, hour: hour
        )
    if isinstance(grouping, ByDayOfWeek):
        one = integer(1)
        return Units(7, lambda _: one_block, lambda entry: DayOfWeek(entry.own_day) - one, lambda _, place: place + one)
    return None


def _of_year(unit: DateUnit) -> Units:
    months, first_day_of_week = MONTHS[unit.value], integer(1)  # no unit depends on the week

    def first_day(year: SqlExpression, place: SqlExpression) -> SqlExpression:
        """The first day of the unit of a day that is in it: `place` times 31 days after 1 January, or times 93 days for
        quarters. That is late enough, because no month or quarter is longer; and early enough, because it is 7 or
        8 December for the last month, and 6 or 7 October for the last quarter.
        """
        return FirstDayOf(unit, DaysAfter(year, place * integer(31 * months)), first_day_of_week)

    return Units(
        12 // months,
        lambda entry: FirstDayOf(DateUnit.YEAR, entry.day, first_day_of_week),
        lambda entry: (PartOfDate("month", entry.day) - integer(1)) // integer(months),
        first_day,
        has_years=True,
    )


def _of_weeks(starts: SqlExpression) -> Units:
    """Weeks have numbers: that with 0001-01-01 has 0, or 1 if weeks begin on Monday. `starts` is the first day of the
    week, 1 = Monday.
    """
    in_block, days, shift = integer(WEEKS_IN_BLOCK), integer(7), integer(7) - starts
    first_of_all = literal_column("'0001-01-01'", Date())

    def number(entry: EntryOf) -> SqlExpression:
        return (Ordinal(entry.day) + shift) // days

    def first_day(block: SqlExpression, place: SqlExpression) -> SqlExpression:
        """The first day of a week, from its last day, which the calendar has even if the week begins before it."""
        last_day = DaysAfter(first_of_all, (block * in_block + place) * days + integer(5) - shift)
        return FirstDayOf(DateUnit.WEEK, last_day, starts)

    return Units(
        WEEKS_IN_BLOCK,
        lambda entry: number(entry) // in_block,
        lambda entry: number(entry) % in_block,
        first_day,
        has_years=True,
    )


def _bit(place: SqlExpression) -> SqlExpression:
    return integer(1).cast(BigInteger).bitwise_lshift(place)

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
from resolvers.queries import SqlBuilder, SqlCondition
from resolvers.statistics.derived import DerivedColumns
from resolvers.statistics.groupings import ByDayOfWeek, ByHourOfDay, ByUnit, EntryOf, Grouping, first_day_of_week

WEEKS_IN_BLOCK = 60
"""As many as a number of 64 bits has places for, rounded down."""

BLOCK, BITS = "block", "bits"
"""The columns of rows with several units: their block, such as a year, and one bit for each of them."""


@dataclass(frozen=True)
class Units:
    """Units of time of which few make up a block, as the months of a year do: how many these are; the block of an
    entry, and the place of its unit in this block, from 0; and the unit at a place in a block.
    """

    number: int
    block: Callable[[EntryOf], SqlExpression]
    place: Callable[[EntryOf], SqlExpression]
    unit: Callable[[SqlExpression, SqlExpression], SqlExpression]
    has_years: bool = False
    """Whether a block is about a year long, and not the whole log."""


class UnitBits:
    """The units of one of the groupings as bits."""

    def __init__(self, grouping: Grouping, units: Units, sql: SqlBuilder) -> None:
        self.grouping, self._units, self._sql = grouping, units, sql
        place = WithBits(func.generate_series(_number(0), _number(units.number - 1), type_=Integer()), _number(0))
        self._places: Subquery = select(place.label("place")).subquery("units")

    def block(self, entry: EntryOf) -> SqlExpression:
        """The value by which entries are grouped: the block of the unit, or without `bit_or` the unit itself."""
        unit = self.grouping.first(entry, self._sql, final=True)[self.grouping.final_column]
        return WithBits(self._units.block(entry), unit)

    def bits(self, entry: EntryOf) -> SqlExpression:
        """The units of the entries of a row."""
        return WithBits(func.bit_or(_bit(self._units.place(entry)), type_=BigInteger()), _number(1))

    def join(self, source: FromClause, row: DerivedColumns) -> FromClause:
        """The rows, each repeated for each of its units."""
        has_unit: SqlCondition = row[BITS].bitwise_and(_bit(self._places.c.place)) != _number(0)
        return source.join(self._places, WithBits(has_unit, true()))

    def key(self, row: DerivedColumns) -> SqlExpression:
        """The unit of a row that `join` repeats."""
        own = self.grouping.of_final(row[BLOCK])
        return WithBits(self._units.unit(row[BLOCK], self._places.c.place), own)

    def grouped_by(self, row: DerivedColumns, own_place: SqlExpression) -> SqlExpression:
        """What to group these rows by: the unit, which is at this place of the SELECT, or its block."""
        return WithBits(own_place, row[BLOCK])


def unit_bits(groupings: Sequence[Grouping], sql: SqlBuilder) -> UnitBits | None:
    """The units of the first grouping that has few in a block. Units of a year only if a contact has one group of all
    other groupings: otherwise it has hardly more than one unit in a year and group.
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
    one_block = _number(0)
    if isinstance(grouping, ByHourOfDay):
        return Units(
            24, lambda _: one_block, lambda entry: HourOfDay(entry.c.time_of_interaction), lambda _, hour: hour
        )
    if isinstance(grouping, ByDayOfWeek):
        one = _number(1)
        return Units(7, lambda _: one_block, lambda entry: DayOfWeek(entry.own_day) - one, lambda _, place: place + one)
    return None


def _of_year(unit: DateUnit) -> Units:
    months, first_day_of_week = MONTHS[unit.value], _number(1)  # no unit depends on the week

    def first_day(year: SqlExpression, place: SqlExpression) -> SqlExpression:
        """A month has at most 31 days, a quarter 93. So many days for each place after 1 January is a day in the unit:
        in the last one 7 or 8 December, or 6 or 7 October.
        """
        return FirstDayOf(unit, DaysAfter(year, place * _number(31 * months)), first_day_of_week)

    return Units(
        12 // months,
        lambda entry: FirstDayOf(DateUnit.YEAR, entry.day, first_day_of_week),
        lambda entry: (PartOfDate("month", entry.day) - _number(1)) // _number(months),
        first_day,
        has_years=True,
    )


def _of_weeks(starts: SqlExpression) -> Units:
    """Weeks are counted from that of 0001-01-01; `starts` is the first day of the week, 1 = Monday."""
    in_block, days, shift = _number(WEEKS_IN_BLOCK), _number(7), _number(7) - starts
    first_of_all = literal_column("'0001-01-01'", Date())

    def number(entry: EntryOf) -> SqlExpression:
        return (Ordinal(entry.day) + shift) // days

    def first_day(block: SqlExpression, place: SqlExpression) -> SqlExpression:
        """The first day of the week of its last day, which is in the calendar even if the first one is not."""
        last_day = DaysAfter(first_of_all, (block * in_block + place) * days + _number(5) - shift)
        return FirstDayOf(DateUnit.WEEK, last_day, starts)

    return Units(
        WEEKS_IN_BLOCK,
        lambda entry: number(entry) // in_block,
        lambda entry: number(entry) % in_block,
        first_day,
        has_years=True,
    )


def _bit(place: SqlExpression) -> SqlExpression:
    return _number(1).cast(BigInteger).bitwise_lshift(place)


def _number(value: int) -> SqlExpression:
    """A number in the text of a statement, so that databases know it when they plan."""
    return literal_column(str(value), Integer())

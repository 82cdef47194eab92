"""Date ranges relative to today: the last 90 days, this quarter, next week."""

import datetime as dt
from calendar import monthrange
from enum import Enum, StrEnum

DateRange = tuple[dt.date, dt.date]
"""First and last day, both included."""


class DateUnit(StrEnum):
    """The units of date ranges."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


class PlaceInMonth(Enum):
    """Where in its month a day is, as far as the SQL of figures depends on it."""

    FIRST = "first"
    FIRST_OF_MARCH = "first of March"
    LAST = "last"
    LAST_OF_FEBRUARY = "last of February"
    OTHER = "other"


MONTHS = {DateUnit.MONTH: 1, DateUnit.QUARTER: 3, DateUnit.YEAR: 12}
DAYS = {DateUnit.DAY: 1, DateUnit.WEEK: 7}
FIRST, LAST = dt.date.min.toordinal(), dt.date.max.toordinal()

DAYS_AFTER_FIRST_OF_WEEK = 6

FEBRUARY, DAYS_IN_FEBRUARY = 2, 28

YEARS_IN_CYCLE, DAYS_IN_CYCLE = 400, 146_097
"""The Gregorian calendar repeats after 400 years."""


def place_in_month(day: dt.date) -> PlaceInMonth:
    """Where in its month the day is."""
    if day.day == 1:
        return PlaceInMonth.FIRST_OF_MARCH if day.month == FEBRUARY + 1 else PlaceInMonth.FIRST
    if day.day < DAYS_IN_FEBRUARY or day.day < monthrange(day.year, day.month)[1]:
        return PlaceInMonth.OTHER
    return PlaceInMonth.LAST_OF_FEBRUARY if day.month == FEBRUARY else PlaceInMonth.LAST


def last(today: dt.date, count: int, unit: DateUnit) -> DateRange:
    """The `count` units that end today: the last 7 days are today and the six days before.

    This function and the following ones raise OverflowError if a day is outside the calendar.
    """
    return _day(_moved(today, -count, unit) + 1), today


def following(today: dt.date, count: int, unit: DateUnit) -> DateRange:
    """The `count` units that start today."""
    return today, _day(_moved(today, count, unit) - 1)


def current(today: dt.date, unit: DateUnit, first_day_of_week: int) -> DateRange:
    """The calendar unit that contains today. Weeks start on the given day, 1 = Monday. The first and the last week of
    the calendar may have fewer days.
    """
    start = _start(today, unit, first_day_of_week)
    end = start + DAYS[unit] - 1 if unit in DAYS else _moved(_day(start), 1, unit) - 1
    return _day(max(start, FIRST)), _day(min(end, LAST))


def previous(today: dt.date, unit: DateUnit, first_day_of_week: int) -> DateRange:
    """The calendar unit before the one that contains today."""
    return current(_day(_start(today, unit, first_day_of_week) - 1), unit, first_day_of_week)


def days_away(day: dt.date, days: int) -> dt.date:
    """The day so many days later, or earlier if `days` is negative; the first or the last day of the calendar if that
    is outside.
    """
    return _day(min(max(day.toordinal() + days, FIRST), LAST))


def _start(day: dt.date, unit: DateUnit, first_day_of_week: int) -> int:
    """The first day of the unit that contains the day, as an ordinal that may be outside the calendar."""
    if unit is DateUnit.DAY:
        return day.toordinal()
    if unit is DateUnit.WEEK:
        return day.toordinal() - (day.isoweekday() - first_day_of_week) % 7
    months = MONTHS[unit]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1).toordinal()


def _moved(day: dt.date, count: int, unit: DateUnit) -> int:
    """The same day some units later, as an ordinal that may be outside the calendar; the last day of the month if that
    has no such day.
    """
    if unit in DAYS:
        return day.toordinal() + count * DAYS[unit]
    year, month = divmod(day.year * 12 + day.month - 1 + count * MONTHS[unit], 12)
    cycles, year = divmod(year, YEARS_IN_CYCLE)
    same_calendar = year or YEARS_IN_CYCLE
    last_day = monthrange(same_calendar, month + 1)[1]
    moved = dt.date(same_calendar, month + 1, min(day.day, last_day)).toordinal()
    return moved + (cycles - (year == 0)) * DAYS_IN_CYCLE


def _day(ordinal: int) -> dt.date:
    if not FIRST <= ordinal <= LAST:
        raise OverflowError(ordinal)
    return dt.date.fromordinal(ordinal)

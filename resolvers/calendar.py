"""Stretches of days that people name from today: the last 90 days, this quarter, next week."""

import datetime as dt
from calendar import monthrange
from enum import StrEnum

Stretch = tuple[dt.date, dt.date]
"""First and last day, both included."""


class DateUnit(StrEnum):
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


MONTHS = {DateUnit.MONTH: 1, DateUnit.QUARTER: 3, DateUnit.YEAR: 12}
DAYS = {DateUnit.DAY: 1, DateUnit.WEEK: 7}


def last(today: dt.date, count: int, unit: DateUnit) -> Stretch:
    """The `count` units that end with today: the last 7 days are today and the six before."""
    return _moved(today, -count, unit) + dt.timedelta(1), today


def following(today: dt.date, count: int, unit: DateUnit) -> Stretch:
    """The `count` units that begin with today."""
    return today, _moved(today, count, unit) - dt.timedelta(1)


def current(today: dt.date, unit: DateUnit, first_day_of_week: int) -> Stretch:
    """The calendar unit that today is in; weeks begin on the given day, 1 = Monday."""
    start = _start(today, unit, first_day_of_week)
    return start, _moved(start, 1, unit) - dt.timedelta(1)


def previous(today: dt.date, unit: DateUnit, first_day_of_week: int) -> Stretch:
    """The calendar unit before the one that today is in."""
    end = _start(today, unit, first_day_of_week) - dt.timedelta(1)
    return _start(end, unit, first_day_of_week), end


def _start(day: dt.date, unit: DateUnit, first_day_of_week: int) -> dt.date:
    if unit is DateUnit.DAY:
        return day
    if unit is DateUnit.WEEK:
        return day - dt.timedelta((day.isoweekday() - first_day_of_week) % 7)
    months = MONTHS[unit]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _moved(day: dt.date, count: int, unit: DateUnit) -> dt.date:
    """The same day some units later; the last of the month where there is no such day."""
    if unit in DAYS:
        return day + dt.timedelta(count * DAYS[unit])
    year, month = divmod(day.year * 12 + day.month - 1 + count * MONTHS[unit], 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise OverflowError(f"{count} {unit}")
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

"""Comparisons of dates with ranges around the company's today (K15)."""

import datetime as dt
from collections.abc import Callable

from sqlalchemy import Date

from persistence.sql_types import SqlExpression
from resolvers import date_ranges
from resolvers.queries import SqlCondition
from schema.compiler.errors import BadUserInput
from schema.compiler.statement import Operator, Statement
from schema.compiler.values import CALENDAR, CompanyCalendar


def _in_range(
    range_of: Callable[..., date_ranges.DateRange], value: SqlExpression, statement: Statement, *operands: object
) -> SqlCondition:
    def end(place: int) -> SqlExpression:
        def date(calendar: CompanyCalendar, *values: object) -> dt.date:
            try:
                return range_of(calendar, *values)[place]
            except OverflowError:
                raise BadUserInput("The range ends outside the calendar. Give a smaller `count`.") from None

        return statement.bind(date, CALENDAR, *operands, type_=Date())

    return value.between(end(0), end(1))


def _count(count: int) -> int:
    if count < 1:
        raise BadUserInput(f"`count`, the number of units of a range, must be at least 1; it is {count}.")
    return count


def _last(calendar: CompanyCalendar, count: int, unit: str) -> date_ranges.DateRange:
    return date_ranges.last(calendar.today, _count(count), date_ranges.DateUnit(unit))


def _next(calendar: CompanyCalendar, count: int, unit: str) -> date_ranges.DateRange:
    return date_ranges.following(calendar.today, _count(count), date_ranges.DateUnit(unit))


def _current(calendar: CompanyCalendar, unit: str) -> date_ranges.DateRange:
    return date_ranges.current(calendar.today, date_ranges.DateUnit(unit), calendar.first_day_of_week)


def _previous(calendar: CompanyCalendar, unit: str) -> date_ranges.DateRange:
    return date_ranges.previous(calendar.today, date_ranges.DateUnit(unit), calendar.first_day_of_week)


DATE_OPERATORS: dict[str, Operator] = {
    "last": lambda value, statement, span: _in_range(_last, value, statement, span["count"], span["unit"]),
    "next": lambda value, statement, span: _in_range(_next, value, statement, span["count"], span["unit"]),
    "current": lambda value, statement, unit: _in_range(_current, value, statement, unit),
    "previous": lambda value, statement, unit: _in_range(_previous, value, statement, unit),
    "past": lambda value, statement, yes: value < statement.today if yes else value >= statement.today,
    "future": lambda value, statement, yes: value > statement.today if yes else value <= statement.today,
}

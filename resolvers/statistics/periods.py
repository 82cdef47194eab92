"""The days of a filter of entries, and the earlier days that they are compared with."""

import datetime as dt
from calendar import isleap
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Date, Integer

from persistence.sql.conditions import DaysAfter, ListParameter
from persistence.sql.dates import MONTHS, Within, YearLater
from persistence.sql_types import SqlExpression, SqlType
from resolvers import date_ranges
from resolvers.date_ranges import DateUnit, PlaceInMonth
from resolvers.queries import Calendar, InvalidOperand, SqlBuilder

FilterValues: TypeAlias = Mapping[str, Any]

FIRST, LAST = dt.date.min.toordinal(), dt.date.max.toordinal()
AT_BOTH_ENDS = ("eq", "last", "next", "current", "previous")
WITH_CALENDAR = (*AT_BOTH_ENDS[1:], "past", "future")
"""Comparisons with today in the company's time zone."""

ENDS = (*AT_BOTH_ENDS, "gt", "gte", "lt", "lte", "past", "future")
"""The comparisons that only decide the first and the last day."""


class Comparison(StrEnum):
    """The earlier days that figures are compared with."""

    PREVIOUS_PERIOD = "PREVIOUS_PERIOD"
    PREVIOUS_YEAR = "PREVIOUS_YEAR"


class Days(NamedTuple):
    """A first and a last day, as ordinals within the calendar. There are no days if the first is after the last."""

    first: int
    last: int


NO_DAYS = Days(LAST, FIRST)
OfDays: TypeAlias = Callable[[Days, Calendar | None], object]


def conditions_on_date(filter_: FilterValues) -> list[FilterValues]:
    """The conditions on the date at the top of a filter of entries or in an `and`, which all must hold."""
    own = filter_.get("date")
    inside = [found for part in filter_.get("and") or () for found in conditions_on_date(part)]
    return [*([] if own is None else [{name: value for name, value in own.items() if value is not None}]), *inside]


def without_ends(filter_: FilterValues) -> FilterValues:
    """The filter without the conditions that decide its first and its last day: those of `conditions_on_date` but `ne`
    and `isNull`. For earlier days, `EarlierDays.ends` takes their place.
    """
    changed: dict[str, object] = {}
    if filter_.get("date"):
        changed["date"] = {name: value for name, value in filter_["date"].items() if name in ("ne", "isNull")}
    if filter_.get("and"):
        changed["and"] = [without_ends(part) for part in filter_["and"]]
    return {**filter_, **changed}


def split_by_date(filter_: FilterValues) -> tuple[FilterValues, FilterValues]:
    """Two filters that an entry must both pass: one with all conditions on the date, and one with no such condition."""
    parts = [split_by_date(part) for part in filter_.get("and") or ()]
    on_date: dict[str, object] = {"and": [part for part, _ in parts]} if parts else {}
    others: dict[str, object] = {"and": [part for _, part in parts]} if parts else {}
    for name, value in filter_.items():
        if name != "and":
            (on_date if _names_date({name: value}) else others)[name] = value
    return on_date, others


def _names_date(filter_: FilterValues) -> bool:
    """Whether a filter has a condition on the date, at any depth."""
    parts = [*(filter_.get("and") or ()), *(filter_.get("or") or ()), *filter(None, [filter_.get("not")])]
    return "date" in filter_ or any(_names_date(part) for part in parts)


class FilterDays:
    """The days of a filter of entries. Whether it is open is known when the statement is built, the days themselves
    when it is executed.
    """

    def __init__(self, filter_: FilterValues) -> None:
        self._conditions = conditions_on_date(filter_)
        operators = [(name, value) for condition in self._conditions for name, value in condition.items()]
        both = any(name in AT_BOTH_ENDS for name, _ in operators)
        self.has_first = both or any(
            name in ("gt", "gte") or (name, value) in (("past", False), ("future", True)) for name, value in operators
        )
        self.has_last = both or any(
            name in ("lt", "lte") or (name, value) in (("past", True), ("future", False)) for name, value in operators
        )
        self.needs_calendar = any(name in WITH_CALENDAR for name, _ in operators)
        self.are_whole_months = all(_is_end_of_months(*each) for each in operators)
        """Whether the days are known to be whole months. They may be even if it is not known."""
        self.may_end_with_february = any(_may_end_with_february(*each) for each in operators)

    def bind(
        self, sql: SqlBuilder, convert: OfDays, type_: SqlType | None = None, *, calendar: bool = False
    ) -> SqlExpression:
        """A parameter computed from the days; where the filter is open, from those of the calendar. The company's
        calendar is None unless the filter or the caller needs it.
        """
        kind = Date() if type_ is None else type_
        if self.needs_calendar or calendar:
            return sql.bind_calendar(
                lambda known, conditions: convert(_days(conditions, known), known), self._conditions, type_=kind
            )
        return sql.bind(lambda conditions: convert(_days(conditions, None), None), self._conditions, type_=kind)


def _is_end_of_months(name: str, value: object) -> bool:
    """Whether a comparison is known to begin or end with a whole month."""
    if name in ("current", "previous"):
        return getattr(value, "value", value) in MONTHS
    place = _place_in_month(value)
    if name in ("gte", "lt"):
        return place in (PlaceInMonth.FIRST, PlaceInMonth.FIRST_OF_MARCH)
    return name in ("gt", "lte") and place in (PlaceInMonth.LAST, PlaceInMonth.LAST_OF_FEBRUARY)


def _may_end_with_february(name: str, value: object) -> bool:
    """Whether a range that ends with this comparison may end with February, whose length depends on the year."""
    if name in ("current", "previous"):
        return getattr(value, "value", value) == DateUnit.MONTH
    ends = {"lt": PlaceInMonth.FIRST_OF_MARCH, "lte": PlaceInMonth.LAST_OF_FEBRUARY}
    return name in ends and _place_in_month(value) is ends[name]


def _place_in_month(value: object) -> object:
    """Where in its month a day is; that of a variable is known when the statement is built, unlike the day itself."""
    return date_ranges.place_in_month(value) if isinstance(value, dt.date) else getattr(value, "place_in_month", None)


def _days(conditions: Sequence[FilterValues], calendar: Calendar | None) -> Days:
    first, last = FIRST, LAST
    for condition in conditions:
        for name, value in condition.items():
            own = _ends(name, value, calendar)
            first, last = max(first, own[0]), min(last, own[1])
    return Days(first, last) if first <= last else NO_DAYS


def _ends(name: str, value: Any, calendar: Calendar | None) -> tuple[int, int]:
    if isinstance(value, dt.date):
        day = value.toordinal()
        ends = {
            "eq": (day, day),
            "gt": (day + 1, LAST),
            "gte": (day, LAST),
            "lt": (FIRST, day - 1),
            "lte": (FIRST, day),
        }
        return ends.get(name, (FIRST, LAST))
    if calendar is None or name not in WITH_CALENDAR:
        return FIRST, LAST
    today = calendar.today.toordinal()
    if name in ("past", "future"):
        before, after = (name == "past") == value, 1 if name == "future" else 0
        return (FIRST, today - 1 + after) if before else (today + after, LAST)
    first, last = _range(name, value, calendar)
    return first.toordinal(), last.toordinal()


def _range(name: str, value: Any, calendar: Calendar) -> date_ranges.DateRange:
    try:
        if name in ("last", "next"):
            moved = date_ranges.last if name == "last" else date_ranges.following
            return moved(calendar.today, value["count"], DateUnit(value["unit"]))
        unit_of = date_ranges.current if name == "current" else date_ranges.previous
        return unit_of(calendar.today, DateUnit(value), calendar.first_day_of_week)
    except OverflowError:
        raise InvalidOperand("The range ends outside the calendar. Give a smaller `count`.") from None


def first_day(days: Days, _: object) -> dt.date:
    """The first of the days."""
    return dt.date.fromordinal(days.first)


def last_day(days: Days, _: object) -> dt.date:
    """The last of the days."""
    return dt.date.fromordinal(days.last)


class EarlierDays:
    """The days before those of a filter that is closed at both ends, and the day of the filter on which an entry of an
    earlier day counts. `unit` is the one that the entries are grouped by, if they are.
    """

    def __init__(self, days: FilterDays, comparison: Comparison, unit: DateUnit | None, sql: SqlBuilder) -> None:
        if not (days.has_first and days.has_last):
            raise InvalidOperand(
                "`compareTo` needs a filter with a first and a last day: give `date` in `filter`, at its top or in "
                "`and`, for instance with `gte` and `lte`, or with `last`, `current` or `previous`."
            )
        self._days, self._comparison, self._unit, self._sql = days, comparison, unit, sql
        self.are_of_year_before = by_year = comparison is Comparison.PREVIOUS_YEAR
        self.has_double_days = by_year and unit in (DateUnit.DAY, DateUnit.WEEK)
        """Whether `double_days` has any. Months and longer units have none: 29 February is in the same one as 28."""
        self.has_days_between_units = by_year and unit in (DateUnit.DAY, DateUnit.WEEK, DateUnit.MONTH)
        """Whether `days_between_units` has any: no quarter or year ends in February."""
        self.keeps_months = by_year or unit is None
        """Whether all days of an earlier month count in the same unit of months, unless they are between units."""
        self.are_whole_months = by_year and days.are_whole_months and not days.may_end_with_february
        """Whether the earlier days are known to be whole months."""

    def ends(self) -> tuple[SqlExpression, SqlExpression]:
        """The first and the last earlier day."""
        return self.bind(lambda days: first_day(days, None)), self.bind(lambda days: last_day(days, None))

    def bind(self, convert: Callable[[Days], object], type_: SqlType | None = None) -> SqlExpression:
        """A parameter computed from the first and the last earlier day."""
        earlier = _EARLIER[self._comparison]
        return self._days.bind(self._sql, lambda days, _: convert(earlier(days)), type_)

    def moved(self, date: SqlExpression) -> SqlExpression:
        """The day of the filter on which entries of an earlier day count."""
        if self._comparison is Comparison.PREVIOUS_PERIOD:
            length = self._days.bind(self._sql, lambda days, _: max(days.last - days.first + 1, 0), Integer())
            return DaysAfter(date, length)
        ends = (self._days.bind(self._sql, first_day), self._days.bind(self._sql, last_day))
        return Within(YearLater(date), *ends)

    def double_days(self) -> SqlExpression:
        """The list of the earlier days that count on two days of the filter, in different units: 28 February is a year
        before the 28th and the 29th.
        """
        return self._leap_days(28, lambda year: (dt.date(year, 2, 28), dt.date(year, 2, 29)), leap=1)

    def days_between_units(self) -> SqlExpression:
        """The list of the earlier days that count on no day of the filter: 29 February, if a unit ends with 28 February
        of the next year.
        """
        return self._leap_days(29, lambda year: (dt.date(year, 2, 28), dt.date(year, 3, 1)), leap=0)

    def _leap_days(self, day: int, limit: Callable[[int], tuple[dt.date, dt.date]], *, leap: int) -> SqlExpression:
        """The days of February before each year in whose calendar the days of `limit` are in different units. `leap` is
        1 if that year must be a leap year, 0 if the year before must be one.
        """
        unit = self._unit
        assert unit is not None

        def leap_days(days: Days, calendar: Calendar | None) -> list[dt.date]:
            starts = 1 if calendar is None else calendar.first_day_of_week
            years = range(max(first_day(days, None).year, 2), last_day(days, None).year + 1)
            return [
                dt.date(year - 1, 2, day)
                for year in years
                if isleap(year - 1 + leap)
                and all(days.first <= each.toordinal() <= days.last for each in limit(year))
                and len({date_ranges.current(each, unit, starts)[0] for each in limit(year)}) == 2
            ]

        return self._days.bind(self._sql, leap_days, ListParameter(Date()), calendar=unit is DateUnit.WEEK)


def _period_before(days: Days) -> Days:
    """The same number of days directly before; none if they would be outside the calendar."""
    first = max(2 * days.first - days.last - 1, FIRST)
    return Days(first, days.first - 1) if days != NO_DAYS and first < days.first else NO_DAYS


def _year_before(days: Days) -> Days:
    if days == NO_DAYS or last_day(days, None).year == 1:
        return NO_DAYS
    first, last = first_day(days, None), last_day(days, None)
    return Days(FIRST if first.year == 1 else _a_year_before(first), _a_year_before(last))


def _a_year_before(day: dt.date) -> int:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day).toordinal()


_EARLIER: Mapping[Comparison, Callable[[Days], Days]] = {
    Comparison.PREVIOUS_PERIOD: _period_before,
    Comparison.PREVIOUS_YEAR: _year_before,
}

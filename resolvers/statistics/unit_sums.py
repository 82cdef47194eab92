"""Reading the stored sums by months or weeks: `sums_by_unit` has those of each unit and each value of one key.

The sums of a unit are those of its days as they are stored. Those of its dirty days are subtracted, and computed from
the entries instead, in one statement. At the ends of a range, days of units that are not whole are read one by one.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Date, or_, select, union_all

from persistence.columns import table_of
from persistence.precomputed.day_sums import DIRTY_DAYS, OF_WEEKS, SUMS, DaySum, MonthSum, SumKind, SumsOfUnit, WeekSum
from persistence.sql.conditions import IsIn, IsInRows, ListParameter, MeetsFew, MeetsMost
from persistence.sql.constructs import WithoutIndex
from persistence.sql.dates import FirstDayOf
from persistence.sql_types import SqlExpression, SqlQuery, SqlType
from resolvers.date_ranges import DAYS_AFTER_FIRST_OF_WEEK, days_away
from resolvers.queries import SqlBuilder, SqlCondition, SqlRows, TableRow, quoted
from resolvers.statistics.day_sums import OnDays, sums_of_dirty_days
from resolvers.statistics.groupings import first_day_of_week
from resolvers.statistics.periods import NO_DAYS, Days

Conditions = Sequence[SqlCondition]


class BindDays(Protocol):
    """Makes a parameter that is computed from the first and the last day of a range: by default a day."""

    def __call__(self, convert: Callable[[Days], object], type_: SqlType | None = None, /) -> SqlExpression: ...


@dataclass(frozen=True)
class DayRange:
    """The days of which sums are read. `has_first` and `has_last` tell whether there is a limit. Days on which
    `excluded` holds do not count.
    """

    bind: BindDays
    has_first: bool
    has_last: bool
    excluded: OnDays | None = None
    are_whole_months: bool = False
    """Whether the days are known to be whole months when the statement is built. Then no days are read one by one."""


class Months:
    """The months of a range of days. Python computes which ones are whole."""

    def __init__(self, range_: DayRange) -> None:
        self._range = range_
        self._is_limited = range_.has_first or range_.has_last

    def are_whole(self, first_day: SqlExpression) -> Conditions:
        """The conditions on the first day of a month."""
        return [self._within(first_day, whole_months)] if self._is_limited else []

    def is_in_whole(self, day: SqlExpression) -> Conditions:
        """The conditions on a day of a whole month."""
        return self.are_whole(day)

    def others(self, day: SqlExpression) -> Sequence[Conditions]:
        """The conditions on a day before the whole months, and on one after them."""
        if self._range.are_whole_months:
            return []
        found = [[self._within(day, lambda days: _around(days)[0])]] if self._is_limited else []
        return [*found, *([[self._within(day, lambda days: _around(days)[1])]] if self._range.has_last else [])]

    def _within(self, day: SqlExpression, part: Callable[[Days], Days]) -> SqlCondition:
        return day.between(
            self._range.bind(lambda days: dt.date.fromordinal(part(days).first)),
            self._range.bind(lambda days: dt.date.fromordinal(part(days).last)),
        )


class Weeks:
    """The weeks of a range of days. The statement itself computes which ones are whole, from the first day of the week
    in its snapshot, because the stored sums begin on that day.
    """

    def __init__(self, range_: DayRange, sql: SqlBuilder) -> None:
        self._range, self._sql = range_, sql

    def are_whole(self, first_day: SqlExpression) -> Conditions:
        """The conditions on the first day of a week."""
        found = [first_day >= self._first()] if self._range.has_first else []
        return [*found, first_day < self._end()] if self._range.has_last else found

    def is_in_whole(self, day: SqlExpression) -> Conditions:
        """The conditions on a day of a whole week."""
        return self.are_whole(self._week(day))

    def others(self, day: SqlExpression) -> Sequence[Conditions]:
        """The conditions on a day of the range that is in no whole week."""
        week = self._week(day)
        outside = [week < self._first()] if self._range.has_first else []
        outside += [week >= self._end()] if self._range.has_last else []
        is_at_end = MeetsFew(IsIn(day, self._range.bind(self._ends, ListParameter(Date()))))
        return [[is_at_end, or_(*outside)]] if outside else []

    def _ends(self, days: Days) -> list[dt.date]:
        """The days of a range that may be in no whole week."""
        first = (
            range(days.first, min(days.first + DAYS_AFTER_FIRST_OF_WEEK, days.last) + 1)
            if self._range.has_first
            else ()
        )
        last = (
            range(max(days.last - DAYS_AFTER_FIRST_OF_WEEK, days.first), days.last + 1) if self._range.has_last else ()
        )
        return [dt.date.fromordinal(day) for day in sorted({*first, *last})]

    def _first(self) -> SqlExpression:
        return self._range.bind(lambda days: dt.date.fromordinal(days.first))

    def _end(self) -> SqlExpression:
        """The first day of the week of the day after the range, before which whole weeks end. It is computed once."""
        following = self._range.bind(lambda days: days_away(dt.date.fromordinal(days.last), 1))
        return select(self._week(following)).scalar_subquery()

    def _week(self, day: SqlExpression) -> SqlExpression:
        return FirstDayOf(OF_WEEKS.unit, day, first_day_of_week(self._sql))


def whole_months(days: Days) -> Days:
    """The days of the months of which all days are in the range; `NO_DAYS` if there is none."""
    if days == NO_DAYS:
        return NO_DAYS
    first, last = dt.date.fromordinal(days.first), dt.date.fromordinal(days.last)
    if first.day > 1:
        if (first.year, first.month) == (dt.date.max.year, 12):
            return NO_DAYS
        first = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    if last < dt.date.max and (last + dt.timedelta(days=1)).day > 1:
        if (last.year, last.month) == (dt.date.min.year, 1):
            return NO_DAYS
        last = last.replace(day=1) - dt.timedelta(days=1)
    return Days(first.toordinal(), last.toordinal()) if first <= last else NO_DAYS


def _around(days: Days) -> tuple[Days, Days]:
    """The days before and after the whole months. Without whole months, all are before."""
    whole = whole_months(days)
    if whole == NO_DAYS:
        return days, NO_DAYS
    before = Days(days.first, whole.first - 1) if days.first < whole.first else NO_DAYS
    return before, Days(whole.last + 1, days.last) if whole.last < days.last else NO_DAYS


def sums_by_unit(sql: SqlBuilder, kind: SumKind, unit: SumsOfUnit, range_: DayRange, on_days: OnDays) -> SqlRows:
    """The sums of all entries that count within a range, with the columns `day`, `key` and `SUMS`. `day` is the first
    day of the week; of months, the first day or one within. `on_days` is the condition of a day of the range.

    A key has several rows for a unit, some of them with negative sums. If no entries are left, the sums of these rows
    together are 0.
    """
    of_unit, day = sql.row(WeekSum if unit is OF_WEEKS else MonthSum), sql.row(DaySum)
    units = Weeks(range_, sql) if unit is OF_WEEKS else Months(range_)
    first_day = of_unit.c[unit.first_day]
    stored: SqlQuery = (
        select(first_day.label("day"), of_unit.c.key.label("key"), *(of_unit.c[name].label(name) for name in SUMS))
        .select_from(of_unit.source)
        .where(of_unit.c.kind == quoted(kind), *units.are_whole(first_day))
    )
    dirty = select(DIRTY_DAYS.c.day).distinct()
    subtracted: SqlCondition = MeetsFew(IsInRows(day.c.day, dirty.scalar_subquery()))
    if range_.excluded is not None:
        subtracted = or_(subtracted, range_.excluded(day.c.day))
    # SQLite would read all days of the range in the index, and look up afterwards which ones are dirty or at an end
    in_whole = units.is_in_whole(WithoutIndex(day.c.day))
    parts = [stored, _of_days(day, kind, [subtracted, *in_whole], sign=-1)]
    other = sql.row(DaySum)
    for conditions in units.others(other.c.day):
        clean = [other.c.day.not_in(dirty), on_days(WithoutIndex(other.c.day))]
        parts.append(_of_days(other, kind, [*conditions, *clean], sign=1))
    parts.append(sums_of_dirty_days(sql, kind, days=on_days))
    if unit is OF_WEEKS:  # these days are few; then no row needs the first day of its week to be computed
        parts[1:] = (_by_week(part, sql) for part in parts[1:])
    return union_all(*parts).subquery()


def _by_week(days: SqlQuery, sql: SqlBuilder) -> SqlQuery:
    """Sums of days, each with the first day of its week as `day`."""
    found = days.subquery()
    week = FirstDayOf(OF_WEEKS.unit, found.c.day, first_day_of_week(sql))
    return select(week.label("day"), *(found.c[name] for name in ("key", *SUMS)))


def _of_days(day: TableRow, kind: SumKind, conditions: Sequence[SqlCondition], *, sign: int) -> SqlQuery:
    types = table_of(DaySum).c
    sums = ((day.c[name] if sign > 0 else _negative(day.c[name], types[name].type)).label(name) for name in SUMS)
    found: SqlQuery = select(day.c.day.label("day"), day.c.key.label("key"), *sums)
    return found.select_from(day.source).where(MeetsMost(day.c.kind == quoted(kind)), *conditions)


def _negative(value: SqlExpression, type_: SqlType) -> SqlExpression:
    return (-value).cast(type_)

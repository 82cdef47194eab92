"""Reading the stored sums by months: `sums_by_month` has those of each month and each value of one key.

The sums of a month are those of its days as they are stored. Those of its dirty days are subtracted, and computed from
the entries instead, in one statement. At the ends of a range, days of months that are not whole are read one by one.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import or_, select, union_all

from persistence.columns import table_of
from persistence.conditions import IsInRows
from persistence.day_sums import DIRTY_DAYS, SUMS, DaySum, MonthSum, SumKind
from persistence.sql_types import SqlExpression, SqlQuery, SqlType
from resolvers.queries import SqlBuilder, SqlCondition, SqlRows, TableRow, quoted
from resolvers.statistics.day_sums import OnDays, sums_of_dirty_days
from resolvers.statistics.periods import NO_DAYS, Days


@dataclass(frozen=True)
class DayRange:
    """The days of which sums are read. `bind` makes a parameter of a day that is computed from the first and the last
    one; `has_first` and `has_last` tell whether there is a limit. Days on which `excluded` holds do not count.
    """

    bind: Callable[[Callable[[Days], dt.date]], SqlExpression]
    has_first: bool
    has_last: bool
    excluded: OnDays | None = None

    def before(self) -> tuple[SqlExpression, SqlExpression]:
        """The first and the last day before the whole months."""
        return self._ends(lambda days: _around(days)[0])

    def whole(self) -> tuple[SqlExpression, SqlExpression]:
        """The first and the last day of the whole months."""
        return self._ends(whole_months)

    def after(self) -> tuple[SqlExpression, SqlExpression]:
        """The first and the last day after the whole months."""
        return self._ends(lambda days: _around(days)[1])

    def _ends(self, part: Callable[[Days], Days]) -> tuple[SqlExpression, SqlExpression]:
        return (
            self.bind(lambda days: dt.date.fromordinal(part(days).first)),
            self.bind(lambda days: dt.date.fromordinal(part(days).last)),
        )


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


def sums_by_month(sql: SqlBuilder, kind: SumKind, range_: DayRange, on_days: OnDays) -> SqlRows:
    """The sums of all entries that count within a range, with the columns `day`, which is the first day of the month or
    a day within, `key` and `SUMS`. `on_days` is the condition of a day of the range.

    A key has several rows for a month, some of them with negative sums. If no entries are left, the sums of these rows
    together are 0.
    """
    month, day = sql.row(MonthSum), sql.row(DaySum)
    is_limited = range_.has_first or range_.has_last
    within = [month.c.month.between(*range_.whole())] if is_limited else []
    stored: SqlQuery = (
        select(month.c.month.label("day"), month.c.key.label("key"), *(month.c[name].label(name) for name in SUMS))
        .select_from(month.source)
        .where(month.c.kind == quoted(kind), *within)
    )
    dirty = select(DIRTY_DAYS.c.day).distinct()
    subtracted: SqlCondition = IsInRows(day.c.day, dirty.scalar_subquery())
    if range_.excluded is not None:
        subtracted = or_(subtracted, range_.excluded(day.c.day))
    within = [day.c.day.between(*range_.whole())] if is_limited else []
    parts = [stored, _of_days(day, kind, [subtracted, *within], sign=-1)]
    for is_there, ends in ((is_limited, range_.before), (range_.has_last, range_.after)):
        if is_there:
            day = sql.row(DaySum)
            conditions = [day.c.day.between(*ends()), day.c.day.not_in(dirty), on_days(day.c.day)]
            parts.append(_of_days(day, kind, conditions, sign=1))
    parts.append(sums_of_dirty_days(sql, kind, days=on_days))
    return union_all(*parts).subquery()


def _of_days(day: TableRow, kind: SumKind, conditions: list[SqlCondition], *, sign: int) -> SqlQuery:
    types = table_of(DaySum).c
    sums = ((day.c[name] if sign > 0 else _negative(day.c[name], types[name].type)).label(name) for name in SUMS)
    found: SqlQuery = select(day.c.day.label("day"), day.c.key.label("key"), *sums)
    return found.select_from(day.source).where(day.c.kind == quoted(kind), *conditions)


def _negative(value: SqlExpression, type_: SqlType) -> SqlExpression:
    return (-value).cast(type_)

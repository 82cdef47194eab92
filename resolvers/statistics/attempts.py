"""After how many attempts contacts were reached, without ordering the log.

Sums of the entries of a contact tell the number of its first entry whose attempt did not fail, in nearly all cases.
Only for the others the entries of that contact are numbered.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import BigInteger, ColumnElement, Double, Integer, and_, case, func, literal_column, not_, or_, select

from persistence.sql.conditions import DaysAfter, Moment
from persistence.sql.dates import Ordinal
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import TableRow
from resolvers.statistics.groupings import EntryOf

BITS_OF_DAYS = 42
"""The lower bits of `failures`, in which the ordinals of the days of failed attempts are added up. The last day of the
calendar has an ordinal of 22 bits, so a million of them have room.
"""

EXACT_BITS = 53
"""The bits of a whole number that a double has exactly: `failures` are exact up to about 2,000 failed attempts."""


def _number(value: int) -> SqlExpression:
    return literal_column(str(value), BigInteger())


def _moment(entry: EntryOf) -> SqlExpression:
    return Moment(entry.own_day, entry.c.time_of_interaction)


def _one_and_day(entry: EntryOf) -> SqlExpression:
    """1 above `BITS_OF_DAYS`, and below it the ordinal of the day. It is a double, because PostgreSQL adds up numbers
    of 64 bits as NUMERIC, which takes longer.
    """
    return (Ordinal(entry.own_day) + _number(1 << BITS_OF_DAYS)).cast(Double)


ATTEMPTS: Mapping[str, Callable[[EntryOf], SqlExpression]] = {
    "first_success": lambda entry: func.min(_moment(entry)).filter(not_(entry.c.attempt_failed)),
    "first_failure": lambda entry: func.min(_moment(entry)).filter(entry.c.attempt_failed),
    "last_failure": lambda entry: func.max(_moment(entry)).filter(entry.c.attempt_failed),
    "failures": lambda entry: func.sum(_one_and_day(entry)).filter(entry.c.attempt_failed),
}
"""Sums over the entries of a contact, by name. Moments are in whole seconds, several entries may have the same one.
`failures` is two numbers in one: how many attempts failed, above `BITS_OF_DAYS`; and the ordinals of their days, added
up, in these lower bits. It is null if none failed.
"""

TOGETHER: Mapping[str, Callable[[SqlExpression], SqlExpression]] = {
    "first_success": func.min,
    "first_failure": func.min,
    "last_failure": func.max,
    "failures": func.sum,
}
"""How the sums of a contact in several groups become those of all its entries."""


def reached_at(sums: Callable[[str], SqlExpression], exact: SqlExpression | None = None) -> SqlExpression:
    """The number of the first entry whose attempt did not fail, from the sums of `ATTEMPTS`; null if all failed.

    The sums do not tell it in two cases: if an attempt failed in the same second; or if three or more attempts failed,
    some of them before that entry and some after it, and perhaps more than one before it. Then the number is `exact`,
    which is evaluated in these cases only, or null without `exact`. Numbers have 32 bits: PostgreSQL adds up longer
    ones as NUMERIC.
    """
    success, first, last, failures = map(sums, ATTEMPTS)
    failed = failures.cast(BigInteger).bitwise_rshift(_number(BITS_OF_DAYS))
    is_exact = failures < _number(1 << EXACT_BITS)
    one_before_one_after = and_(failed == _number(2), success < last)
    return case(
        (success.is_(None), literal_column("NULL", Integer())),
        (first.is_(None), _number(1)),
        (success < first, _number(1)),
        (and_(success > last, is_exact), (failed + _number(1)).cast(Integer)),
        (and_(success > first, is_exact, or_(one_before_one_after, _only_first_was_before(sums, failed))), _number(2)),
        else_=literal_column("NULL", Integer()) if exact is None else exact,
    )


def is_unknown(sums: Callable[[str], SqlExpression]) -> ColumnElement[bool]:
    """Whether there is a number of `reached_at` that the sums do not tell."""
    return and_(sums("first_failure").is_not(None), sums("first_success").is_not(None), reached_at(sums).is_(None))


def _only_first_was_before(sums: Callable[[str], SqlExpression], failed: SqlExpression) -> ColumnElement[bool]:
    """Whether it is certain that only the first of `failed` failed attempts was before the success.

    If a second one was before it, too, its day was at most that of the success, and those of all further ones at most
    that of the last one. The days of all together are then at most the number on the right. Here they are more.
    """
    success, first, last, failures = map(sums, ATTEMPTS)
    days = failures.cast(BigInteger).bitwise_and(_number((1 << BITS_OF_DAYS) - 1))
    return days > Ordinal(first) + Ordinal(success) + (failed - _number(2)) * Ordinal(last)


def exact_attempt(
    entry: EntryOf, row: TableRow, last_day: SqlExpression | None, conditions: Sequence[ColumnElement[bool]]
) -> SqlExpression:
    """The number of `reached_at`: the entries of a contact, those that meet the conditions, are ordered by time and
    numbered. No entry after `last_day`, the day of the first success, is read; None if all entries are of one day.
    """
    c = entry.c
    columns = entry.own_day.label("day"), c.time_of_interaction.label("time"), c.entry_no.label("entry_no")
    chosen: SqlQuery = select(*columns, c.attempt_failed.label("failed")).select_from(row.source)
    # a SELECT of its own: SQLite moves no conditions into one that numbers rows, and would number all entries
    until = [] if last_day is None else [entry.own_day <= last_day]
    own = chosen.where(*conditions, *until).subquery("own").c
    place = func.row_number().over(order_by=(own.day, own.time, own.entry_no))
    rows = select(place.label("place"), own.failed).subquery("numbered")
    return select(func.min(rows.c.place).cast(Integer)).where(not_(rows.c.failed)).scalar_subquery()


def day_of_success(sums: Callable[[str], SqlExpression]) -> SqlExpression:
    """The day of the first entry whose attempt did not fail, from the sums of `ATTEMPTS`."""
    return DaysAfter(sums("first_success"), _number(0))

"""After how many attempts contacts were reached, without ordering the log.

Sums of the entries of a contact tell the number of its first entry whose attempt did not fail, in nearly all cases.
Only for the others the entries of that contact are numbered.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import BigInteger, ColumnElement, Double, Integer, and_, case, func, literal_column, not_, or_, select

from persistence.sql.conditions import Moment
from persistence.sql.dates import Ordinal
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import TableRow
from resolvers.statistics.groupings import EntryOf

BITS_OF_DAYS = 42
"""Room for the ordinals of a million days together: the last day of the calendar has 22 bits."""

EXACT_BITS = 53
"""A double is exact below 2 to the power of this: up to 2,000 failed attempts."""


def _number(value: int) -> SqlExpression:
    return literal_column(str(value), BigInteger())


def _moment(entry: EntryOf) -> SqlExpression:
    return Moment(entry.own_day, entry.c.time_of_interaction)


def _day_and_one(entry: EntryOf) -> SqlExpression:
    """A double, because PostgreSQL adds up numbers of 64 bits as NUMERIC, which takes longer."""
    return (Ordinal(entry.own_day) + _number(1 << BITS_OF_DAYS)).cast(Double)


ATTEMPTS: Mapping[str, Callable[[EntryOf], SqlExpression]] = {
    "first_success": lambda entry: func.min(_moment(entry)).filter(not_(entry.c.attempt_failed)),
    "first_failure": lambda entry: func.min(_moment(entry)).filter(entry.c.attempt_failed),
    "last_failure": lambda entry: func.max(_moment(entry)).filter(entry.c.attempt_failed),
    "failures": lambda entry: func.sum(_day_and_one(entry)).filter(entry.c.attempt_failed),
}
"""Sums over the entries of a contact, by name. Moments are in whole seconds, several entries may have the same one.
`failures` are the number of failed attempts above `BITS_OF_DAYS`, and below the ordinals of their days, added up.
"""

TOGETHER: Mapping[str, Callable[[SqlExpression], SqlExpression]] = {
    "first_success": func.min,
    "first_failure": func.min,
    "last_failure": func.max,
    "failures": func.sum,
}
"""How these sums of several groups of the entries of a contact are added up."""


def reached_at(sums: Callable[[str], SqlExpression], exact: SqlExpression | None = None) -> SqlExpression:
    """The number of the first entry whose attempt did not fail, from the sums of `ATTEMPTS`; null if all failed.

    `exact` is evaluated only where the sums do not tell the number: if an attempt failed in the same second, or if some
    of three or more failed attempts came before and some after, and more than the first one may have come before.
    Without `exact`, the number is then null.
    """
    success, first, last, failures = map(sums, ATTEMPTS)
    number = failures.cast(BigInteger).bitwise_rshift(_number(BITS_OF_DAYS))
    is_added_up = failures < _number(1 << EXACT_BITS)
    two_around = and_(number == _number(2), success < last)
    return case(
        (success.is_(None), literal_column("NULL", Integer())),
        (first.is_(None), _number(1)),
        (success < first, _number(1)),
        (and_(success > last, is_added_up), number + _number(1)),
        (and_(success > first, is_added_up, or_(two_around, _only_first_was_before(sums, number))), _number(2)),
        else_=literal_column("NULL", Integer()) if exact is None else exact,
    )


def is_unknown(sums: Callable[[str], SqlExpression]) -> ColumnElement[bool]:
    """Whether the sums do not tell the number, although there is one."""
    return and_(sums("first_failure").is_not(None), sums("first_success").is_not(None), reached_at(sums).is_(None))


def _only_first_was_before(sums: Callable[[str], SqlExpression], number: SqlExpression) -> ColumnElement[bool]:
    """Whether the days of failed attempts, added up, are more than they could be if another one was before the success:
    then those of the first and of another one are at most that of the success, and all others at most the last one.
    """
    success, first, last, failures = map(sums, ATTEMPTS)
    days = failures.cast(BigInteger).bitwise_and(_number((1 << BITS_OF_DAYS) - 1))
    return days > Ordinal(first) + Ordinal(success) + (number - _number(2)) * Ordinal(last)


def exact_attempt(
    entry: EntryOf, row: TableRow, sums: Callable[[str], SqlExpression], conditions: Sequence[ColumnElement[bool]]
) -> SqlExpression:
    """The same number from the entries that meet the conditions, which are those of one contact with these sums."""
    place = func.row_number().over(order_by=(entry.own_day, entry.c.time_of_interaction, entry.c.entry_no))
    numbered: SqlQuery = select(place.label("place"), entry.c.attempt_failed.label("failed"))
    rows = numbered.select_from(row.source).where(*conditions, not_later(entry, sums)).subquery("numbered")
    return select(func.min(rows.c.place)).where(not_(rows.c.failed)).scalar_subquery()


def not_later(entry: EntryOf, sums: Callable[[str], SqlExpression]) -> ColumnElement[bool]:
    """Whether an entry counts in `exact_attempt`: not if it is after the day of the first success."""
    return entry.own_day <= sums("first_success")

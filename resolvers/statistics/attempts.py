"""After how many attempts contacts were reached, without ordering the log.

Sums of the entries of a contact tell the number of its first entry whose attempt did not fail, in nearly all cases.
Only for the others the entries of that contact are numbered.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, case, func, literal_column, not_, select

from persistence.sql.conditions import Moment
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import TableRow
from resolvers.statistics.groupings import EntryOf


def _moment(entry: EntryOf) -> SqlExpression:
    return Moment(entry.own_day, entry.c.time_of_interaction)


ATTEMPTS: Mapping[str, Callable[[EntryOf], SqlExpression]] = {
    "first_success": lambda entry: func.min(_moment(entry)).filter(not_(entry.c.attempt_failed)),
    "first_failure": lambda entry: func.min(_moment(entry)).filter(entry.c.attempt_failed),
    "last_failure": lambda entry: func.max(_moment(entry)).filter(entry.c.attempt_failed),
    "failures": lambda entry: func.count().filter(entry.c.attempt_failed),
}
"""Sums over the entries of a contact, by name. Moments are in whole seconds, several entries may have the same one."""

TOGETHER: Mapping[str, Callable[[SqlExpression], SqlExpression]] = {
    "first_success": func.min,
    "first_failure": func.min,
    "last_failure": func.max,
    "failures": func.sum,
}
"""How these sums of several groups of the entries of a contact are added up."""


def reached_at(sums: Callable[[str], SqlExpression], exact: SqlExpression) -> SqlExpression:
    """The number of the first entry whose attempt did not fail, from the sums of `ATTEMPTS`; null if all failed.

    `exact` is evaluated only where the sums do not tell the number: if an attempt failed in the same second, or if some
    of three or more failed attempts came before and some after.
    """
    success, first, last, failures = map(sums, ATTEMPTS)
    return case(
        (success.is_(None), literal_column("NULL")),
        (failures == literal_column("0"), literal_column("1")),
        (success < first, literal_column("1")),
        (success > last, failures + literal_column("1")),
        (and_(failures == literal_column("2"), success > first, success < last), literal_column("2")),
        else_=exact,
    )


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

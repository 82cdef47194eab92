"""Which of two statements takes less time, decided by a sample of the entries while the statement runs."""

from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from functools import reduce
from operator import add

from sqlalchemy import case, func, select

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import SqlBuilder, SqlCondition, integer
from resolvers.statistics.entries import Entries
from resolvers.statistics.groupings import EntryOf
from resolvers.statistics.queries import ONE, ZERO

ENTRY_NO = table_of(InteractionLogEntry).c.entry_no

SAMPLED = 128
"""How many entries are sampled: these are read in less than a millisecond."""


def is_share(
    sql: SqlBuilder, key: Hashable, entries: Sequence[Entries], also: Callable[[EntryOf], SqlCondition], share: Fraction
) -> SqlCondition:
    """Whether at least this share of all entries in the log is expected to be among these and to meet a condition. The
    key stands for the same sample each time.
    """

    def sampled(entry: EntryOf) -> list[SqlCondition]:
        return [entry.c.entry_no.in_(_numbers()), also(entry)]

    def compare() -> SqlQuery:
        counts = [_count(each.those(sampled, looked_up=True)) for each in entries]
        all_ = select(func.count()).where(ENTRY_NO.in_(_numbers())).scalar_subquery()
        is_reached = reduce(add, counts) * integer(share.denominator) >= all_ * integer(share.numerator)
        return select(case((is_reached, ONE), else_=ZERO).label("is_reached"))

    return sql.common(key, compare) == ONE


def only_if(condition: SqlCondition, query: SqlQuery) -> SqlQuery:
    """The rows of a SELECT if the condition, which is about no row, holds; otherwise none, and its tables are not read.
    Only for SQLite, to which a negative limit is none.
    """
    return select(query.limit(case((condition, integer(-1)), else_=ZERO)).subquery())


def _count(entries: Entries) -> SqlExpression:
    found: SqlQuery = select(func.count()).select_from(entries.row.source).where(*entries.conditions)
    return found.scalar_subquery()


def _numbers() -> SqlQuery:
    """Numbers of entries at equal distances. Some may be of no entry."""
    first = select(ONE.label("place")).cte("places", recursive=True, nesting=True)
    places = first.union_all(select(first.c.place + ONE).where(first.c.place < integer(SAMPLED)))
    first_no, last_no = (select(end(ENTRY_NO)).scalar_subquery() for end in (func.min, func.max))
    return select(first_no + (last_no - first_no) * places.c.place // integer(SAMPLED))

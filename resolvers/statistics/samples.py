"""Choosing one of two SELECTs while a statement runs: a sample of the entries tells which takes less time."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from operator import add

from sqlalchemy import BigInteger, case, func, literal_column, select

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.sql.constructs import IfSorting
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import SqlBuilder, SqlCondition, integer
from resolvers.statistics.entries import Entries, SomeEntries
from resolvers.statistics.groupings import EntryOf
from resolvers.statistics.queries import ONE, ZERO

ENTRY_NO = table_of(InteractionLogEntry).c.entry_no

SAMPLED = 128
"""How many entries are sampled: these are read in less than a millisecond."""

ALL_ROWS: SqlExpression = literal_column(str(2**63 - 1), BigInteger())
"""The limit of a SELECT that is to return all of its rows."""


def are_at_least(
    sql: SqlBuilder, share: Fraction, entries: Sequence[Entries], condition: Callable[[EntryOf], SqlCondition]
) -> SqlCondition:
    """Whether at least this share of the sampled entries are among `entries` and meet the condition. An entry that is
    in two of `entries` counts twice. It is true in an empty log.
    """

    numbers = select(sql.common_rows(_sampled_numbers, _sampled_numbers))

    def sampled(entry: EntryOf) -> list[SqlCondition]:
        return [entry.c.entry_no.in_(numbers), condition(entry)]

    def compare() -> SqlQuery:
        counts = [_count(each.that_also(sampled)) for each in entries]
        all_ = select(func.count()).where(ENTRY_NO.in_(numbers)).scalar_subquery()
        is_enough = reduce(add, counts) * integer(share.denominator) >= all_ * integer(share.numerator)
        return select(case((is_enough, ONE), else_=ZERO).label("is_enough"))

    return sql.common((are_at_least, *entries), compare) == ONE


def only_if(condition: SqlCondition, query: SqlQuery) -> SqlQuery:
    """The rows of a SELECT if the condition, which is about no row, holds; otherwise none, and its tables are not
    read. A database that groups by hash tables has no such choice, and returns all rows.
    """
    return query.limit(IfSorting(case((condition, ALL_ROWS), else_=ZERO)))


def _count(entries: SomeEntries) -> SqlExpression:
    found: SqlQuery = select(func.count()).select_from(entries.row.source).where(*entries.conditions)
    return found.scalar_subquery()


def _sampled_numbers() -> SqlQuery:
    """The numbers of entries at nearly equal distances between the first and the last one."""
    first, last = (select(end(ENTRY_NO)).scalar_subquery() for end in (func.min, func.max))
    start = select(ONE.label("step")).cte("steps", recursive=True, nesting=True)
    steps = start.union_all(select(start.c.step + ONE).where(start.c.step < integer(SAMPLED)))
    near = first + (last - first) * steps.c.step // integer(SAMPLED)
    log = table_of(InteractionLogEntry).alias("log")
    found = select(func.min(log.c.entry_no)).where(log.c.entry_no >= near).correlate(steps).scalar_subquery()
    return select(found.label("entry_no")).select_from(steps)

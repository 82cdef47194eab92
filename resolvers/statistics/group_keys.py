"""The keys of the groups of the second step, from the columns of the first one."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import FromClause, table

from persistence.contacts import Contact
from persistence.sql_types import SqlExpression
from resolvers.queries import Columns, SqlBuilder
from resolvers.statistics.derived import place
from resolvers.statistics.entries import EntrySums
from resolvers.statistics.groupings import Grouping


class GroupKeys(NamedTuple):
    """The rows of the first step, joined to their contacts if groupings need these; the keys of the groups, with their
    names; and what to group by, so that there is one row for each combination of keys.
    """

    source: FromClause
    columns: list[SqlExpression]
    grouped: list[SqlExpression]


def group_keys(
    sql: SqlBuilder, groupings: Sequence[Grouping], first: EntrySums, rows: FromClause | None = None
) -> GroupKeys:
    """The keys of these groupings. The rows of the first step are `rows`, if they are given, with its name."""
    source = table(first.name) if rows is None else rows
    contact = sql.row(Contact)
    if first.bits is not None:
        source = first.bits.join(source, first.c)
    if any(each.of_contact for each in groupings):
        source = source.outerjoin(contact.source, contact.c.no == first.c["contact_no"])
    columns: list[SqlExpression] = []
    grouped: list[SqlExpression] = []
    for each in groupings:
        sums_of = contact.c if each.of_contact else first.c
        key, column = _key(sql, first, each, sums_of, place(len(columns) + 1))
        columns.append(key.label(each.name))
        grouped.append(column)
        for name in each.columns[1:]:
            columns.append(sums_of[name].label(name))
            grouped.append(place(len(columns)))
    return GroupKeys(source, columns, grouped)


def _key(
    sql: SqlBuilder, first: EntrySums, grouping: Grouping, sums_of: Columns, own_place: SqlExpression
) -> tuple[SqlExpression, SqlExpression]:
    """The key of a grouping, and what to group by for it. `own_place` is the place of the key in the SELECT."""
    if first.bits is not None and grouping is first.bits.grouping:
        return first.bits.key(first.c), first.bits.grouped_by(first.c, own_place)
    if first.is_final and not grouping.of_contact:
        is_key = grouping.name in first.keys
        column = sums_of[grouping.name if is_key else grouping.final_column]
        return (column if is_key else grouping.of_final(column, sql)), column
    return grouping.key(sums_of, sql), own_place

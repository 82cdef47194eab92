"""The second step of figures, from the rows of the first one: the keys of groups, parts whose sums are added up, groups
that are rows of the first step already, and groups of cities.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import FromClause, and_, case, func, literal_column, select, table, union_all

from persistence.contacts import Contact
from persistence.sql.folding import Visible
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import Columns, SqlBuilder
from resolvers.statistics import attempts, sums
from resolvers.statistics.derived import place, places
from resolvers.statistics.entry_sums import EntrySums
from resolvers.statistics.groupings import Grouping
from resolvers.statistics.queries import ONE, ZERO


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


def are_rows(first: EntrySums, groupings: Sequence[Grouping]) -> bool:
    """Whether each row of the first step is a group."""
    by_contact = any(each.name == "contact_no" for each in groupings)
    only_of_entries = not any(each.of_contact for each in groupings)
    return by_contact and only_of_entries and first.is_final and first.bits is None and "earlier" not in first.keys


def groups_of_rows(first: EntrySums, keys: Sequence[SqlExpression], wanted: Sequence[str]) -> SqlQuery:
    """The groups with the sums `wanted` of each, from rows that `are_rows`. They need not be grouped again."""
    is_contact = first.c["contact_no"].is_not(None)
    over_contacts: Mapping[str, Callable[[], SqlExpression]] = {
        "contacts": lambda: case((is_contact, ONE), else_=ZERO),
        "reached": lambda: case((and_(is_contact, first.c["first_success"].is_not(None)), ONE), else_=ZERO),
        "attempts": lambda: func.coalesce(case((is_contact, _reached_at(first))), ZERO),
    }
    chosen = [(over_contacts[name]() if name in over_contacts else first.c[name]).label(name) for name in wanted]
    found: SqlQuery = select(*keys, *chosen)
    return found.select_from(table(first.name))


def _reached_at(first: EntrySums) -> SqlExpression:
    return attempts.reached_at(first.c.__getitem__, first.exact_attempt())


class Part(NamedTuple):
    """A SELECT of the second step, and the names of the sums that it has."""

    query: SqlQuery
    names: Sequence[str]


def added_up(parts: Sequence[Part], keys: Sequence[str], wanted: Sequence[str]) -> SqlQuery:
    """The sums `wanted` of all parts together, for each combination of keys.

    Sums over contacts are read from the entries, all others may be stored. Then the entries are added up by contact
    with as few columns as possible, because there are millions of pairs of a key and a contact.
    """
    if len(parts) == 1:
        return parts[0].query
    zero: SqlExpression = literal_column("0")
    sources = [(query.subquery(f"part_{number}"), names) for number, (query, names) in enumerate(parts)]
    together = union_all(
        *(
            select(
                *(rows.c[name].label(name) for name in keys),
                *((rows.c[name] if name in there else zero).label(name) for name in wanted),
            )
            for rows, there in sources
        )
    ).subquery("of_all_parts")
    chosen = [together.c[name].label(name) for name in keys]
    chosen += [sums.added_up(name, together.c[name]).label(name) for name in wanted]
    return select(*chosen).select_from(together).group_by(*places(len(keys)))


def one_of_each_city(second: SqlQuery, keys: Sequence[str], wanted: Sequence[str]) -> SqlQuery:
    """The third step: one group for all cities that differ only in invisible characters. It is made here and not in the
    second step, which has a row for each contact, because there are few cities and many contacts. Each contact has one
    city, so all sums can be added up.
    """
    groups = second.subquery("cities")
    columns = [(Visible(groups.c[name]) if name == "city" else groups.c[name]).label(name) for name in keys]
    columns += [sums.added_up(name, groups.c[name]).label(name) for name in wanted]
    return select(*columns).select_from(groups).group_by(*places(len(keys)))

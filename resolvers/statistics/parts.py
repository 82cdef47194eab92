"""Parts of the second step of figures: SELECTs whose sums are to be added up; and its groups of cities."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import literal_column, select, union_all

from persistence.sql.folding import Visible
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.statistics import sums
from resolvers.statistics.derived import places


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

"""Parts of the second step of figures: SELECTs whose sums are to be added up."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import literal_column, select, union_all

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

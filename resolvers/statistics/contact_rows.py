"""Groups that are rows of the first step: by contact and other keys, there is one row for each of them."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import and_, case, func, select, table

from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.statistics import attempts
from resolvers.statistics.entries import EntrySums
from resolvers.statistics.groupings import Grouping
from resolvers.statistics.queries import ONE, ZERO

CONTACT = "contact_no"


def are_rows(first: EntrySums, groupings: Sequence[Grouping]) -> bool:
    """Whether each row of the first step is a group."""
    by_contact = any(each.name == CONTACT for each in groupings)
    only_of_entries = not any(each.of_contact for each in groupings)
    return by_contact and only_of_entries and first.is_final and first.bits is None and "earlier" not in first.keys


def groups_of_rows(first: EntrySums, keys: Sequence[SqlExpression], wanted: Sequence[str]) -> SqlQuery:
    """The groups with the sums `wanted` of each, from rows that `are_rows`. They need not be grouped again."""
    is_contact = first.c[CONTACT].is_not(None)
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

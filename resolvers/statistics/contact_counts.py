"""Sums over contacts for databases that sort rows to group them, without a row for each contact in each group."""

from collections.abc import Sequence

from sqlalchemy import case, func, literal_column, not_, select

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.sql.constructs import WithoutIndex
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import SqlBuilder, SqlCondition, TableRow, integer
from resolvers.statistics.attempts import exact_attempt
from resolvers.statistics.derived import places
from resolvers.statistics.entries import SHORT_UNITS, Entries
from resolvers.statistics.groupings import ByUnit, Grouping
from resolvers.statistics.queries import ONE
from resolvers.statistics.stored import Passes
from resolvers.statistics.sums import over_contacts


def are_many(groupings: Sequence[Grouping]) -> bool:
    """Whether there are many groups to sort: by several keys, or by day or week."""
    return len(groupings) > 1 or any(isinstance(each, ByUnit) and each.unit in SHORT_UNITS for each in groupings)


def finds_first_entries(sql: SqlBuilder, passes: Passes, groupings: Sequence[Grouping]) -> bool:
    """Whether `totals_of_first_entries` saves time and can be used: there are many groups, the reader sees all entries,
    and there is no filter.
    """
    return are_many(groupings) and not sql.own_only and all(value is None for value in passes.filter.values())


def contacts_of_groups(sql: SqlBuilder, passes: Passes, groupings: Sequence[Grouping]) -> SqlQuery:
    """Numbers of contacts, to be added up for each combination of keys. A database that sorts keeps the different
    contacts of a group in a tree, so those with the same last two characters are counted at once: a tree of all
    contacts would not fit into the page cache.
    """
    entries = Entries(sql, passes, None, None)
    keys = (each.first(entries.entry, sql, final=True) for each in groupings)
    columns = [WithoutIndex(key).label(name) for of_one in keys for name, key in of_one.items()]
    contact_no = entries.row.c["contact_no"]
    counted: SqlQuery = select(*columns, func.count(contact_no.distinct()).label("contacts"))
    found = counted.select_from(entries.row.source).where(*entries.conditions)
    return found.group_by(*places(len(columns)), func.substr(contact_no, integer(-2)))


def totals_of_first_entries(sql: SqlBuilder, passes: Passes, names: Sequence[str]) -> SqlQuery:
    """Sums of `SUMS_OVER_CONTACTS` over all entries, for a reader who sees them all: otherwise many entries of a
    contact might be read before the first one that passes. Most contacts are reached at their first entry; for the
    others, further ones are read.
    """
    numbers = table_of(InteractionLogEntry).c.contact_no
    contacts = select(numbers.label("contact_no")).where(numbers.is_not(None)).distinct().subquery("contacts")
    # a literal column, because a column of `contacts` would bring its rows into subqueries that refer to it
    contact_no = literal_column(f'{contacts.name}."contact_no"', numbers.type)
    first: TableRow = sql.row(InteractionLogEntry)
    attempt = case((not_(first.c.attempt_failed), ONE), else_=_exact_attempt(sql, passes, contact_no))
    of_first = first.c.entry_no == _first(sql, passes, contact_no, "entry_no")
    chosen = over_contacts(names, reached=lambda: attempt, attempt=lambda: attempt)
    return select(*chosen).select_from(contacts.join(first.source, of_first))


def _first(
    sql: SqlBuilder, passes: Passes, contact_no: SqlExpression, name: str, *, reached: bool = False
) -> SqlExpression:
    """A column of the first entry of a contact that passes, or if `reached` of the first whose attempt did not fail."""
    entries = Entries(sql, passes, None, None)
    c = entries.row.c
    conditions: list[SqlCondition] = [c["contact_no"] == contact_no, *entries.conditions]
    if reached:
        conditions.append(not_(c["attempt_failed"]))
    found: SqlQuery = select(c[name]).select_from(entries.row.source).where(*conditions)
    ordered = found.order_by(c["date"], c["time_of_interaction"], c["entry_no"])
    return ordered.limit(ONE).scalar_subquery()


def _exact_attempt(sql: SqlBuilder, passes: Passes, contact_no: SqlExpression) -> SqlExpression:
    """The number of the first entry of a contact whose attempt did not fail, null if all failed."""
    entries = Entries(sql, passes, None, None)
    same = entries.row.c["contact_no"] == contact_no
    day = {"first_success": _first(sql, passes, contact_no, "date", reached=True)}
    return exact_attempt(entries.entry, entries.row, day.__getitem__, [same, *entries.conditions])

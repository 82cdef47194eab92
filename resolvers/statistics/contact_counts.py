"""Sums over contacts for databases that sort rows to group them, with few or short rows to sort."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from sqlalchemy import Integer, case, func, literal_column, not_, select, union_all

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.sql.constructs import WithoutIndex
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import SqlBuilder, SqlCondition, TableRow, integer
from resolvers.statistics.attempts import ATTEMPTS, exact_attempt, reached_at
from resolvers.statistics.derived import DerivedColumns, places
from resolvers.statistics.entries import SHORT_UNITS, Entries
from resolvers.statistics.groupings import ByUnit, EntryOf, Grouping
from resolvers.statistics.queries import ONE
from resolvers.statistics.samples import is_share, only_if
from resolvers.statistics.second_step import CONTACT
from resolvers.statistics.stored import Passes
from resolvers.statistics.sums import SUMS, added_up, over_contacts

MOST = Fraction(5, 6)
"""The share of entries from which it is likely that reading the first entry of each contact takes less time."""

Same = Callable[[EntryOf], list[SqlCondition]]
"""The conditions that an entry has the same contact, or the same contact and keys."""


def are_many(groupings: Sequence[Grouping]) -> bool:
    """Whether there are many groups to sort, and a contact may be in any: by several keys, or by day or week."""
    of_short_unit = any(isinstance(each, ByUnit) and each.unit in SHORT_UNITS for each in groupings)
    return (len(groupings) > 1 or of_short_unit) and not any(each.one_group_per_contact for each in groupings)


def all_pass(sql: SqlBuilder, passes: Passes) -> bool:
    """Whether all entries pass: there is no filter, and the reader sees all of them."""
    return not sql.own_only and all(value is None for value in passes.filter.values())


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


def totals_over_contacts(sql: SqlBuilder, passes: Passes, names: Sequence[str]) -> SqlQuery:
    """Sums of `SUMS_OVER_CONTACTS` over all entries together, from the first entry of each contact if it is likely that
    nearly all entries pass: otherwise many entries of a contact might be read before the first one that does.
    """
    entries = Entries(sql, passes, None, None)
    rows = rows_with_attempts(sql, entries, (), ()).subquery("contacts").c
    chosen = over_contacts(names, reached=lambda: rows.attempt, attempt=lambda: rows.attempt)
    by_contact: SqlQuery = select(*chosen).where(rows[CONTACT].is_not(None))
    find_first = finds_first_entries(sql, entries)
    by_first = only_if(find_first, _of_first_entries(sql, entries, names))
    # beside the statement, because the parser of SQLite limits how deep subqueries are nested
    found = sql.common_rows(
        (totals_over_contacts, entries), lambda: union_all(by_first, only_if(not_(find_first), by_contact))
    )
    return select(*(added_up(name, found.c[name]).label(name) for name in names))


def finds_first_entries(sql: SqlBuilder, entries: Entries) -> SqlCondition:
    """Whether the first entry of each contact is quickly found: nearly all entries pass, and contacts have many."""

    def is_not_first(entry: EntryOf) -> SqlCondition:
        other = sql.row_of_visible(InteractionLogEntry)
        return sql.exists(other, other.c[CONTACT] == entry.c[CONTACT], other.c.entry_no < entry.c.entry_no)

    return is_share(sql, (finds_first_entries, entries), [entries], is_not_first, MOST)


def _of_first_entries(sql: SqlBuilder, entries: Entries, names: Sequence[str]) -> SqlQuery:
    """These sums, from the first entry of each contact. Further ones are read only if that attempt failed."""
    numbers = table_of(InteractionLogEntry).c.contact_no
    contacts = select(numbers.label("contact_no")).where(numbers.is_not(None)).distinct().subquery("contacts")
    # a literal column, because a column of `contacts` would bring its rows into subqueries that refer to it
    contact_no = literal_column(f'{contacts.name}."contact_no"', numbers.type)
    first: TableRow = sql.row(InteractionLogEntry)

    def same(entry: EntryOf) -> list[SqlCondition]:
        return [entry.c[CONTACT] == contact_no]

    attempt = case((not_(first.c.attempt_failed), ONE), else_=_exact_attempt(entries, same))
    of_first = first.c.entry_no == _first(entries, same, "entry_no")
    chosen = over_contacts(names, reached=lambda: attempt, attempt=lambda: attempt)
    return select(*chosen).select_from(contacts.join(first.source, of_first))


def rows_with_attempts(
    sql: SqlBuilder, entries: Entries, groupings: Sequence[Grouping], wanted: Sequence[str]
) -> SqlQuery:
    """One row for each contact and combination of keys, with the number of `reached_at` in the column `attempt`, and
    those sums of `wanted` that are not over contacts. Sorted by their keys, these rows take less room than with the
    sums from which the number is computed.
    """
    sums = {name: of(entries.entry) for name, of in ATTEMPTS.items()}
    own = _keys(entries.entry, sql, groupings)

    def same(other: EntryOf) -> list[SqlCondition]:
        keys = _keys(other, sql, groupings)
        return [keys.pop(CONTACT) == own[CONTACT], *(key.is_not_distinct_from(own[name]) for name, key in keys.items())]

    attempt = case((entries.row.c[CONTACT].is_not(None), reached_at(sums.__getitem__, _exact_attempt(entries, same))))
    values = {name: of(entries.row) for name, of in SUMS.items()} | sums | {"attempt": attempt}
    chosen = [WithoutIndex(key).label(name) for name, key in own.items()]
    chosen += [values[name].label(name) for name in ("attempt", *wanted) if name in values]
    found: SqlQuery = select(*chosen).select_from(entries.row.source)
    return found.where(*entries.conditions).group_by(*places(len(own)))


def sums_with_attempts(name: str, wanted: Sequence[str]) -> list[SqlExpression]:
    """The sums `wanted`, with their names, over a subquery of `rows_with_attempts`."""
    rows = DerivedColumns(name, lambda _: Integer())
    of_contacts: Mapping[str, Callable[[], SqlExpression]] = {
        "contacts": lambda: func.count(rows[CONTACT]),
        "reached": lambda: func.count(rows["attempt"]),
        "attempts": lambda: added_up("attempts", rows["attempt"]),
    }
    return [(of_contacts[sum_]() if sum_ in of_contacts else added_up(sum_, rows[sum_])).label(sum_) for sum_ in wanted]


def _keys(entry: EntryOf, sql: SqlBuilder, groupings: Sequence[Grouping]) -> dict[str, SqlExpression]:
    keys = {CONTACT: entry.c[CONTACT]}
    for each in groupings:
        keys |= each.first(entry, sql, final=True)
    return keys


def _first(entries: Entries, same: Same, name: str, *, reached: bool = False) -> SqlExpression:
    """A column of the first of the `same` entries, or if `reached` of the first whose attempt did not fail."""
    those = entries.those(same)
    c = those.row.c
    conditions = [*those.conditions, not_(c["attempt_failed"])] if reached else those.conditions
    found: SqlQuery = select(c[name]).select_from(those.row.source).where(*conditions)
    ordered = found.order_by(c["date"], c["time_of_interaction"], c["entry_no"])
    return ordered.limit(ONE).scalar_subquery()


def _exact_attempt(entries: Entries, same: Same) -> SqlExpression:
    """The number of the first of the `same` entries whose attempt did not fail, null if all failed."""
    those = entries.those(same)
    last_day = _first(entries, same, "date", reached=True)
    return exact_attempt(those.entry, those.row, last_day, those.conditions)

"""Sums over contacts for databases that sort rows to group them, with few or short rows to sort."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from sqlalchemy import FromClause, Integer, and_, case, func, not_, select, union_all

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.sql.constructs import WithoutIndex
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import SqlBuilder, SqlCondition, TableRow, integer
from resolvers.statistics.attempts import ATTEMPTS, exact_attempt, reached_at
from resolvers.statistics.derived import DerivedColumns, in_with, places, type_of
from resolvers.statistics.entries import ConditionsOfEntry, Entries, SomeEntries
from resolvers.statistics.entry_sums import SHORT_UNITS, same_keys
from resolvers.statistics.groupings import FIRST_DAY, ByUnit, EntryOf, Grouping
from resolvers.statistics.queries import ONE
from resolvers.statistics.samples import are_at_least, only_if
from resolvers.statistics.stored import Passes
from resolvers.statistics.sums import SUMS, added_up, over_contacts

LEAST_SHARE = Fraction(5, 6)
"""The share of entries that pass and are not the first of their contact, from which reading the first entry of each
contact takes less time than sorting all entries: measured, decision 0096.
"""


def are_many(groupings: Sequence[Grouping]) -> bool:
    """Whether figures have many groups, and a contact may be in several of them: by two or three keys, by day or by
    week.
    """
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
    entries = Entries(sql, passes)
    columns = [WithoutIndex(key).label(name) for name, key in final_keys(entries.entry, sql, groupings).items()]
    contact_no = entries.row.c["contact_no"]
    counted: SqlQuery = select(*columns, func.count(contact_no.distinct()).label("contacts"))
    found = counted.select_from(entries.row.source).where(*entries.conditions)
    return found.group_by(*places(len(columns)), func.substr(contact_no, integer(-2)))


def totals_over_contacts(sql: SqlBuilder, passes: Passes, names: Sequence[str]) -> SqlQuery:
    """Sums of `SUMS_OVER_CONTACTS` over all entries together, from the first entry of each contact if nearly all
    entries pass and contacts have several: otherwise many might be read before the first one that passes.
    """
    entries = Entries(sql, passes)
    contact = rows_with_attempts(sql, entries, (), ()).subquery("contacts").c
    chosen = over_contacts(names, reached=lambda: contact.attempt, attempt=lambda: contact.attempt)
    by_sorting: SqlQuery = select(*chosen).where(contact.contact_no.is_not(None))
    reads_first = should_read_first_entries(sql, entries)
    by_first = _of_first_entries(sql, entries, names, reads_first)
    both = union_all(by_first, select(only_if(not_(reads_first), by_sorting).subquery()))
    found = in_with(sql, both).subquery("of_one")
    return select(*(added_up(name, found.c[name]).label(name) for name in names))


def should_read_first_entries(sql: SqlBuilder, entries: Entries) -> SqlCondition:
    """Whether reading the first entry of each contact is likely to take less time than sorting all entries."""

    def is_not_first(entry: EntryOf) -> SqlCondition:
        other = sql.row_of_visible(InteractionLogEntry)
        return sql.exists(other, other.c.contact_no == entry.c.contact_no, other.c.entry_no < entry.c.entry_no)

    return are_at_least(sql, LEAST_SHARE, [entries], is_not_first)


def _of_first_entries(sql: SqlBuilder, entries: Entries, names: Sequence[str], reads_first: SqlCondition) -> SqlQuery:
    """These sums, from the first entry of each contact; 0 unless `reads_first`. Further entries are read only if that
    attempt failed.
    """
    numbers = table_of(InteractionLogEntry).c.contact_no
    all_contacts: SqlQuery = select(numbers.label("contact_no")).where(numbers.is_not(None)).distinct()
    contacts = only_if(reads_first, all_contacts).subquery("contacts")
    contact_no = DerivedColumns(contacts.name, type_of)["contact_no"]

    def same(entry: EntryOf) -> list[SqlCondition]:
        return [entry.c.contact_no == contact_no]

    first: TableRow = sql.row(InteractionLogEntry)
    failed = first.c.attempt_failed
    last_day = case((failed, _first(entries, same, "date", reached=True)))
    rows = select(contact_no.label("contact_no"), failed.label("attempt_failed"), last_day.label("day"))
    is_first = first.c.entry_no == _first(entries, same, "entry_no")
    rows = rows.select_from(contacts.join(first.source, is_first))
    c = DerivedColumns("first_entries", type_of)
    again = entries.that_also(lambda entry: [entry.c.contact_no == c["contact_no"]])
    exact = exact_attempt(again.entry, again.row, c["day"], again.conditions)
    attempt = case((not_(c["attempt_failed"]), ONE), else_=exact)
    chosen = over_contacts(names, reached=lambda: attempt, attempt=lambda: attempt)
    return select(*chosen).select_from(rows.subquery("first_entries"))


def _first(entries: Entries, same: ConditionsOfEntry, name: str, *, reached: bool = False) -> SqlExpression:
    """A column of the first of the `same` entries, or if `reached` of the first whose attempt did not fail."""
    own = entries.that_also(same)
    c = own.row.c
    conditions = [*own.conditions, not_(c["attempt_failed"])] if reached else own.conditions
    found: SqlQuery = select(c[name]).select_from(own.row.source).where(*conditions)
    ordered = found.order_by(c["date"], c["time_of_interaction"], c["entry_no"])
    return ordered.limit(ONE).scalar_subquery()


def rows_with_attempts(
    sql: SqlBuilder,
    entries: Entries,
    groupings: Sequence[Grouping],
    wanted: Sequence[str],
    days: FromClause | None = None,
) -> SqlQuery:
    """One row for each contact and combination of keys, with the number of `reached_at` in the column `attempt`, and
    those sums of `wanted` that are not over contacts; only of the contacts and days in `days`, if these are given.
    Sorted by their keys, these rows take less room than with the sums from which the number is computed.
    """
    own: Entries | SomeEntries = entries if days is None else entries.that_also(lambda _: [])
    source, c = own.row.source, own.row.c
    if days is not None:
        source = source.join(days, and_(days.c.contact_no == c["contact_no"], days.c.date == c["date"]))
    keys = _keys(own.entry, sql, groupings)
    sums = {name: of(own.entry) for name, of in ATTEMPTS.items()}

    def same(entry: EntryOf) -> list[SqlCondition]:
        found = _keys(entry, sql, groupings)
        is_contact = found.pop("contact_no") == keys["contact_no"]
        return [is_contact, *same_keys(found, keys)]

    again = entries.that_also(same)
    # by day SQLite would search the index for a range of days, which it expects to have fewer rows than one day
    last_day = None if FIRST_DAY in keys else _first(entries, same, "date", reached=True)
    exact = exact_attempt(again.entry, again.row, last_day, again.conditions)
    attempt = case((c["contact_no"].is_not(None), reached_at(sums.__getitem__, exact)))
    values = {"attempt": attempt, **{name: of(own.row) for name, of in SUMS.items()}}
    columns = [WithoutIndex(key).label(name) for name, key in keys.items()]
    columns += [values[name].label(name) for name in ("attempt", *wanted) if name in values]
    found: SqlQuery = select(*columns).select_from(source).where(*own.conditions)
    return in_with(sql, found.group_by(*places(len(keys))))


def sums_with_attempts(name: str, wanted: Sequence[str]) -> list[SqlExpression]:
    """The sums `wanted`, with their names, over a subquery of `rows_with_attempts`."""
    rows = DerivedColumns(name, lambda _: Integer())
    of_contacts: Mapping[str, Callable[[], SqlExpression]] = {
        "contacts": lambda: func.count(rows["contact_no"]),
        "reached": lambda: func.count(rows["attempt"]),
        "attempts": lambda: added_up("attempts", rows["attempt"]),
    }
    return [(of_contacts[sum_]() if sum_ in of_contacts else added_up(sum_, rows[sum_])).label(sum_) for sum_ in wanted]


def final_keys(entry: EntryOf, sql: SqlBuilder, groupings: Sequence[Grouping]) -> dict[str, SqlExpression]:
    """The columns of `Grouping.first` with `final`, of all groupings."""
    return {name: key for each in groupings for name, key in each.first(entry, sql, final=True).items()}


def _keys(entry: EntryOf, sql: SqlBuilder, groupings: Sequence[Grouping]) -> dict[str, SqlExpression]:
    return {"contact_no": entry.c.contact_no, **final_keys(entry, sql, groupings)}

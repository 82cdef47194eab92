"""Reading the stored sums: `sums_by_day` has the sums of each day and each value of one key.

The sums of clean days are stored; those of dirty days are computed from the entries. Both are read in one statement, so
the figures are those of its snapshot. Only the figures of viewers who see all entries may use stored sums.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Integer, func, literal_column, select, union_all

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.precomputed.day_sums import DIRTY_DAYS, OVER_CONTACTS, SUMS, DaySum, SumKind
from persistence.sql.conditions import BetweenFewRows, HourText, IsInRows
from persistence.sql.constructs import WithoutIndex
from persistence.sql_types import SqlQuery
from resolvers.interactions.queries import is_not_canceled
from resolvers.queries import Columns, SqlBuilder, SqlCondition, SqlExpression, SqlRows, TableRow, quoted
from resolvers.statistics import day_contacts, sums
from resolvers.statistics.attempts import ATTEMPTS, day_of_success, exact_attempt, reached_at
from resolvers.statistics.derived import DerivedColumns, places
from resolvers.statistics.groupings import EntryOf
from resolvers.statistics.sums import Sums

OnDays = Callable[[SqlExpression], SqlCondition]
"""A condition on a day."""

KEYS: Mapping[SumKind, Callable[[Columns], SqlExpression]] = {
    SumKind.TEMPLATE: lambda entry: entry.template_code,
    SumKind.GROUP: lambda entry: entry.group_code,
    SumKind.SALESPERSON: lambda entry: entry.salesperson_code,
    SumKind.CAMPAIGN: lambda entry: entry.campaign_no,
    SumKind.EVALUATION: lambda entry: entry.evaluation,
    SumKind.HOUR: lambda entry: HourText(entry.time_of_interaction),
    SumKind.TOTAL: lambda _: quoted(""),
}
"""The key of an entry in the sums of each kind; blank if it is null."""

TYPES = {name: table_of(DaySum).c[name].type for name in (*SUMS, *OVER_CONTACTS)}


def sums_by_day(parts: tuple[SqlQuery, SqlQuery]) -> SqlRows:
    """The sums of all entries that count: one row for each day and key, from the parts that
    `sums_of_clean_and_dirty_days` makes. A day without entries has no row.
    """
    return union_all(*parts).subquery()


def sums_of_clean_and_dirty_days(
    sql: SqlBuilder,
    kind: SumKind,
    *,
    key: SqlExpression | None = None,
    days: OnDays | None = None,
    dirty_name: str | None = None,
    over_contacts: bool = False,
) -> tuple[SqlQuery, SqlQuery]:
    """Both parts of `sums_by_day`, with the columns `day`, `key` and `SUMS`, and `OVER_CONTACTS` if `over_contacts`.
    The first part, of clean days, can be read in the order of keys and days.

    `key` restricts both to one key, which is not blank, and `days` to some days. With `dirty_name`, the sums of dirty
    days are a subquery with this name that is computed once, however often the result is read. Sums of both kinds of
    days have the same types: otherwise PostgreSQL would convert each row, and could not read the rows in parallel.
    """
    names = ("day", "key", *SUMS, *(OVER_CONTACTS if over_contacts else ()))
    clean = _sums_of_clean_days(sql, kind, names, key=key, days=days)
    of_dirty = sums_of_dirty_days(sql, kind, key=key, days=days, over_contacts=over_contacts)
    if dirty_name is not None:
        of_dirty = select(of_dirty.cte(dirty_name).prefix_with("MATERIALIZED"))
    return clean, of_dirty


def sums_of_card(
    sql: SqlBuilder, kind: SumKind, of_dirty_days: SqlRows, *, key: SqlExpression, days: OnDays | None
) -> SqlRows:
    """`SUMS` of one of several cards, whose key is `key`, on some days: the stored ones of clean days, and its row of
    `of_dirty_days`, which are those that `dirty_sums_of_all_cards` computes for all keys.
    """
    clean = _sums_of_clean_days(sql, kind, SUMS, key=key, days=days)
    dirty = select(*(of_dirty_days.c[name].label(name) for name in SUMS)).where(of_dirty_days.c.key == key)
    return union_all(clean, dirty).subquery()


def dirty_sums_of_all_cards(sql: SqlBuilder, kind: SumKind, *, days: OnDays | None) -> SqlQuery:
    """The sums of all dirty days among some days: one row for each key that is not blank, from one pass over their
    entries.
    """
    entry = sql.row(InteractionLogEntry)
    key = KEYS[kind](entry.c)
    conditions = [*_on_dirty_days(entry, days), _between_dirty_days(entry), key.is_not(None)]
    return select(key.label("key"), *_totals(entry)).select_from(entry.source).where(*conditions).group_by(key)


def _sums_of_clean_days(
    sql: SqlBuilder, kind: SumKind, names: Sequence[str], *, key: SqlExpression | None, days: OnDays | None
) -> SqlQuery:
    """These columns of the stored sums of clean days."""
    stored = sql.row(DaySum)
    within = [] if days is None else [days(stored.c.day)]
    if key is not None:
        within.append(stored.c.key == key)
    return (
        select(*(stored.c[name].label(name) for name in names))
        .select_from(stored.source)
        .where(stored.c.kind == quoted(kind), *within, stored.c.day.not_in(select(DIRTY_DAYS.c.day).distinct()))
    )


def sums_of_dirty_days(
    sql: SqlBuilder,
    kind: SumKind,
    *,
    key: SqlExpression | None = None,
    days: OnDays | None,
    over_contacts: bool = False,
) -> SqlQuery:
    """The sums of dirty days, from the entries; the arguments are as for `sums_of_clean_and_dirty_days`."""
    entry = sql.row(InteractionLogEntry)
    entry_key = KEYS[kind](entry.c)
    conditions = [*_on_dirty_days(entry, days), _between_dirty_days(entry) if key is None else entry_key == key]
    own = [entry.c.date.label("day"), (func.coalesce(entry_key, quoted("")) if key is None else key).label("key")]
    found: SqlQuery = select(*own, *_totals(entry)).select_from(entry.source).where(*conditions)
    if key is None and kind is not SumKind.TOTAL:
        found = found.group_by(entry_key)
    found = found.group_by(entry.c.date)
    if not over_contacts:
        return found
    needed = (entry.c[name].label(name) for name in day_contacts.NEEDED)
    return _with_contacts(found, select(*own, *needed).select_from(entry.source).where(*conditions))


def _on_dirty_days(entry: TableRow, days: OnDays | None) -> list[SqlCondition]:
    """The conditions on the entries of dirty days that count, and are among some days."""
    within = [] if days is None else [days(DIRTY_DAYS.c.day)]
    dirty = select(DIRTY_DAYS.c.day).distinct().where(*within)
    return [is_not_canceled(entry), IsInRows(entry.c.date, dirty.scalar_subquery())]


def _between_dirty_days(entry: TableRow) -> SqlCondition:
    """The hint that the entries of dirty days are few."""
    ends = (select(end(DIRTY_DAYS.c.day)).scalar_subquery() for end in (func.min, func.max))
    return BetweenFewRows(entry.c.date, *ends)


def _totals(entry: TableRow) -> Sequence[SqlExpression]:
    """The sums over entries, with the types of the stored ones."""
    return [total.cast(TYPES[name]).label(name) for name, total in totals(entry).items()]


def _with_contacts(sums_of_entries: SqlQuery, entries: SqlQuery) -> SqlQuery:
    """The sums of entries, and those over their contacts, in one row for each day and key. The rows of both are added
    up instead of joined: databases expect few of them, and would join them by comparing each with each.
    """
    zero: SqlExpression = literal_column("0")
    own = sums_of_entries.subquery("own_sums").c
    contacts = day_contacts.exact(entries.subquery("dirty_entries")).subquery("of_contacts").c
    rows = union_all(
        *(
            select(there.day, there.key, *(there.get(name, zero).label(name) for name in TYPES))
            for there in (own, contacts)
        )
    ).subquery("own_and_of_contacts")
    added = (func.sum(rows.c[name]).cast(type_).label(name) for name, type_ in TYPES.items())
    return select(rows.c.day, rows.c.key, *added).group_by(rows.c.day, rows.c.key)


def sums_over_contacts(
    sql: SqlBuilder, kind: SumKind, names: Sequence[str], alias: str, *, days: OnDays | None
) -> SqlRows:
    """Sums that are not stored, of `SUMS_OVER_CONTACTS`, for all keys: one row for each key, from one pass over the
    entries. A key without entries has no row.
    """
    entry = sql.row(InteractionLogEntry)
    keys = _keys_of_contact(kind, entry)
    with_attempts = names != ["contacts"]
    sums_of_attempts = ATTEMPTS if with_attempts else {}
    found: SqlQuery = select(
        *(WithoutIndex(column).label(name) for name, column in keys.items()),
        *(total(EntryOf(entry.c, entry.c.date, entry.c.date)).label(name) for name, total in sums_of_attempts.items()),
    )
    conditions = _counts_for_contacts(entry, keys, days)
    contacts = found.select_from(entry.source).where(*conditions).group_by(*places(len(keys))).subquery("contacts")
    of_key = sums.over_contacts(
        names, reached=lambda: contacts.c.first_success, attempt=lambda: _reached_at(sql, kind, days)
    )
    made = select(contacts.c.key, *of_key).group_by(contacts.c.key)
    return made.cte(alias).prefix_with("MATERIALIZED")


def _keys_of_contact(kind: SumKind, entry: TableRow) -> dict[str, SqlExpression]:
    return {"key": KEYS[kind](entry.c), "contact_no": entry.c.contact_no}


def _counts_for_contacts(entry: TableRow, keys: Mapping[str, SqlExpression], days: OnDays | None) -> list[SqlCondition]:
    within = [] if days is None else [days(entry.c.date)]
    return [is_not_canceled(entry), *(WithoutIndex(column).is_not(None) for column in keys.values()), *within]


def _reached_at(sql: SqlBuilder, kind: SumKind, days: OnDays | None) -> SqlExpression:
    """The number of the first entry of a row of `contacts` whose attempt did not fail; null if all failed."""
    columns = table_of(InteractionLogEntry).c
    contact = DerivedColumns("contacts", lambda name: columns[name].type if name in columns else Integer())
    again = sql.row(InteractionLogEntry)
    keys = _keys_of_contact(kind, again)
    conditions = [column == contact[name] for name, column in keys.items()]
    conditions += _counts_for_contacts(again, keys, days)
    entry = EntryOf(again.c, again.c.date, again.c.date)
    last_day = day_of_success(contact.__getitem__)
    return reached_at(contact.__getitem__, exact_attempt(entry, again, last_day, conditions))


def totals(entry: TableRow) -> dict[str, SqlExpression]:
    """The sums over entries, by their names in `SUMS`."""
    targets = func.count().filter(entry.c.campaign_target)
    return {name: targets if name == "targets" else sums.SUMS[name](entry) for name in SUMS}


def added_up(rows: SqlRows) -> Sums:
    """The sums of all rows of `sums_by_day` together, by name."""
    return lambda name: sums.added_up(name, rows.c[name])

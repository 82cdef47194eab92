"""The right sums of days, computed from the entries."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Integer, func, literal_column, not_, select

from persistence.columns import table_of
from persistence.dialects.interface import DatabaseDialect
from persistence.interactions import InteractionLogEntry
from persistence.precomputed.day_sums import KEY_OF_SUM, OVER_CONTACTS, SUMS, SumKind
from persistence.sql.constructs import JoinedTexts
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.statistics import day_contacts
from resolvers.statistics.day_sums import KEYS, OnDays, totals

ENTRIES = table_of(InteractionLogEntry)

LARGE = ("cost_high", "cost_low", "duration")
"""Sums that may exceed 32 bits."""

GROUPING_ORDER = (SumKind.SALESPERSON, SumKind.TEMPLATE, SumKind.CAMPAIGN, SumKind.EVALUATION, SumKind.GROUP)
"""The keys of entries, besides the hour, where these are sorted to be grouped. That takes less time if the first ones
differ in a mailing, in which all others are equal.
"""

COUNTED_BY: Sequence[SqlExpression] = (
    ENTRIES.c.attempt_failed,
    ENTRIES.c.campaign_target,
    ENTRIES.c.campaign_response,
    ENTRIES.c.contact_no.is_(None),
)
"""What decides how an entry counts, besides its keys."""

OF_DAYS = (*SUMS, *OVER_CONTACTS)
"""The columns of a day and a key."""


def day_sums_of_entries(dialect: DatabaseDialect, within: OnDays) -> Sequence[SqlQuery]:
    """SELECTs that have the sums of each day and each value of one key together. Several rows may have the same day and
    key.
    """
    return _sums_of_entries(dialect, within), _corrections(dialect, within)


def _sums_of_entries(dialect: DatabaseDialect, within: OnDays) -> SqlQuery:
    """The sums of the days by each key, from the entries. These are first grouped by all keys together, which leaves
    few rows of a mailing.
    """
    combined = _by_sorting(within) if dialect.sql.groups_by_sorting else _by_hashing(within)
    return dialect.grouped_by_each(combined.cte("combined", nesting=True), list(KEYS), OF_DAYS)


def _by_hashing(within: OnDays) -> SqlQuery:
    """The sums of the entries that have the same keys. Counts of a day are integers of 32 bits, which PostgreSQL adds
    up faster.
    """
    sums = _sums()
    counts = {name: total.cast(Integer) for name, total in sums.items() if name not in LARGE}
    columns = (key(ENTRIES.c) for kind, key in KEYS.items() if kind is not SumKind.TOTAL)
    return _combined({**sums, **counts}).where(*_counted(within)).group_by(*columns, ENTRIES.c.date)


def _by_sorting(within: OnDays) -> SqlQuery:
    """The same, but also apart by all else that decides how an entry counts. The counts of one of these entries are
    multiplied by their number. So few columns are sorted: a text of what is the same, and what is added up.
    """
    sums = _sums()
    keys = (KEYS[kind](ENTRIES.c) for kind in GROUPING_ORDER)
    same = JoinedTexts(*keys, ENTRIES.c.date, *COUNTED_BY, hour_of=ENTRIES.c.time_of_interaction)
    alike = (
        select(
            func.min(ENTRIES.c.entry_no).label("entry_no"),
            func.count().label("entries"),
            *(sums[name].label(name) for name in LARGE),
        )
        .where(*_counted(within))
        .group_by(same)
        .subquery("alike")
        .c
    )
    of_all = {name: alike[name] if name in LARGE else total * alike.entries for name, total in sums.items()}
    return _combined(of_all).where(ENTRIES.c.entry_no == alike.entry_no).group_by(alike.entry_no)


def _combined(sums: Mapping[str, SqlExpression]) -> SqlQuery:
    """Day, keys and these sums of entries."""
    keys = (key.label(kind) for kind, key in _keys().items())
    return select(ENTRIES.c.date.label("day"), *keys, *(sums[name].label(name) for name in OF_DAYS))


def _sums() -> dict[str, SqlExpression]:
    return totals(_Entries()) | day_contacts.of_single_entries(ENTRIES.c)


def _corrections(dialect: DatabaseDialect, within: OnDays) -> SqlQuery:
    """`day_contacts.corrections` with all columns of `_sums_of_entries`: 0 for those that are not over contacts."""
    keys = {kind: key(ENTRIES.c) for kind, key in KEYS.items()}
    found = day_contacts.corrections(dialect, keys, _counted(within)).subquery("corrections")
    values = (found.c[name] if name in found.c else literal_column("0").label(name) for name in OF_DAYS)
    return select(*(found.c[name] for name in KEY_OF_SUM), *values)


def _keys() -> dict[SumKind, SqlExpression]:
    """The keys of an entry, blank without a value."""
    return {kind: func.coalesce(key(ENTRIES.c), literal_column("''")) for kind, key in KEYS.items()}


def _counted(within: OnDays) -> list[SqlExpression]:
    """The conditions on entries that count."""
    return [within(ENTRIES.c.date), not_(ENTRIES.c.canceled)]


class _Entries:
    """The table of entries."""

    source, c = ENTRIES, ENTRIES.c

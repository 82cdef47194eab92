"""Sums over contacts by day for databases that sort rows to group them, without sorting the entries of each contact.

On one day nearly every contact has one entry. So contacts are counted as if none had several, like in `day_contacts`,
and what those with several entries on a day change is added. The index of contacts tells which these are.
"""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction

from sqlalchemy import case, func, not_, select

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.sql.constructs import WithoutIndex
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.date_ranges import DateUnit
from resolvers.queries import SqlBuilder, SqlCondition
from resolvers.statistics.branches import Earlier
from resolvers.statistics.contact_counts import rows_with_attempts
from resolvers.statistics.day_contacts import of_single_entries
from resolvers.statistics.derived import places
from resolvers.statistics.entries import Entries
from resolvers.statistics.groupings import ByUnit, EntryOf, Grouping
from resolvers.statistics.queries import ONE, ZERO
from resolvers.statistics.samples import is_share, only_if
from resolvers.statistics.second_step import CONTACT
from resolvers.statistics.stored import Passes
from resolvers.statistics.sums import EARLIER, SUMS, SUMS_OVER_CONTACTS

MANY, MANY_OF_TWO_PERIODS = Fraction(1, 2), Fraction(1, 4)
"""The shares of entries from which it is likely that this takes less time than sorting them by contact."""


def are_by_day(groupings: Sequence[Grouping]) -> bool:
    """Whether each group has entries of one day only, and a contact may be in several groups."""
    units = [each.unit for each in groupings if isinstance(each, ByUnit)]
    return units == [DateUnit.DAY] and not any(each.one_group_per_contact for each in groupings)


class ContactsByDay:
    """The sums of groups that `are_by_day`."""

    def __init__(self, sql: SqlBuilder, groupings: Sequence[Grouping], passes: Passes, earlier: Earlier | None) -> None:
        self._sql, self._groupings, self._passes = sql, groupings, passes
        self._entries = [("", Entries(sql, passes, None, None))]
        if earlier is not None:
            branches = earlier.branches()
            self._entries += [(EARLIER, Entries(sql, earlier.passes, None, None, branch=each)) for each in branches]

    def is_fast(self) -> SqlCondition:
        """Whether this is likely to take less time than sorting the entries by contact: many pass the filter, and few
        of them are of a contact that has several on a day.
        """
        share = MANY if len(self._entries) == 1 else MANY_OF_TWO_PERIODS
        return is_share(self._sql, (is_share, self), [each for _, each in self._entries], self._is_alone, share)

    def rows_by_sorting(self, wanted: Sequence[str]) -> SqlQuery:
        """The rows of `rows_with_attempts` unless this is fast."""
        _, entries = self._entries[0]
        rows = rows_with_attempts(self._sql, entries, self._groupings, wanted)
        return self.named("sorted", only_if(not_(self.is_fast()), rows))

    def parts(self, wanted: Sequence[str]) -> list[tuple[SqlQuery, list[str]]]:
        """Rows whose sums are to be added up for each combination of final columns, with the names of these sums. There
        are none unless this is fast.
        """
        found = []
        for number, (prefix, entries) in enumerate(self._entries):
            names = [name for name in wanted if name.startswith(EARLIER) == bool(prefix)]
            over_contacts = [name for name in names if name.removeprefix(prefix) in SUMS_OVER_CONTACTS]
            # also without sums: a day with entries of one period is a group
            found.append((self.named(("all", number), self._as_if_single(entries, prefix, names)), names))
            if over_contacts:
                changes = self._changes(entries, prefix, over_contacts)
                found.append((self.named(("several", number), changes), over_contacts))
        return found

    def _as_if_single(self, entries: Entries, prefix: str, names: Sequence[str]) -> SqlQuery:
        """The sums of all entries, as if no contact had several on a day."""
        values = {**{name: of(entries.row) for name, of in SUMS.items()}, **of_single_entries(entries.row.c)}
        columns = [WithoutIndex(key).label(name) for name, key in self._keys(entries.entry).items()]
        found: SqlQuery = select(*columns, *(values[name.removeprefix(prefix)].label(name) for name in names))
        grouped = found.select_from(entries.row.source).where(*entries.conditions).group_by(*places(len(columns)))
        return only_if(self.is_fast(), grouped)

    def _changes(self, entries: Entries, prefix: str, names: Sequence[str]) -> SqlQuery:
        """What contacts with several entries on a day change in these sums."""
        entries = entries.those(lambda _: [], looked_up=True)
        days = self._sql.common_rows((self, "days"), self._days_with_several)
        rows = rows_with_attempts(self._sql, entries, self._groupings, ["interactions", "succeeded"])
        of_days = rows.join(days, days.c[CONTACT] == entries.row.c[CONTACT])
        contact = of_days.where(days.c.date == entries.entry.own_day).subquery("of_contacts").c
        values: Mapping[str, SqlExpression] = {
            "contacts": ONE - contact.interactions,
            "reached": case((contact.attempt.is_(None), ZERO), else_=ONE) - contact.succeeded,
            "attempts": func.coalesce(contact.attempt, ZERO) - contact.succeeded,
        }
        keys = (contact[name] for name in self._keys(entries.entry))
        return select(*keys, *(values[name.removeprefix(prefix)].label(name) for name in names))

    def named(self, name: Hashable, query: SqlQuery) -> SqlQuery:
        """The rows of a SELECT beside the statement: the parser of SQLite limits how deep subqueries are nested."""
        return select(self._sql.common_rows((self, name), lambda: query))

    def _keys(self, entry: EntryOf) -> dict[str, SqlExpression]:
        found: dict[str, SqlExpression] = {}
        for each in self._groupings:
            found |= each.first(entry, self._sql, final=True)
        return found

    def _days_with_several(self) -> SqlQuery:
        """The contacts and days with several entries, also if these do not pass the filter."""
        c = table_of(InteractionLogEntry).c
        several: SqlQuery = select(c.contact_no, c.date).where(c.contact_no.is_not(None)).group_by(c.contact_no, c.date)
        return only_if(self.is_fast(), several.having(func.count() > ONE))

    def _is_alone(self, entry: EntryOf) -> SqlCondition:
        """Whether its contact has no other entry on its day."""
        other = self._sql.row_of_visible(InteractionLogEntry)
        same = other.c[CONTACT] == entry.c[CONTACT], other.c.date == entry.own_day
        return not_(self._sql.exists(other, *same, other.c.entry_no != entry.c.entry_no))

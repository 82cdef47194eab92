"""Sums over contacts by day on databases that sort rows to group them. The entries are not sorted by contact.

On one day nearly every contact has one entry. So each entry is counted as the only one of its contact on its day, like
in `day_contacts`, and corrections for contacts with several are added. The index of contacts tells which these are.

No two days of a `Branch` count on the same day: if days are compared with the year before, 29 February counts on none.
So a group has entries of one day of each branch.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import func, not_, select

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.sql.constructs import WithoutIndex
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.date_ranges import DateUnit
from resolvers.queries import SqlBuilder, SqlCondition
from resolvers.statistics.contact_counts import final_keys, rows_with_attempts
from resolvers.statistics.day_contacts import correction, of_single_entries
from resolvers.statistics.derived import in_with, places
from resolvers.statistics.entries import Earlier, Entries
from resolvers.statistics.groupings import ByUnit, EntryOf, Grouping
from resolvers.statistics.periods import FilterDays, first_day, last_day
from resolvers.statistics.queries import ONE
from resolvers.statistics.samples import are_at_least, only_if
from resolvers.statistics.second_step import Part
from resolvers.statistics.stored import Passes
from resolvers.statistics.sums import EARLIER, SUMS, SUMS_OVER_CONTACTS

LEAST_SHARE, LEAST_SHARE_OF_TWO_PERIODS = Fraction(1, 2), Fraction(1, 4)
"""The shares of entries that pass and are the only one of their contact on their day, from which this takes less time
than sorting the entries by contact: measured, decision 0096.
"""


def are_by_day(groupings: Sequence[Grouping]) -> bool:
    """Whether groups are by DAY and by no other unit of the calendar, and a contact may be in several groups."""
    units = [each.unit for each in groupings if isinstance(each, ByUnit)]
    return units == [DateUnit.DAY] and not any(each.one_group_per_contact for each in groupings)


class _Period(NamedTuple):
    """Some entries, the first and the last day on which they can be, and what begins the names of their sums."""

    prefix: str
    entries: Entries
    ends: tuple[SqlExpression, SqlExpression]


class ContactsByDay:
    """The sums of groups that `are_by_day`."""

    def __init__(
        self, sql: SqlBuilder, groupings: Sequence[Grouping], passes: Passes, days: FilterDays, earlier: Earlier | None
    ) -> None:
        self._sql, self._groupings = sql, groupings
        ends = (days.bind(sql, first_day), days.bind(sql, last_day))
        self._periods = [_Period("", Entries(sql, passes), ends)]
        if earlier is not None:
            for branch in earlier.branches:
                entries = Entries(sql, earlier.passes, branch=branch)
                self._periods.append(_Period(EARLIER, entries, earlier.days.ends()))

    @cached_property
    def is_fast(self) -> SqlCondition:
        """Whether this is likely to take less time than sorting the entries by contact: many pass the filter, and few
        of them are of a contact that has several on a day.
        """
        share = LEAST_SHARE if len(self._periods) == 1 else LEAST_SHARE_OF_TWO_PERIODS
        return are_at_least(self._sql, share, [each.entries for each in self._periods], self._is_alone)

    def rows_by_sorting(self, wanted: Sequence[str]) -> SqlQuery:
        """The rows of `rows_with_attempts` unless this is fast."""
        rows = rows_with_attempts(self._sql, self._periods[0].entries, self._groupings, wanted)
        return in_with(self._sql, only_if(not_(self.is_fast), rows))

    def parts(self, wanted: Sequence[str]) -> list[Part]:
        """SELECTs whose sums are to be added up for each combination of `final_keys`. They have no rows unless this is
        fast.
        """
        found = []
        for prefix, entries, ends in self._periods:
            names = [name for name in wanted if name.startswith(EARLIER) == bool(prefix)]
            # also without sums: a day with entries of one period is a group
            found.append(Part(in_with(self._sql, self._as_if_single(entries, prefix, names)), names))
            over_contacts = [name for name in names if name.removeprefix(prefix) in SUMS_OVER_CONTACTS]
            if over_contacts:
                corrections = self._corrections(entries, ends, prefix, over_contacts)
                found.append(Part(in_with(self._sql, corrections), over_contacts))
        return found

    def _as_if_single(self, entries: Entries, prefix: str, names: Sequence[str]) -> SqlQuery:
        """The sums of all entries, each of which counts as the only one of its contact on its day."""
        values = {**{name: of(entries.row) for name, of in SUMS.items()}, **of_single_entries(entries.row.c)}
        keys = final_keys(entries.entry, self._sql, self._groupings)
        columns = [WithoutIndex(key).label(name) for name, key in keys.items()]
        found: SqlQuery = select(*columns, *(values[name.removeprefix(prefix)].label(name) for name in names))
        grouped = found.select_from(entries.row.source).where(*entries.conditions).group_by(*places(len(columns)))
        return only_if(self.is_fast, grouped)

    def _corrections(
        self, entries: Entries, ends: tuple[SqlExpression, SqlExpression], prefix: str, names: Sequence[str]
    ) -> SqlQuery:
        """What to add to these sums for each contact with several entries on a day between the ends."""
        all_days = self._sql.common_rows(self, self._days_with_several)
        days = select(all_days).where(WithoutIndex(all_days.c.date).between(*ends)).subquery("days")
        rows = rows_with_attempts(self._sql, entries, self._groupings, ["interactions", "succeeded"], days)
        contact = rows.subquery("of_contacts").c
        values = correction(contact.interactions, contact.succeeded, contact.attempt)
        keys = (contact[name] for name in final_keys(entries.entry, self._sql, self._groupings))
        return select(*keys, *(values[name.removeprefix(prefix)].label(name) for name in names))

    def _days_with_several(self) -> SqlQuery:
        """The contacts and days with several entries. All entries count here, so that the index of contacts is enough:
        for a contact with one entry that passes, the corrections are 0.
        """
        c = table_of(InteractionLogEntry).c
        several: SqlQuery = select(c.contact_no, c.date).where(c.contact_no.is_not(None)).group_by(c.contact_no, c.date)
        return only_if(self.is_fast, several.having(func.count() > ONE))

    def _is_alone(self, entry: EntryOf) -> SqlCondition:
        """Whether its contact has no other entry on its day, or it has no contact."""
        other = self._sql.row_of_visible(InteractionLogEntry)
        same = other.c.contact_no == entry.c.contact_no, other.c.date == entry.own_day
        return not_(self._sql.exists(other, *same, other.c.entry_no != entry.c.entry_no))

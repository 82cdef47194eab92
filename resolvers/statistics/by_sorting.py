"""The second step of figures on a database that sorts rows to group them."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from sqlalchemy import Integer, not_, select

from persistence.sql_types import SqlQuery
from resolvers.queries import SqlBuilder
from resolvers.statistics import sums
from resolvers.statistics.contact_counts import (
    all_pass,
    are_many,
    contacts_of_groups,
    rows_with_attempts,
    sums_with_attempts,
    totals_over_contacts,
)
from resolvers.statistics.contacts_by_day import ContactsByDay, are_by_day
from resolvers.statistics.derived import DerivedColumns, in_with
from resolvers.statistics.entries import Earlier, Entries
from resolvers.statistics.entry_sums import EntrySums
from resolvers.statistics.groupings import Grouping
from resolvers.statistics.periods import FilterDays
from resolvers.statistics.samples import only_if
from resolvers.statistics.second_step import Part, added_up, are_rows, group_keys
from resolvers.statistics.stored import Passes
from resolvers.statistics.sums import SUMS_OVER_CONTACTS


class BySorting:
    """Which SELECTs the groups of figures over contacts are read from, so that there are as few rows to sort as
    possible.
    """

    def __init__(
        self, sql: SqlBuilder, groupings: Sequence[Grouping], passes: Passes, days: FilterDays, earlier: Earlier | None
    ) -> None:
        self._sql, self._groupings, self._passes = sql, groupings, passes
        self._days, self._earlier = days, earlier

    def groups(
        self, first: EntrySums, wanted: Sequence[str], totals: Sequence[str], from_first_step: Sequence[Part]
    ) -> SqlQuery | None:
        """The groups with the sums `wanted`, or None: then the parts `from_first_step` are to be added up. Groups by
        day contain these parts, because a sample decides which of their rows are read. `first` has no bits.
        """
        if self._by_day is not None:
            return in_with(self._sql, self._groups_of_days(self._by_day, first, wanted, from_first_step))
        if self._earlier is not None or are_rows(first, self._groupings):
            return None
        if wanted and not self._groupings and {*wanted} <= SUMS_OVER_CONTACTS:
            return totals_over_contacts(self._sql, self._passes, wanted)
        if [*wanted] == ["contacts"] and are_many(self._groupings) and self.reads_totals_from_entries(totals):
            return self._counted_contacts(first)
        if "attempts" in wanted and first.has_contacts_in_many_groups:
            rows = rows_with_attempts(self._sql, Entries(self._sql, self._passes), self._groupings, wanted)
            return self._with_attempts(first, rows, wanted)
        return None

    def first_step(self, rows: SqlQuery) -> SqlQuery:
        """The rows of the first step; by day none if contacts are counted without them."""
        return rows if self._by_day is None else only_if(not_(self._by_day.is_fast), rows)

    def reads_totals_from_entries(self, totals: Iterable[str]) -> bool:
        """Whether totals over contacts are read from the entries and not from the rows of the first step. By day they
        always are, because these rows may not be read; beside earlier days otherwise never. Contacts of few groups,
        or with a filter, are counted in less time from the first step.
        """
        if self._by_day is not None:
            return True
        if self._earlier is not None:
            return False
        only_contacts = SUMS_OVER_CONTACTS & {*totals} == {"contacts"}
        return not only_contacts or (are_many(self._groupings) and all_pass(self._sql, self._passes))

    @cached_property
    def _by_day(self) -> ContactsByDay | None:
        if not are_by_day(self._groupings):
            return None
        return ContactsByDay(self._sql, self._groupings, self._passes, self._days, self._earlier)

    def _groups_of_days(
        self, by_day: ContactsByDay, first: EntrySums, wanted: Sequence[str], from_first_step: Sequence[Part]
    ) -> SqlQuery:
        """Groups of one day: with the sums of `by_day` if that is fast, otherwise by sorting the entries by contact."""
        parts = [*from_first_step]  # without rows if `by_day` is fast
        if self._earlier is None and "attempts" in wanted:
            parts = [Part(self._with_attempts(first, by_day.rows_by_sorting(wanted), wanted), wanted)]
        for query, names in by_day.parts(wanted):
            keys = group_keys(self._sql, self._groupings, first, query.subquery(first.name))
            columns = DerivedColumns(first.name, lambda _: Integer())  # the first step would compute those of `first.c`
            chosen = [*keys.columns, *(columns[name].label(name) for name in names)]
            parts.append(Part(select(*chosen).select_from(keys.source), names))
        return added_up(parts, [name for each in self._groupings for name in each.columns], wanted)

    def _with_attempts(self, first: EntrySums, rows: SqlQuery, wanted: Sequence[str]) -> SqlQuery:
        """The groups with the sums `wanted`, from rows of `rows_with_attempts`."""
        keys = group_keys(self._sql, self._groupings, first, rows.subquery(first.name))
        chosen = [*keys.columns, *sums_with_attempts(first.name, wanted)]
        return select(*chosen).select_from(keys.source).group_by(*keys.grouped)

    def _counted_contacts(self, first: EntrySums) -> SqlQuery:
        """The contacts of each group, without a row for each of them."""
        parts = contacts_of_groups(self._sql, self._passes, self._groupings).subquery(first.name)
        keys = group_keys(self._sql, self._groupings, first)
        contacts = sums.added_up("contacts", parts.c.contacts).label("contacts")
        return select(*keys.columns, contacts).select_from(parts).group_by(*keys.grouped)

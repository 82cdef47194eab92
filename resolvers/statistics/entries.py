"""Which entries figures are of: those of the days of the filter, and those of earlier days to compare with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import NamedTuple

from sqlalchemy import FromClause, and_, case, not_, or_, select, union_all

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.sql.conditions import Bracketed, DaysAfter, IsIn
from persistence.sql.constructs import WithoutIndex
from persistence.sql.dates import YearLater
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.interactions.queries import EntryOnOtherDay
from resolvers.queries import SqlBuilder, SqlCondition, TableRow, integer
from resolvers.statistics.derived import DerivedRow, type_of
from resolvers.statistics.groupings import EntryOf
from resolvers.statistics.periods import EarlierDays, split_by_date, without_ends
from resolvers.statistics.queries import ONE, ZERO
from resolvers.statistics.stored import OnEntries, Passes, StoredPart, StoredSums
from resolvers.statistics.unit_sums import DayRange


@dataclass(frozen=True)
class Branch:
    """Some of the entries: the day on which one counts, and the conditions on its own day."""

    day: Callable[[TableRow], SqlExpression]
    conditions: Callable[[TableRow], list[SqlCondition]]
    earlier: bool = False
    range: DayRange | None = None
    """The days on which the entries were; None for those of the filter."""
    years: SqlExpression | None = None
    """The years between the own day of an entry and the day on which it counts; None unless these are whole years."""


ConditionsOfEntry = Callable[[EntryOf], list[SqlCondition]]

ON_OWN_DAYS = Branch(lambda entry: entry.c.date, lambda _: [])


@dataclass(frozen=True)
class Earlier:
    """The earlier days to compare with, and the conditions on their entries beside the first and the last day."""

    days: EarlierDays
    passes: Passes

    @cached_property
    def branches(self) -> list[Branch]:
        """The entries of the earlier days. If 28 February may count on two days, a second branch has its entries on 29
        February.
        """
        days = self.days
        first, last = days.ends()
        years = ONE if days.are_of_year_before else None

        def between(entry: TableRow) -> list[SqlCondition]:
            others = [not_(is_between_units(entry.c.date))] if days.has_days_between_units else []
            return [entry.c.date.between(first, last), *others]

        def is_between_units(day: SqlExpression) -> SqlCondition:
            return IsIn(day, days.days_between_units())

        excluded = is_between_units if days.has_days_between_units else None
        whole = days.are_whole_months
        range_ = DayRange(days.bind, has_first=True, has_last=True, excluded=excluded, are_whole_months=whole)
        moved = Branch(lambda entry: days.moved(entry.c.date), between, earlier=True, range=range_, years=years)
        leap_day = Branch(
            lambda entry: DaysAfter(YearLater(entry.c.date), 1),
            lambda entry: [IsIn(entry.c.date, days.double_days())],
            earlier=True,
            years=years,
        )
        return [moved, leap_day] if days.has_double_days else [moved]


class SomeEntries(NamedTuple):
    """Some of the entries of `Entries`, and the conditions that only they meet."""

    row: DerivedRow
    entry: EntryOf
    conditions: list[SqlCondition]


class Entries:
    """The entries, or `stored` sums of them, that are added up: those that pass the filter, and those of earlier days
    that would.
    """

    def __init__(
        self,
        sql: SqlBuilder,
        passes: Passes,
        *,
        earlier: Earlier | None = None,
        stored: StoredSums | None = None,
        branch: Branch = ON_OWN_DAYS,
    ) -> None:
        """The entries of one `branch`; with `earlier`, those of the filter and all earlier ones."""
        self._sql, self._passes, self._earlier, self._stored, self._branch = sql, passes, earlier, stored, branch
        self.conditions: list[SqlCondition] = []
        if earlier is None:
            self.row, self.conditions = self._row_and_conditions(passes, branch)
            self.entry = EntryOf(self.row.c, branch.day(self.row), self.row.c.date, branch.years)
        else:
            self.row = DerivedRow("entries", type_of, self._with_earlier)
            self.entry = self._entry(self.row, self.row.c["day"], self.row.c["earlier"])

    def that_also(self, only: ConditionsOfEntry) -> SomeEntries:
        """The entries that also meet these conditions, by which each is looked up: SQLite searches no index for their
        filter or their reader. Filters stand in the `WITH` of the statement, because the parser of SQLite limits how
        deep they are nested.

        Entries of the earlier days are a SELECT of their own, and each SELECT has the conditions, so that the index of
        a contact and a day serves both: SQLite does not move conditions into a `UNION ALL`.
        """
        if self._earlier is not None:
            row = DerivedRow("entries", type_of, lambda columns: self._of_branches(columns, only))
            return SomeEntries(row, self._entry(row, row.c["day"], row.c["earlier"]), [])
        alias = self._sql.name()
        named = self._sql.common_rows(self, self._looked_up, materialized=False).alias(alias)
        row = DerivedRow(alias, type_of, lambda _: named)
        entry = EntryOf(row.c, self._branch.day(row), row.c.date, self._branch.years)
        return SomeEntries(row, entry, only(entry))

    def _looked_up(self) -> SqlQuery:
        """All columns of the entries, each of which is found by itself. Conditions on the date stand apart, because
        indexes of contacts have it: then no row of the table is looked up for entries of other days.
        """
        found, own = self._sql.row_of_parent(InteractionLogEntry)
        on_day = EntryOnOtherDay(found, self._branch.day(found), is_looked_up=True)
        on_dates, others = split_by_date(self._passes.filter)
        dates = self._branch.conditions(found)
        dates += [replace(self._passes, filter=on_dates)(on_day)] if on_dates else []
        passes = WithoutIndex(Bracketed(replace(self._passes, filter=others)(on_day)))
        columns = (found.c[each.name].label(each.name) for each in table_of(InteractionLogEntry).c)
        return select(*columns).select_from(found.source).where(*dates, passes, *own)

    def parts(self, *, split: bool) -> list[StoredPart]:
        """The rows of stored sums by day in `StoredSums.parts`, if there are no earlier days."""
        assert self._stored is not None
        return self._stored.parts(self._passes, self._passing(ON_OWN_DAYS), split=split)

    def _entry(self, row: TableRow | DerivedRow | EntryOf, day: SqlExpression, earlier: SqlExpression) -> EntryOf:
        by_year = self._earlier is not None and self._earlier.days.are_of_year_before
        return EntryOf(row.c, day, row.c["date"], earlier if by_year else None, earlier)

    def _with_earlier(self, columns: Sequence[str]) -> FromClause:
        assert self._earlier is not None
        passes, (moved, *others) = self._earlier.passes, self._earlier.branches
        if self._stored is None:
            selects = [self._in_one_pass(columns, moved)]
        else:
            selects = [self._select(columns, self._passes, ON_OWN_DAYS), self._select(columns, passes, moved)]
        selects += [self._select(columns, passes, each) for each in others]
        return union_all(*selects).subquery("entries") if len(selects) > 1 else selects[0].subquery("entries")

    def _of_branches(self, columns: Sequence[str], only: ConditionsOfEntry) -> FromClause:
        selects = []
        for entries, is_earlier in self._branches:
            earlier = integer(int(is_earlier))
            row, entry, conditions = entries.that_also(partial(self._also, only, earlier))
            selects.append(_columns(row, columns, entry.day, earlier).select_from(row.source).where(*conditions))
        return union_all(*selects).subquery("entries")

    def _also(self, only: ConditionsOfEntry, earlier: SqlExpression, entry: EntryOf) -> list[SqlCondition]:
        return only(self._entry(entry, entry.day, earlier))

    @cached_property
    def _branches(self) -> list[tuple["Entries", bool]]:
        """The entries of the filter and of each branch of the earlier days, with whether they are earlier."""
        assert self._earlier is not None
        earlier = [(Entries(self._sql, self._earlier.passes, branch=each), True) for each in self._earlier.branches]
        return [(Entries(self._sql, self._passes), False), *earlier]

    def _in_one_pass(self, columns: Sequence[str], moved: Branch) -> SqlQuery:
        """The entries of the days of the filter and those of the earlier days, from one pass over all entries. Each is
        joined to the periods that it is in, because an entry of the year before may be in both.
        """
        assert self._earlier is not None
        entry: TableRow = self._sql.row(InteractionLogEntry)
        on_dates, others = split_by_date(self._passes.filter)
        periods = union_all(select(ZERO.label("earlier")), select(ONE.label("earlier"))).subquery("periods")
        earlier = periods.c.earlier
        own = replace(self._passes, filter=on_dates)(EntryOnOtherDay(entry, entry.c.date))
        passes = replace(self._earlier.passes, filter=without_ends(on_dates))
        before = and_(*moved.conditions(entry), passes(EntryOnOtherDay(entry, moved.day(entry))))
        within = or_(and_(earlier == ZERO, own), and_(earlier == ONE, before))
        days = {"earlier": earlier, "day": case((earlier == ZERO, entry.c.date), else_=moved.day(entry))}
        chosen = [(days[name] if name in days else entry.c[name]).label(name) for name in columns]
        found: SqlQuery = select(*chosen)
        return found.select_from(entry.source.join(periods, within)).where(replace(self._passes, filter=others)(entry))

    def _select(self, columns: Sequence[str], passes: Passes, branch: Branch) -> SqlQuery:
        row, conditions = self._row_and_conditions(passes, branch)
        found = _columns(row, columns, branch.day(row), integer(int(branch.earlier)))
        return found.select_from(row.source).where(*conditions)

    def _row_and_conditions(self, passes: Passes, branch: Branch) -> tuple[TableRow, list[SqlCondition]]:
        """An entry, or a row of sums, and the conditions on it."""
        passing = self._passing(branch)
        if self._stored is None:
            entry: TableRow = self._sql.row(InteractionLogEntry)
            return entry, [passing(passes, entry)]
        row = self._stored.rows(passes, passing, branch.range, earlier=branch.earlier)
        return row, [self._stored.on_value(passes, row)]

    def _passing(self, branch: Branch) -> OnEntries:
        return lambda passes, entry: and_(*branch.conditions(entry), passes(EntryOnOtherDay(entry, branch.day(entry))))


def _columns(row: TableRow | DerivedRow, names: Sequence[str], day: SqlExpression, earlier: SqlExpression) -> SqlQuery:
    others = {"earlier": earlier, "day": day}
    return select(*((others[name] if name in others else row.c[name]).label(name) for name in names))

"""The first step of figures: one pass over the entries, which are added up by the columns of the groupings.

Its result has a row for each day, key and, if it matters, contact: `EntrySums`. Where sums that are stored by day and
key answer a request, they are read instead of the entries.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import FromClause, and_, case, or_, select, union_all

from persistence.interactions import InteractionLogEntry
from persistence.sql.conditions import NotJoined, OrdersRows, ReadsInParallel, ReadsTable
from persistence.sql.constructs import WithoutIndex, either
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.date_ranges import DateUnit
from resolvers.interactions.queries import EntryOnOtherDay
from resolvers.queries import SqlBuilder, SqlCondition, TableRow, integer
from resolvers.statistics.attempts import ATTEMPTS, day_of_success, exact_attempt
from resolvers.statistics.branches import ON_OWN_DAYS, Branch, Earlier
from resolvers.statistics.derived import ANY_COLUMN, DerivedColumns, DerivedRow, places, type_of
from resolvers.statistics.groupings import ByUnit, EntryOf, Grouping
from resolvers.statistics.numbered_keys import NUMBER, NumberedKeys
from resolvers.statistics.periods import split_by_date, without_ends
from resolvers.statistics.queries import ONE, ZERO
from resolvers.statistics.stored import DATES, OnEntries, Passes, StoredPart, StoredSums, has_only
from resolvers.statistics.sums import SUMS, added_up
from resolvers.statistics.unit_bits import BITS, BLOCK, UnitBits

NAME, STORED = "entry_sums", "stored_sums"
"""The subqueries of sums of entries, and of stored sums beside them."""

SHORT_UNITS = {DateUnit.DAY, DateUnit.WEEK}
"""The units of time in which most contacts have few entries."""

IN_INDEX_OF_CONTACTS = DATES | {"hourOfDay", "attemptFailed", "canceled"}
"""The conditions that the index of contacts answers without the table, but only by reading all of its rows."""


class EntrySums:
    """The sums of entries by the columns of the groupings, also by contact if `by_contact`; with `final`, by the keys
    of the groupings instead of their columns. With `earlier` days, entries of these days are added up separately, with
    1 in the column `earlier`. The sums are read from `stored` ones if these are given; then several rows may have the
    same key. With `bits`, the units of one of the groupings are bits of a number; with `numbers`, the keys are one.
    `name` is that of the subquery.
    """

    def __init__(
        self,
        sql: SqlBuilder,
        passes: Passes,
        groupings: Sequence[Grouping],
        earlier: Earlier | None,
        *,
        by_contact: bool,
        bits: UnitBits | None,
        numbers: NumberedKeys | None = None,
        final: bool,
        stored: StoredSums | None,
        name: str,
    ) -> None:
        self.name = name
        self._sql, self._passes, self._earlier, self._stored = sql, passes, earlier, stored
        self.bits, self.numbers, self._groupings, self.by_contact = bits, numbers, groupings, by_contact
        self._adds_up_parts = not final and self._can_add_up_parts
        has_first_days = stored is not None and stored.are_of_weeks and earlier is None
        self.is_final = final or by_contact or self._adds_up_parts or has_first_days
        """Whether the rows have the keys of the groupings, and not the columns from which these are computed."""
        self._entries = Entries(sql, passes, earlier, stored)
        self.may_be_zero = stored is not None and stored.may_be_zero
        """Whether groups without entries may have rows, whose sums are 0 together."""
        self.keys = self._keys(self._entries.entry)
        self.c = DerivedColumns(name, type_of)

    def _keys(self, entry: EntryOf) -> dict[str, SqlExpression]:
        keys: dict[str, SqlExpression] = {}
        if self.by_contact:  # first, because it has the most values: databases that order the entries compare less
            keys["contact_no"] = entry.c["contact_no"]
        if entry.earlier is not None:
            keys["earlier"] = entry.earlier
        if self.numbers is not None:
            return keys | {NUMBER: self.numbers.number(entry)}
        if self.bits is not None:
            keys[BLOCK] = self.bits.block(entry)
        for grouping in self._groupings:
            if self.bits is not None and grouping is self.bits.grouping:
                continue
            keys |= (
                grouping.first(entry, self._sql, final=self.is_final)
                if self._stored is None
                else self._stored.keys(grouping, entry, final=self.is_final)
            )
        return keys

    def exact_attempt(self) -> SqlExpression:
        """The number of the first entry of a contact in its group whose attempt did not fail, by numbering them."""
        again = Entries(self._sql, self._passes, self._earlier, None, only=self._same)
        return exact_attempt(again.entry, again.row, day_of_success(self.c.__getitem__), again.conditions)

    @property
    def has_contacts_in_many_groups(self) -> bool:
        """Whether a contact may be in many groups, so that there are nearly as many groups as entries."""
        return self.by_contact and self.bits is None and not all(each.one_group_per_contact for each in self._groupings)

    @property
    def has_many_groups(self) -> bool:
        """Whether a contact may be in many groups, and the entries are not read in the order of an index."""
        return self.has_contacts_in_many_groups and not self._keeps_index_order

    @property
    def _has_many_keys(self) -> bool:
        """Whether the keys themselves are so many, without sums over contacts."""
        names = {each.name for each in self._groupings}
        return self._stored is None and len(names) > 1 and not names.isdisjoint(("contact_no", "company_no"))

    def _same(self, entry: EntryOf) -> list[SqlCondition]:
        """The conditions that an entry has the keys of the sums, up to the day of the first success."""
        keys = self._keys(entry)
        same = [keys.pop("contact_no") == self.c["contact_no"], entry.own_day <= day_of_success(self.c.__getitem__)]
        return [*same, *(key.is_not_distinct_from(self.c[name]) for name, key in keys.items())]

    def select(self) -> SqlQuery:
        """One row for each combination of keys. Call it when all columns that are used have been read of `c`."""
        if self._adds_up_parts:
            return either(union_all(*self.parts(grouped=True)), self._select_rows())
        return self._select_rows()

    def _select_rows(self) -> SqlQuery:
        sums = [name for name in self.c.used if name not in self.keys]
        row, entry = self._entries.row, self._entries.entry
        keys = {name: WithoutIndex(key) if self._stored is None else key for name, key in self.keys.items()}
        columns = [key.label(name) for name, key in keys.items()]
        columns += [(self._sum(name, entry, row) if self._stored is None else row.c[name]).label(name) for name in sums]
        chosen: SqlQuery = select(*(columns or ANY_COLUMN))
        hint = ReadsInParallel if self.numbers is not None else ReadsTable if self._reads_table else None
        conditions = [] if hint is None else [hint(row.c["duration"])]
        source = row.source if self.numbers is None else self.numbers.join(row.source, row.c)  # all columns are known
        found = chosen.select_from(source).where(*self._entries.conditions, *conditions)
        if not sums and not keys:
            return found.distinct()
        if self._stored is not None and sums:
            return found
        found = found.group_by(*places(len(keys)))
        return found.having(OrdersRows()) if self.has_many_groups or self._has_many_keys else found

    def parts(self, *, grouped: bool = False, split: bool = True) -> list[SqlQuery]:
        """For each of `StoredSums.parts` its rows, or if `grouped` one row for each combination of keys. Call it when
        all columns that are used have been read of `c`.
        """
        sums = [name for name in self.c.used if name not in self.keys]
        found = []
        for row, conditions in self._entries.parts(split=split):
            keys = self._keys(EntryOf(row.c, row.c.date, row.c.date))
            columns = [key.label(name) for name, key in keys.items()]
            columns += [(added_up(name, row.c[name]) if grouped else row.c[name]).label(name) for name in sums]
            query: SqlQuery = select(*columns).select_from(row.source).where(*conditions)
            found.append(query.group_by(*places(len(keys))) if grouped else query)
        return found

    @property
    def _can_add_up_parts(self) -> bool:
        """Whether the stored sums of clean days and the sums of dirty days are each added up before they are put
        together, because a database that sorts can do so while it reads the stored ones. By day, each row is a group
        already.
        """
        return (
            self._stored is not None
            and self._stored.are_of_days
            and self._earlier is None
            and bool(self._groupings)
            and not any(isinstance(each, ByUnit) and each.unit is DateUnit.DAY for each in self._groupings)
        )

    def _sum(self, name: str, entry: EntryOf, row: TableRow) -> SqlExpression:
        if name == BITS and self.bits is not None:
            return self.bits.bits(entry)
        return ATTEMPTS[name](entry) if name in ATTEMPTS else SUMS[name](row)

    @property
    def _reads_table(self) -> bool:
        """Whether the table is to be read, although the index of contacts may have all columns that are needed."""
        only_of_index = has_only(IN_INDEX_OF_CONTACTS, self._passes.filter)
        return self.by_contact and only_of_index and not self._keeps_index_order

    @property
    def _keeps_index_order(self) -> bool:
        """Whether entries are to be read in the order of the index of contacts. By one of `SHORT_UNITS` and something
        else, this saves sorting nearly as many groups as there are entries. Moved days are not in that order.
        """
        return self._has_short_unit and len(self._groupings) > 1

    @property
    def adds_up_both(self) -> bool:
        """Whether groups and contacts are to be added up together, with `BothSums`: by one of `SHORT_UNITS` alone, each
        of them would have to read nearly as many rows as there are entries.
        """
        return self.has_many_groups and self._has_short_unit and len(self._groupings) == 1

    @property
    def _has_short_unit(self) -> bool:
        by_bits = None if self.bits is None else self.bits.grouping
        units = {each.unit for each in self._groupings if isinstance(each, ByUnit) and each is not by_bits}
        return self._earlier is None and bool(units & SHORT_UNITS)


class Entries:
    """The entries, or `stored` sums of them, that are added up: those that pass the filter, and those of earlier days
    that would.
    """

    def __init__(
        self,
        sql: SqlBuilder,
        passes: Passes,
        earlier: Earlier | None,
        stored: StoredSums | None,
        *,
        branch: Branch = ON_OWN_DAYS,
        only: Callable[[EntryOf], list[SqlCondition]] | None = None,
        looked_up: bool = False,
    ) -> None:
        """The entries of one `branch`, unless those of `earlier` days are to be read with the others. With `only`, the
        entries that meet these conditions. Entries of the earlier days are then a SELECT of their own, and each SELECT
        has the conditions, so that the index of a contact and a day serves both: SQLite does not move conditions into a
        `UNION ALL`. If they are `looked_up`, they are few, and no index is searched for the filter or the
        reader: there is a better one.
        """
        self._sql, self._passes, self._earlier, self._stored = sql, passes, earlier, stored
        self._own_branch, self._only, self._looked_up = branch, only, looked_up
        self.conditions: list[SqlCondition] = []
        if earlier is None:
            self.row, self.conditions = self._row_and_conditions(passes, branch)
            self.entry = EntryOf(self.row.c, branch.day(self.row), self.row.c.date, branch.years)
            self.conditions += self._only_of(self.entry)
        else:
            self.row = DerivedRow("entries", type_of, self._with_earlier)
            self.entry = self._entry(self.row, self.row.c["day"], self.row.c["earlier"])

    def those(self, only: Callable[[EntryOf], list[SqlCondition]], *, looked_up: bool = False) -> "Entries":
        """Those of the entries that meet these conditions, too, under a name of their own."""

        def both(entry: EntryOf) -> list[SqlCondition]:
            return [*self._only_of(entry), *only(entry)]

        looked_up, branch = self._looked_up or looked_up, self._own_branch
        return Entries(
            self._sql, self._passes, self._earlier, self._stored, branch=branch, only=both, looked_up=looked_up
        )

    def parts(self, *, split: bool) -> list[StoredPart]:
        """The rows of stored sums by day in `StoredSums.parts`, if there are no earlier days."""
        assert self._stored is not None
        return self._stored.parts(self._passes, self._passing(ON_OWN_DAYS), split=split)

    def _entry(self, row: TableRow | DerivedRow, day: SqlExpression, earlier: SqlExpression) -> EntryOf:
        by_year = self._earlier is not None and self._earlier.days.are_of_year_before
        return EntryOf(row.c, day, row.c["date"], earlier if by_year else None, earlier)

    def _only_of(self, entry: EntryOf) -> list[SqlCondition]:
        return [] if self._only is None else self._only(entry)

    def _with_earlier(self, columns: Sequence[str]) -> FromClause:
        assert self._earlier is not None
        passes, (moved, *others) = self._earlier.passes, self._earlier.branches()
        if self._stored is None and self._only is None:
            branches = [self._in_one_pass(columns, moved)]
        else:
            branches = [self._branch(columns, self._passes, ON_OWN_DAYS), self._branch(columns, passes, moved)]
        branches += [self._branch(columns, passes, each) for each in others]
        return union_all(*branches).subquery("entries") if len(branches) > 1 else branches[0].subquery("entries")

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

    def _branch(self, columns: Sequence[str], passes: Passes, branch: Branch) -> SqlQuery:
        entry, conditions = self._row_and_conditions(passes, branch)
        others: Mapping[str, SqlExpression] = {"earlier": integer(int(branch.earlier)), "day": branch.day(entry)}
        chosen = [(others[name] if name in others else entry.c[name]).label(name) for name in columns]
        only = self._only_of(self._entry(entry, others["day"], others["earlier"]))
        found: SqlQuery = select(*chosen)
        return found.select_from(entry.source).where(*conditions, *only)

    def _row_and_conditions(self, passes: Passes, branch: Branch) -> tuple[TableRow, list[SqlCondition]]:
        """An entry, or a row of sums, and the conditions on it."""
        passing = self._passing(branch)
        if self._looked_up:
            found, own = self._sql.row_of_parent(InteractionLogEntry)
            return found, [NotJoined(passing(passes, found)), *own]
        if self._stored is None:
            entry: TableRow = self._sql.row(InteractionLogEntry)
            return entry, [passing(passes, entry)]
        row = self._stored.rows(passes, passing, branch.range, earlier=branch.earlier)
        return row, [self._stored.on_value(passes, row)]

    def _passing(self, branch: Branch) -> OnEntries:
        def passing(passes: Passes, entry: TableRow) -> SqlCondition:
            on_day = EntryOnOtherDay(entry, branch.day(entry), is_looked_up=self._looked_up)
            return and_(*branch.conditions(entry), passes(on_day))

        return passing

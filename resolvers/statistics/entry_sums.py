"""The first step of figures: one pass over the entries, which are added up by the columns of the groupings.

Its result has a row for each day, key and, if it matters, contact: `EntrySums`. Where sums that are stored by day and
key answer a request, they are read instead of the entries.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, union_all

from persistence.sql.conditions import OrdersRows, ReadsInParallel, ReadsTable
from persistence.sql.constructs import WithoutIndex, either
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.date_ranges import DateUnit
from resolvers.queries import Columns, SqlBuilder, SqlCondition, TableRow
from resolvers.statistics.attempts import ATTEMPTS, day_of_success, exact_attempt
from resolvers.statistics.derived import ANY_COLUMN, DerivedColumns, places, type_of
from resolvers.statistics.entries import Earlier, Entries
from resolvers.statistics.groupings import FIRST_DAY, ByUnit, EntryOf, Grouping
from resolvers.statistics.numbered_keys import NUMBER, NumberedKeys
from resolvers.statistics.stored import DATES, Passes, StoredSums, has_only
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
        self._entries = Entries(sql, passes, earlier=earlier, stored=stored)
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
        again = Entries(self._sql, self._passes, earlier=self._earlier).that_also(self._same)
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
        return [*same, *same_keys(keys, self.c)]

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


def same_keys(keys: Mapping[str, SqlExpression], sums: Columns | Mapping[str, SqlExpression]) -> list[SqlCondition]:
    """The conditions that an entry of a contact has the keys `sums`. It is looked up in the index of contacts,
    which has the day, and in no index of another key: that may have very many entries.
    """
    plain = ((key if name == FIRST_DAY else WithoutIndex(key), sums[name]) for name, key in keys.items())
    return [key.is_not_distinct_from(value) for key, value in plain]

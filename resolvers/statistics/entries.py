"""The first step of figures: one pass over the entries, which are added up by the columns of the groupings.

Its result has a row for each day, key and, if it matters, contact: `EntrySums`. Where sums that are stored by day and
key answer a request, they are read instead of the entries.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Date, FromClause, Integer, and_, func, literal_column, not_, select, union_all

from persistence.columns import table_of
from persistence.conditions import DaysAfter, IsIn
from persistence.dates import YearLater
from persistence.interactions import InteractionLogEntry
from persistence.sql_types import SqlExpression, SqlQuery, SqlType
from resolvers.interactions.queries import EntryOnOtherDay
from resolvers.queries import SqlBuilder, SqlCondition, TableRow
from resolvers.statistics.derived import DerivedColumns, DerivedRow
from resolvers.statistics.groupings import EntryOf, Grouping
from resolvers.statistics.periods import EarlierDays
from resolvers.statistics.stored import Passes, StoredSums
from resolvers.statistics.sums import SUMS

OF_CONTACT = {"reached_at": "attempt", "first_reached_at": "attempt_of_all"}
"""The number of the first entry of a contact whose attempt did not fail: among its entries in a group, and among all.
The values are the columns that number the entries.
"""

NAME = "entry_sums"


@dataclass(frozen=True)
class Branch:
    """Some of the entries: the day on which one counts, and the conditions on its own day."""

    day: Callable[[TableRow], SqlExpression]
    conditions: Callable[[TableRow], list[SqlCondition]]
    earlier: bool = False


ON_OWN_DAYS = Branch(lambda entry: entry.c.date, lambda _: [])


@dataclass(frozen=True)
class Earlier:
    """The earlier days to compare with, and the conditions on their entries beside the first and the last day."""

    days: EarlierDays
    passes: Passes


class EntrySums:
    """The sums of entries by the columns of the groupings, also by contact if `by_contact`. With `earlier` days,
    entries of these days are added up separately, with 1 in the column `earlier`. They are read from `stored` sums if
    these are given; then several rows may have the same key.
    """

    def __init__(
        self,
        sql: SqlBuilder,
        passes: Passes,
        groupings: Sequence[Grouping],
        earlier: Earlier | None,
        *,
        by_contact: bool,
        stored: StoredSums | None = None,
    ) -> None:
        self._entries, self._stored, self._filter = Entries(sql, passes, earlier, stored), stored, passes.filter
        self.keys: dict[str, SqlExpression] = {}
        if earlier is not None:
            self.keys["earlier"] = self._entries.row.c["earlier"]
        for grouping in groupings:
            entry = self._entries.entry
            self.keys |= (
                grouping.first(entry, sql, final=by_contact) if stored is None else stored.keys(grouping, entry)
            )
        if by_contact:
            self.keys["contact_no"] = self._entries.row.c["contact_no"]
        self.c = DerivedColumns(NAME, _type_of)

    def select(self) -> SqlQuery:
        """One row for each combination of keys. Call it when all columns that are used have been read of `c`."""
        sums = [name for name in self.c.used if name not in self.keys]
        if any(name in OF_CONTACT for name in sums):
            return self._grouped(sums, DerivedRow("attempts", _type_of, self._with_attempts))
        return self._grouped(sums, None)

    def _grouped(self, sums: Sequence[str], attempts: DerivedRow | None) -> SqlQuery:
        row: TableRow = self._entries.row if attempts is None else attempts
        keys = self.keys if attempts is None else {name: attempts.c[name] for name in self.keys}
        columns = [key.label(name) for name, key in keys.items()]
        columns += [(_sum(name, row) if self._stored is None else row.c[name]).label(name) for name in sums]
        conditions = self._entries.conditions if attempts is None else []
        chosen: SqlQuery = select(*(columns or [literal_column("1").label("one")]))
        found = chosen.select_from(row.source).where(*conditions)
        if not sums:
            return found.distinct()
        return found.group_by(*places(len(keys))) if self._stored is None else found

    def _with_attempts(self, columns: Sequence[str]) -> FromClause:
        """The entries with their place among those of their contact. They are read in one pass, and then ordered: an
        OFFSET keeps PostgreSQL from reading them in the order of the index of contacts and visiting the table for each,
        unless that index has all columns.
        """
        entry = self._entries.entry
        order = {"own_day": entry.own_day, **{name: entry.c[name] for name in ("time_of_interaction", "entry_no")}}
        plain = [name for name in columns if name not in (*self.keys, *OF_CONTACT.values(), *order)]
        read = {**self.keys, **order, **{name: entry.c[name] for name in plain}}
        chosen: SqlQuery = select(*(column.label(name) for name, column in read.items()))
        passing = chosen.select_from(self._entries.row.source).where(*self._entries.conditions)
        in_index = self.keys.keys() == {"contact_no"} and set(plain) <= {"attempt_failed"} and not self._filter
        found = (passing if in_index else passing.offset(0)).subquery("read")
        of_all = [name for name in self.keys if name in ("earlier", "contact_no")]
        partitions = {"attempt": list(self.keys), "attempt_of_all": of_all}
        numbers = {
            number: func.row_number().over(
                partition_by=[found.c[name] for name in keys], order_by=[found.c[name] for name in order]
            )
            for number, keys in partitions.items()
        }
        numbered: SqlQuery = select(
            *((numbers[name] if name in numbers else found.c[name]).label(name) for name in columns)
        )
        return numbered.subquery("attempts")


class Entries:
    """The entries, or `stored` sums of them, that are added up: those that pass the filter, and those of earlier days
    that would.
    """

    def __init__(self, sql: SqlBuilder, passes: Passes, earlier: Earlier | None, stored: StoredSums | None) -> None:
        self._sql, self._passes, self._earlier, self._stored = sql, passes, earlier, stored
        self.conditions: list[SqlCondition] = []
        if earlier is None:
            self.row, self.conditions = self._found(passes, ON_OWN_DAYS)
            self.entry = EntryOf(self.row.c, self.row.c.date, self.row.c.date)
        else:
            self.row = DerivedRow("entries", _type_of, self._with_earlier)
            self.entry = EntryOf(self.row.c, self.row.c["day"], self.row.c.date)

    def _with_earlier(self, columns: Sequence[str]) -> FromClause:
        assert self._earlier is not None
        earlier, passes = self._earlier.days, self._earlier.passes
        first, last = earlier.ends()

        def between(entry: TableRow) -> list[SqlCondition]:
            conditions: list[SqlCondition] = [entry.c.date.between(first, last)]
            if earlier.has_leap_days:
                conditions.append(not_(IsIn(entry.c.date, earlier.days_between_units())))
            return conditions

        moved = Branch(lambda entry: earlier.moved(entry.c.date), between, earlier=True)
        leap_day = Branch(
            lambda entry: DaysAfter(YearLater(entry.c.date), 1),
            lambda entry: [IsIn(entry.c.date, earlier.double_days())],
            earlier=True,
        )
        branches = [self._branch(columns, self._passes, ON_OWN_DAYS), self._branch(columns, passes, moved)]
        if earlier.has_leap_days:
            branches.append(self._branch(columns, passes, leap_day))
        return union_all(*branches).subquery("entries")

    def _branch(self, columns: Sequence[str], passes: Passes, branch: Branch) -> SqlQuery:
        entry, conditions = self._found(passes, branch)
        others: Mapping[str, SqlExpression] = {
            "earlier": literal_column(str(int(branch.earlier)), Integer()),
            "day": branch.day(entry),
        }
        chosen = [(others[name] if name in others else entry.c[name]).label(name) for name in columns]
        found: SqlQuery = select(*chosen)
        return found.select_from(entry.source).where(*conditions)

    def _found(self, passes: Passes, branch: Branch) -> tuple[TableRow, list[SqlCondition]]:
        """An entry, or a row of sums, and the conditions on it."""

        def passing(passes: Passes, entry: TableRow) -> SqlCondition:
            return and_(*branch.conditions(entry), passes(EntryOnOtherDay(entry, branch.day(entry))))

        if self._stored is None:
            entry: TableRow = self._sql.row(InteractionLogEntry)
            return entry, [passing(passes, entry)]
        row = self._stored.rows(passes, passing)
        return row, [self._stored.on_value(passes, row)]


def places(number: int) -> list[SqlExpression]:
    """The first columns of a SELECT, for its GROUP BY."""
    return [literal_column(str(place)) for place in range(1, number + 1)]


def _sum(name: str, row: TableRow) -> SqlExpression:
    if name in OF_CONTACT:
        return func.min(row.c[OF_CONTACT[name]]).filter(not_(row.c.attempt_failed))
    return SUMS[name](row)


def _type_of(name: str) -> SqlType:
    if name in ("day", "own_day", "first_day"):
        return Date()
    columns = table_of(InteractionLogEntry).c
    return columns[name].type if name in columns else Integer()

"""The first step of figures: one pass over the entries, which are added up by the columns of the groupings.

Its result has a row for each day, key and, if it matters, contact: `EntrySums`. Sums that are stored by day and key
have the same columns and can take its place.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Date, FromClause, Integer, func, literal_column, not_, select, union_all

from persistence.columns import table_of
from persistence.conditions import DaysAfter, IsIn
from persistence.dates import YearLater
from persistence.interactions import InteractionLogEntry
from persistence.sql_types import SqlExpression, SqlQuery, SqlType
from resolvers.interactions.queries import EntryOnOtherDay
from resolvers.queries import RowCondition, SqlBuilder, SqlCondition, TableRow
from resolvers.statistics.derived import DerivedColumns, DerivedRow
from resolvers.statistics.groupings import EntryOf, Grouping
from resolvers.statistics.periods import EarlierDays
from resolvers.statistics.sums import SUMS

OF_CONTACT = {"reached_at": "attempt", "first_reached_at": "attempt_of_all"}
"""The number of the first entry of a contact whose attempt did not fail: among its entries in a group, and among all.
The values are the columns that number the entries.
"""

NAME = "entry_sums"


class EntrySums:
    """The sums of entries by the columns of the groupings, also by contact if `by_contact`. With `earlier` days,
    entries of these days are added up separately, with 1 in the column `earlier`.
    """

    def __init__(
        self,
        sql: SqlBuilder,
        passes: RowCondition,
        groupings: Sequence[Grouping],
        earlier: EarlierDays | None,
        *,
        by_contact: bool,
    ) -> None:
        self._sql, self._entries = sql, Entries(sql, passes, earlier)
        self.keys: dict[str, SqlExpression] = {}
        if earlier is not None:
            self.keys["earlier"] = self._entries.row.c["earlier"]
        for grouping in groupings:
            self.keys |= grouping.first(self._entries.entry, sql, final=by_contact)
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
        columns += [_sum(name, row).label(name) for name in sums]
        conditions = self._entries.conditions if attempts is None else []
        chosen: SqlQuery = select(*(columns or [literal_column("1").label("one")]))
        return chosen.select_from(row.source).where(*conditions).group_by(*places(len(keys)))

    def _with_attempts(self, columns: Sequence[str]) -> FromClause:
        """The entries with their place among those of their contact."""
        entry = self._entries.entry
        order = (entry.own_day, entry.c.time_of_interaction, entry.c.entry_no)
        of_all = [key for name, key in self.keys.items() if name in ("earlier", "contact_no")]
        partitions = {"attempt": list(self.keys.values()), "attempt_of_all": of_all}
        numbers = {name: func.row_number().over(partition_by=keys, order_by=order) for name, keys in partitions.items()}
        known = self.keys | numbers
        chosen = [(known[name] if name in known else entry.c[name]).label(name) for name in columns]
        found: SqlQuery = select(*chosen).select_from(self._entries.row.source).where(*self._entries.conditions)
        return found.subquery("attempts")


class Entries:
    """The entries that are added up: those that pass the filter, and those of earlier days that would."""

    def __init__(self, sql: SqlBuilder, passes: RowCondition, earlier: EarlierDays | None) -> None:
        self._sql, self._passes, self._earlier = sql, passes, earlier
        self.conditions: list[SqlCondition] = []
        if earlier is None:
            self.row: TableRow = sql.row(InteractionLogEntry)
            self.entry = EntryOf(self.row.c, self.row.c.date, self.row.c.date)
            self.conditions.append(passes(self.row))
        else:
            self.row = DerivedRow("entries", _type_of, self._with_earlier)
            self.entry = EntryOf(self.row.c, self.row.c["day"], self.row.c.date)

    def _with_earlier(self, columns: Sequence[str]) -> FromClause:
        earlier = self._earlier
        assert earlier is not None
        first, last = earlier.ends()
        branches = [self._branch(columns, lambda entry: (entry.c.date, []), earlier=False)]

        def moved(entry: TableRow) -> tuple[SqlExpression, list[SqlCondition]]:
            conditions: list[SqlCondition] = [entry.c.date.between(first, last)]
            if earlier.has_leap_days:
                conditions.append(not_(IsIn(entry.c.date, earlier.days_between_units())))
            return earlier.moved(entry.c.date), conditions

        def leap_day(entry: TableRow) -> tuple[SqlExpression, list[SqlCondition]]:
            return DaysAfter(YearLater(entry.c.date), 1), [IsIn(entry.c.date, earlier.double_days())]

        branches.append(self._branch(columns, moved, earlier=True))
        if earlier.has_leap_days:
            branches.append(self._branch(columns, leap_day, earlier=True))
        return union_all(*branches).subquery("entries")

    def _branch(
        self,
        columns: Sequence[str],
        day_of: Callable[[TableRow], tuple[SqlExpression, list[SqlCondition]]],
        *,
        earlier: bool,
    ) -> SqlQuery:
        entry = self._sql.row(InteractionLogEntry)
        day, conditions = day_of(entry)
        others: Mapping[str, SqlExpression] = {"earlier": literal_column(str(int(earlier)), Integer()), "day": day}
        chosen = [(others[name] if name in others else entry.c[name]).label(name) for name in columns]
        passes = self._passes(EntryOnOtherDay(entry, day) if earlier else entry)
        found: SqlQuery = select(*chosen)
        return found.select_from(entry.source).where(*conditions, passes)


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

"""Groups without entries: every month from the first to the last, every day of the week, every hour of the day."""

from collections.abc import Sequence

from sqlalchemy import CTE, Date, FromClause, Integer, func, literal_column, select, table, true, union_all

from persistence.sql.conditions import DaysAfter
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import SqlBuilder
from resolvers.statistics import sums
from resolvers.statistics.derived import ANY_COLUMN, DerivedColumns, places
from resolvers.statistics.groupings import ByDayOfWeek, ByHourOfDay, ByUnit, Grouping
from resolvers.statistics.periods import FilterDays, first_day, last_day

MAX_GROUPS = 10_000
FILLED, COMBINATIONS, UNITS = "filled_groups", "combinations", "units"


class Gaps:
    """Fills the gaps in groups of entries. `groups` are the columns of the groups that have entries."""

    def __init__(
        self, groupings: Sequence[Grouping], days: FilterDays, sql: SqlBuilder, groups: DerivedColumns, source: str
    ) -> None:
        self._days, self._sql, self._groups, self._source = days, sql, groups, source
        self._unit = next((each for each in groupings if isinstance(each, ByUnit)), None)
        self._cycles = [each for each in groupings if isinstance(each, ByDayOfWeek)]
        filled = {each.name for each in (self._unit, *self._cycles) if each is not None}
        self.is_needed = bool(filled)
        self.keys = [name for each in groupings for name in each.columns]
        self._others = [name for name in self.keys if name not in filled]

    @property
    def size(self) -> SqlExpression:
        """The number of groups after the gaps are filled."""
        size: SqlExpression = _count(COMBINATIONS)
        for name in self._names()[1:]:
            size = size * _count(name)
        return size

    def ctes(self, columns: Sequence[str]) -> list[CTE]:
        """The subqueries by name, in the order in which they are needed. The last one, `FILLED`, has these columns of
        the groups and their keys.
        """
        others = [self._groups[name].label(name) for name in self._others] or ANY_COLUMN
        combinations: SqlQuery = select(*others).distinct()
        if self._others:
            combinations = combinations.select_from(table(self._source))
        cycles = [_cycle(each).cte(each.name) for each in self._cycles]
        units = [] if self._unit is None else [self._units(self._unit)]
        filled = self._filled([name for name in columns if name not in self.keys])
        return [combinations.cte(COMBINATIONS), *units, *cycles, filled.cte(FILLED)]

    def _names(self) -> list[str]:
        return [COMBINATIONS, *([] if self._unit is None else [UNITS]), *(each.name for each in self._cycles)]

    def _units(self, unit: ByUnit) -> CTE:
        """The first day of each unit, from the first to the last day of the filter. If the filter is open, those of the
        groups count instead.
        """
        with_entries = self._groups["interactions"] > 0
        ends = [
            self._days.bind(self._sql, given)
            if has
            else select(end(self._groups[unit.name]))
            .select_from(table(self._source))
            .where(with_entries)
            .scalar_subquery()
            for has, given, end in (
                (self._days.has_first, first_day, func.min),
                (self._days.has_last, last_day, func.max),
            )
        ]
        first, last = (unit.of(end, self._sql) for end in ends)
        units = DerivedColumns(UNITS, lambda name: Date() if name == unit.name else Integer())
        begin: SqlQuery = select(first.label(unit.name), literal_column("1").label("place")).where(ends[0] <= ends[1])
        found = begin.cte(UNITS, recursive=True)
        following = DaysAfter(unit.last_day(units, self._sql), 1)
        more = select(following, units["place"] + literal_column("1")).select_from(found)
        return found.union_all(more.where(units[unit.name] < last, units["place"] <= literal_column(str(MAX_GROUPS))))

    def _filled(self, columns: Sequence[str]) -> SqlQuery:
        """Groups with entries, and groups without, whose sums are 0, added up."""
        names = [*self.keys, *columns]
        there = select(*(self._groups[name].label(name) for name in names)).select_from(table(self._source))
        source: FromClause = table(COMBINATIONS)
        for name in self._names()[1:]:
            source = source.join(table(name), true())
        of_others = dict.fromkeys(self._others, COMBINATIONS)
        of_unit = {} if self._unit is None else {self._unit.name: UNITS}
        sources = of_others | of_unit | {each.name: each.name for each in self._cycles}
        empty: list[SqlExpression] = [
            literal_column(f'{sources[name]}."{name}"' if name in sources else "0").label(name) for name in names
        ]
        within = self.size <= literal_column(str(MAX_GROUPS))
        every = union_all(there, select(*empty).select_from(source).where(within)).subquery("every_group")
        chosen = [every.c[name].label(name) for name in self.keys]
        chosen += [sums.added_up(name, every.c[name]).label(name) for name in columns]
        return select(*chosen).select_from(every).group_by(*places(len(self.keys)))


def _count(name: str) -> SqlExpression:
    return select(func.count()).select_from(table(name)).scalar_subquery()


def _cycle(grouping: ByDayOfWeek) -> SqlQuery:
    """All keys of a grouping by day of the week or hour of the day."""
    keys = range(24) if isinstance(grouping, ByHourOfDay) else range(1, 8)
    chosen = (select(literal_column(str(key), Integer()).label(grouping.name)) for key in keys)
    every = union_all(*chosen).subquery("every_key")
    return select(every.c[grouping.name]).select_from(every)

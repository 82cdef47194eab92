"""Stored sums in place of entries: whether they answer a request, and their rows in the first step of figures."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import Integer, and_, false, func, true

from persistence.precomputed.day_sums import OF_MONTHS, OF_WEEKS, OVER_CONTACTS, SUMS, SumKind, SumsOfUnit
from persistence.sql.dates import MONTHS
from persistence.sql_types import SqlExpression, SqlQuery, SqlType
from resolvers.date_ranges import DateUnit
from resolvers.queries import SqlBuilder, SqlCondition, SqlRows, TableRow, input_name, quoted
from resolvers.statistics.day_sums import OnDays, sums_by_day, sums_of_clean_and_dirty_days
from resolvers.statistics.groupings import ByDayOfWeek, ByHourOfDay, ByUnit, EntryOf, Grouping
from resolvers.statistics.periods import ENDS, Days, EarlierDays, FilterDays, FilterValues
from resolvers.statistics.unit_sums import DayRange, sums_by_unit

KINDS: Mapping[str, SumKind] = {
    "template_code": SumKind.TEMPLATE,
    "group_code": SumKind.GROUP,
    "salesperson_code": SumKind.SALESPERSON,
    "campaign_no": SumKind.CAMPAIGN,
    "evaluation": SumKind.EVALUATION,
    "hour_of_day": SumKind.HOUR,
}
"""The sums that are stored for each value of a column of entries or of a grouping."""

_FILTERED = {input_name(name): name for name in KINDS if name != "hour_of_day"}
DATES: Set[str] = frozenset(("date", "dayOfWeek"))
"""The fields of a filter whose conditions are on the date, or on the day of the week, which follows from it."""

_NOT_STORED = ""
"""Stands for the column of a condition that sums do not answer."""


@dataclass(frozen=True)
class Passes:
    """Whether an entry passes a filter: `condition(filter, entry)`."""

    filter: FilterValues
    condition: Callable[[FilterValues, TableRow], SqlCondition]

    def __call__(self, entry: TableRow) -> SqlCondition:
        return self.condition(self.filter, entry)


class StoredPart(NamedTuple):
    """Some of the rows of stored sums by day, and the conditions on them."""

    row: TableRow
    conditions: list[SqlCondition]


OnEntries = Callable[[Passes, TableRow], SqlCondition]
"""A condition on the entries of some days."""


class StoredSums:
    """The stored sums of each day within a range, or of each month or week if a `unit` is given; also for each value of
    `column` if there is one. Those without a value are left out if a condition `has_value`. With `one_value`, the
    conditions leave at most one value.
    """

    def __init__(
        self,
        sql: SqlBuilder,
        column: str | None,
        *,
        has_value: bool,
        one_value: bool,
        range_: DayRange,
        unit: SumsOfUnit | None,
    ) -> None:
        self._sql, self._column, self._has_value, self._range, self._unit = sql, column, has_value, range_, unit
        self._one_value = one_value
        self._over_contacts = False
        self._kind = SumKind.TOTAL if column is None else KINDS[column]

    @property
    def are_of_days(self) -> bool:
        """Whether they are the sums of days, so that `parts` has them."""
        return self._unit is None

    @property
    def are_of_weeks(self) -> bool:
        """Whether they are the sums of weeks, and the day of each row is the first one of its week."""
        return self._unit is OF_WEEKS

    def with_contacts(self) -> "StoredSums":
        """The same sums, and `OVER_CONTACTS`. Only for groupings for which `are_groups` is true."""
        found = copy(self)
        found._over_contacts = True
        return found

    @property
    def may_be_zero(self) -> bool:
        """Whether groups without entries may have rows, whose sums are 0 together."""
        return self._unit is not None

    def rows(self, passes: Passes, on_days: OnEntries, range_: DayRange | None, *, earlier: bool = False) -> TableRow:
        """A row for each day and key, or each unit and key, with its sums by name and with those columns of an entry
        that follow from day and key. `on_days` makes the condition on entries of the days that are read; `range_` has
        these days if they are not those of the filter. `earlier` says that they are days to compare with: the days of
        one of their weeks may count in two weeks, so sums of weeks are not enough.
        """
        within = _within(passes, on_days)
        if self._unit is None or (earlier and self._unit is OF_WEEKS):
            found = sums_by_day(self._clean_and_dirty(within))
        else:
            found = sums_by_unit(self._sql, self._kind, self._unit, range_ or self._range, within)
        return self._row(found, may_be_blank=not self._has_value)

    def parts(self, passes: Passes, on_days: OnEntries, *, split: bool) -> list[StoredPart]:
        """The same rows in three parts: those of clean days with a key, those of clean days with a blank key, and those
        of dirty days. The first part has most of them, and the database can read it in the order of the keys. The
        second is left out if no key can be blank. Without `split` all rows of clean days are one part.
        """
        clean, dirty = self._clean_and_dirty(_within(passes, on_days))
        found = []
        for is_blank in self.blanks if split else (False, None):
            rows = (dirty if is_blank is None else clean).subquery()
            row = self._row(rows, may_be_blank=is_blank is not False or not split)
            on_key = self._on_key(rows.c.key, is_blank) if split else []
            found.append(StoredPart(row, [*on_key, self.on_value(passes, row)]))
        return found

    def _clean_and_dirty(self, within: OnDays) -> tuple[SqlQuery, SqlQuery]:
        sql, over_contacts = self._sql, self._over_contacts
        return sums_of_clean_and_dirty_days(
            sql, self._kind, days=within, dirty_name=sql.name(), over_contacts=over_contacts
        )

    @property
    def blanks(self) -> tuple[bool | None, ...]:
        """For each of the `parts` that are split: True if all of its keys are blank, False if none is; None for that of
        dirty days, which may have both.
        """
        return (False, None) if self._has_value or self._column is None else (False, True, None)

    def _on_key(self, key: SqlExpression, is_blank: bool | None) -> list[SqlCondition]:
        if is_blank is None or True not in self.blanks:
            return []
        return [key == quoted("") if is_blank else key > quoted("")]  # an index finds `>`, but not `<>`

    def _row(self, found: SqlRows, *, may_be_blank: bool) -> TableRow:
        columns: dict[str, SqlExpression] = {
            name: found.c[name] for name in ("key", *SUMS, *OVER_CONTACTS) if name in found.c
        }
        columns["date"] = found.c.day
        if self._column is not None:
            columns[self._column] = self._value(found.c.key, may_be_blank=may_be_blank)
        return _Row(found, columns)

    def on_value(self, passes: Passes, row: TableRow) -> SqlCondition:
        """The conditions of a filter on the value of `column`."""
        if not self._has_value:
            return true()
        values = [{name: value} for name, value in _on_values(passes.filter) if _FILTERED[name] == self._column]
        return and_(row.c["key"] != quoted(""), replace(passes, filter={"and": values})(row))

    def keys(self, grouping: Grouping, row: EntryOf, *, final: bool) -> Mapping[str, SqlExpression]:
        """What to group rows of sums by in the first step, by the names of the columns: the keys of the grouping if
        `final`, otherwise the columns from which the second step computes these.
        """
        if grouping.name == self._column:
            return {grouping.name: row.c[grouping.name]}
        if final and self.are_of_weeks:
            return {grouping.name: row.day}
        return grouping.first(row, self._sql, final=final)

    def are_groups(self, groupings: Sequence[Grouping]) -> bool:
        """Whether each row is one group: figures are grouped by day and by the key of the rows, or only by day if all
        rows have the same key.
        """
        units = [each for each in groupings if isinstance(each, ByUnit) and each.unit is DateUnit.DAY]
        others = [each.name for each in groupings if each not in units]
        of_keys = others == [self._column] if others else self._column is None or self._one_value
        return self._unit is None and len(units) == 1 and of_keys

    def _value(self, key: SqlExpression, *, may_be_blank: bool) -> SqlExpression:
        if self._column == "hour_of_day":
            return key.cast(Integer)
        return func.nullif(key, quoted(""), type_=key.type) if may_be_blank else key


def stored_sums(
    sql: SqlBuilder, groupings: Sequence[Grouping], filter_: FilterValues, days: FilterDays, earlier: EarlierDays | None
) -> StoredSums | None:
    """The stored sums that answer a request, if any do: the reader sees all entries, and groupings and conditions are
    about the day and at most one column that sums are stored by. The sums of months or weeks are enough if no grouping
    needs the day itself, and conditions on the day only set the first and the last one of `days`.
    """
    filtered = set(_filtered_columns(filter_))
    by_date = [each for each in groupings if _follows_from_day(each)]
    columns = filtered | {each.name for each in groupings if each not in by_date}
    if sql.own_only or len(columns) > 1 or not columns <= KINDS.keys():
        return None

    def bind(convert: Callable[[Days], object], type_: SqlType | None = None) -> SqlExpression:
        return days.bind(sql, lambda found, _: convert(found), type_)

    range_ = DayRange(bind, days.has_first, days.has_last, are_whole_months=days.are_whole_months)
    unit = None if any(map(_names_days, _dates_of(filter_))) else _unit_of(by_date, earlier)
    one_value = any(value.get("eq") is not None for _, value in _on_values(filter_))
    column = next(iter(columns), None)
    return StoredSums(sql, column, has_value=bool(filtered), one_value=one_value, range_=range_, unit=unit)


def _within(passes: Passes, on_days: OnEntries) -> OnDays:
    dates = replace(passes, filter=_on_dates(passes.filter))
    return lambda day: on_days(dates, _Row(None, {"date": day}))


def _unit_of(groupings: Sequence[Grouping], earlier: EarlierDays | None) -> SumsOfUnit | None:
    """The longest unit whose sums are enough for groupings by the date."""
    units = {each.unit if isinstance(each, ByUnit) else DateUnit.DAY for each in groupings}
    if all(unit.value in MONTHS for unit in units):
        return OF_MONTHS if earlier is None or earlier.keeps_months else None
    return OF_WEEKS if units == {DateUnit.WEEK} else None


def _dates_of(filter_: FilterValues) -> Iterator[tuple[str, object]]:
    """The conditions of a filter on dates. Those of the parts that must all hold are returned one by one."""
    for name, value in _on_dates(filter_).items():
        if name == "and":
            for part in value or ():
                yield from _dates_of(part)
        elif name == "date" and value is not None:
            yield from value.items()
        elif value is not None:
            yield name, value


def _names_days(condition: tuple[str, object]) -> bool:
    """Whether a condition is about other days than the first and the last one."""
    name, value = condition
    return value is not None and name not in ENDS


def _follows_from_day(grouping: Grouping) -> bool:
    return isinstance(grouping, ByUnit | ByDayOfWeek) and not isinstance(grouping, ByHourOfDay)


def _filtered_columns(filter_: FilterValues) -> Iterator[str]:
    """The columns other than the day that a filter has conditions on; `_NOT_STORED` for conditions that are not to be
    looked up in stored sums. Those on a column have the operators `eq` and `in`.
    """
    for name, value in _on_values(filter_):
        operators = {operator for operator, operand in value.items() if operand is not None}
        if operators:
            yield _FILTERED[name] if operators <= {"eq", "in"} else _NOT_STORED
    if not has_only(DATES, _on_dates(filter_)):
        yield _NOT_STORED


def _on_values(filter_: FilterValues) -> Iterator[tuple[str, FilterValues]]:
    """The conditions on columns that sums are stored by, with the names of their fields: those at the top and in an
    `and`, so that all of them must hold.
    """
    for name, value in filter_.items():
        if value is not None and name in _FILTERED:
            yield name, value
    for part in filter_.get("and") or ():
        yield from _on_values(part)


def _on_dates(filter_: FilterValues) -> FilterValues:
    """The filter without the conditions of `_on_values`."""
    others = {name: value for name, value in filter_.items() if name not in _FILTERED}
    return others | ({"and": [_on_dates(part) for part in filter_["and"]]} if filter_.get("and") else {})


def has_only(names: Set[str], filter_: FilterValues) -> bool:
    """Whether all conditions of a filter are on these fields."""
    given = {name: value for name, value in filter_.items() if value is not None}
    parts = [*given.pop("and", ()), *given.pop("or", ()), *([given.pop("not")] if "not" in given else [])]
    return given.keys() <= names and all(has_only(names, part) for part in parts)


class _Row:
    """A row with some columns of an entry that counts."""

    def __init__(self, source: SqlRows | None, columns: Mapping[str, SqlExpression]) -> None:
        self._source, self.c = source, _Columns({**columns, "canceled": false()})

    @property
    def source(self) -> SqlRows:
        """The FROM clause of the row."""
        assert self._source is not None
        return self._source


class _Columns:
    def __init__(self, columns: Mapping[str, SqlExpression]) -> None:
        self._columns = columns

    def __getitem__(self, name: str) -> SqlExpression:
        return self._columns[name]

    def __getattr__(self, name: str) -> SqlExpression:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._columns[name]

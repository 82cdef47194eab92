"""Stored sums in place of entries: whether they answer a request, and their rows in the first step of figures."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Integer, and_, false, func

from persistence.day_sums import SUMS, SumKind
from persistence.sql_types import SqlExpression
from resolvers.queries import RowCondition, SqlBuilder, SqlRows, TableRow, input_name, quoted
from resolvers.statistics.day_sums import sums_by_day
from resolvers.statistics.groupings import ByDayOfWeek, ByHourOfDay, ByUnit, EntryOf, Grouping
from resolvers.statistics.periods import FilterValues

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
_NOT_STORED = ""


class StoredSums:
    """The stored sums of each day, also for each value of `column` if there is one. Those without a value are left out
    if a condition `has_value`.
    """

    def __init__(self, sql: SqlBuilder, column: str | None, *, has_value: bool) -> None:
        self._sql, self._column, self._has_value = sql, column, has_value

    def row(self) -> TableRow:
        """Another row, with those columns of an entry that the sums know, and the sums by name."""
        kind = SumKind.TOTAL if self._column is None else KINDS[self._column]
        rows = sums_by_day(self._sql, kind)
        columns = {name: rows.c[name] for name in ("key", *SUMS)} | {"date": rows.c.day, "canceled": false()}
        if self._column is not None:
            columns[self._column] = self._value(rows.c.key)
        return _Row(rows, columns)

    def passing(self, condition: RowCondition) -> RowCondition:
        """The same condition on a row of sums as on an entry."""
        if not self._has_value:
            return condition
        return lambda row: and_(row.c["key"] != quoted(""), condition(row))

    def keys(self, grouping: Grouping, row: EntryOf) -> Mapping[str, SqlExpression]:
        """The columns to group rows of sums by in the first step."""
        if grouping.name == self._column:
            return {grouping.name: row.c[grouping.name]}
        return grouping.first(row, self._sql, final=False)

    def _value(self, key: SqlExpression) -> SqlExpression:
        if self._column == "hour_of_day":
            return key.cast(Integer)
        return key if self._has_value else func.nullif(key, quoted(""), type_=key.type)


def stored_sums(sql: SqlBuilder, groupings: Sequence[Grouping], filter_: FilterValues) -> StoredSums | None:
    """The stored sums that answer a request, if any do: the reader sees all entries, and groupings and conditions are
    about the day and at most one column that sums are stored by.
    """
    filtered = set(_filtered_columns(filter_, required=True))
    columns = filtered | {each.name for each in groupings if not _follows_from_day(each)}
    if sql.own_only or len(columns) > 1 or not columns <= KINDS.keys():
        return None
    return StoredSums(sql, next(iter(columns), None), has_value=bool(filtered))


def _follows_from_day(grouping: Grouping) -> bool:
    return isinstance(grouping, ByUnit | ByDayOfWeek) and not isinstance(grouping, ByHourOfDay)


def _filtered_columns(filter_: FilterValues, *, required: bool) -> Iterator[str]:
    """The columns other than the date that a filter has conditions on; `_NOT_STORED` for conditions that are not to be
    looked up in stored sums. Those on a column have the operators `eq` and `in` and are `required` of all entries.
    """
    for name, value in filter_.items():
        if value is None or name == "date":
            continue
        if name in ("and", "or"):
            for part in value:
                yield from _filtered_columns(part, required=required and name == "and")
        elif name == "not":
            yield from _filtered_columns(value, required=False)
        elif name in _FILTERED:
            operators = {operator for operator, operand in value.items() if operand is not None}
            if operators:
                yield _FILTERED[name] if required and operators <= {"eq", "in"} else _NOT_STORED
        else:
            yield _NOT_STORED


class _Row:
    def __init__(self, source: SqlRows, columns: Mapping[str, SqlExpression]) -> None:
        self.source, self.c = source, _Columns(columns)


class _Columns:
    def __init__(self, columns: Mapping[str, SqlExpression]) -> None:
        self._columns = columns

    def __getitem__(self, name: str) -> SqlExpression:
        return self._columns[name]

    def __getattr__(self, name: str) -> SqlExpression:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._columns[name]

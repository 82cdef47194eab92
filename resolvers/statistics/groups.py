"""What a group of entries says about itself: its key, labels, days and filter."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import reduce

from sqlalchemy import Integer, Unicode, func, null, type_coerce

from persistence.sql.json import AsJson, JsonList, JsonObject, json_text
from persistence.sql_types import SqlExpression, SqlType
from resolvers.queries import Columns, SqlBuilder, quoted
from resolvers.statistics.groupings import BUCKETS, DIMENSIONS, ByDayOfWeek, ByUnit, Grouping
from resolvers.statistics.labels import SEPARATOR, Labels, LookUp
from resolvers.statistics.periods import FilterValues

KEY_TYPES: Mapping[str, SqlType] = {
    grouping.name: grouping.type for grouping in (*DIMENSIONS.values(), *BUCKETS.values())
}
"""The types of the keys of all groupings, by the name of their columns."""


@dataclass(frozen=True)
class Request:
    """How entries are grouped, the filter that they pass, and whether that has a condition on `canceled`."""

    groupings: Sequence[Grouping]
    filter: FilterValues
    names_canceled: bool


Sums = Callable[[str], SqlExpression]
"""The sums of the entries of a group, by name."""


class Group:
    """A group: the columns of its keys by name, null where entries are not grouped by them; its sums, and those of
    earlier days if it is compared with them; how the names of its keys are looked up.
    """

    def __init__(
        self,
        columns: Columns,
        request: Request,
        alias: str = "",
        sums: Sums | None = None,
        earlier: Sums | None = None,
        look_up: LookUp | None = None,
    ) -> None:
        self.alias, self.request, self.groupings = alias, request, request.groupings
        self.c = _Keys(columns, request.groupings)
        self.sums, self.earlier, self.look_up = sums, earlier, look_up


class _Keys:
    def __init__(self, columns: Columns, groupings: Sequence[Grouping]) -> None:
        self._columns, self._there = columns, {grouping.name for grouping in groupings}

    def __getitem__(self, name: str) -> SqlExpression:
        if name in KEY_TYPES and name not in self._there:
            return type_coerce(null(), KEY_TYPES[name])
        return self._columns[name]

    def __getattr__(self, name: str) -> SqlExpression:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]


def key(group: Group, _: SqlBuilder) -> SqlExpression:
    """The keys of all groupings as text, separated by `|`. A `|` or `\\` in a key has a `\\` before it."""
    parts = [_escaped(func.coalesce(grouping.key_text(group.c), quoted(""))) for grouping in group.groupings]
    return reduce(lambda text, part: text.concat(quoted("|")).concat(part), parts) if parts else quoted("")


def _escaped(text: SqlExpression) -> SqlExpression:
    escaped = func.replace(text, quoted("\\"), quoted("\\\\"))
    return func.replace(escaped, quoted("|"), quoted("\\|"), type_=Unicode())


def label(group: Group, sql: SqlBuilder, language: Enum | None = None) -> SqlExpression:
    """The labels of all groupings in one text."""
    labels = Labels(sql, language, group.look_up)
    parts = [labels.of(grouping, group.c) for grouping in group.groupings]
    return (
        reduce(lambda text, part: text.concat(quoted(SEPARATOR)).concat(part), parts) if parts else labels.everything()
    )


def labels(group: Group, sql: SqlBuilder, language: Enum | None = None) -> SqlExpression:
    """The label of each grouping."""
    own = Labels(sql, language, group.look_up)
    return JsonList([own.of(grouping, group.c) for grouping in group.groupings])


def last_day(group: Group, sql: SqlBuilder) -> SqlExpression:
    """The last day of the calendar unit of the group; null without one."""
    units = [grouping for grouping in group.groupings if isinstance(grouping, ByUnit)]
    return units[0].last_day(group.c, sql) if units else null()


def bucket(group: Group, _: SqlBuilder) -> SqlExpression:
    """The first of `buckets`; null without any."""
    found = _buckets(group)
    return found[0] if found else type_coerce(null(), Integer())


def buckets(group: Group, _: SqlBuilder) -> SqlExpression:
    """The days of the week and hours of the day of the group, in the order of the groupings."""
    return JsonList(_buckets(group))


def _buckets(group: Group) -> list[SqlExpression]:
    return [group.c[grouping.name] for grouping in group.groupings if isinstance(grouping, ByDayOfWeek)]


def filter_of(group: Group, sql: SqlBuilder) -> SqlExpression:
    """The filter of log entries that selects those of the group: the filter of the request, the conditions of the
    groupings, and that entries are not canceled unless the filter has a condition on it.
    """
    parts = [grouping.filter(group.c, sql) for grouping in group.groupings]
    if group.request.filter:
        parts.insert(0, AsJson(sql.bind(_json, group.request.filter, type_=Unicode())))
    if not group.request.names_canceled:
        parts.append(JsonObject([("canceled", json_text("false"))]))
    return JsonObject([("and", JsonList(parts))])


def _json(filter_: object) -> str:
    return json.dumps(_plain(filter_))


def _plain(value: object) -> object:
    """A value of a filter as JSON. Fields that are null have no effect and are left out."""
    if isinstance(value, Mapping):
        return {name: _plain(inside) for name, inside in value.items() if inside is not None}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value

"""Conditions on columns where the two dialects differ. Lists travel as one parameter."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, Integer, Unicode, bindparam, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine


class Listed(TypeDecorator[Sequence[Any]]):
    """A list of values as one parameter: an array on PostgreSQL, JSON text on SQLite."""

    impl = Unicode
    cache_ok = False

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return Unicode()
        return ARRAY(self.item.dialect_impl(dialect))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if dialect.name != "sqlite":
            return None if value is None else list(value)
        process = self.item.bind_processor(dialect)
        return json.dumps([_plain(process(item) if process else item) for item in value])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


class _Condition(ColumnElement[bool]):
    inherit_cache = False
    type = Boolean()

    def __init__(self, value: ColumnElement[Any], listed: ColumnElement[Any]) -> None:
        self.value, self.listed = value, listed


class IsIn(_Condition):
    """The value is one of a `Listed` parameter; never so for an empty list."""

    inherit_cache = False


def among(column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """The column holds one of these values; however many, they travel as one parameter."""
    return IsIn(column, bindparam(None, list(values), type_=Listed(column.type), unique=True))


class IsLike(_Condition):
    """The value matches one LIKE pattern, with `\\` as escape."""

    inherit_cache = False


class IsLikeAll(_Condition):
    """The value matches every LIKE pattern of a `Listed` parameter, with `\\` as escape."""

    inherit_cache = False


class DateInZone(ColumnElement[dt.date]):
    """The date in a time zone: that of UTC, the next day in the zones `ahead`, the day before in the zones `behind`.

    The names of zones are separated by spaces. SQLite calls a function, because its parser has little room for nested
    parts.
    """

    inherit_cache = False
    type = Date()
    function = "carnet_date_in_zone"

    def __init__(
        self,
        zone: ColumnElement[str],
        date: ColumnElement[dt.date],
        ahead: ColumnElement[str],
        behind: ColumnElement[str],
    ) -> None:
        self.zone, self.date, self.ahead, self.behind = zone, date, ahead, behind


def date_in_zone(zone: str, date: str, ahead: str, behind: str) -> str:
    """`DateInZone` for SQLite, which stores dates as ISO texts."""
    days = 1 if zone in ahead.split() else -1 if zone in behind.split() else 0
    return (dt.date.fromisoformat(date) + dt.timedelta(days)).isoformat()


class IsLikeAny(_Condition):
    """The value matches one of the LIKE patterns of a `Listed` parameter, with `\\` as escape."""

    inherit_cache = False


class Bracketed(ColumnElement[bool]):
    """A condition in brackets of its own, where SQLAlchemy would write an `AND` in an `AND` without."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, condition: ColumnElement[bool]) -> None:
        self.condition = condition


class IsNotTrue(Bracketed):
    """A condition does not hold: it is false or unknown."""

    inherit_cache = False


class Repeated(ColumnElement[Any]):
    """A value that stands in a statement many times: it is put into SQL once, and that is repeated."""

    inherit_cache = False

    def __init__(self, value: ColumnElement[Any]) -> None:
        self.value, self.type = value, value.type


class _Part(ColumnElement[int]):
    inherit_cache = False
    type = Integer()

    def __init__(self, value: ColumnElement[Any]) -> None:
        self.value = value


class DayOfWeek(_Part):
    """Of a date: 1 = Monday … 7 = Sunday."""

    inherit_cache = False


class HourOfDay(_Part):
    """Of a time of day: 0 to 23."""

    inherit_cache = False


class DaysAfter(ColumnElement[dt.date]):
    """The date that many days after a date."""

    inherit_cache = False
    type = Date()

    def __init__(self, date: ColumnElement[Any], days: int) -> None:
        self.date, self.days = date, literal(days, Integer())


@compiles(IsIn, "postgresql")
def _(element: IsIn, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{compiler.process(element.value, **kw)} = ANY ({compiler.process(element.listed, **kw)})"


@compiles(IsIn, "sqlite")
def _(element: IsIn, compiler: SQLCompiler, **kw: Any) -> str:
    listed = compiler.process(element.listed, **kw)
    return f"{compiler.process(element.value, **kw)} IN (SELECT value FROM json_each({listed}))"


@compiles(IsLike, "postgresql")
def _(element: IsLike, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{compiler.process(element.value, **kw)} LIKE {compiler.process(element.listed, **kw)}"


@compiles(IsLike, "sqlite")
def _(element: IsLike, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{compiler.process(element.value, **kw)} LIKE {compiler.process(element.listed, **kw)} ESCAPE '\\'"


@compiles(IsLikeAll, "postgresql")
def _(element: IsLikeAll, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.value, **kw)}) LIKE ALL ({compiler.process(element.listed, **kw)})"


@compiles(IsLikeAll, "sqlite")
def _(element: IsLikeAll, compiler: SQLCompiler, **kw: Any) -> str:
    listed, value = compiler.process(element.listed, **kw), compiler.process(element.value, **kw)
    return f"NOT EXISTS (SELECT 1 FROM json_each({listed}) WHERE NOT ({value}) LIKE value ESCAPE '\\')"


@compiles(DateInZone, "postgresql")
def _(element: DateInZone, compiler: SQLCompiler, **kw: Any) -> str:
    parts = (element.zone, element.date, element.ahead, element.behind)
    zone, date, ahead, behind = (compiler.process(part, **kw) for part in parts)
    return (
        f"(CAST({date} AS date) + CASE WHEN {zone} = ANY (string_to_array({ahead}, ' ')) THEN 1 "
        f"WHEN {zone} = ANY (string_to_array({behind}, ' ')) THEN -1 ELSE 0 END)"
    )


@compiles(DateInZone, "sqlite")
def _(element: DateInZone, compiler: SQLCompiler, **kw: Any) -> str:
    parts = (element.zone, element.date, element.ahead, element.behind)
    return f"{element.function}({', '.join(compiler.process(part, **kw) for part in parts)})"


@compiles(IsLikeAny, "postgresql")
def _(element: IsLikeAny, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.value, **kw)}) LIKE ANY ({compiler.process(element.listed, **kw)})"


@compiles(IsLikeAny, "sqlite")
def _(element: IsLikeAny, compiler: SQLCompiler, **kw: Any) -> str:
    listed, value = compiler.process(element.listed, **kw), compiler.process(element.value, **kw)
    found = f"EXISTS (SELECT 1 FROM json_each({listed}) WHERE ({value}) LIKE value ESCAPE '\\')"
    return f"({listed} = '{json.dumps(EVERYTHING)}' OR {found})"


@compiles(Bracketed)
def _(element: Bracketed, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.condition, **kw)})"


@compiles(Repeated)
def _(element: Repeated, compiler: SQLCompiler, **kw: Any) -> str:
    written: dict[Repeated, str] = compiler.__dict__.setdefault("carnet_written", {})
    if element not in written:
        written[element] = f"({compiler.process(element.value, **kw)})"
    return written[element]


@compiles(IsNotTrue)
def _(element: IsNotTrue, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.condition, **kw)}) IS NOT TRUE"


@compiles(DayOfWeek, "postgresql")
def _(element: DayOfWeek, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(extract(isodow FROM {compiler.process(element.value, **kw)}) AS integer)"


@compiles(DayOfWeek, "sqlite")
def _(element: DayOfWeek, compiler: SQLCompiler, **kw: Any) -> str:
    return f"((CAST(strftime('%w', {compiler.process(element.value, **kw)}) AS integer) + 6) % 7 + 1)"


@compiles(HourOfDay, "postgresql")
def _(element: HourOfDay, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(extract(hour FROM {compiler.process(element.value, **kw)}) AS integer)"


@compiles(HourOfDay, "sqlite")
def _(element: HourOfDay, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(substr({compiler.process(element.value, **kw)}, 1, 2) AS integer)"


@compiles(DaysAfter, "postgresql")
def _(element: DaysAfter, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(({compiler.process(element.date, **kw)})::date + ({compiler.process(element.days, **kw)})::integer)"


@compiles(DaysAfter, "sqlite")
def _(element: DaysAfter, compiler: SQLCompiler, **kw: Any) -> str:
    return f"date({compiler.process(element.date, **kw)}, ({compiler.process(element.days, **kw)}) || ' days')"


EVERYTHING = ["%"]
"""A list of patterns that matches every text."""

LONGER_THAN_ANYTHING_KEPT = 5_000
"""Characters. SQLite takes patterns of at most 50,000 bytes."""


def like_pattern(text: str, *, anywhere: bool) -> str:
    """A LIKE pattern for already folded text, with its own wildcards taken literally.

    Text that is longer than anything kept is cut: it is still too long to be found.
    """
    escaped = text[:LONGER_THAN_ANYTHING_KEPT].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if anywhere else f"{escaped}%"

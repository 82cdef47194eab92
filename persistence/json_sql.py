"""JSON built inside the database, where the two dialects differ.

An expression of type `Json` is JSON already. SQLite forgets that on the way through a subquery, so it is told again
wherever one is put into another. Answers are equal to the letter on both databases but for white space.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnClause, ColumnElement, Unicode, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import UserDefinedType

from persistence.columns import Money
from persistence.totals import Total

PAIRS_AT_ONCE = 50
"""PostgreSQL takes 100 arguments to a function, SQLite 127."""


class Json(UserDefinedType[Any]):
    """JSON as the database shows it."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "JSON"


class JsonObject(ColumnElement[Any]):
    """An object with these members, in this order."""

    inherit_cache = False
    type = Json()

    def __init__(self, members: Sequence[tuple[str, ColumnElement[Any]]]) -> None:
        self.members = list(members)


class JsonArray(ColumnElement[Any]):
    """All rows as an array, `[]` where there are none; of those that `where` lets through; in the order of `by`.

    SQLite takes the order of the rows as they come, so order the subquery too.
    """

    inherit_cache = False
    type = Json()

    def __init__(
        self, item: ColumnElement[Any], by: Sequence[ColumnElement[Any]] = (), where: ColumnElement[bool] | None = None
    ) -> None:
        self.item, self.by, self.where = item, by, where


class JsonWords(ColumnElement[Any]):
    """An array of the words whose condition holds, in the order given. Words are plain identifiers."""

    inherit_cache = False
    type = Json()

    def __init__(self, words: Sequence[tuple[str, ColumnElement[bool]]]) -> None:
        self.words = list(words)


class AsJson(ColumnElement[Any]):
    """A column of type `JsonText` as the JSON that it is."""

    inherit_cache = False
    type = Json()

    def __init__(self, text: ColumnElement[Any]) -> None:
        self.text = text


class CursorText(ColumnElement[Any]):
    """A tag and the values of one row as an opaque text: hex of a JSON array, the same letters on both databases."""

    inherit_cache = False
    type = Unicode()

    def __init__(self, tag: str, values: Sequence[ColumnElement[Any]]) -> None:
        self.tag, self.values = tag, list(values)


class ShownText(ColumnElement[str]):
    """A value as text, the same letters on both databases: dates as JSON shows them, amounts with two decimals,
    true, false.
    """

    inherit_cache = False
    type = Unicode()

    def __init__(self, value: ColumnElement[Any]) -> None:
        self.value = value


def text_of(number: ColumnElement[Any]) -> ColumnElement[str]:
    """An integer as text."""
    return number.cast(Unicode)


def json_text(text: str) -> ColumnElement[Any]:
    """A constant of our own making, already JSON. Never text of a user."""
    return literal_column("'" + text.replace("'", "''") + "'", Json())


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@compiles(JsonObject, "postgresql")
def _(element: JsonObject, compiler: SQLCompiler, **kw: Any) -> str:
    pieces = []
    for start in range(0, max(len(element.members), 1), PAIRS_AT_ONCE):
        part = element.members[start : start + PAIRS_AT_ONCE]
        inside = ", ".join(f"{_quoted(name)}, {_shown_on_postgresql(value, compiler, kw)}" for name, value in part)
        pieces.append(f"json_build_object({inside})")
    if len(pieces) == 1:
        return pieces[0]
    joined = " || ',' || ".join(f"substr(left({piece}::text, -1), 2)" for piece in pieces)
    return f"('{{' || {joined} || '}}')::json"


@compiles(JsonObject, "sqlite")
def _(element: JsonObject, compiler: SQLCompiler, **kw: Any) -> str:
    pieces = []
    for start in range(0, max(len(element.members), 1), PAIRS_AT_ONCE):
        part = element.members[start : start + PAIRS_AT_ONCE]
        inside = ", ".join(f"{_quoted(name)}, {_shown_on_sqlite(value, compiler, kw)}" for name, value in part)
        pieces.append(f"json_object({inside})")
    if len(pieces) == 1:
        return pieces[0]
    joined = " || ',' || ".join(f"substr({piece}, 2, length({piece}) - 2)" for piece in pieces)
    return f"json('{{' || {joined} || '}}')"


def _shown_on_postgresql(value: ColumnElement[Any], compiler: SQLCompiler, kw: dict[str, Any]) -> str:
    inside = compiler.process(value, **kw)
    if isinstance(value.type, Money | Total):
        return f"({inside})::text" if isinstance(value, ColumnClause) else f"round({inside}, 2)::text"
    if isinstance(value.type, Json) and inside.startswith("'"):
        return f"{inside}::json"
    return inside


def _shown_on_sqlite(value: ColumnElement[Any], compiler: SQLCompiler, kw: dict[str, Any]) -> str:
    inside = compiler.process(value, **kw)
    if isinstance(value.type, Money):
        return _money_on_sqlite(inside)
    if isinstance(value.type, Boolean):
        return f"json(CASE ({inside}) WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
    if isinstance(value.type, Json) and not inside.startswith(("json_object(", "json_group_array(", "json(")):
        return f"json({inside})"
    return inside


def _money_on_sqlite(cents: str) -> str:
    """Cents as `-0.05`; integer arithmetic, because a float would round large amounts."""
    sign = f"CASE WHEN ({cents}) < 0 THEN '-' ELSE '' END"
    return f"({sign} || (abs({cents}) / 100) || '.' || substr('0' || (abs({cents}) % 100), -2))"


@compiles(JsonArray, "postgresql")
def _(element: JsonArray, compiler: SQLCompiler, **kw: Any) -> str:
    by = ", ".join(compiler.process(value, **kw) for value in element.by)
    by = f" ORDER BY {by}" if by else ""
    where = f" FILTER (WHERE {compiler.process(element.where, **kw)})" if element.where is not None else ""
    return f"coalesce(json_agg({_shown_on_postgresql(element.item, compiler, kw)}{by}){where}, '[]'::json)"


@compiles(JsonArray, "sqlite")
def _(element: JsonArray, compiler: SQLCompiler, **kw: Any) -> str:
    where = f" FILTER (WHERE {compiler.process(element.where, **kw)})" if element.where is not None else ""
    return f"json_group_array({_shown_on_sqlite(element.item, compiler, kw)}){where}"


@compiles(JsonWords)
def _(element: JsonWords, compiler: SQLCompiler, **kw: Any) -> str:
    chosen = " || ".join(
        f"CASE WHEN {compiler.process(condition, **kw)} THEN ',\"{word}\"' ELSE '' END"
        for word, condition in element.words
    )
    array = f"'[' || substr({chosen}, 2) || ']'"
    return f"({array})::json" if compiler.dialect.name == "postgresql" else f"json({array})"


@compiles(AsJson)
def _(element: AsJson, compiler: SQLCompiler, **kw: Any) -> str:
    inside = compiler.process(element.text, **kw)
    return f"({inside})::json" if compiler.dialect.name == "postgresql" else f"json({inside})"


@compiles(CursorText, "postgresql")
def _(element: CursorText, compiler: SQLCompiler, **kw: Any) -> str:
    values = "".join(
        f" || ',' || coalesce(to_json({_shown_on_postgresql(value, compiler, kw)})::text, 'null')"
        for value in element.values
    )
    return f"encode(convert_to('[\"{element.tag}\"'{values} || ']', 'UTF8'), 'hex')"


@compiles(CursorText, "sqlite")
def _(element: CursorText, compiler: SQLCompiler, **kw: Any) -> str:
    values = "".join(f" || ',' || json_quote({_shown_on_sqlite(value, compiler, kw)})" for value in element.values)
    return f"lower(hex('[\"{element.tag}\"'{values} || ']'))"


@compiles(ShownText, "postgresql")
def _(element: ShownText, compiler: SQLCompiler, **kw: Any) -> str:
    shown = _shown_on_postgresql(element.value, compiler, kw)
    return f"CAST({shown} AS TEXT)"


@compiles(ShownText, "sqlite")
def _(element: ShownText, compiler: SQLCompiler, **kw: Any) -> str:
    if isinstance(element.value.type, Boolean):
        return f"CASE ({compiler.process(element.value, **kw)}) WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    return f"CAST({_shown_on_sqlite(element.value, compiler, kw)} AS TEXT)"

"""JSON built inside the database.

An expression of the type `Json` is JSON already. JSON is equal on all databases except for white space.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnClause, ColumnElement, Unicode, literal_column
from sqlalchemy.types import UserDefinedType

from persistence.columns import Money
from persistence.constructs import Compilation, Construct
from persistence.dialects.quoting import quoted
from persistence.dialects.sql_writer import SqlWriter
from persistence.sql_types import SqlExpression
from persistence.totals import Total


class Json(UserDefinedType[object]):
    """JSON in the text form of the database."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "JSON"


class _JsonConstruct(Construct[Any]):
    type = Json()


class JsonObject(_JsonConstruct):
    """An object with these members, in this order."""

    def __init__(self, members: Sequence[tuple[str, SqlExpression]]) -> None:
        self.members = list(members)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.json_object([(name, _json_value(value, writer, compiled)) for name, value in self.members])


class JoinedObjects(JsonObject):
    """An object with the members of several objects, none of which is empty."""

    def __init__(self, objects: Sequence[SqlExpression]) -> None:
        self.objects = list(objects)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.joined_objects([compiled(each) for each in self.objects])


class JsonArray(_JsonConstruct):
    """An array of all rows for which `where` holds, in the order of `order_by`; `[]` without rows.

    SQLite takes the rows in the order in which they come, so sort the subquery as well.
    """

    def __init__(
        self, item: SqlExpression, order_by: Sequence[SqlExpression] = (), where: ColumnElement[bool] | None = None
    ) -> None:
        self.item, self.order_by, self.where = item, order_by, where

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        order_by = [compiled(value) for value in self.order_by]
        where = None if self.where is None else compiled(self.where)
        return writer.json_array(_json_value(self.item, writer, compiled), order_by, where)


class JsonList(_JsonConstruct):
    """An array of these values, in this order."""

    def __init__(self, values: Sequence[SqlExpression]) -> None:
        self.values = list(values)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.json_list([_json_value(value, writer, compiled) for value in self.values])


class JsonWords(_JsonConstruct):
    """An array of the words whose condition holds, in the order given. Words are plain identifiers."""

    def __init__(self, words: Sequence[tuple[str, ColumnElement[bool]]]) -> None:
        self.words = list(words)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        chosen = " || ".join(
            f"CASE WHEN {compiled(condition)} THEN ',\"{word}\"' ELSE '' END" for word, condition in self.words
        )
        return writer.as_json(f"'[' || substr({chosen}, 2) || ']'")


class AsJson(_JsonConstruct):
    """A column of the type `JsonText` as the JSON that it contains."""

    def __init__(self, text: SqlExpression) -> None:
        self.text = text

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.as_json(compiled(self.text))


class CursorText(Construct[str]):
    """A tag and the values of one row as opaque text: the hex digits of a JSON array, equal on all databases."""

    type = Unicode()

    def __init__(self, tag: str, values: Sequence[SqlExpression]) -> None:
        self.tag, self.values = tag, list(values)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.cursor_text(self.tag, [_json_value(value, writer, compiled) for value in self.values])


class ValueAsText(Construct[str]):
    """A value as text, equal on all databases: dates as in JSON, amounts with two decimals, `true`, `false`."""

    type = Unicode()

    def __init__(self, value: SqlExpression) -> None:
        self.value = value

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        if isinstance(self.value.type, Boolean):
            return writer.text_of_boolean(compiled(self.value))
        return f"CAST({_json_value(self.value, writer, compiled)} AS TEXT)"


class AfterSorting(_JsonConstruct):
    """JSON of the rows of a sorted SELECT, built only once they are sorted, so that the sort does not carry it."""

    def __init__(self, json: SqlExpression) -> None:
        self.json = json

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.after_sorting(compiled(self.json))


def text_of(number: SqlExpression) -> ColumnElement[str]:
    """An integer as text."""
    return number.cast(Unicode)


def json_text(text: str) -> SqlExpression:
    """A constant that is JSON already. Never pass text of a user."""
    return literal_column(quoted(text), Json())


def _json_value(value: SqlExpression, writer: SqlWriter, compiled: Compilation) -> str:
    """The SQL of a value as a part of JSON."""
    sql = compiled(value)
    if isinstance(value.type, Money):
        return writer.json_of_amount(sql, is_column=isinstance(value, ColumnClause))
    if isinstance(value.type, Total):
        return writer.json_of_total(sql, is_column=isinstance(value, ColumnClause))
    if isinstance(value.type, Boolean):
        return writer.json_of_boolean(sql)
    if isinstance(value.type, Json):
        return writer.json_of_json(sql)
    return sql

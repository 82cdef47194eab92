"""JSON built inside the database.

An expression of the type `Json` is JSON already. JSON is equal on all databases except for white space. On PostgreSQL
it is text that is put together with `||`, on SQLite it comes from the JSON functions (decision 0023).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnClause, ColumnElement, Date, Integer, String, Time, Unicode, literal_column
from sqlalchemy.types import UserDefinedType

from persistence.columns import ColumnOfRow, Money
from persistence.dialects.quoting import quoted
from persistence.dialects.sql_writer import RowsOfPage, SqlWriter
from persistence.sql.constructs import CachedConstruct, Compilation, Construct
from persistence.sql.sorted_rows import SortedRows, ValueOfRow
from persistence.sql.totals import Total
from persistence.sql_types import SqlExpression


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


class ObjectIf(_JsonConstruct):
    """An object, or null if the condition does not hold."""

    def __init__(self, condition: ColumnElement[bool], json: JsonObject) -> None:
        self.condition, self.json = condition, json

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.json_object_if(compiled(self.condition), compiled(self.json))


class JoinedObjects(JsonObject):
    """An object with the members of several objects, none of which is empty."""

    def __init__(self, objects: Sequence[SqlExpression]) -> None:
        self.objects = list(objects)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.joined_objects([compiled(each) for each in self.objects])


class JsonArrayOfRows(_JsonConstruct):
    """An array of all rows; `[]` without rows."""

    def __init__(self, item: SqlExpression, rows: SortedRows) -> None:
        self.item, self.rows = rows.value(item), rows

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.json_array(_json_value(self.item, writer, compiled), self.rows.order_by(writer, compiled))


class JsonArray(_JsonConstruct):
    """An array of all rows, in the order of `order_by`; `[]` without rows.

    SQLite takes the rows in the order in which they come, so sort the subquery as well.
    """

    def __init__(self, item: SqlExpression, order_by: Sequence[SqlExpression]) -> None:
        self.item, self.order_by = item, order_by

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        order_by = [compiled(value) for value in self.order_by]
        return writer.json_array(_json_value(self.item, writer, compiled), order_by)


@dataclass(frozen=True)
class PageOfRows:
    """A page in a SELECT without groups: of the rows that the SELECT reads, the first `size`, or the last `size` if the
    page is read `backward`. The SELECT may read one row more, to know whether there are further pages.
    """

    rows: SortedRows
    size: ColumnElement[int]
    backward: bool

    def sql(self, writer: SqlWriter, compiled: Compilation) -> RowsOfPage:
        """The same with the SQL of its parts."""
        return RowsOfPage(self.rows.order_by(writer, compiled), compiled(self.size), self.backward)


class JsonArrayOfPage(_JsonConstruct):
    """An array of the rows of a page; `[]` without rows."""

    def __init__(self, item: SqlExpression, page: PageOfRows) -> None:
        self.item, self.page = page.rows.value(item), page

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.json_array_of_page(_json_value(self.item, writer, compiled), self.page.sql(writer, compiled))


class ValueOnPage(Construct[Any]):
    """A value of the first row of a page, or of its last; null without rows."""

    def __init__(self, value: ValueOfRow, page: PageOfRows, *, first: bool) -> None:
        self.value, self.page, self.first = value, page, first
        self.type = value.type

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.value_on_page(compiled(self.value), self.page.sql(writer, compiled), first=self.first)


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
        return _array_of_chosen(writer, [(compiled(condition), f"',\"{word}\"'") for word, condition in self.words])


class ConditionalObjects(_JsonConstruct):
    """A JSON array of the objects whose condition holds, in the given order."""

    def __init__(self, objects: Sequence[tuple[ColumnElement[bool], JsonObject]]) -> None:
        self.objects = list(objects)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        chosen = [(compiled(condition), f"',' || {compiled(each)}") for condition, each in self.objects]
        return _array_of_chosen(writer, chosen)


def _array_of_chosen(writer: SqlWriter, cases: Sequence[tuple[str, str]]) -> str:
    """A JSON array of the elements whose condition holds. Each case is a condition and an element, with a comma before
    the element.
    """
    chosen = " || ".join(f"CASE WHEN {condition} THEN {element} ELSE '' END" for condition, element in cases)
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


class ValueAsText(CachedConstruct[str]):
    """A value as text, equal on all databases: dates as in JSON, amounts with two decimals, `true`, `false`."""

    type = Unicode()

    def __init__(self, value: SqlExpression) -> None:
        super().__init__(value)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        (value,) = self.clauses
        sql = compiled(value)
        if isinstance(value.type, Boolean):
            return writer.text_of_boolean(sql)
        if isinstance(value.type, Date):
            return writer.text_of_date(sql)
        text = _amount_text(value, writer, sql) if isinstance(value.type, Money | Total) else sql
        return f"CAST({text} AS TEXT)"


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
    json = _json_unless_null(value, writer, compiled(value))
    return json if _is_never_null(value) else writer.json_or_null(json)


def _json_unless_null(value: SqlExpression, writer: SqlWriter, sql: str) -> str:
    if isinstance(value.type, Json):
        return writer.json_of_json(sql)
    if isinstance(value.type, Boolean):
        return writer.json_of_boolean(sql)
    if isinstance(value.type, Money | Total):
        return writer.json_of_plain_text(_amount_text(value, writer, sql))
    if isinstance(value, ColumnOfRow) and value.is_enumeration:
        return writer.json_of_plain_text(sql)
    if isinstance(value.type, Integer):
        return writer.json_of_integer(sql)
    if isinstance(value.type, String):
        return writer.json_of_text(sql)
    if isinstance(value.type, Date | Time):
        return writer.json_of_date_or_time(sql)
    return writer.json_of_other(sql)


def _amount_text(value: SqlExpression, writer: SqlWriter, sql: str) -> str:
    write = writer.text_of_amount if isinstance(value.type, Money) else writer.text_of_total
    return write(sql, is_column=isinstance(value, ColumnClause))


def _is_never_null(value: SqlExpression) -> bool:
    if isinstance(value, ColumnOfRow):
        return not value.nullable
    if isinstance(value, ValueOfRow):
        return _is_never_null(value.value)
    return isinstance(value, _JsonConstruct) and not isinstance(value, AsJson)

"""The cells of CSV, written inside the database."""

from sqlalchemy import Boolean, ColumnClause, Unicode

from persistence.columns import Instant, Money
from persistence.dialects.sql_writer import SqlWriter
from persistence.sql.constructs import Compilation, Construct
from persistence.sql.totals import Total
from persistence.sql_types import SqlExpression

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""The first signs of a text that a spreadsheet takes for a formula."""


class CsvCell(Construct[str]):
    """A value as a cell: the text that JSON has for it, without quotation marks; null stays null.

    `guarded` puts an apostrophe before a text that a spreadsheet would take for a formula. `never_null` makes null a
    blank text.
    """

    type = Unicode()

    def __init__(self, value: SqlExpression, *, guarded: bool, never_null: bool) -> None:
        self.value, self.guarded, self.never_null = value, guarded, never_null

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        cell = self._cell(writer, compiled(self.value), is_column=isinstance(self.value, ColumnClause))
        return f"coalesce(CAST({cell} AS text), '')" if self.never_null else cell

    def _cell(self, writer: SqlWriter, sql: str, *, is_column: bool) -> str:
        type_ = self.value.type
        if isinstance(type_, Money):
            return writer.text_of_amount(sql, is_column=is_column)
        if isinstance(type_, Total):
            return writer.text_of_total(sql, is_column=is_column)
        if isinstance(type_, Boolean):
            return writer.text_of_boolean(sql)
        if isinstance(type_, Instant):
            return writer.text_of_instant(sql)
        return writer.guarded_text(sql, FORMULA_SIGNS, is_column=is_column) if self.guarded else sql

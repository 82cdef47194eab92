"""The rows of a stream: a list from a cursor on, of any length."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement, Integer, literal_column, select

from persistence.sql.json import CursorText
from persistence.sql_types import SqlExpression, SqlQuery
from schema.compiler.errors import BadUserInput
from schema.compiler.paging import Page, PageArguments
from schema.compiler.scope import Scope
from schema.compiler.values import Placeholder

PLACE_NAME = "place:"
"""The variable with the number of rows before the last one, when its cursor is read. No variable of a document has a
colon in its name.
"""

PLACE = Placeholder((PLACE_NAME,))


@dataclass(frozen=True)
class StreamArguments(PageArguments):
    """The paging arguments of a connection that is streamed: `first` may be any number of rows."""

    def __post_init__(self) -> None:
        if self.last is not None:
            raise BadUserInput("A stream has no `last`. Use `first`, in the opposite order.")
        if isinstance(self.first, int):
            checked_rows(self.first)


def checked_rows(rows: int) -> int:
    """The number of rows, if a stream can have it; else raises BadUserInput."""
    if rows < 0:
        raise BadUserInput(f"`first`, the maximum number of rows of a stream, must be 0 or more; it is {rows}.")
    return rows


class StreamPage(Page):
    """Builds the statements of a stream. Read columns of `row` before calling `select_of_rows`."""

    arguments_type = StreamArguments

    @property
    def parts_are_sorted(self) -> bool:  # type: ignore[override]  # a page is always limited
        """Only if `first` limits the rows: otherwise all rows together are sorted."""
        return self.arguments.first is not None

    @cached_property
    def cursor(self) -> SqlExpression:
        """The cursor of a row."""
        return CursorText(self.tag, self.cursor_values())

    def select_of_rows(self, columns: Sequence[SqlExpression], scope: Scope) -> SqlQuery:
        """The SELECT of these values of each row, in order."""
        source = scope.with_joins(self.select(lookahead=False))
        return select(*columns).select_from(source).order_by(*self.client_order())

    def last_cursor(self) -> SqlQuery:
        """The SELECT of the cursor of the last row."""
        place = self.statement.bind(lambda rows_before: rows_before, PLACE, type_=Integer())
        return self.select_of_rows([self.cursor], Scope(self.statement)).limit(literal_column("1")).offset(place)

    def size(self, more: int = 0) -> ColumnElement[int] | None:  # type: ignore[override]  # None: all rows
        """The maximum number of rows; None if there is none."""
        first = self.arguments.first
        if isinstance(first, Placeholder):
            return self.statement.bind(checked_rows, first, type_=Integer())
        return None if first is None else literal_column(str(first), Integer())

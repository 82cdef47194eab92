"""A row shown by the statement that inserts it: one round trip instead of two."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Insert

from persistence.columns import Table, table_of
from persistence.sql_types import SqlQuery
from schema.compiler.values import Binder, RequestValues


@dataclass(frozen=True)
class InsertedRowPlan:
    """What was asked of a row that is about to be inserted. Only where nothing asked for reads the row's table
    again.
    """

    table: type[Table]
    select: Callable[[Insert], SqlQuery]
    binders: Mapping[str, Binder]
    _known: dict[Insert, SqlQuery] = field(default_factory=dict)

    def of(self, insertion: Insert) -> SqlQuery:
        """The insertion with what is shown of its row; the same object for the same insertion, so that it is
        compiled once.
        """
        if insertion not in self._known:
            self._known[insertion] = self.select(insertion)
        return self._known[insertion]


@dataclass
class InsertedRow:
    """A new row to be shown to one request: its key and JSON, once it is inserted."""

    row: InsertedRowPlan
    variables: Mapping[str, Any]
    request_values: RequestValues
    key: Any = None
    text: str | None = None

    def combined(self, insertion: Any) -> tuple[Any, Mapping[str, Any]] | None:
        """The statement that inserts and shows, and the values it takes beside; nothing for a row of another table."""
        if insertion.table is not table_of(self.row.table):
            return None
        return self.row.of(insertion), {
            name: fill(self.variables, self.request_values) for name, fill in self.row.binders.items()
        }

    def inserted(self, key: Any, text: str) -> None:
        """It is there."""
        self.key, self.text = key, text

"""Reading a row in the statement that inserts it: one round trip instead of two."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Insert

from persistence.columns import Table, table_of
from persistence.sql_types import Parameters, SqlQuery
from schema.compiler.values import Binder, GraphQLValues, RequestValues


@dataclass(frozen=True)
class InsertedRowPlan:
    """How the fields selected from a new row are read in the statement that inserts it. Nothing else in the selection
    reads the table of the row.
    """

    table: type[Table]
    select: Callable[[Insert], SqlQuery]
    binders: Mapping[str, Binder]
    _statements: dict[Insert, SqlQuery] = field(default_factory=dict)

    def statement(self, insertion: Insert) -> SqlQuery:
        """The statement that inserts and reads the row; the same object for the same insertion, so that it is compiled
        once.
        """
        if insertion not in self._statements:
            self._statements[insertion] = self.select(insertion)
        return self._statements[insertion]


@dataclass
class InsertedRow:
    """A row that a request inserts: its key and JSON, once it is inserted."""

    plan: InsertedRowPlan
    variables: GraphQLValues
    request_values: RequestValues
    key: int | None = None
    text: str | None = None

    def combined(self, insertion: Insert) -> tuple[SqlQuery, Parameters] | None:
        """The statement that inserts and reads the row, and its further parameters; None for another table."""
        if insertion.table is not table_of(self.plan.table):
            return None
        return self.plan.statement(insertion), {
            name: bind(self.variables, self.request_values) for name, bind in self.plan.binders.items()
        }

    def inserted(self, key: int, text: str) -> None:
        """Called when the row has been inserted."""
        self.key, self.text = key, text

"""How a type declares its fields: a column, an expression, an edge to one row, an edge to many rows.

A room lists names and descriptions; the planner turns them into SQL, `plain` into ordinary execution.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from sqlalchemy import Column

from persistence.columns import Table, table_of
from persistence.sql_types import SqlExpression
from resolvers.queries import Alternatives, SqlBuilder, SqlCondition, TableRow
from schema.compiler.statement import Row, Statement

Expression = Callable[..., SqlExpression]
"""`(row, statement, **arguments)` to SQL."""


@dataclass(frozen=True)
class Sort:
    """One level of an order. The levels of an order end in a key that is unique and never null.

    What is `computed` with some effort, not read from the row, is computed once for each row that passes the filter.
    """

    of: Callable[[Row, Statement], SqlExpression]
    nullable: bool = False
    descending: bool = False
    computed: bool = False


Order = Sequence[Sort]


@dataclass(frozen=True)
class ExpressionField:
    """A field that one expression answers; `column` names it where it is just that."""

    of: Expression
    column: str | None = None


@dataclass(frozen=True)
class ToOne:
    """An edge to at most one row: the one whose `remote` column equals our `local` one, where `when` holds."""

    target: str
    local: str
    remote: str
    when: Callable[[Row], SqlCondition] | None = None


@dataclass(frozen=True)
class ToMany:
    """An edge to the rows that belong to ours, a page at a time. At the root there is no row."""

    target: str
    belongs: Callable[[TableRow, TableRow, SqlBuilder], Alternatives]
    filtered: bool = True
    ordered: bool = True
    search: Callable[[TableRow, object, SqlBuilder], SqlCondition] | None = None
    extra_conditions: Callable[[TableRow, Mapping[str, object], SqlBuilder], Sequence[SqlCondition]] | None = None
    """Which rows arguments of the list's own choose."""


@dataclass(frozen=True)
class UnpagedList:
    """An edge to all rows that belong to ours, few by nature, in a fixed order."""

    target: str
    belongs: Callable[[TableRow, TableRow, SqlBuilder], Sequence[SqlCondition]]
    order: str


@dataclass(frozen=True)
class ByKey:
    """A root field: the row with this key, or null. Without an argument there is only one."""

    target: str
    argument: str | None
    column: str
    convert: Callable[[Any], Any]


@dataclass(frozen=True)
class AggregateObject:
    """An object of figures over all rows that belong to ours and meet `where`: `(row, statement, **arguments)` to
    conditions.
    """

    target: str
    belongs: Callable[[Row, Row, Statement], Alternatives]
    where: Callable[..., Sequence[SqlCondition]]


@dataclass(frozen=True)
class Aggregate:
    """One of the figures: an aggregate over all the rows together."""

    of: Callable[[Row], SqlExpression]


@dataclass(frozen=True)
class MessageField:
    """A field that only Python can say, from these columns of the row and in a language: `EN` or `FR`."""

    by: Callable[[Mapping[str, Any], str], str]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class LiveField:
    """A field that no table answers: `(context, row)` to its value. What it stands in is never planned."""

    by: Callable[[Any, Mapping[str, Any]], Awaitable[Any]]


FieldDeclaration = (
    ExpressionField | ToOne | ToMany | UnpagedList | ByKey | AggregateObject | Aggregate | MessageField | LiveField
)


@dataclass
class Entity:
    """What the planner knows of a type that is backed by a table."""

    name: str
    table: type[Table]
    key: tuple[str, ...]
    prefix: str | None
    fields: dict[str, FieldDeclaration] = field(default_factory=dict)
    filter: Any = None
    order_input: type | None = None
    orders: Mapping[Any, Order] = field(default_factory=dict)
    default_order: Order = ()
    key_order: Order = ()
    only: Callable[[Row], SqlCondition] | None = None

    @property
    def columns(self) -> Mapping[str, Column[Any]]:
        """The columns of the table by name."""
        return dict(table_of(self.table).columns.items())

    def conditions(self, row: Row) -> Sequence[SqlCondition]:
        """What restricts the rows of the table to those of the type."""
        return () if self.only is None else (self.only(row),)


ENTITIES: dict[str, Entity] = {}
"""By GraphQL name. Filled by the rooms when they are imported, read-only afterwards."""


def entity_of(target: str) -> Entity:
    """`"contacts.Contact"` to the declarations of that type."""
    module, name = module_of(target)
    if name not in ENTITIES:
        import_module(module)
    return ENTITIES[name]


def module_of(target: str) -> tuple[str, str]:
    """The module and the name of a type: `contacts.Contact` is in `schema.contacts.types`, `segments.steps.SegmentStep`
    in `schema.segments.steps`.
    """
    subject, _, name = target.rpartition(".")
    return f"schema.{subject}" if "." in subject else f"schema.{subject}.types", name


def by_column(name: str, *, nullable: bool = False, descending: bool = False) -> Sort:
    """A level of an order that is a plain column."""
    return Sort(lambda row, _: row.c[name], nullable, descending)

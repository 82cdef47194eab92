"""How a type declares its fields: a column, an expression, an edge to one row, an edge to many rows.

The types of a subject list names and descriptions. The planner turns them into one statement; default execution reads
each field by itself.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeAlias

from sqlalchemy import Column, FromClause, select

from persistence.columns import Table, table_of
from persistence.sql_types import SqlExpression
from resolvers.queries import Alternatives, FilteredAlternatives, SqlBuilder, SqlCondition, TableRow
from schema.compiler.statement import Row, Statement
from schema.compiler.values import GraphQLValues

Sums = Callable[[str], SqlExpression]
"""Sums of rows by name."""

Read = Callable[[Any, GraphQLValues], Awaitable[Any]]
"""Reads the value of a field in default execution: `read(context, arguments)`, or `read(context, row)`."""

Expression = Callable[..., SqlExpression]
"""SQL from `(row, statement, **arguments)`."""


@dataclass(frozen=True)
class Sort:
    """One level of an order. The last level of an order is a key that is unique and never null.

    A level that is `computed`, not read from the row, is computed once for each row that passes the filter. In a list
    of a whole table, for a viewer who sees all entries, `stored` replaces it: given the FROM clause of the rows, it
    returns one that has stored values too, and the value.
    """

    expression: Callable[[Row, Statement], SqlExpression]
    nullable: bool = False
    descending: bool = False
    computed: bool = False
    stored: Callable[[Row, FromClause, Statement], tuple[FromClause, SqlExpression]] | None = None
    joined: "JoinedColumn | None" = None
    """The column that `expression` looks up, if it is one of another row. It is joined, so that the database can read
    its index in the order of the list. Null only for rows that name no other row.
    """
    column: str | None = None
    """The column of the row, if the level is just one."""


@dataclass(frozen=True)
class JoinedColumn:
    """A column of the row of another table whose `remote` column equals the column `local`, a foreign key."""

    table: type[Table]
    local: str
    remote: str
    column: str

    def join(
        self, row: Row, source: FromClause, statement: Statement, *, outer: bool
    ) -> tuple[FromClause, SqlExpression]:
        """The rows together with the other rows, and the column. Without `outer`, only rows that have another row."""
        other = statement.row(self.table)
        joined = source.join(other.source, other.c[self.remote] == row.c[self.local], isouter=outer)
        return joined, other.c[self.column]


Order = Sequence[Sort]


@dataclass(frozen=True)
class ExpressionField:
    """A field whose value is an SQL expression; `column` is its name if it is just a column."""

    expression: Expression
    column: str | None = None


@dataclass(frozen=True)
class ToOne:
    """An edge to at most one row: the one whose `remote` column equals the `local` column, if `when` holds."""

    target: str
    local: str
    remote: str
    when: Callable[[Row], SqlCondition] | None = None


@dataclass(frozen=True)
class Search:
    """The argument `search` of a list. `finds` returns alternatives: a row is found if all conditions of exactly one
    alternative hold, and each can use an index of its own.
    """

    finds: Callable[[TableRow, object, SqlBuilder], Alternatives]
    description: str
    counts: Callable[[TableRow, object, SqlBuilder, bool], Alternatives] | None = None
    """Alternatives that find the same rows and count them faster; the last argument is whether there is no filter."""


LookUp: TypeAlias = Callable[
    [TableRow, Mapping[str, Any], Callable[[TableRow, Mapping[str, Any]], SqlCondition], Statement, bool],
    FilteredAlternatives,
]
"""Makes alternatives from a row, the values of a filter, and a function that makes the condition of such values. The
last argument is whether the rows are only counted.
"""


@dataclass(frozen=True)
class ToMany:
    """A connection to the rows that belong to a row, page by page; at the root, to all rows."""

    target: str
    belongs: Callable[[TableRow, TableRow, SqlBuilder], Alternatives]
    filtered: bool = True
    ordered: bool = True
    search: Search | None = None
    extra_conditions: Callable[[TableRow, Mapping[str, object], SqlBuilder], Sequence[SqlCondition]] | None = None
    """Conditions from the values of the arguments that only this list has."""
    order: Sequence["Sort"] = ()
    """The order of this list, if it is not that of its type."""
    look_up: LookUp | None = None
    """Alternative conditions that find, through another table, the rows that may pass a filter. The condition of the
    filter that stands beside them is added to each.
    """


@dataclass(frozen=True)
class ObjectsOfRow:
    """A list of objects that are computed from one row. `cases(row)` returns all possible ones, each with the condition
    on which it is in the list, and its values by name.
    """

    target: str
    cases: Callable[[Row], Sequence[tuple[SqlCondition, Mapping[str, SqlExpression]]]]


@dataclass(frozen=True)
class UnpagedList:
    """A list of all rows that belong to a row, in the order of a column. Such lists are short."""

    target: str
    belongs: Callable[[TableRow, TableRow, SqlBuilder], Sequence[SqlCondition]]
    order: str


@dataclass(frozen=True)
class ByKey:
    """A root field: the row with the key that an argument gives, or null. Without an argument the table has one row."""

    target: str
    argument: str | None
    column: str
    convert: Callable[[Any], Any]


@dataclass(frozen=True)
class StoredSums:
    """Sums over the rows that belong to a row, which are stored by a key: the column `key` of that row.

    `of_parent(row, statement, **arguments)` has the sums of one row. `over_contacts(statement, names, **arguments)`
    computes, for all keys, sums that are not stored.
    """

    of_parent: Callable[..., FromClause]
    over_contacts: Callable[..., FromClause]
    key: str


@dataclass(frozen=True)
class FieldOfSums(ExpressionField):
    """A field whose value is computed from stored sums if the viewer sees all rows, else with `expression`. Fields next
    to each other in a selection are read together.
    """

    stored: StoredSums = field(kw_only=True)
    of_sums: Callable[[Sums], SqlExpression] = field(kw_only=True)


@dataclass(frozen=True)
class AggregateObject:
    """An object of aggregates over all rows that belong to a row and meet the conditions that
    `where(row, statement, **arguments)` returns.
    """

    target: str
    belongs: Callable[[Row, Row, Statement], Alternatives]
    where: Callable[..., Sequence[SqlCondition]]
    stored: StoredSums | None = None
    """The stored sums over these rows. They are read instead of the rows if the viewer sees all rows."""


@dataclass(frozen=True)
class Aggregate:
    """One field of an object of aggregates: computed from rows, or from sums of rows, by the names of the sums."""

    expression: Callable[[Row], SqlExpression]
    of_sums: Callable[[Sums], SqlExpression]


@dataclass(frozen=True)
class GroupedAggregates:
    """A root field: aggregates over groups of rows. `make(statement, arguments, rows)` makes the SQL; without `rows`
    only that of the totals. The objects of the groups are of the type `target`.
    """

    target: str
    measures: str
    make: Callable[[Statement, GraphQLValues, bool], Any]


@dataclass(frozen=True)
class AggregatesOfGroup:
    """An object of aggregates of a group. `sums` returns the sums of the group; None if the object is null."""

    target: str
    sums: Callable[[Any], Sums | None]


@dataclass(frozen=True)
class MessageField:
    """A text that Python writes from these columns of the row, in a language: `EN` or `FR`."""

    format: Callable[[GraphQLValues, str], str]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class LiveField:
    """A field whose value is not in the database: `read(context, row)`. Its root field takes default execution."""

    read: Read


FieldDeclaration = (
    ExpressionField
    | ToOne
    | ToMany
    | UnpagedList
    | ObjectsOfRow
    | ByKey
    | AggregateObject
    | Aggregate
    | GroupedAggregates
    | AggregatesOfGroup
    | MessageField
    | LiveField
)


@dataclass
class Entity:
    """A GraphQL type whose objects are rows of a table."""

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
        """The conditions that restrict the rows of the table to those of the type."""
        return () if self.only is None else (self.only(row),)


ENTITIES: dict[str, Entity] = {}
"""The entities by the names of their GraphQL types. Importing the modules of the subjects fills it."""


def entity_of(target: str) -> Entity:
    """The declarations of a type, for instance of `contacts.Contact`."""
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


def by_joined_column(table: type[Table], column: str, *, local: str, remote: str) -> Sort:
    """A level of an order that is a column of another row (see `JoinedColumn`), null without one."""

    def looked_up(row: Row, statement: Statement) -> SqlExpression:
        other = statement.row(table)
        found = select(other.c[column]).select_from(other.source).where(other.c[remote] == row.c[local])
        return found.scalar_subquery()

    return Sort(looked_up, nullable=True, joined=JoinedColumn(table, local, remote, column))


def by_column(name: str, *, nullable: bool = False, descending: bool = False) -> Sort:
    """A level of an order that is a plain column."""
    return Sort(lambda row, _: row.c[name], nullable, descending, column=name)

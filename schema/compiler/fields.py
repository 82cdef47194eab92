"""Declarations of fields in a class: `no: str = column("Unique.")`, `company = to_one("contacts.Contact", …)`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, Optional

import strawberry

from persistence.sql.json import AsJson
from persistence.sql_types import SqlExpression
from resolvers.queries import Alternatives, SqlBuilder, SqlCondition, TableRow
from resolvers.roles import Access
from resolvers.work import key
from schema.compiler.computed_lists import ComputedList
from schema.compiler.declarations import (
    Aggregate,
    AggregateObject,
    AggregatesOfGroup,
    ByKey,
    Expression,
    ExpressionField,
    FieldOfSums,
    GroupedAggregates,
    LiveField,
    LookUp,
    MessageField,
    Search,
    StoredSums,
    Sums,
    ToMany,
    ToOne,
    UnpagedList,
    entity_of,
    module_of,
)
from schema.compiler.declared_field import Declaration, declared_field
from schema.compiler.statement import Row, Statement
from schema.compiler.values import GraphQLValues
from schema.execution.graphql_internals import StrawberryArgument, argument, to_camel_case


def column(
    description: str, name: str | None = None, *, alias: str | None = None, access: Access | None = None
) -> Declaration:
    """A column of the table of the type; by default the column that has the name of the field. `alias` is the GraphQL
    name, where Python does not allow it as the name of the attribute. `access` is for types that not every role may
    read, also not with `node`.
    """
    plan = ExpressionField(lambda row, _: row.c[name or ""], column=name or "")
    return declared_field(plan, description, name=alias, access=access)


def computed(expression: Expression, description: str, *arguments: StrawberryArgument) -> Declaration:
    """An SQL expression of the row. GraphQL arguments are passed to `expression` by their GraphQL names."""
    return declared_field(ExpressionField(expression), description, arguments=lambda: arguments)


def computed_of_sums(
    expression: Expression, description: str, *, stored: StoredSums, of_sums: Callable[[Sums], SqlExpression]
) -> Declaration:
    """A value that `of_sums` computes from stored sums, and `expression` from the rows, for viewers who do not see all
    of them.
    """
    return declared_field(FieldOfSums(expression, stored=stored, of_sums=of_sums), description)


def json_column(description: str, name: str, *, access: Access | None = None) -> Declaration:
    """A column that stores JSON. `access` as for `column`."""
    return declared_field(ExpressionField(lambda row, _: AsJson(row.c[name]), column=name), description, access=access)


def message_field(
    format: Callable[[GraphQLValues, str], str], description: str, *columns: str, language: StrawberryArgument
) -> Declaration:
    """A text that `format` writes from these columns, in the language of the argument, by default of the request."""
    return declared_field(MessageField(format, columns), description, arguments=lambda: [language])


def live_field(read: Callable[[Any, GraphQLValues], Awaitable[Any]], description: str) -> Declaration:
    """A value that is not in the database: `read(context, row)`. Its root field takes default execution."""
    return declared_field(LiveField(read), description)


def to_one(
    target: str,
    description: str,
    *,
    local: str,
    remote: str,
    when: Callable[[Row], SqlCondition] | None = None,
    required: bool = False,
) -> Declaration:
    """The row of another table whose `remote` column equals the `local` column, or null; never null if `required`."""
    annotation: Any = lazy_type(target)
    return declared_field(
        ToOne(target, local, remote, when), description, annotation if required else Optional[annotation]
    )


def to_many(
    target: str,
    description: str,
    *,
    belongs: Callable[[TableRow, TableRow, SqlBuilder], Alternatives] | None = None,
    filtered: bool = True,
    ordered: bool = True,
    search: Search | None = None,
    extra_conditions: Callable[[TableRow, Mapping[str, object], SqlBuilder], Sequence[SqlCondition]] | None = None,
    extra_arguments: Sequence[StrawberryArgument] = (),
    look_up: LookUp | None = None,
    access: Access | None = None,
) -> Declaration:
    """A connection to the rows that belong to a row. Without `belongs` it is a nullable field of Query, and the
    connection has all rows; then `access` must say who may use it.

    `extra_conditions` makes conditions from the values of `extra_arguments`.
    """
    plan = ToMany(target, belongs or (lambda *_: [[]]), filtered, ordered, search, extra_conditions, look_up=look_up)
    annotation: Any = lazy_type(f"{target}Connection")
    return declared_field(
        plan,
        description,
        annotation if belongs else Optional[annotation],
        lambda: [*extra_arguments, *_list_arguments(plan)],
        access=access,
    )


def computed_list(
    plan: ComputedList, result: str, description: str, *arguments: StrawberryArgument, access: Access
) -> Declaration:
    """A field of Query: a connection of the type `result` whose rows are not those of one table."""
    return declared_field(plan, description, Optional[lazy_type(result)], lambda: arguments, access=access)


def unpaged_list(
    target: str,
    description: str,
    *,
    belongs: Callable[[TableRow, TableRow, SqlBuilder], Sequence[SqlCondition]],
    order: str,
    source: str | None = None,
) -> Declaration:
    """A list of all rows that belong to a row, in the order of a column, for lists that are short. `source` is the
    entity whose table they come from, if it is not the one of `target`.
    """
    annotation: Any = list[lazy_type(target)]  # type: ignore[misc]  # built at run time
    return declared_field(UnpagedList(source or target, belongs, order), description, annotation)


def aggregate_object(
    target: str,
    description: str,
    *arguments: StrawberryArgument,
    belongs: Callable[[Row, Row, Statement], Alternatives],
    where: Callable[..., Sequence[SqlCondition]],
    stored: StoredSums | None,
) -> Declaration:
    """An object of aggregates over the rows that belong to a row and meet `where`, which gets the GraphQL arguments by
    their GraphQL names. `stored` has sums over these rows, if there are any.
    """
    plan = AggregateObject(target, belongs, where, stored)
    return declared_field(plan, description, lazy_type(target), lambda: arguments)


def aggregate(
    expression: Callable[[Row], SqlExpression], description: str, *, of_sums: Callable[[Sums], SqlExpression]
) -> Declaration:
    """One field of an object of aggregates. `of_sums` computes it from sums of rows."""
    return declared_field(Aggregate(expression, of_sums), description)


def aggregates_of_group(
    target: str, description: str, sums: Callable[[Any], Sums | None], *, required: bool
) -> Declaration:
    """An object of aggregates of a group of rows; it is null if `sums` returns None."""
    annotation: Any = lazy_type(target)
    declared = annotation if required else Optional[annotation]
    return declared_field(AggregatesOfGroup(target, sums), description, declared)


def grouped_aggregates(
    result: str,
    description: str,
    *arguments: StrawberryArgument,
    group: str,
    measures: str,
    make: Callable[[Statement, GraphQLValues, bool], Any],
    access: Access,
) -> Declaration:
    """A field of Query: aggregates over groups of rows. `result` is its type, `group` that of the groups."""
    plan = GroupedAggregates(group, measures, make)
    return declared_field(plan, description, Optional[lazy_type(result)], lambda: arguments, access=access)


def by_key(
    target: str,
    description: str,
    argument_name: str,
    column_name: str,
    about: str,
    *,
    access: Access,
    alias: str | None = None,
) -> Declaration:
    """A field of Query: the row with the key that is given as argument, or null. `alias` as for `column`."""
    is_number = column_name == "entry_no"
    convert: Callable[[Any], Any] = (lambda number: number) if is_number else (lambda text: key(text) or "")
    wanted = argument(argument_name, int if is_number else str, about)
    return declared_field(
        ByKey(target, to_camel_case(argument_name), column_name, convert),
        description,
        Optional[lazy_type(target)],
        lambda: [wanted],
        access=access,
        name=alias,
    )


def single_row(target: str, description: str, *, access: Access) -> Declaration:
    """A field of Query: the only row of a table."""
    return declared_field(
        ByKey(target, None, "id", lambda _: 1), description, Optional[lazy_type(target)], access=access
    )


def lazy_type(target: str) -> Any:
    """A type of another subject, imported when the schema is built: modules of subjects do not import each other."""
    module, name = module_of(target)
    return Annotated[name, strawberry.lazy(module)]


def _list_arguments(plan: ToMany) -> Sequence[StrawberryArgument]:
    entity = entity_of(plan.target)
    made = []
    if plan.filtered and entity.filter is not None:
        made.append(
            argument("filter", Optional[entity.filter], "Only rows that meet all conditions given. Default: all rows.")
        )
    if plan.search is not None:
        made.append(argument("search", Optional[str], plan.search.description))
    if plan.ordered and entity.order_input is not None:
        made.append(
            argument(
                "order_by",
                Optional[list[entity.order_input]],  # type: ignore[name-defined]  # built at run time
                "The order, at most two levels; rows that are equal in both are ordered by their key. Nulls come last "
                "in both directions.",
            )
        )
    return [*made, *PAGING]


PAGING = (
    argument("first", Optional[int], "The number of rows from the start or after `after`, 0 to 100. Default 20."),
    argument(
        "after",
        Optional[str],
        "Only rows after this cursor: an `endCursor`, or the `cursor` of an edge, of the same list and order. An empty "
        "text is the start of the list.",
    ),
    argument(
        "last",
        Optional[int],
        "The number of rows from the end or before `before`, 0 to 100. It cannot be combined with `first`.",
    ),
    argument(
        "before",
        Optional[str],
        "Only rows before this cursor: a `startCursor`, or the `cursor` of an edge, of the same list and order. An "
        "empty text is the end of the list.",
    ),
)

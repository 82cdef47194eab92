"""How a room writes its fields: `no: str = column("What it is.")`, `company = one("contacts.Contact", …)`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, Optional, TypeVar

import strawberry
from sqlalchemy import ColumnElement, Unicode, literal_column
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from persistence.columns import Table
from persistence.json_sql import AsJson, text_of
from resolvers.queries import Alternatives, SqlBuilder, SqlCondition, TableRow
from resolvers.work import key
from schema.compiler import default_resolvers as plain
from schema.compiler.declarations import (
    ENTITIES,
    Entity,
    Expression,
    Figures,
    Listing,
    Live,
    Many,
    Measure,
    Named,
    One,
    Order,
    Plan,
    Said,
    Value,
    by_column,
    entity_of,
    module_of,
)
from schema.compiler.statement import Row, Statement
from schema.docstrings import description_of

T = TypeVar("T", bound=type)


class PlannedField(StrawberryField):
    """A field that the planner knows; resolved one value at a time where the planner does not come."""

    plan: Plan | None = None
    declare_arguments: Callable[[], Sequence[StrawberryArgument]] | None = None

    @property
    def is_basic_field(self) -> bool:
        return False

    @property
    def arguments(self) -> list[StrawberryArgument]:
        """Made when the schema is built: only then every room is there."""
        if self._arguments is None:
            self._arguments = list(self.declare_arguments()) if self.declare_arguments else []
        return self._arguments

    @arguments.setter
    def arguments(self, value: list[StrawberryArgument]) -> None:
        self._arguments = value

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        assert self.plan is not None
        return plain.resolve(self.plan, source, info)

    def __copy__(self) -> "PlannedField":
        made = super().__copy__()
        made.plan, made.declare_arguments = self.plan, self.declare_arguments
        return made


def _planned(
    plan: Plan,
    description: str,
    annotation: Any = None,
    arguments: Callable[[], Sequence[StrawberryArgument]] | None = None,
    name: str | None = None,
) -> Any:
    made = PlannedField(
        description=description,
        graphql_name=name,
        type_annotation=None if annotation is None else StrawberryAnnotation(annotation),
    )
    made.plan, made.declare_arguments = plan, arguments
    made.init = made.repr = made.compare = False
    return made


def argument(name: str, annotation: Any, description: str, default: Any = strawberry.UNSET) -> StrawberryArgument:
    """An argument of a field that has no resolver to read it from."""
    return StrawberryArgument(name, None, StrawberryAnnotation(annotation), description=description, default=default)


def column(description: str, name: str | None = None) -> Any:
    """A column of the type's table, by default the one of the field's own name."""
    return _planned(Value(lambda row, _: row.c[name or ""], column=name or ""), description)


def computed(of: Expression, description: str, *arguments: StrawberryArgument) -> Any:
    """An expression of the row; GraphQL arguments arrive by their GraphQL names."""
    return _planned(Value(of), description, arguments=lambda: arguments)


def json_column(description: str, name: str) -> Any:
    """A column that keeps JSON."""
    return _planned(Value(lambda row, _: AsJson(row.c[name]), column=name), description)


def said(
    by: Callable[[Mapping[str, Any], str], str], description: str, *columns: str, language: StrawberryArgument
) -> Any:
    """Words that Python makes of these columns, in the language asked for, else the one that the request prefers."""
    return _planned(Said(by, columns), description, arguments=lambda: [language])


def live(by: Callable[[Any, Mapping[str, Any]], Awaitable[Any]], description: str) -> Any:
    """What is going on now: `(context, row)` to the value. Whatever it is asked with takes the ordinary road."""
    return _planned(Live(by), description)


def one(
    target: str,
    description: str,
    *,
    local: str,
    remote: str,
    when: Callable[[Row], ColumnElement[bool]] | None = None,
    required: bool = False,
) -> Any:
    """An edge to at most one row; to exactly one if it is required."""
    annotation: Any = lazy(target)
    return _planned(One(target, local, remote, when), description, annotation if required else Optional[annotation])


def many(
    target: str,
    description: str,
    *,
    belongs: Callable[[TableRow, TableRow, SqlBuilder], Alternatives] | None = None,
    filtered: bool = True,
    ordered: bool = True,
    searched: Callable[[TableRow, object, SqlBuilder], SqlCondition] | None = None,
    chosen: Callable[[TableRow, Mapping[str, object], SqlBuilder], Sequence[SqlCondition]] | None = None,
    choices: Sequence[StrawberryArgument] = (),
) -> Any:
    """An edge to many rows, page by page. Without `belongs`, to all there are: a list of Query, which may be null.

    `choices` are arguments of its own, `chosen` makes conditions of their values.
    """
    plan = Many(target, belongs or (lambda *_: [[]]), filtered, ordered, searched, chosen)
    annotation: Any = lazy(f"{target}Connection")
    return _planned(
        plan, description, annotation if belongs else Optional[annotation], lambda: [*choices, *_list_arguments(plan)]
    )


def listing(
    target: str,
    description: str,
    *,
    belongs: Callable[[TableRow, TableRow, SqlBuilder], Sequence[SqlCondition]],
    order: str,
    source: str | None = None,
) -> Any:
    """An edge to all rows that belong, few by nature, in the order of a column. With a `source` they come from that
    entity's table instead.
    """
    annotation: Any = list[lazy(target)]  # type: ignore[misc]  # built at run time
    return _planned(Listing(source or target, belongs, order), description, annotation)


def figures(
    target: str,
    description: str,
    *arguments: StrawberryArgument,
    belongs: Callable[[Row, Row, Statement], Alternatives],
    where: Callable[..., Sequence[ColumnElement[bool]]],
) -> Any:
    """An object of figures over the rows that belong and meet `where`; GraphQL arguments arrive there by their
    names.
    """
    return _planned(Figures(target, belongs, where), description, lazy(target), lambda: arguments)


def measure(of: Callable[[Row], ColumnElement[Any]], description: str) -> Any:
    """One of the figures."""
    return _planned(Measure(of), description)


def named(target: str, description: str, argument_name: str, column_name: str, about: str) -> Any:
    """A root field: the row with this key, or null where there is none."""
    is_number = column_name == "entry_no"
    convert: Callable[[Any], Any] = (lambda number: number) if is_number else (lambda text: key(text) or "")
    wanted = argument(argument_name, int if is_number else str, about)
    return _planned(
        Named(target, to_camel_case(argument_name), column_name, convert),
        description,
        Optional[lazy(target)],
        lambda: [wanted],
    )


def single(target: str, description: str) -> Any:
    """A root field: the one row there is."""
    return _planned(Named(target, None, "id", lambda _: 1), description, Optional[lazy(target)])


def lazy(target: str) -> Any:
    """A type of another room, found when the schema is built: rooms never import each other."""
    module, name = module_of(target)
    return Annotated[name, strawberry.lazy(module)]


def _list_arguments(plan: Many) -> Sequence[StrawberryArgument]:
    entity = entity_of(plan.target)
    made = []
    if plan.filtered and entity.filter is not None:
        made.append(argument("filter", Optional[entity.filter], "Which rows: every condition given must hold."))
    if plan.searched is not None:
        made.append(
            argument("search", Optional[str], "Words that must all occur in the row; case and accents do not matter.")
        )
    if plan.ordered and entity.order_input is not None:
        made.append(
            argument(
                "order_by",
                Optional[list[entity.order_input]],  # type: ignore[name-defined]  # built at run time
                "In which order, at most two levels; then by key. Nulls come last in both directions.",
            )
        )
    return [*made, *PAGING]


PAGING = (
    argument("first", Optional[int], "How many rows from the start or after `after`, 1 to 100; 20 unless said."),
    argument("after", Optional[str], "Only rows behind this cursor."),
    argument("last", Optional[int], "How many rows from the end or before `before`, 1 to 100, instead of `first`."),
    argument("before", Optional[str], "Only rows before this cursor."),
)


def entity(
    table: type[Table],
    prefix: str | None = None,
    *,
    key_columns: Sequence[str] = ("id",),
    default: Order = (),
    key_order: Order = (),
    orders: Mapping[Any, Order] | None = None,
    filter: type | None = None,  # GraphQL's word
    order_input: type | None = None,
    only: Callable[[Row], ColumnElement[bool]] | None = None,
) -> Callable[[T], T]:
    """Makes a class a GraphQL type whose rows come from a table; with a prefix it is a Node with ids of that prefix."""

    def decorate(cls: T) -> T:
        name = cls.__name__
        made = Entity(
            name,
            table,
            tuple(key_columns),
            prefix,
            filter=filter,
            orders=orders or {},
            default_order=default,
            key_order=key_order,
            only=only,
            order_input=order_input,
        )
        if prefix is not None:
            cls.id = _planned(  # type: ignore[attr-defined]  # every Node has one
                Value(_id_of(prefix, made.key)), "Identifies the object everywhere in the API. Opaque.", strawberry.ID
            )
        if prefix is not None:
            cls.is_type_of = classmethod(lambda _, row, info: isinstance(row, dict) and row.get("__entity__") == name)  # type: ignore[attr-defined]
        typed: Any = strawberry.type(cls, name=name, description=description_of(cls))
        for field in typed.__strawberry_definition__.fields:
            made.fields[field.graphql_name or to_camel_case(field.python_name)] = _bound(field)
        ENTITIES[name] = made
        return typed

    return decorate


def _bound(field: Any) -> Plan:
    """The plan of a field; a column without a name is the one that the field is named after."""
    plan: Plan | None = getattr(field, "plan", None)
    if plan is None:
        raise TypeError(f"{field.name} is not declared with column, computed, one, many, listing, figures or measure")
    if isinstance(plan, Value) and plan.column == "":
        name = field.python_name
        plan = field.plan = Value(lambda row, _: row.c[name], column=name)
    return plan


def _id_of(prefix: str, key_columns: Sequence[str]) -> Expression:
    def expression(row: Row, _: Statement) -> ColumnElement[str]:
        text = text_of(row.c[key_columns[0]])
        for name in key_columns[1:]:
            text = text + literal_column("'_'", Unicode()) + text_of(row.c[name])
        return literal_column(f"'{prefix}_'", Unicode()) + text

    return expression


__all__ = [
    "argument",
    "by_column",
    "column",
    "computed",
    "entity",
    "figures",
    "json_column",
    "lazy",
    "listing",
    "live",
    "many",
    "measure",
    "named",
    "one",
    "said",
    "single",
]

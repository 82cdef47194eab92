"""Everything that Carnet uses of Strawberry and graphql-core beyond their documented interfaces.

No other module uses such parts. `tests/schema/execution/test_graphql_internals.py` has a test for each function here,
which fails with a message that says what a new version has changed.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import strawberry
from graphql import (
    DirectiveLocation,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLDeprecatedDirective,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    get_argument_values,
)
from graphql.execution.values import VariableValues
from graphql.pyutils import Path, inspect, is_awaitable
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import (
    StrawberryContainer,
    StrawberryList,
    StrawberryType,
    WithStrawberryObjectDefinition,
    get_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType
from strawberry.types.scalar import ScalarDefinition
from strawberry.utils.str_converters import to_camel_case

from schema.execution.raw_json import RawJson

__all__ = [
    "CustomField",
    "LazyType",
    "RawJsonExecutor",
    "ResolveInfo",
    "ScalarDefinition",
    "StrawberryArgument",
    "StrawberryContainer",
    "StrawberryField",
    "StrawberryList",
    "StrawberryType",
    "WithStrawberryObjectDefinition",
    "argument",
    "arguments_of",
    "declaration_of",
    "describe_enum_values",
    "describe_type",
    "fields_of",
    "get_object_definition",
    "graphql_schema",
    "is_one_of",
    "leave_out_directive_definitions",
    "printed_by_python",
    "resolve_info",
    "resolve_root_field",
    "root_info",
    "strawberry_info",
    "to_camel_case",
    "use_input_factory",
    "variables_of",
]

DEFINITION = "strawberry-definition"
"""The extension of a graphql-core type or field in which Strawberry keeps its own definition."""

F = TypeVar("F", bound="CustomField")
ResolveInfo: TypeAlias = GraphQLResolveInfo[Any]
"""graphql-core's information about the field that is executed; its `context` is a `schema.execution.context.Context`.
"""


class CustomField(StrawberryField):
    """A field without a resolver function: subclasses say in `value` where its value comes from.

    Attributes that are set on a field are kept when Strawberry copies it.
    """

    declare_arguments: Callable[[], Sequence[StrawberryArgument]] | None = None
    """Makes the arguments when the schema is built: only then the modules of all subjects are imported."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # keeps the field out of the `__init__`, `__repr__` and `__eq__` of its dataclass
        self.init = self.repr = self.compare = False

    @classmethod
    def declare(cls: type[F], description: str, annotation: object = None, name: str | None = None) -> F:
        """A field of a class. Without an annotation its type is the one that the class annotates."""
        type_annotation = None if annotation is None else StrawberryAnnotation(annotation)
        return cls(description=description, graphql_name=name, type_annotation=type_annotation)

    @property
    def arguments(self) -> list[StrawberryArgument]:
        """The GraphQL arguments."""
        if self._arguments is None:
            self._arguments = list(self.declare_arguments()) if self.declare_arguments else []
        return self._arguments

    @arguments.setter
    def arguments(self, value: list[StrawberryArgument]) -> None:
        self._arguments = value

    @property
    def is_basic_field(self) -> bool:
        """Never: Strawberry reads the attributes of basic fields itself and gives them no `info`."""
        return False

    def value(self, source: Any, info: ResolveInfo) -> Any:
        """The value, or an awaitable of it, for an object of the type that the field belongs to."""
        raise NotImplementedError

    def get_result(self, source: Any, info: strawberry.Info | None, args: list[Any], kwargs: Any) -> Any:
        """Called by Strawberry for each object."""
        assert info is not None
        return self.value(source, resolve_info(info))

    def __copy__(self: F) -> F:
        made = super().__copy__()
        made.__dict__.update({name: value for name, value in self.__dict__.items() if name not in made.__dict__})
        return made


def argument(name: str, annotation: object, description: str, default: object = strawberry.UNSET) -> StrawberryArgument:
    """An argument of a field that has no resolver function. `name` is in snake case."""
    return StrawberryArgument(name, None, StrawberryAnnotation(annotation), description=description, default=default)


def graphql_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """The schema of graphql-core that Strawberry has made."""
    return schema._schema


def resolve_info(info: strawberry.Info) -> ResolveInfo:
    """graphql-core's information about the field that is executed."""
    return info._raw_info


def variables_of(info: ResolveInfo) -> dict[str, Any]:
    """The coerced variables. Strawberry passes the plain dictionary where graphql-core declares `VariableValues`."""
    variables: Any = info.variable_values
    found: dict[str, Any] = variables
    return found


def arguments_of(info: ResolveInfo) -> dict[str, Any]:
    """The coerced arguments of the field that is executed, by their GraphQL names."""
    field = info.parent_type.fields[info.field_name]
    return get_argument_values(field, info.field_nodes[0], VariableValues({}, variables_of(info)))


def input_type(info: ResolveInfo, cls: type) -> GraphQLInputObjectType:
    """The GraphQL input type of a class, in the schema that is executed."""
    found = info.schema.type_map[get_object_definition(cls, strict=True).name]
    assert isinstance(found, GraphQLInputObjectType)
    return found


def describe_type(type_: Any, description: str) -> None:
    """Set the description of a class that is a GraphQL type already."""
    type_.__strawberry_definition__.description = description


def describe_enum_values(enum: Any, descriptions: Mapping[str, str]) -> None:
    """Set the descriptions of the values of a GraphQL enum, by their names."""
    definition: StrawberryEnumDefinition = enum.__strawberry_definition__
    for value in definition.values:
        value.description = descriptions[value.name]


def fields_of(type_: type) -> dict[str, StrawberryField]:
    """The fields of a class that is a GraphQL type or input, by their GraphQL names."""
    definition = get_object_definition(type_, strict=True)
    return {field.graphql_name or to_camel_case(field.python_name): field for field in definition.fields}


def declaration_of(field: GraphQLField | None) -> StrawberryField | None:
    """The Python declaration of a field of the schema; None for introspection fields."""
    declared = None if field is None else field.extensions.get(DEFINITION)
    return declared if isinstance(declared, StrawberryField) else None


def is_one_of(type_: GraphQLInputObjectType) -> bool:
    """Whether an input must have exactly one of its fields (`@oneOf`)."""
    return bool(type_.extensions[DEFINITION].is_one_of)


def printed_by_python(value: object) -> str:
    """A value as it is in the messages of graphql-core."""
    return inspect(value)


def use_input_factory(schema: GraphQLSchema, make: Callable[[type, Mapping[str, Any], Any], Any]) -> None:
    """Have `make(class, values, context)` create input objects from coerced values. The default of Strawberry looks up
    every field again for each request.
    """
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLInputObjectType):
            type_.extensions[DEFINITION].from_input = make


def leave_out_directive_definitions(schema: GraphQLSchema) -> None:
    """Remove the location DIRECTIVE_DEFINITION of `@deprecated` from introspection.

    Clients with graphql-js before 16.14 do not know this location and refuse the schema.
    """
    unknown = DirectiveLocation.DIRECTIVE_DEFINITION
    schema.directives = tuple(
        _without_location(directive, unknown) if directive.name == GraphQLDeprecatedDirective.name else directive
        for directive in schema.directives
    )
    locations = schema.type_map["__DirectiveLocation"]
    assert isinstance(locations, GraphQLEnumType)
    known = object.__new__(GraphQLEnumType)  # the constructor of GraphQLEnumType refuses names that begin with `__`
    known.__dict__.update(locations.__dict__)
    known.values = {name: value for name, value in locations.values.items() if name != unknown.name}
    schema.type_map["__DirectiveLocation"] = known


def _without_location(directive: GraphQLDirective, location: DirectiveLocation) -> GraphQLDirective:
    options = directive.to_kwargs()
    options["locations"] = tuple(each for each in directive.locations if each is not location)
    return GraphQLDirective(**options)


class RawJsonExecutor(StrawberryGraphQLCoreExecutionContext):
    """Default execution in which a `RawJson` is complete: nothing below it is executed."""

    def complete_value(self, return_type: Any, *rest: Any) -> Any:
        """Called by graphql-core for each value; the last but one of its arguments is what the resolver returned."""
        if type(rest[-2]) is RawJson:
            return rest[-2]
        return super().complete_value(return_type, *rest)


def strawberry_info(info: ResolveInfo, declared: StrawberryField) -> strawberry.Info[Any, None]:
    """The `info` that Strawberry passes to the resolver of a field."""
    return strawberry.Info(_raw_info=info, _field=declared)


def root_info(
    parent: GraphQLObjectType,
    key: str,
    nodes: list[FieldNode],
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: dict[str, FragmentDefinitionNode],
    variables: VariableValues,
    context: object,
) -> ResolveInfo:
    """The `info` that default execution passes to the resolver of a root field. `key` is its key in the response."""
    name = nodes[0].name.value
    info: Any = GraphQLResolveInfo(
        name,
        nodes,
        parent.fields[name].type,
        parent,
        Path(None, key, parent.name),
        schema,
        fragments,
        None,
        operation,
        variables.coerced,  # type: ignore[arg-type]  # Strawberry expects the plain dictionary
        context,
        is_awaitable,
        None,
        None,  # type: ignore[arg-type]  # Carnet's resolvers use no helpers
    )
    return info


def resolve_root_field(info: ResolveInfo, variables: VariableValues) -> Awaitable[Any]:
    """Call the resolver of a root field as default execution does."""
    field = info.parent_type.fields[info.field_name]
    assert field.resolve is not None
    return field.resolve(None, info, **get_argument_values(field, info.field_nodes[0], variables))

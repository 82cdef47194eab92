"""An operation with the fewest arguments for a field of Query or Mutation, made from the schema."""

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from schema.execution.graphql_internals import is_one_of
from tests.schema.queries import GRAPH

SCALARS = {"String": "X1", "ID": "con_1", "Int": 1, "Boolean": True, "Date": "2026-03-18"}


def minimal_operation(name: str) -> tuple[str, dict[str, Any]]:
    """The document and the variables for a field such as `Mutation.logSegment`."""
    type_name, _, field_name = name.partition(".")
    field: GraphQLField = GRAPH.type_map[type_name].fields[field_name]  # type: ignore[attr-defined]  # a root type
    required = {name: each for name, each in field.args.items() if is_required_argument(each)}
    variables = ", ".join(f"${name}: {argument.type}" for name, argument in required.items())
    arguments = ", ".join(f"{name}: ${name}" for name in required)
    selected = "" if is_leaf_type(get_nullable_type(field.type)) else "{ __typename }"
    declared, given = (f"({text})" if text else "" for text in (variables, arguments))
    text = f"{type_name.lower()} {declared} {{ {field_name}{given} {selected} }}"
    return text, {name: _value(argument.type) for name, argument in required.items()}


def _value(type_: GraphQLInputType) -> Any:
    nullable = get_nullable_type(type_)
    if isinstance(nullable, GraphQLList):
        return [_value(nullable.of_type)]
    if isinstance(nullable, GraphQLEnumType):
        return next(iter(nullable.values))
    if not isinstance(nullable, GraphQLInputObjectType):
        return SCALARS[nullable.name]
    if "all" in nullable.fields:
        return {"all": True}
    if is_one_of(nullable) or nullable.name.endswith("Filter"):
        name = next(name for name, field in nullable.fields.items() if get_named_type(field.type) is not nullable)
        return {name: _value(nullable.fields[name].type)}
    return {name: _value(field.type) for name, field in nullable.fields.items() if is_required_input_field(field)}

"""Declarations of what each role may do with a field: `@mutation("Create a segment.", access=MARKETING)`.

A field of Query or Mutation that does not declare it is refused for everybody.
"""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import TypeVar

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, OperationType

from persistence.enums import Role
from resolvers.roles import Access, Scope
from schema.execution.graphql_internals import declaration_of

Resolver = TypeVar("Resolver", bound=Callable[..., object])

ACCESS = "access"
"""The key of the declaration in the metadata of a Strawberry field."""


def query(description: str, *, access: Access) -> Callable[[Resolver], Resolver]:
    """Makes a resolver a field of Query."""
    made: Callable[[Resolver], Resolver] = strawberry.field(description=description, metadata=metadata_of(access))
    return made


def mutation(description: str, *, access: Access) -> Callable[[Resolver], Resolver]:
    """Makes a resolver a field of Mutation."""
    made: Callable[[Resolver], Resolver] = strawberry.mutation(description=description, metadata=metadata_of(access))
    return made


def metadata_of(access: Access | None) -> MappingProxyType[object, object]:
    """The metadata of a Strawberry field with this declaration."""
    return MappingProxyType({} if access is None else {ACCESS: access})


def declared_access(field: GraphQLField) -> Access | None:
    """What a field of the schema declares; None for a field that declares nothing."""
    declaration = declaration_of(field)
    access = None if declaration is None else declaration.metadata.get(ACCESS)
    return access if isinstance(access, Access) else None


def root_types(schema: GraphQLSchema) -> Sequence[GraphQLObjectType]:
    """Query, Mutation and Subscription, as far as the schema has them."""
    return [type_ for operation in OperationType if (type_ := schema.get_root_type(operation)) is not None]


def describe_access(schema: GraphQLSchema) -> None:
    """Name the roles in the descriptions of fields that not every role may use without restriction."""
    for type_ in schema.type_map.values():
        for field in getattr(type_, "fields", {}).values():
            access = declared_access(field) if isinstance(field, GraphQLField) else None
            if access is not None and any(access.of(role) is not Scope.EVERYTHING for role in Role):
                field.description = f"{field.description} Roles: {_sentence(access)}."


def _sentence(access: Access) -> str:
    return ", ".join(
        f"{role.name} (only their own)" if access.of(role) is Scope.OWN else role.name for role in access.roles
    )

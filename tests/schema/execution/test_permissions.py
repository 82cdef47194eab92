"""Permissions of fields below the root, and of fields that declare nothing."""

import pytest
import strawberry
from graphql import parse, print_schema

from persistence.enums import Role
from resolvers.roles import ADMINISTRATION, MARKETING, READS
from schema.access import describe_access, metadata_of, query
from schema.execution.documents import Document
from schema.execution.errors import GraphQLErrors
from schema.execution.graphql_internals import graphql_schema
from schema.execution.permissions import permissions_of


@strawberry.interface
class Record:
    name: str = ""


@strawberry.type
class Customer(Record):
    secret: str = strawberry.field(default="", description="Secret.", metadata=metadata_of(ADMINISTRATION))
    name: str = strawberry.field(default="", metadata=metadata_of(MARKETING))

    @strawberry.field
    def friend(self) -> "Customer | None":
        return None


@strawberry.type
class Place(Record):
    @strawberry.field
    def owner(self) -> Customer | None:
        return None


@strawberry.type
class Query:
    @strawberry.field
    def forgotten(self) -> str:
        return ""

    @query("A customer.", access=READS)
    def customer(self) -> Customer | None:
        return None

    @query("Anything.", access=READS)
    def record(self) -> Record | None:
        return None

    @query("Places.", access=ADMINISTRATION)
    def places(self) -> list[Place]:
        return []


SCHEMA = strawberry.Schema(query=Query, types=[Customer, Place])
GRAPH = graphql_schema(SCHEMA)


def forbidden(text: str, *roles: Role) -> list[tuple[str, list[str | int] | None]]:
    """The names of the fields that these roles may not use, and their paths in the response."""
    document = Document.from_text(text, parse(text))
    access = permissions_of(GRAPH).of_operation(document.operation(None).node, document.fragments)
    try:
        access.check(set(roles))
    except GraphQLErrors as refused:
        return [(error.message.partition(" ")[0], error.path) for error in refused.errors]
    return []


def test_a_field_of_query_that_declares_nothing_is_refused_for_everybody() -> None:
    for role in Role:
        assert forbidden("{ forgotten }", role) == [("Query.forgotten", ["forgotten"])]
    assert not permissions_of(GRAPH).may(frozenset(Role), "Query.forgotten")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{ customer { friend { secret } } }", ["customer", "friend", "secret"]),
        ("{ a: customer { __typename b: secret } }", ["a", "b"]),
        ("{ customer { ... { ...S } } } fragment S on Customer { secret }", ["customer", "secret"]),
        ("{ record { ... on Customer { secret } } }", ["record", "secret"]),
        ("{ record { ... on Record { ... on Customer { friend { secret } } } } }", ["record", "friend", "secret"]),
    ],
)
def test_a_field_below_the_root_is_refused_for_roles_that_it_does_not_allow(text: str, path: list[str]) -> None:
    assert forbidden(text, Role.MARKETER) == [("Customer.secret", path)]
    assert forbidden(text, Role.ADMIN) == []


def test_a_field_of_an_interface_needs_what_the_types_that_implement_it_declare() -> None:
    assert forbidden("{ record { name } }", Role.READER) == [("Customer.name", ["record", "name"])]
    assert forbidden("{ record { ... on Place { name } } }", Role.READER) == []
    assert forbidden("{ record { name } }", Role.READER, Role.MARKETER) == []


def test_introspection_is_open_to_everybody() -> None:
    assert forbidden("{ __typename __schema { types { fields { name } } } }") == []


def test_may_knows_which_types_a_role_can_reach() -> None:
    reader, admin = frozenset({Role.READER}), frozenset({Role.ADMIN})
    may = permissions_of(GRAPH).may

    assert may(reader, "Customer.friend")
    assert not may(reader, "Customer.secret")
    assert may(admin, "Customer.secret")
    assert may(admin, "Place.owner")


def test_descriptions_name_the_roles_of_restricted_fields() -> None:
    graph = graphql_schema(strawberry.Schema(query=Query, types=[Customer, Place]))
    describe_access(graph)

    printed = print_schema(graph)

    assert '"""Secret. Roles: ADMIN."""' in printed
    assert '"""A customer."""' in printed

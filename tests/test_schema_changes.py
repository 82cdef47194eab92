"""The schema compared with the one of the last release: clients that were written for it must keep working.

`released_schema.graphql` is the schema of that release. It is replaced only when a version is released
(`.github/CONTRIBUTING.md`, "Release a version").
"""

from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, build_schema
from graphql.utilities import find_schema_changes

from schema.printing import printed_schema

RELEASED = Path(__file__).parent / "released_schema.graphql"

ADDITIONS = {
    "TYPE_ADDED",
    "FIELD_ADDED",
    "OPTIONAL_ARG_ADDED",
    "OPTIONAL_INPUT_FIELD_ADDED",
    "VALUE_ADDED_TO_ENUM",
    "TYPE_ADDED_TO_UNION",
    "IMPLEMENTED_INTERFACE_ADDED",
    "DIRECTIVE_ADDED",
    "DIRECTIVE_LOCATION_ADDED",
    "DIRECTIVE_REPEATABLE_ADDED",
    "OPTIONAL_DIRECTIVE_ARG_ADDED",
}
"""Changes that add something. Clients ignore fields and enum values that they do not know."""

ACCEPTED = ADDITIONS | {"DESCRIPTION_CHANGED", "ARG_CHANGED_KIND_SAFE", "ARG_DEFAULT_VALUE_ADDED"}
"""Changes that any minor version may contain. An argument changes its kind safely when it becomes optional."""


def unaccepted_changes(released: GraphQLSchema, current: GraphQLSchema) -> list[str]:
    """The changes that need a major version, or a deprecation first, in the words of graphql-core."""
    return [
        f"{change.type.name}: {change.description}"
        for change in find_schema_changes(released, current)
        if change.type.name not in ACCEPTED
        and change.description not in removals_of_deprecated(released)
        and not _is_input_that_became_optional(released, change.type.name, change.description)
    ]


def removals_of_deprecated(released: GraphQLSchema) -> set[str]:
    """The removals that are accepted, because the released schema already had the element as deprecated."""
    accepted = set[str]()
    for name, type_ in released.type_map.items():
        if isinstance(type_, GraphQLEnumType):
            deprecated = [value for value, definition in type_.values.items() if definition.deprecation_reason]
            accepted |= {f"Enum value {name}.{value} was removed." for value in deprecated}
        elif isinstance(type_, GraphQLObjectType | GraphQLInputObjectType):
            deprecated = [field for field, definition in type_.fields.items() if definition.deprecation_reason]
            accepted |= {f"Field {name}.{field} was removed." for field in deprecated}
    return accepted


def _is_input_that_became_optional(released: GraphQLSchema, kind: str, description: str) -> bool:
    """Whether this is a field of an input object whose new type is the old one without its `!`."""
    return kind in ("FIELD_CHANGED_KIND_SAFE", "INPUT_FIELD_DEFAULT_VALUE_ADDED") and any(
        description.startswith((f"Field {name}.", f"{name}."))
        for name, type_ in released.type_map.items()
        if isinstance(type_, GraphQLInputObjectType)
    )


def test_clients_of_the_released_schema_keep_working() -> None:
    assert unaccepted_changes(build_schema(RELEASED.read_text()), build_schema(printed_schema())) == []


OLD = """
type Query { contact(no: String!, first: Int = 20): Contact }
type Contact { no: String! name: String faxNo: String @deprecated(reason: "Use phoneNo.") flow: Flow }
enum Flow { IN OUT BOTH @deprecated(reason: "Use IN or OUT.") }
input ContactInput { name: String! city: String count: Int = 1 }
type Mutation { create(input: ContactInput!): Contact }
"""


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("name: String faxNo", "faxNo", "Contact.name"),
        ("no: String! name", "no: String name", "Contact.no"),
        ("name: String faxNo", "name: String! faxNo", "Contact.name"),
        ("IN OUT BOTH", "IN BOTH", "OUT"),
        ("first: Int = 20", "first: Int = 50", "first"),
        ("no: String!, first", "first", "no"),
        ("first: Int = 20", "first: Int!", "first"),
        ("city: String", "city: String!", "ContactInput.city"),
        ("city: String", "city: String zone: String!", "zone"),
        ("count: Int = 1", "count: Int = 2", "ContactInput.count"),
        ("type Mutation { create(input: ContactInput!): Contact }", "", "Mutation"),
    ],
)
def test_a_change_that_breaks_clients_is_named(old: str, new: str, named: str) -> None:
    assert old in OLD

    changes = unaccepted_changes(build_schema(OLD), build_schema(OLD.replace(old, new)))

    assert changes
    assert any(named in change for change in changes), changes


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("type Contact {", '"A person or a company." type Contact {'),
        ("no: String! name", "no: String! city: String name"),
        ("IN OUT BOTH", "IN OUT OTHER BOTH"),
        ("first: Int = 20", "first: Int = 20, after: String"),
        ("no: String!, first", "no: String, first"),
        ("name: String! city", "name: String city"),
        ("city: String", "city: String zone: String"),
        ('faxNo: String @deprecated(reason: "Use phoneNo.")', ""),
        ('BOTH @deprecated(reason: "Use IN or OUT.")', ""),
    ],
)
def test_descriptions_additions_optional_inputs_and_deprecated_elements_may_change(old: str, new: str) -> None:
    assert old in OLD

    assert unaccepted_changes(build_schema(OLD), build_schema(OLD.replace(old, new))) == []

"""The internals of Strawberry and graphql-core that Carnet uses exist and work as Carnet needs them."""

import copy
import json
import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    build_client_schema,
    get_introspection_query,
    graphql_sync,
    parse,
    print_schema,
    validate,
)
from graphql.execution import execute
from graphql.execution.values import VariableValues

from schema.execution import graphql_internals as internals
from schema.execution.one_of_rule import OneOfRule
from schema.execution.raw_json import RawJson, to_json
from tests.schema.queries import GRAPH

ROOT = Path(__file__).parents[3]
ADAPTER = "schema/execution/graphql_internals.py"
INTERNALS = re.compile(
    r"\b_raw_info\b|(?<!self)\._schema\b|__strawberry_definition__|strawberry-definition|\bfrom_input\b|\bGraphQLResolveInfo\b"
    r"|\bis_basic_field\b|graphql\.pyutils|strawberry\.(annotation|types|utils|schema\.(?!config))"
)


class Greeting(internals.CustomField):
    word: str = "?"

    def value(self, source: Any, info: internals.ResolveInfo) -> Any:
        return f"{self.word} {internals.arguments_of(info)['toName']}"


def greeting() -> Any:
    made = Greeting.declare("A greeting.", str)
    made.word = "Hello"
    made.declare_arguments = lambda: [internals.argument("to_name", str, "A name.", "you")]
    return made


class ColorWord(StrEnum):
    RED = "RED"


Color: Any = strawberry.enum(ColorWord, name="Color")
internals.describe_enum_values(Color, {"RED": "Like blood."})


@strawberry.input(one_of=True)
class Choice:
    a: int | None = strawberry.UNSET
    b: int | None = strawberry.UNSET


@strawberry.type
class Query:
    greeting: str = greeting()

    @strawberry.field
    def color(self) -> Color:
        return ColorWord.RED

    @strawberry.field
    def spliced(self) -> "Query":
        return RawJson('{"greeting": "raw"}')  # type: ignore[return-value]  # completed as it is

    @strawberry.field
    def chosen(self, choice: Choice) -> str:
        return repr(choice)


internals.describe_type(Query, "Everything.")


@pytest.fixture(scope="module")
def small() -> Any:
    return internals.graphql_schema(strawberry.Schema(query=Query))


def moved(what: str) -> str:
    return f"This version of {what}: adapt schema/execution/graphql_internals.py and its callers."


def test_a_custom_field_gets_its_arguments_and_its_value_from_its_class(small: Any) -> None:
    answer = graphql_sync(small, '{ greeting there: greeting(toName: "Jo") }')

    assert answer.data == {"greeting": "Hello you", "there": "Hello Jo"}, moved(
        "Strawberry resolves fields in another way (is_basic_field, arguments, get_result of StrawberryField)"
    )
    assert small.query_type.fields["greeting"].args["toName"].description == "A name."


def test_a_custom_field_keeps_its_attributes_when_it_is_copied() -> None:
    copied = copy.copy(greeting())

    assert (type(copied), copied.word) == (Greeting, "Hello"), moved("Strawberry copies fields in another way")
    assert not copied.init, "a copied field would be an argument of the constructor"


def test_the_schema_of_graphql_core_is_found(small: Any) -> None:
    assert small.query_type.name == "Query", moved("Strawberry keeps the schema elsewhere (Schema._schema)")


def test_descriptions_of_types_and_enum_values_can_be_set(small: Any) -> None:
    described = small.query_type.description, small.type_map["Color"].values["RED"].description

    assert described == ("Everything.", "Like blood."), moved("Strawberry keeps definitions elsewhere")


def test_fields_of_a_type_are_found_by_their_graphql_names() -> None:
    found = {name: field.python_name for name, field in internals.fields_of(Query).items()}

    assert found["greeting"] == "greeting", moved("Strawberry lists the fields of a type elsewhere")
    assert internals.to_camel_case("date_of_last_interaction") == "dateOfLastInteraction"


def test_the_declaration_of_a_field_is_found(small: Any) -> None:
    declared = internals.declaration_of(small.query_type.fields["greeting"])

    assert isinstance(declared, Greeting), moved("Strawberry keeps the declaration of a field elsewhere (extensions)")
    assert internals.declaration_of(None) is None


def test_an_input_with_exactly_one_field_is_recognized(small: Any) -> None:
    type_ = small.type_map["Choice"]
    assert isinstance(type_, GraphQLInputObjectType)

    assert internals.is_one_of(type_), moved("Strawberry marks @oneOf inputs in another way")
    wrong = validate(small, parse("{ chosen(choice: {a: 1, b: 2}) }"), [OneOfRule])
    assert len(wrong) == 1


def test_input_objects_are_made_by_the_given_function() -> None:
    graph = internals.graphql_schema(strawberry.Schema(query=Query))
    made: list[Any] = []

    def make(class_: type, values: Any, _: Any) -> Any:
        made.append((class_, dict(values)))
        return class_(**values)

    internals.use_input_factory(graph, make)
    try:
        graphql_sync(graph, "{ chosen(choice: {b: 2}) }")
    finally:
        internals.use_input_factory(graph, None)  # type: ignore[arg-type]  # the definition is shared by all schemas

    assert made == [(Choice, {"b": 2})], moved("Strawberry creates inputs in another way (from_input)")


def test_raw_json_is_inserted_into_the_response_unchanged(small: Any) -> None:
    result: Any = execute(small, parse("{ spliced { greeting } }"), executor_class=internals.RawJsonExecutor)

    assert result.errors is None, moved("graphql-core completes values in another way (complete_value)")
    assert json.loads(to_json(result.data)) == {"spliced": {"greeting": "raw"}}


def test_a_root_field_is_resolved_without_executing_the_operation(small: Any) -> None:
    document = parse("query ($name: String!) { there: greeting(toName: $name) } ")
    operation: Any = document.definitions[0]
    nodes: Any = [*operation.selection_set.selections]
    variables = VariableValues({}, {"name": "Jo"})
    info = internals.root_info(small.query_type, "there", nodes, small, operation, {}, variables, None)
    found: Any = internals.resolve_root_field(info, variables)

    assert found == "Hello Jo", moved("graphql-core or Strawberry call resolvers in another way")


def test_the_info_that_resolvers_get_has_the_fields_that_carnet_fills() -> None:
    assert GraphQLResolveInfo._fields == (
        "field_name",
        "field_nodes",
        "return_type",
        "parent_type",
        "path",
        "schema",
        "fragments",
        "root_value",
        "operation",
        "variable_values",
        "context",
        "is_awaitable",
        "abort_signal",
        "async_helpers",
    ), moved("graphql-core tells resolvers something else (GraphQLResolveInfo)")


def test_directives_do_not_claim_a_location_that_older_clients_do_not_know() -> None:
    answer = graphql_sync(GRAPH, get_introspection_query())

    assert answer.errors is None
    assert answer.data is not None
    assert "DIRECTIVE_DEFINITION" not in json.dumps(answer.data), moved("graphql-core lists locations elsewhere")
    assert "DIRECTIVE_DEFINITION" not in print_schema(build_client_schema(answer.data))  # type: ignore[arg-type]  # a dictionary, as its type demands
    assert "DIRECTIVE_DEFINITION" not in (ROOT / "schema" / "schema.graphql").read_text()
    deprecated = next(each for each in answer.data["__schema"]["directives"] if each["name"] == "deprecated")
    assert {"FIELD_DEFINITION", "ENUM_VALUE", "ARGUMENT_DEFINITION", "INPUT_FIELD_DEFINITION"} == set(
        deprecated["locations"]
    )


def test_changes_of_the_schema_of_carnet_do_not_affect_other_schemas(small: Any) -> None:
    """The types of introspection are shared by all schemas of a process."""
    (location,) = (type_ for type_ in small.type_map.values() if type_.name == "__DirectiveLocation")
    assert isinstance(location, GraphQLEnumType)

    assert "DIRECTIVE_DEFINITION" in location.values
    assert isinstance(GRAPH.query_type, GraphQLObjectType)


def test_no_other_module_uses_internals() -> None:
    found = {
        f"{name}:{number}: {match[0]}"
        for path in sorted((ROOT / "schema").rglob("*.py"))
        if (name := str(path.relative_to(ROOT))) != ADAPTER
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (match := INTERNALS.search(line))
    }

    assert found == set(), "use schema/execution/graphql_internals.py"

"""With introspection off no message describes the schema: tools such as clairvoyance find nothing."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest

from schema.execution.graphql_internals import graphql_schema
from schema.root import schema
from tests.schema.server.conftest import application

CREATE = (
    "mutation($input: CreateInteractionInput!) { createInteraction(input: $input) { userErrors { code message } } }"
)
NAMES = {
    name
    for type_ in graphql_schema(schema).type_map.values()
    for name in (type_.name, *getattr(type_, "fields", ()), *getattr(type_, "values", ()))
}


@pytest.fixture(scope="module")
def hidden(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Any]:
    """`hidden(query, variables)` returns the errors of a request to a server without introspection."""
    with application(empty_copy("sqlite"), loop, introspection=False) as send:
        yield lambda query, variables=None: send("POST", json={"query": query, "variables": variables}).json()["errors"]


@pytest.mark.parametrize(
    "query",
    [
        "{ contact }",
        "{ contact(n: 1) { id } }",
        "{ contacts { nodes { nam } } }",
        "{ contacts }",
        "{ viewer { userId { x } } }",
        "{ contacts(filter: {nam: 1}) { nodes { no } } }",
        "{ contacts(filter: {type: {eq: PERSONA}}) { nodes { no } } }",
        '{ contacts(first: "x") { nodes { no } } }',
        "{ interactionLogEntry { entryNo } }",
        "{ node(id: 1) { ... on Contac { no } } }",
        "{ node(id: 1) { ... on Contact { nam } ... on InteractionLogEntry { entry } } }",
        "{ node(id: 1) { ... on Viewer { userId } } }",
        "query($a: ContactFilte) { contacts(filter: $a) { nodes { no } } }",
        "query($a: Viewer) { contacts(filter: $a) { nodes { no } } }",
        "query($a: Int) { contacts(filter: $a) { nodes { no } } }",
        "query($a: String) { contacts(first: $a) { nodes { no } } }",
        "{ viewer @includ(if: true) { userId } }",
        "{ viewer @include { userId } }",
        "{ ...F } fragment F on Contact { no }",
        "mutation { createInteraction { userErrors { code } } }",
        "mutation { createInteractio(input: {}) { userErrors { code } } }",
        "mutation { createInteraction(input: {interaction: {contactN: 1}}) { userErrors { code } } }",
        "mutation { deleteCanceledInteractions(input: {filter: {dat: null}, dryRun: true}) { count } }",
        "subscription { x }",
        "{ __schema { types { name } } }",
        '{ __type(name: "Contact") { name } }',
        "{ a: viewer { userId } a: contacts { totalCount } }",
    ],
)
def test_all_invalid_documents_get_the_same_error(query: str, hidden: Any) -> None:
    (error,) = hidden(query)

    assert error.keys() == {"message", "locations", "extensions"}
    assert error["locations"] == [{"line": 1, "column": 1}]
    assert error["extensions"].keys() == {"code", "requestId"}
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert error["message"].startswith("The document does not fit the schema.")


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"input": None},
        {"input": 3},
        {"input": {}},
        {"input": {"interactio": {}}},
        {"input": {"interaction": {"contactN": 1, "date": {}, "evaluation": {}}}},
        {"input": {"interaction": {"evaluation": "POSITIV"}}},
        {"input": {"interaction": {"contactNo": {}}}},
        {"input": {"interaction": {"comments": [{}]}}},
        {"input": {"interaction": {"date": "2026-13-01", "evaluation": "x"}}},
    ],
)
def test_invalid_variables_are_named_but_not_described(variables: dict[str, Any], hidden: Any) -> None:
    (error,) = hidden(CREATE, variables)

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith("The variable “$input” has an invalid value.")
    assert names_in(error["message"]) == set()


def test_values_of_known_fields_get_their_path_and_form(hidden: Any) -> None:
    (error,) = hidden(CREATE, {"input": {"interaction": {"date": "2026-13-01"}}})

    assert (
        error["message"] == "The variable “$input” has an invalid value at “interaction.date”. There is no such date."
    )


@pytest.mark.parametrize(
    "mutation",
    [
        "mutation { evaluateInteractions(input: {interactions: {}}) { matched } }",
        "mutation { evaluateInteractions(input: {interactions: {filter: {}}}) { matched } }",
        "mutation { evaluateInteractions(input: {interactions: {entryNos: null}}) { matched } }",
        "mutation { evaluateInteractions(input: {interactions: {entryNos: [1], all: true}}) { matched } }",
        "mutation { deleteCanceledInteractions(input: {}) { deleted } }",
        "mutation { deleteCanceledInteractions(input: {filter: null}) { deleted } }",
    ],
)
def test_wrong_selections_are_explained_without_names_that_were_not_sent(mutation: str, hidden: Any) -> None:
    (error,) = hidden(mutation)

    named = names_in(error["message"]) | set(re.findall(r"`(\w+)", error["message"]))
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert named <= set(re.findall(r"\w+", mutation))


def names_in(message: str) -> set[str]:
    """The names of the schema in a message, without those that are English words."""
    return {word for word in re.findall(r"\w+", message) if word in NAMES and not word.islower()}

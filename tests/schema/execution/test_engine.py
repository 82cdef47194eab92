"""What the engine caches for the next request, and what it never caches."""

import asyncio
import json
from typing import Any

from persistence.database import Database
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.schema.queries import GRAPH


def ask(engine: Engine, loop: asyncio.AbstractEventLoop, query: str, **variables: Any) -> Any:
    return json.loads(loop.run_until_complete(engine.answer(GraphQLRequest(query, variables), Caller())).body)


def test_introspection_is_answered_from_the_cache(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    engine = Engine(GRAPH, database)
    query = "{ __schema { queryType { name } } }"

    first, second = ask(engine, loop, query), ask(engine, loop, query)

    assert first == second == {"data": {"__schema": {"queryType": {"name": "Query"}}}}
    assert database.cache.count("responses") == 1


def test_responses_with_data_are_never_cached(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    engine = Engine(GRAPH, database)
    query = "{ __typename salespeople { totalCount } }"
    assert ask(engine, loop, query)["data"]["salespeople"] == {"totalCount": 0}

    ask(
        engine,
        loop,
        'mutation { createSalesperson(input: {code: "JO", salesperson: {name: "Jo"}}) { userErrors { code } } }',
    )

    assert ask(engine, loop, query)["data"]["salespeople"] == {"totalCount": 1}


def test_variables_of_another_type_are_refused_also_when_the_plan_is_known(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    engine = Engine(GRAPH, database)
    query = "query($no: String!, $n: Int) { contact(no: $no) { interactionLogEntries(first: $n) { totalCount } } }"
    for _ in range(2):
        assert ask(engine, loop, query, no="X", n=5) == {"data": {"contact": None}}

    for wrong in ({"no": 3, "n": 5}, {"no": "X", "n": 2**31}, {"no": "X", "n": True}, {"n": 5}, {"no": None, "n": 5}):
        assert ask(engine, loop, query, **wrong)["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", wrong
    assert ask(engine, loop, query, no="X", n=101)["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert ask(engine, loop, query, no="X") == {"data": {"contact": None}}


def test_a_mutation_whose_payload_cannot_be_answered_changes_nothing(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    engine = Engine(GRAPH, database)
    refused = ask(
        engine,
        loop,
        """mutation { createSalesperson(input: {code: "JO", salesperson: {name: "Jo"}}) {
        salesperson { interactionLogEntries(first: -1) { totalCount } } } }""",
    )

    assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert ask(engine, loop, "{ salespeople { totalCount } }")["data"]["salespeople"] == {"totalCount": 0}


def test_an_error_about_a_value_names_the_root_field_that_has_it(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """Whether the value stands in the document, or in a variable."""
    engine = Engine(GRAPH, database)
    text = "query($n: Int, $c: String) { a: salespeople { totalCount } b: contacts(first: $n, after: $c) { nodes { no } } }"

    wrong = (ask(engine, loop, text, n=-1), ask(engine, loop, text, n=200), ask(engine, loop, text, n=5, c="x"))
    literal = ask(engine, loop, "{ b: contacts(first: -1) { totalCount } }")

    for (error,) in (answer["errors"] for answer in (*wrong, literal)):
        assert (error["path"], error["extensions"]) == (["b"], {"code": "BAD_USER_INPUT"}), error
        assert error["locations"][0]["line"] == 1
    message = "Invalid cursor in `after`. Use edges.cursor or pageInfo of this connection."
    assert wrong[2]["errors"][0]["message"] == message


def test_several_operations_need_a_name(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    engine = Engine(GRAPH, database)
    query = "query A { a: __typename } query B { b: viewer { userId } }"

    assert "operationName" in ask(engine, loop, query)["errors"][0]["message"]
    answer = loop.run_until_complete(engine.answer(GraphQLRequest(query, None, "B"), Caller("me")))
    assert json.loads(answer.body) == {"data": {"b": {"userId": "me"}}}

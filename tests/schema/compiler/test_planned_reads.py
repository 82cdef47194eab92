"""Planned reads and default execution return equal responses on SQLite and PostgreSQL."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from persistence.database import Database
from persistence.enums import Role
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.conftest import NOW
from tests.schema.a_small_company import build
from tests.schema.queries import GRAPH, NOT_FOR_SALESPEOPLE, questions


@pytest.fixture(scope="module")
def engines(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[dict[str, Engine]]:
    """For each database an engine that plans and one with default execution only, over the same company."""
    opened = {kind: Database.at(empty_copy(kind)) for kind in ("sqlite", "postgresql")}
    made = {}
    for kind, opening in opened.items():
        database = loop.run_until_complete(opening.__aenter__())
        loop.run_until_complete(database.writing(build))
        for plain in (False, True):
            made[f"{kind} {'plain' if plain else 'planned'}"] = Engine(
                GRAPH, database, clock=lambda: NOW, default_execution=plain
            )
    yield made
    for opening in opened.values():
        loop.run_until_complete(opening.__aexit__(None, None, None))


CALLERS = [
    Caller(),
    Caller(language="FR"),
    *(Caller(language=tag[:2].upper(), language_tag=tag) for tag in ("fr-ca", "en-gb", "fr")),
]
SALESPEOPLE = [Caller(salesperson_code=code, roles=frozenset({Role.SALESPERSON})) for code in ("JO", "PS")]
ASKED = st.one_of(
    st.tuples(questions(without=frozenset({"changeFeed"})), st.sampled_from(CALLERS)),
    st.tuples(questions(without=NOT_FOR_SALESPEOPLE | {"changeFeed"}), st.sampled_from(SALESPEOPLE)),
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(asked=ASKED)
def test_the_fast_path_and_default_execution_give_equal_answers_on_both_databases(
    engines: dict[str, Engine], loop: asyncio.AbstractEventLoop, asked: tuple[tuple[str, dict[str, Any]], Caller]
) -> None:
    (text, variables), caller = asked
    note(text)
    note(f"{variables} {caller}")
    answers = {
        name: json.loads(loop.run_until_complete(engine.answer(GraphQLRequest(text, variables), caller)).body)
        for name, engine in engines.items()
    }

    first = next(iter(answers.values()))
    assert "errors" not in first, first
    for name, answer in answers.items():
        assert answer == first, name
        assert list(_keys(answer)) == list(_keys(first)), f"{name}: another order of keys"


@pytest.mark.parametrize(
    ("query", "variables", "refused"),
    [
        ("{ a: contacts(first: 101) { totalCount } b: segments(first: -1) { totalCount } }", {}, "ab"),
        ("query($n: Int!) { a: segments(first: $n) { nodes { no logProgress { done } } } }", {"n": 500}, "a"),
        (
            "query($n: Int!) { a: segments(first: $n) { nodes { logProgress { done } } } b: contacts(first: 101) { totalCount } }",
            {"n": 500},
            "ab",
        ),
        ('{ a: contacts(after: "x") { nodes { no } } }', {}, "a"),
        (
            "{ a: contacts(filter: {no: {in: []}}, first: 101) { totalCount } ...F } fragment F on Query { b: segments(last: 101) { nodes { logProgress { done } } } }",
            {},
            "ab",
        ),
    ],
)
def test_without_a_valid_root_field_every_execution_has_the_same_errors(
    engines: dict[str, Engine], loop: asyncio.AbstractEventLoop, query: str, variables: dict[str, Any], refused: str
) -> None:
    answers = [
        loop.run_until_complete(engine.answer(GraphQLRequest(query, variables), Caller()))
        for engine in engines.values()
    ]

    errors = json.loads(answers[0].body)["errors"]
    assert [error["path"] for error in errors] == [[key] for key in refused]
    assert all(error["locations"] for error in errors)
    assert {(answer.body, answer.executed) for answer in answers} == {(answers[0].body, False)}


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield key
            yield from _keys(inside)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)

"""Reads streams and pages of a small company, on both databases."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLList, GraphQLObjectType, get_named_type, is_leaf_type
from graphql.type import get_nullable_type

from persistence.database import Database
from persistence.enums import Role
from schema.access import declared_access
from schema.compiler.declarations import ENTITIES, AggregateObject, LiveField, ToOne
from schema.compiler.streams import StreamFormat
from schema.execution.engine import Caller, Engine, GraphQLRequest, GraphQLResponse
from schema.execution.streams import Stream
from tests.conftest import NOW
from tests.schema.a_small_company import build
from tests.schema.minimal_operations import minimal_operation
from tests.schema.queries import GRAPH, NOT_FOR_SALESPEOPLE

CSV, UNGUARDED, NDJSON = StreamFormat(csv=True, guard=True), StreamFormat(csv=True), StreamFormat(csv=False)
ADMIN, FRENCH = Caller(), Caller(language="FR", language_tag="fr")
OWNER = Caller(salesperson_code="JO", roles=frozenset({Role.SALESPERSON}))


def fields_of(type_: Any) -> dict[str, GraphQLField]:
    fields: dict[str, GraphQLField] = type_.fields
    return fields


CONNECTIONS = [
    name
    for name, field in fields_of(GRAPH.query_type).items()
    if str(get_named_type(field.type)).endswith("Connection")
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Engine]:
    opening = Database.at(empty_copy(request.param), max_streams=1)
    database = loop.run_until_complete(opening.__aenter__())
    loop.run_until_complete(database.writing(build))
    yield Engine(GRAPH, database, clock=lambda: NOW)
    loop.run_until_complete(opening.__aexit__(None, None, None))


class Streams:
    """Reads streams and pages of one engine."""

    def __init__(self, engine: Engine, loop: asyncio.AbstractEventLoop) -> None:
        self.engine, self.loop = engine, loop

    def text(self, query: str, format: StreamFormat, caller: Caller = ADMIN, **variables: Any) -> str:
        """All that a stream writes. It must not be refused."""

        async def write() -> str:
            stream = await self.engine.stream(GraphQLRequest(query, variables), caller, format)
            assert isinstance(stream, Stream), stream.body
            chunks: list[bytes] = []

            async def keep(chunk: bytes) -> None:
                chunks.append(bytes(chunk))

            await stream.write(keep)
            return b"".join(chunks).decode()

        return self.loop.run_until_complete(write())

    def cells(
        self, query: str, format: StreamFormat = UNGUARDED, caller: Caller = ADMIN, **more: Any
    ) -> list[list[str]]:
        """The cells of each row of CSV, the captions first."""
        return list(csv.reader(io.StringIO(self.text(query, format, caller, **more), newline="")))

    def lines(self, query: str, caller: Caller = ADMIN, **variables: Any) -> list[Any]:
        """The lines of NDJSON."""
        return [json.loads(line) for line in self.text(query, NDJSON, caller, **variables).splitlines()]

    def refusal(self, query: str, format: StreamFormat, caller: Caller = ADMIN) -> tuple[str, str]:
        """The code and the message of the only error of a request that is not executed."""
        refused = self.loop.run_until_complete(self.engine.stream(GraphQLRequest(query), caller, format))
        assert isinstance(refused, GraphQLResponse)
        (error,) = json.loads(refused.body)["errors"]
        return error["extensions"]["code"], error["message"]

    def data(self, query: str, caller: Caller = ADMIN, **variables: Any) -> Any:
        """The data of an ordinary response."""
        answer = json.loads(
            self.loop.run_until_complete(self.engine.answer(GraphQLRequest(query, variables), caller)).body
        )
        assert "errors" not in answer, answer
        return answer["data"]

    def edges(self, name: str, selection: str, caller: Caller) -> list[dict[str, Any]]:
        """The edges of a list, which fit one page."""
        text, variables = minimal_operation(f"Query.{name}")
        query = with_arguments(text, name, "first: 100", f"edges {{ cursor node {selection} }} totalCount")
        page = self.data(query, caller, **variables)[name]
        assert page["totalCount"] == len(page["edges"])
        edges: list[dict[str, Any]] = page["edges"]
        return edges


@pytest.fixture
def streams(engine: Engine, loop: asyncio.AbstractEventLoop) -> Streams:
    return Streams(engine, loop)


def with_arguments(text: str, name: str, arguments: str, selection: str) -> str:
    """The minimal operation of a field of Query with further arguments and this selection."""
    head, _, rest = text.partition("{")
    rest = rest.rsplit("{", 1)[0].strip()
    rest = f"{rest[:-1]}, {arguments})" if rest.endswith(")") else f"{rest}({arguments})" if arguments else rest
    return f"{head}{{ {rest} {{ {selection} }} }}"


def selection_of(type_: GraphQLObjectType, *, lists: bool, depth: int = 0) -> str:
    """All stored fields of a type: the values, those of the objects beside it, and with `lists` those of its lists that
    every role may read.
    """
    parts = ["__typename"]
    declarations = ENTITIES[type_.name].fields if type_.name in ENTITIES else {}
    for name, field in type_.fields.items():
        below, declared = get_named_type(field.type), declarations.get(name)
        if is_leaf_type(below):
            parts.append(name)
        elif isinstance(declared, LiveField) or depth == 1 or declared_access(field) is not None:
            continue
        elif isinstance(declared, ToOne | AggregateObject):
            parts.append(f"{name} {selection_of(below, lists=False, depth=depth + 1)}")
        elif lists and str(below).endswith("Connection"):
            parts.append(f"{name}(first: 2) {{ totalCount nodes {{ __typename }} }}")
        elif lists and isinstance(get_nullable_type(field.type), GraphQLList):
            parts.append(f"{name} {selection_of(below, lists=False, depth=1)}")
    return "{ " + " ".join(parts) + " }"


def node_type(name: str) -> GraphQLObjectType:
    connection = get_named_type(fields_of(GRAPH.query_type)[name].type)
    found = get_named_type(fields_of(connection)["nodes"].type)
    assert isinstance(found, GraphQLObjectType)
    return found


def flattened(row: dict[str, Any], captions: list[str]) -> list[str]:
    """The cells that a row has below these captions."""
    return [cell_of(row, caption.split(".")) for caption in captions]


def cell_of(value: Any, path: list[str]) -> str:
    for step in path:
        value = None if value is None else value[step]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        json.dumps(value, separators=(",", ":"), ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    )


def callers_of(name: str) -> list[Caller]:
    return [ADMIN] if name in NOT_FOR_SALESPEOPLE else [ADMIN, FRENCH, OWNER]

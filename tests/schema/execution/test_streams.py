"""Streams have the rows of the pages of the same list, on both databases: every connection of Query in each format."""

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
from persistence.exceptions import Overloaded
from schema.compiler.declarations import ENTITIES, AggregateObject, LiveField, ToOne
from schema.compiler.streams import StreamFormat
from schema.execution.engine import Caller, Engine, GraphQLRequest, GraphQLResponse
from schema.execution.streams import Stream
from tests.conftest import NOW
from tests.schema.a_small_company import build
from tests.schema.minimal_operations import minimal_operation
from tests.schema.queries import GRAPH

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
    """All stored fields of a type: the values, those of the objects beside it, and with `lists` those of its lists."""
    parts = ["__typename"]
    declarations = ENTITIES[type_.name].fields if type_.name in ENTITIES else {}
    for name, field in type_.fields.items():
        below, declared = get_named_type(field.type), declarations.get(name)
        if is_leaf_type(below):
            parts.append(name)
        elif isinstance(declared, LiveField) or depth == 1:
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
    return [ADMIN] if name == "changes" else [ADMIN, FRENCH, OWNER]


def test_every_connection_of_query_is_tested() -> None:
    assert len(CONNECTIONS) >= 13
    assert {"contacts", "interactionLogEntries", "changes", "savedSegmentCriteria"} <= set(CONNECTIONS)


@pytest.mark.parametrize("name", CONNECTIONS)
def test_ndjson_has_the_objects_of_all_pages(streams: Streams, name: str) -> None:
    selection = selection_of(node_type(name), lists=True)
    text, variables = minimal_operation(f"Query.{name}")

    for caller in callers_of(name):
        edges = streams.edges(name, selection, caller)
        *rows, last = streams.lines(with_arguments(text, name, "", f"nodes {selection}"), caller, **variables)

        assert rows == [edge["node"] for edge in edges]
        assert last == {"cursor": edges[-1]["cursor"] if edges else None, "rows": len(edges)}


@pytest.mark.parametrize("name", CONNECTIONS)
def test_csv_has_the_values_of_all_pages(streams: Streams, name: str) -> None:
    selection = selection_of(node_type(name), lists=False)
    text, variables = minimal_operation(f"Query.{name}")

    for caller in callers_of(name):
        edges = streams.edges(name, selection, caller)
        query = with_arguments(text, name, "", f"edges {{ cursor node {selection} }}")
        captions, *rows = streams.cells(query, UNGUARDED, caller, **variables)

        assert captions[0] == "cursor"
        assert rows == [[edge["cursor"], *flattened(edge["node"], captions[1:])] for edge in edges]


@pytest.mark.parametrize("format", [CSV, NDJSON])
@pytest.mark.parametrize(
    "arguments",
    [
        "",
        'filter: {contact: {name: {contains: "e"}}}',
        "orderBy: [{field: COST, direction: DESC}]",
        "orderBy: [{field: DATE}, {field: COST}]",
    ],
)
def test_a_stream_that_is_cut_off_after_each_row_continues_after_its_cursor(
    streams: Streams, arguments: str, format: StreamFormat
) -> None:
    selection = "edges { cursor node { entryNo cost contact { name } } }"

    def rows(more: str) -> list[str]:
        given = ", ".join(filter(None, (arguments, more)))
        query = f"{{ interactionLogEntries({given}) {{ {selection} }} }}".replace("()", "")
        lines = streams.text(query, format).splitlines()
        return lines[1:] if format.csv else lines[:-1]

    whole = rows("")
    joined: list[str] = []
    while True:
        after = f', after: "{cursor_of(joined[-1], format)}"' if joined else ""
        part = rows(f"first: 7{after}")
        joined += part
        if not part:
            break

    assert len(whole) > 10
    assert joined == whole


def cursor_of(line: str, format: StreamFormat) -> str:
    return line.split(",")[0] if format.csv else str(json.loads(line)["cursor"])


def test_first_limits_the_number_of_rows(streams: Streams) -> None:
    query = "query($n: Int) { interactionLogEntries(first: $n) { nodes { entryNo } } }"

    assert [len(streams.lines(query, n=n)) - 1 for n in (0, 1, 59, 101, 1_000_000, None)] == [0, 1, 59, 60, 60, 60]
    assert len(streams.cells("{ interactionLogEntries(first: 59) { nodes { entryNo } } }")) == 60


def test_the_last_line_of_a_stream_without_rows_has_the_cursor_that_it_began_after(streams: Streams) -> None:
    query = "query($after: String) { salespeople(after: $after) { nodes { code } } }"
    *_, last = streams.lines(query)

    assert streams.lines(query, after=last["cursor"]) == [{"cursor": last["cursor"], "rows": 0}]
    assert streams.lines('{ campaigns(filter: {no: {eq: "NONE"}}) { nodes { no } } }') == [{"cursor": None, "rows": 0}]
    assert (
        streams.text('{ campaigns(filter: {no: {eq: "NONE"}}) { nodes { no salesperson { code } } } }', CSV)
        == "no,salesperson.code\n"
    )


def test_a_column_alone_has_a_line_for_each_row(streams: Streams) -> None:
    rows = streams.cells("{ contacts { nodes { email } } }")

    assert len(rows) == 14
    assert [""] in rows


@pytest.mark.parametrize(
    ("query", "format", "hint"),
    [
        ("{ viewer { userId } }", NDJSON, "is no list"),
        ('{ salesperson(code: "JO") { code } }', CSV, "is no list"),
        ("{ interactionStatistics(groupBy: [{by: CONTACT}]) { rows { key } } }", CSV, "is no list"),
        ("{ contacts { nodes { no } } campaigns { nodes { no } } }", CSV, "Select one"),
        ("{ contacts { totalCount } }", NDJSON, "Select `nodes`"),
        ("{ contacts { nodes { no } pageInfo { endCursor } } }", NDJSON, "Select `nodes`"),
        ("{ contacts { a: nodes { no } b: nodes { no } } }", NDJSON, "Select `nodes`"),
        ("{ contacts { edges { cursor } } }", CSV, "`node`"),
        ("{ contacts { edges { cursor node { cursor: no } } } }", CSV, "another alias"),
        ("{ contacts(last: 3) { nodes { no } } }", CSV, "no `last`"),
        ("{ contacts(first: -1) { nodes { no } } }", CSV, "0 or more"),
        ('{ contacts(after: "x") { nodes { no } } }', CSV, "Invalid cursor"),
        ("{ contacts { nodes { people { nodes { no } } } } }", CSV, "Leave out people"),
        ("{ interactionLogEntries { nodes { contact { people { nodes { no } } } } } }", CSV, "contact.people"),
        ("{ interactionLogEntries { nodes { comments { comment } } } }", CSV, "Leave out comments"),
        ("{ segments { nodes { logProgress { done } } } }", CSV, "logProgress"),
        ("{ segments { nodes { logProgress { done } } } }", NDJSON, "logProgress"),
    ],
)
def test_what_cannot_be_streamed_is_refused_with_advice(
    streams: Streams, query: str, format: StreamFormat, hint: str
) -> None:
    code, message = streams.refusal(query, format)

    assert code == "BAD_USER_INPUT"
    assert hint in message


def test_a_stream_needs_the_roles_of_its_query(streams: Streams) -> None:
    reader = Caller(roles=frozenset({Role.READER}))

    assert streams.refusal('{ changes(of: "con_1") { nodes { at } } }', NDJSON, reader)[0] == "FORBIDDEN"
    assert (
        streams.refusal(
            'mutation { createSalesperson(input: {code: "X", salesperson: {name: "x"}}) { salesperson { code } } }', CSV
        )[0]
        == "BAD_REQUEST"
    )


def test_a_stream_sees_one_state_of_the_database(streams: Streams) -> None:
    async def write() -> list[str]:
        stream = await streams.engine.stream(GraphQLRequest("{ campaigns { nodes { no } } }"), ADMIN, NDJSON)
        assert isinstance(stream, Stream)
        lines: list[str] = []
        async with streams.engine.database.streaming() as snapshot:
            assert await snapshot.value(("SELECT 'begun'", ())) == "begun"
            await snapshot.value(("SELECT min(no) FROM campaign", ()))
            await change("Changed")

            async def keep(chunk: bytes) -> None:
                lines.extend(bytes(chunk).decode().splitlines())

            await stream.write_from(snapshot, keep)
        return lines

    async def change(description: str) -> None:
        created = f'mutation {{ createCampaign(input: {{no: "ZZ", campaign: {{description: "{description}"}}}}) {{ campaign {{ no }} userErrors {{ message }} }} }}'
        body = (await streams.engine.answer(GraphQLRequest(created), ADMIN)).body
        assert b'"ZZ"' in body, body

    lines = streams.loop.run_until_complete(write())
    now = streams.data("{ campaigns { totalCount } }")["campaigns"]["totalCount"]
    streams.data('mutation { deleteCampaign(input: {no: "ZZ"}) { deletedId userErrors { message } } }')

    assert (json.loads(lines[-1])["rows"], now) == (2, 3)


def test_more_streams_than_allowed_are_refused_at_once(streams: Streams) -> None:
    async def second() -> None:
        async with streams.engine.database.streaming(), streams.engine.database.streaming():
            raise AssertionError("two streams at once")

    with pytest.raises(Overloaded):
        streams.loop.run_until_complete(second())

    assert len(streams.lines("{ campaigns { nodes { no } } }")) == 3


def test_a_canceled_stream_stops_its_statement_and_frees_its_place(streams: Streams) -> None:
    """The statement would run for hours."""
    endless = " CROSS JOIN ".join(["interaction_log_entry"] + [f"interaction_log_entry AS e{n}" for n in range(6)])

    async def cut_off() -> None:
        async def keep(chunk: bytes) -> None:
            raise AssertionError("there is no first row")

        async with streams.engine.database.streaming() as snapshot:
            await snapshot.write((f"SELECT count(*) FROM {endless}", ()), keep)

    async def cancel() -> None:
        running = asyncio.ensure_future(cut_off())
        await asyncio.sleep(0.3)
        running.cancel()
        async with asyncio.timeout(5):
            await asyncio.wait([running])

    streams.loop.run_until_complete(cancel())

    assert len(streams.lines("{ campaigns { nodes { no } } }")) == 3


def test_texts_that_look_like_formulas_get_an_apostrophe_in_csv(streams: Streams) -> None:
    """In columns and in computed texts alike; numbers and days are no texts."""
    descriptions = ["=1+1", "+33 1", "-2", "@SUM(A1)", "a=1", "'=1", "é=", "Z", "１"]
    for number, description in enumerate(descriptions):
        body = f'{{no: "F{number}", campaign: {{description: {json.dumps(description)}}}}}'
        streams.data(f"mutation {{ createCampaign(input: {body}) {{ userErrors {{ message }} }} }}")
    query = '{ campaigns(filter: {no: {startsWith: "F"}}) { nodes { description no } } }'
    guarded, plain = streams.cells(query, CSV), streams.cells(query)
    negative = streams.cells("{ interactionLogEntries(first: 3) { nodes { cost date entryNo } } }", CSV)
    for number, _ in enumerate(descriptions):
        streams.data(f'mutation {{ deleteCampaign(input: {{no: "F{number}"}}) {{ deletedId }} }}')

    assert [row[0] for row in plain[1:]] == descriptions
    assert [row[0] for row in guarded[1:]] == [f"'{text}" if text[0] in "=+-@" else text for text in descriptions]
    assert not any("'" in cell for row in negative for cell in row)

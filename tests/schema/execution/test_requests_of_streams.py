"""Which streams are refused and why; snapshots, limits and formulas of streams, on both databases."""

import asyncio
import json

import pytest

from persistence import database as databases
from persistence.enums import Role
from persistence.exceptions import TooManyStreams
from schema.compiler.streams import StreamFormat
from schema.execution.engine import Caller, GraphQLRequest
from schema.execution.streams import Stream
from tests.schema.execution import reading_streams
from tests.schema.execution.reading_streams import ADMIN, CSV, NDJSON, Streams

engine, streams = reading_streams.engine, reading_streams.streams


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


def test_a_stream_waits_a_moment_for_another_one_that_ends_and_is_refused_otherwise(
    streams: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    streaming = streams.engine.database.streaming

    async def second() -> None:
        async with streaming(), streaming():
            raise AssertionError("two streams at once")

    async def first_ends() -> str | None:
        async with asyncio.timeout(1), asyncio.TaskGroup() as tasks, streaming():
            following = tasks.create_task(value())
            await asyncio.sleep(0.05)
        return following.result()

    async def value() -> str | None:
        async with streaming() as snapshot:
            return await snapshot.value(("SELECT 'begun'", ()))

    assert streams.loop.run_until_complete(first_ends()) == "begun"
    monkeypatch.setattr(databases, "PLACE_SECONDS", 0.05)
    with pytest.raises(TooManyStreams, match="CARNET_MAX_STREAMS"):
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
        async with asyncio.timeout(60):
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

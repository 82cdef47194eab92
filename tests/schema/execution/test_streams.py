"""Streams have the rows of the pages of the same list, on both databases: every connection of Query in each format."""

import json

import pytest

from schema.compiler.streams import StreamFormat
from tests.schema.execution import reading_streams
from tests.schema.execution.reading_streams import (
    CONNECTIONS,
    CSV,
    NDJSON,
    UNGUARDED,
    Streams,
    callers_of,
    flattened,
    node_type,
    selection_of,
    with_arguments,
)
from tests.schema.minimal_operations import minimal_operation

engine, streams = reading_streams.engine, reading_streams.streams


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
    selection = selection_of(node_type(name), lists=False).replace(" cursor ", " ownCursor: cursor ")
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


def test_an_empty_cursor_is_the_start_and_typenames_beside_the_rows_are_ignored(streams: Streams) -> None:
    usual = streams.lines("{ campaigns { nodes { no } } }")

    assert streams.lines('{ __typename campaigns(after: "") { __typename nodes { no } } t: __typename }') == usual
    assert streams.lines("query($a: String) { campaigns(after: $a) { nodes { no } } }", a="") == usual
    assert streams.lines("query($a: String) { campaigns(first: 0, after: $a) { nodes { no } } }", a="") == [
        {"cursor": None, "rows": 0}
    ]

"""Streams over HTTP: how they are requested, and their headers."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.schema.server.conftest import application

NUMBERS = "{ campaigns { nodes { no } } }"
QUERY = "{ salespeople { nodes { code name } } }"
CREATE = (
    'mutation { createSalesperson(input: {code: "JO", salesperson: {name: "=Jo; \\"é\\""}}) { userErrors { code } } }'
)


@pytest.fixture
def http(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Any]:
    with application(empty_copy("sqlite"), loop) as send:
        assert send("POST", json={"query": CREATE}).json()["data"]["createSalesperson"]["userErrors"] == []
        yield send


def get(http: Any, query: str = QUERY, **parameters: str) -> Any:
    return http("GET", params={"query": query, **parameters})


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/csv", "text/csv"),
        ("Text/CSV; charset=UTF-8", "text/csv"),
        ("application/x-ndjson", "application/x-ndjson"),
        ("text/csv, application/json", "text/csv"),
        ("text/csv;q=0.5, application/json", "application/json"),
        ("application/x-ndjson, text/csv", "application/x-ndjson"),
        ("application/x-ndjson;q=0.5, text/csv", "text/csv"),
        ("text/csv;q=0, */*", "application/json"),
        ("*/*", "application/json"),
    ],
)
def test_the_accept_header_chooses_between_json_and_the_formats_of_streams(
    http: Any, accept: str, expected: str
) -> None:
    answer = http("POST", json={"query": QUERY}, headers={"accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{expected}; charset=utf-8")


def test_a_query_string_can_ask_for_a_format_whatever_the_client_accepts(http: Any) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    rows = http("GET", params={"query": QUERY, "format": "csv"}, headers=browser)

    assert rows.text == 'code,name\nJO,"\'=Jo; ""é"""\n'
    assert rows.headers["content-disposition"] == 'attachment; filename="salespeople.csv"'
    assert rows.headers["cache-control"] == "private, no-store"
    assert get(http, format="ndjson").text.splitlines()[0].replace(" : ", ":").replace(", ", ",") == (
        '{"code":"JO","name":"=Jo; \\"é\\""}'
    )
    assert get(http, format="json").json() == {"data": {"salespeople": {"nodes": [{"code": "JO", "name": '=Jo; "é"'}]}}}


def test_the_guard_against_formulas_can_be_turned_off(http: Any) -> None:
    off = get(http, format="csv", guard="off")
    posted = http("POST", "/graphql?guard=off", json={"query": QUERY}, headers={"accept": "text/csv"})

    assert off.text == posted.text == 'code,name\nJO,"=Jo; ""é"""\n'


def test_csv_for_excel_has_a_byte_order_mark_and_semicolons(http: Any) -> None:
    for switch in ("1", "true", "on"):
        assert get(http, format="csv", excel=switch).content.decode() == ('\ufeffcode;name\nJO;"\'=Jo; ""é"""\n')
    assert get(http, format="csv", excel="0").text.startswith("code,name\n")


@pytest.mark.parametrize(
    "parameters",
    [
        {"format": "xml"},
        {"format": ""},
        {"format": "csv", "guard": "perhaps"},
        {"format": "csv", "excel": "2"},
        {"format": "ndjson", "excel": "1"},
    ],
)
def test_invalid_options_are_refused(http: Any, parameters: dict[str, str]) -> None:
    refused = get(http, **parameters)

    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ salespeople { nodes { nope } } }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ salespeople(after: "x") { nodes { code } } }', "BAD_USER_INPUT"),
        ("{ salespeople { totalCount } }", "BAD_USER_INPUT"),
    ],
)
def test_errors_before_the_first_row_are_json(http: Any, query: str, code: str) -> None:
    for refused in (
        get(http, query, format="csv"),
        http("POST", json={"query": query}, headers={"accept": "application/x-ndjson"}),
    ):
        assert refused.status_code == 400
        assert refused.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
        assert refused.json()["errors"][0]["extensions"]["code"] == code


def test_streams_read_only(http: Any) -> None:
    by_get = get(http, CREATE, format="csv")
    by_post = http("POST", json={"query": CREATE}, headers={"accept": "text/csv"})

    assert (by_get.status_code, by_get.headers["allow"]) == (405, "POST")
    assert (by_post.status_code, by_post.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


def test_streams_are_refused_to_foreign_pages_and_without_a_token_like_queries(
    http: Any, empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    parameters = {"query": QUERY, "format": "csv"}
    for headers in ({"host": "evil.example"}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert http("GET", params=parameters, headers=headers).status_code == 403
    assert http("GET", params=parameters, headers={"authorization": "Bearer x"}).status_code == 401
    with application(empty_copy("sqlite"), loop, require_token=True) as send:
        assert send("GET", params=parameters).status_code == 401


def test_head_sends_the_headers_of_a_stream_only(http: Any) -> None:
    answer = http("HEAD", params={"query": QUERY, "format": "csv"})

    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "text/csv; charset=utf-8", b"")


def test_with_cors_a_stream_passes_through_the_middleware(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> None:
    page = "https://app.example.com"
    with application(empty_copy("sqlite"), loop, cors_origins=[page]) as send:
        answer = send("GET", params={"query": NUMBERS, "format": "csv"}, headers={"origin": page})

    assert (answer.text, answer.headers["access-control-allow-origin"]) == ("no\n", page)

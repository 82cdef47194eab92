"""Streams over HTTP: how they are requested, and what happens when a client or the database goes away."""

import asyncio
import csv
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest
from sqlalchemy import insert
from sqlmodel import Session

from persistence import database as databases
from persistence.campaigns import Campaign
from persistence.columns import table_of
from persistence.database import Database
from schema.server import streams
from tests.schema.server.conftest import application

ROWS = 4_000
NUMBERS = "{ campaigns { nodes { no } } }"
WIDE = "{ campaigns { nodes { no " + " ".join(f"t{n}: description" for n in range(25)) + " } } }"
"""10 MB: more than fits in the buffers between a server and a client."""

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


# Clients and databases that go away. The server is a real one.


@pytest.fixture
def filled(database_url: str, loop: asyncio.AbstractEventLoop) -> str:
    """A database with many campaigns."""

    def fill(session: Session) -> None:
        rows = [{"no": f"C{n:06d}", "description": "x" * 100, "version": 1, "blocked": False} for n in range(ROWS)]
        session.execute(insert(table_of(Campaign)), rows)

    async def run() -> None:
        async with Database.at(database_url) as database:
            await database.writing(fill)

    loop.run_until_complete(run())
    return database_url


class Client:
    """A client that reads as slowly as a test wants."""

    def __init__(self, port: int, query: str = WIDE, accept: str = "text/csv") -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 262_144)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", port))
        body = json.dumps({"query": query})
        head = f"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: {accept}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        self.socket.sendall((head + body).encode())
        self.taken = b""

    def take(self) -> bytes:
        """Some bytes; empty at the end, also if the connection was aborted."""
        try:
            piece = self.socket.recv(65_536)
        except ConnectionError:
            piece = b""
        self.taken += piece
        return piece

    def take_all(self) -> None:
        """Take the rest and close the connection."""
        while self.take():
            pass
        self.socket.close()

    @property
    def is_complete(self) -> bool:
        """Whether the response has its end."""
        return self.taken.endswith(b"\r\n0\r\n\r\n")

    @property
    def status(self) -> int:
        return int(self.taken.split(b" ", 2)[1])


@contextmanager
def one_stream(serve: Callable[..., int], url: str) -> Iterator[int]:
    """A server that allows one stream at a time; its port."""
    yield serve(url, max_streams=1)


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    ends = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < ends:
        time.sleep(0.05)
    return found


def can_stream(port: int) -> bool:
    """Whether the server has a place for another stream."""
    client = Client(port, NUMBERS)
    client.take_all()
    return client.status == 200


def test_all_rows_arrive_and_a_full_server_refuses_further_streams(
    serve: Callable[..., int], filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "PLACE_SECONDS", 0.05)
    with one_stream(serve, filled) as port:
        slow, refused = Client(port), Client(port, NUMBERS)
        slow.take()
        refused.take_all()
        slow.take_all()

        assert slow.is_complete
        assert slow.taken.count(b"\nC") + slow.taken.count(b"\r\nC") >= ROWS
        assert refused.status == 429
        assert b"retry-after: " in refused.taken
        assert b'"OVERLOADED"' in refused.taken
        assert b"CARNET_MAX_STREAMS" in refused.taken
        assert b'"retryAfterSeconds"' in refused.taken
        assert can_stream(port)


def test_a_client_that_goes_away_stops_the_stream(serve: Callable[..., int], filled: str) -> None:
    with one_stream(serve, filled) as port:
        client = Client(port)
        client.take()
        client.socket.close()

        assert eventually(lambda: can_stream(port), 2)


def test_a_client_that_takes_nothing_is_dropped(
    serve: Callable[..., int], filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CLIENT_SECONDS", 0.5)
    with one_stream(serve, filled) as port:
        client = Client(port)
        client.take()

        assert eventually(lambda: can_stream(port), 5)
        client.take_all()
        assert not client.is_complete
        assert len(client.taken) < ROWS * 2_500


def test_a_client_that_takes_a_little_now_and_then_gets_all_rows(
    serve: Callable[..., int], filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CLIENT_SECONDS", 1.5)
    with one_stream(serve, filled) as port:
        client = Client(port)
        for step in range(1, 7):
            while len(client.taken) < step * 500_000:
                client.take()
            time.sleep(0.3)
        client.take_all()

        assert client.is_complete


@pytest.mark.parametrize("function", ["pg_cancel_backend", "pg_terminate_backend"])
@pytest.mark.parametrize("accept", ["text/csv", "application/x-ndjson"])
def test_a_stream_whose_statement_fails_has_no_end(
    serve: Callable[..., int], filled: str, loop: asyncio.AbstractEventLoop, function: str, accept: str
) -> None:
    if filled.startswith("sqlite"):
        pytest.skip("nobody can stop a statement of SQLite")

    async def stop() -> int:
        connection = await asyncpg.connect(filled)
        stopped = await connection.fetch(
            f"SELECT {function}(pid) FROM pg_stat_activity WHERE application_name = 'carnet streaming'"
        )
        await connection.close()
        return len(stopped)

    with one_stream(serve, filled) as port:
        client = Client(port, accept=accept)
        client.take()
        stopped = loop.run_until_complete(stop())
        client.take_all()

        assert (stopped, client.status, client.is_complete) == (1, 200, False)
        assert b'"rows":' not in client.taken
        assert eventually(lambda: can_stream(port), 5)


def test_csv_over_http_can_be_read_by_a_library(serve: Callable[..., int], filled: str) -> None:
    client = Client(serve(filled), "{ campaigns(first: 3) { nodes { no description startingDate blocked } } }")
    client.take_all()
    body = client.taken.split(b"\r\n\r\n", 1)[1].split(b"\r\n")[1].decode()

    assert list(csv.DictReader(body.splitlines()))[2] == {
        "no": "C000002",
        "description": "x" * 100,
        "startingDate": "",
        "blocked": "false",
    }

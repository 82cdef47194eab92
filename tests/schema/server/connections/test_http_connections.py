"""Limits of connections: heads that do not come or are too large, requests that go on after their response, and clients
that do not read.
"""

import json
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import make_url
from websockets.sync.client import connect
from websockets.typing import Subprotocol

HEAD = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
TYPES = "types { name description fields { name description args { name description } type { name ofType { name } } } }"
CREATE = 'mutation { createSalesperson(input: {code: "JO", salesperson: {name: "Jo"}}) { userErrors { code } } }'
WEBSOCKET = (
    b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
LARGE = "{" + " ".join(f"a{n}: __schema {{ {TYPES} }}" for n in range(7)) + "}"
"""A query whose response has more bytes than the system keeps for a client that does not read."""


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=120)) as connection:
        yield connection


def request(body: bytes, *headers: bytes) -> bytes:
    return HEAD + b"".join(header + b"\r\n" for header in headers) + b"Content-Length: %d\r\n\r\n" % len(body) + body


def query(text: str, *headers: bytes) -> bytes:
    return request(json.dumps({"query": text}).encode(), *headers)


def read_all(connection: socket.socket) -> bytes:
    """What the server sends until it closes the connection."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def ask(port: int, text: str) -> bytes:
    with connected(port) as connection:
        connection.sendall(query(text, b"Connection: close"))
        return read_all(connection)


def send_until_closed(connection: socket.socket, piece: bytes, *, times: int, pause: float = 0) -> None:
    """Send pieces until the server has closed the connection. Fails if it takes all of them."""
    try:
        for _ in range(times):
            connection.sendall(piece)
            time.sleep(pause)
    except ConnectionError:
        return
    raise AssertionError("the server did not close the connection")


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


@pytest.fixture
def port(serve: Callable[..., int], empty_copy: Any) -> int:
    return serve(empty_copy("sqlite"), head_seconds=0.4, idle_seconds=1, unread_seconds=2, max_unread_mb=1)


@pytest.mark.parametrize("sent", [b"", b"P", b"\n", b"\r\n" * 50, HEAD, HEAD + b"X: 1\r\n"])
def test_a_connection_is_closed_if_no_whole_head_comes(port: int, sent: bytes) -> None:
    with connected(port) as connection:
        connection.sendall(sent)

        assert read_all(connection) == b""


def test_a_head_that_comes_byte_by_byte_is_cut_off(port: int) -> None:
    with connected(port) as connection:
        send_until_closed(connection, b"X", times=400, pause=0.05)


def test_a_second_request_has_as_much_time_as_the_first(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(query("{ viewer { userId } }"))
        answer = b""
        while b'"local"' not in answer:  # the head and the body may come one after the other
            answer += (piece := connection.recv(65536))
            assert piece, answer
        connection.sendall(HEAD)

        assert read_all(connection) == b""


def test_line_ends_after_a_response_do_not_keep_a_connection_open(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(query("{ viewer { userId } }") + b"\r\n")
        assert b'"local"' in read_all(connection)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01",
        HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_malformed_http_requests_get_an_error_with_a_code(port: int, sent: bytes) -> None:
    with connected(port) as connection:
        connection.sendall(sent)
        answer = read_all(connection)

    assert answer.startswith(b"HTTP/1.1 400 ")
    (error,) = json.loads(body_of(answer))["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (HEAD, b""),
        (b"\x16\x03\x01\x02\x00\x01", b"400"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (HEAD + b"X: " + b"x" * 20_000 + b"\r\n\r\n", b"431"),
        (WEBSOCKET, b"400"),
    ],
)
def test_a_request_gets_its_response_if_the_next_one_is_incomplete_or_refused(
    serve: Callable[..., int], empty_copy: Any, sent: bytes, status: bytes
) -> None:
    """The first request is answered when the time for the next head has passed."""
    url = empty_copy("sqlite")
    with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as other:
        port = serve(url, head_seconds=0.4)
        other.execute("BEGIN IMMEDIATE")
        with connected(port) as connection:
            connection.sendall(query(CREATE) + sent)
            time.sleep(1)
            other.execute("ROLLBACK")
            first, _, rest = read_all(connection).partition(b"HTTP/1.1 ")[2].partition(b"HTTP/1.1 ")

    assert first.startswith(b"200 ")
    assert json.loads(body_of(first))["data"]["createSalesperson"]["userErrors"] == []
    assert rest[:3] == status
    assert b"HTTP/1.1 " not in rest


@pytest.mark.parametrize("method", [b"GET", b"POST"])
@pytest.mark.parametrize("more", [b"Content-Length: 2\r\n\r\n{}", b"X: " + b"x" * 9000 + b"\r\n\r\n", b"\r\n"])
def test_invalid_handshakes_of_websockets_are_answered(port: int, method: bytes, more: bytes) -> None:
    with connected(port) as connection:
        head = b" /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        connection.sendall(method + head + more)

        assert read_all(connection).startswith(b"HTTP/1.1 4")


def test_a_websocket_is_not_closed_when_the_time_for_a_head_has_passed(port: int) -> None:
    with connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]) as websocket:
        websocket.send('{"type":"connection_init"}')
        assert "connection_ack" in str(websocket.recv(60))
        time.sleep(1)

        websocket.send('{"type":"ping"}')
        assert "pong" in str(websocket.recv(60))


@pytest.mark.parametrize(
    "head",
    [
        b"GET /graphql?query=" + b"x" * 17_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /" + b"x" * 40_000,
        HEAD + b"X: " + b"x" * 17_000,
        HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 100) for n in range(200)) + b"\r\n",
    ],
)
@pytest.mark.parametrize("pieces", [1, 7])
def test_a_head_that_is_too_large_is_refused(port: int, head: bytes, pieces: int) -> None:
    with connected(port) as connection:
        size = len(head) // pieces + 1
        for place in range(0, len(head), size):
            connection.sendall(head[place : place + size])
        answer = read_all(connection)

    assert answer.startswith(b"HTTP/1.1 431 "), answer[:200]
    assert b'"code":"BAD_REQUEST"' in answer
    assert b"at most 16,384 bytes" in answer


def test_a_head_of_the_maximum_size_is_accepted_before_a_body_of_the_maximum_size(port: int) -> None:
    body = json.dumps({"query": "{ viewer { userId } }", "variables": {"x": "x" * 250_000}}).encode()
    with connected(port) as connection:
        connection.sendall(request(body, b"X: " + b"x" * 16_000) + request(b"{}", b"Connection: close"))
        answer = read_all(connection)

    assert answer.count(b"HTTP/1.1 ") == 2
    assert b'"local"' in answer


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (HEAD.replace(b"application/json", b"text/plain"), b"415"),
        (HEAD.replace(b"/graphql", b"/nowhere"), b"404"),
        (HEAD, b"413"),
        (HEAD + b"Authorization: Bearer wrong\r\n", b"401"),
    ],
)
def test_the_rest_of_a_request_that_was_answered_is_not_received(port: int, head: bytes, status: bytes) -> None:
    with connected(port) as connection:
        connection.sendall(head + b"Content-Length: 1000000000\r\n\r\n")

        send_until_closed(connection, b"x" * 65_536, times=1000)


def test_a_refused_request_is_answered_although_the_client_still_sends(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(HEAD.replace(b"application/json", b"text/plain") + b"Content-Length: 900000\r\n\r\n")
        connection.sendall(b"x" * 800_000)

        assert read_all(connection).startswith(b"HTTP/1.1 415 ")


def test_a_client_that_does_not_read_is_dropped_and_holds_little(port: int) -> None:
    answered = ask(port, LARGE)
    with closing(socket.socket()) as sleeping:
        sleeping.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sleeping.connect(("127.0.0.1", port))
        sleeping.settimeout(120)
        sleeping.sendall(query(LARGE))
        refused = answered
        while refused.startswith(b"HTTP/1.1 200 "):  # the server has not begun to send to the other client
            refused = ask(port, LARGE)
        again = refused
        while again.startswith(b"HTTP/1.1 503 "):
            time.sleep(0.2)
            again = ask(port, LARGE)
        cut = read_all(sleeping)

    assert b'"OVERLOADED"' in refused
    assert body_of(again) == body_of(answered)
    assert len(cut) < len(answered) - 100_000

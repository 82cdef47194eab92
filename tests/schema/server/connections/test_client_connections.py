"""The number of connections of clients is limited, and idle ones do not keep others out."""

import os
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from schema.server.connections.client_connections import ClientConnections
from schema.server.open_files import OTHER_FILES, allow_open_files
from schema.server.requests.running_requests import RunningRequests
from schema.server.websockets.registry import WebSockets
from schema.server.websockets.settings import WebSocketSettings
from tests.schema.server.connections.test_http_connections import LARGE, ask, connected, query, read_all


@pytest.fixture
def port(serve: Callable[..., int], empty_copy: Any) -> int:
    return serve(empty_copy("sqlite"), max_client_connections=4, unread_seconds=2)


def test_idle_connections_are_closed_for_others(port: int) -> None:
    with ExitStack() as open_:
        idle = [open_.enter_context(connected(port)) for _ in range(40)]
        kept = idle[-1]
        assert_answered(kept)

        assert ask(port, "{ viewer { userId } }").startswith(b"HTTP/1.1 200 ")
        assert [read_all(each) for each in idle[:36]] == [b""] * 36
        assert_answered(kept)  # it was idle for a shorter time than others
        metrics = ask_metrics(port)

    assert b'carnet_pool_size{pool="client_connections"} 4.0' in metrics
    dropped = next(line for line in metrics.splitlines() if line.startswith(b"carnet_client_connections_dropped_total"))
    assert float(dropped.split()[1]) >= 36


def assert_answered(connection: socket.socket) -> None:
    connection.sendall(query("{ viewer { userId } }"))
    received = b""
    while not received.endswith(b"}"):
        piece = connection.recv(65536)
        assert piece, "the connection was closed"
        received += piece
    assert b'"local"' in received


def ask_metrics(port: int) -> bytes:
    with connected(port) as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return read_all(connection)


def test_a_connection_is_refused_if_all_others_are_being_answered(port: int) -> None:
    """The others are clients that do not read their large responses. They are dropped after a while."""
    with ExitStack() as open_:
        for _ in range(4):
            sleeping = open_.enter_context(closing(socket.socket()))
            sleeping.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sleeping.connect(("127.0.0.1", port))
            sleeping.sendall(query(LARGE))
            sleeping.settimeout(60)
            assert sleeping.recv(1) == b"H"
        with connected(port) as connection:
            answer = read_all(connection)

        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b'"OVERLOADED"' in answer
        assert b"CARNET_MAX_CLIENT_CONNECTIONS" in answer


def sockets(most: int) -> WebSockets:
    return WebSockets(WebSocketSettings(max_websockets=most), RunningRequests(1))


@pytest.fixture
def few_open_files() -> Iterator[int]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (300, before[1]))
    yield before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_limit_of_open_files_is_raised_for_all_connections(few_open_files: int) -> None:
    connections = ClientConnections(400)

    allow_open_files(connections, sockets(200), 50)

    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 650 + OTHER_FILES <= few_open_files
    assert connections.usage.most == 400


def test_fewer_connections_are_allowed_if_the_system_allows_too_few_files() -> None:
    child = os.fork()  # a limit that was lowered can be raised again by root only
    if not child:
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, 256))
        connections = ClientConnections(400)
        allow_open_files(connections, sockets(200), 56)
        os._exit(connections.usage.most)

    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 256 - 56 - OTHER_FILES

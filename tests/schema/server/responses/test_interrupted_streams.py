"""Clients and databases that go away in the middle of a stream, and servers that are full. The server is a real one."""

import asyncio
import csv
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import asyncpg
import pytest
from sqlalchemy import insert
from sqlmodel import Session

from persistence import database as databases
from persistence.campaigns import Campaign
from persistence.columns import table_of
from persistence.database import Database
from schema.server.responses import streams

ROWS = 4_000
NUMBERS = "{ campaigns { nodes { no } } }"
WIDE = "{ campaigns { nodes { no " + " ".join(f"t{n}: description" for n in range(25)) + " } } }"
"""10 MB: more than fits in the buffers between a server and a client."""


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
            f"SELECT {function}(pid) FROM pg_stat_activity "
            "WHERE application_name = 'carnet streaming' AND usename = current_user"
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

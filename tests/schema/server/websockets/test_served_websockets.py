"""WebSockets of a real server: the handshake, the size of messages, and what happens when it stops."""

import json
import logging
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from schema.server.app import create_app
from schema.server.cli.serving import server_of
from schema.server.settings import Settings
from tests.schema.server.test_stopping import served

SUBPROTOCOLS = [Subprotocol("graphql-transport-ws")]
NOT_UTF8, CLOSE = b"\x81\x81\0\0\0\0\xff", b"\x88\x82\0\0\0\0\x03\xe8"
"""Frames of a client: a text that is no UTF-8, and the end of the WebSocket with the code 1000."""

CHANGED = "subscription { changed(types: [SALESPERSON]) { kind } }"


def opened(address: str, **more: Any) -> ClientConnection:
    made: ClientConnection = connect(address.replace("http", "ws", 1), subprotocols=SUBPROTOCOLS, **more)
    return made


def begin(socket: ClientConnection) -> None:
    socket.send('{"type": "connection_init"}')
    assert json.loads(socket.recv(timeout=10)) == {"type": "connection_ack"}


def code_of(socket: ClientConnection) -> int | None:
    """The code with which the server closes."""
    try:
        while True:
            socket.recv(timeout=20)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_foreign_pages_and_large_messages_are_refused(serve: Callable[..., int], empty_copy: Any) -> None:
    address = f"http://127.0.0.1:{serve(empty_copy('sqlite'), max_body_bytes=2048)}/graphql"
    with pytest.raises(InvalidStatus) as refused:
        opened(address, additional_headers={"Origin": "https://evil.example"})
    assert refused.value.response.status_code == 403
    assert json.loads(refused.value.response.body or b"")["errors"][0]["extensions"]["code"] == "FORBIDDEN"

    with opened(address) as socket:
        begin(socket)
        assert socket.subprotocol == "graphql-transport-ws"
        socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": "{ x }" + " " * 3000}}))
        assert code_of(socket) == 1009


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (NOT_UTF8, 1007),
        (NOT_UTF8 + NOT_UTF8, 1007),
        (NOT_UTF8 + CLOSE, 1000),
        (b"\x01\x81\0\0\0\0\xc3" + b"\x80\x81\0\0\0\0\xc3", 1007),
    ],
)
def test_texts_that_are_not_utf8_close_the_websocket_without_an_error_in_the_log(
    serve: Callable[..., int], empty_copy: Any, caplog: pytest.LogCaptureFixture, frames: bytes, code: int
) -> None:
    with opened(f"http://127.0.0.1:{serve(empty_copy('sqlite'))}/graphql") as socket:
        begin(socket)
        socket.socket.sendall(frames)

        assert code_of(socket) == code
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_websockets_are_pinged_as_often_as_the_setting_says() -> None:
    config = server_of(create_app(Settings()), Settings(websocket_ping_seconds=7)).config

    assert (config.ws_ping_interval, config.ws_ping_timeout) == (7, 7)


def test_a_server_that_stops_closes_websockets_so_that_clients_connect_again(empty_copy: Any) -> None:
    with served(empty_copy("sqlite")) as (server, address), opened(address) as socket:
        begin(socket)
        socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": CHANGED}}))
        time.sleep(0.3)
        server.send_signal(signal.SIGTERM)

        assert code_of(socket) == 1012
        assert server.wait(20) == 0

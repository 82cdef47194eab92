"""Large responses to clients that read slowly or are gone."""

import asyncio
import socket
from typing import Any

from schema.server.connections.unread_responses import PIECE_BYTES, UnreadBytes


class Gone(asyncio.WriteTransport):
    """A connection that the client has closed."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.close()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._socket if name == "socket" else default


class Cycle:
    """Stands for the part of the web server that sends the response to one request."""

    def __init__(self) -> None:
        self.transport, self.sent = Gone(), 0

    async def send(self, message: Any) -> None:
        self.sent += len(message["body"])


def test_a_large_response_to_a_client_that_is_gone_raises_nothing(loop: asyncio.AbstractEventLoop) -> None:
    """The server itself drops what is sent over a closed connection."""
    cycle, unread = Cycle(), UnreadBytes(10 * PIECE_BYTES, 1)
    body = {"type": "http.response.body", "body": bytes(2 * PIECE_BYTES)}
    loop.run_until_complete(unread.send(cycle.send, body))
    assert (cycle.sent, unread.waiting) == (2 * PIECE_BYTES, 0)

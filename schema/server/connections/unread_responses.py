"""Responses that clients read slowly: sent in pieces, bounded in bytes, and dropped if the client reads nothing."""

import asyncio
import os
import socket
from contextlib import suppress

from starlette.types import Message, Scope, Send

from persistence.exceptions import Overloaded

RAW_SEND = "carnet.send"
"""The key of the scope under which the application keeps the server's own `send`, if a middleware wraps it."""

PIECE_BYTES = 65_536
"""Bodies up to this size, in bytes, are handed to the connection at once."""


class ClientStalled(Exception):
    """The client reads nothing, although a part of its response is still to be sent."""


class UnreadBytes:
    """The bytes of all large responses that clients have not read yet, at most `most`. A client that reads nothing for
    `seconds` is dropped.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self.waiting = 0

    def check(self, size: int) -> None:
        """Raise Overloaded if there is no room for another response of this size."""
        if size > PIECE_BYTES and self.waiting and self.waiting + size > self.most:
            raise Overloaded(max(1, round(self.seconds)))

    async def send(self, send: Send, message: Message) -> None:
        """Send a message of a response. Raises ClientStalled."""
        body = message.get("body", b"")
        left = len(body)
        if left <= PIECE_BYTES:
            await send(message)
            return
        self.waiting += left
        limit_unsent_bytes(transport_of({}, send))
        try:
            for place in range(0, len(body), PIECE_BYTES):
                piece = body[place : place + PIECE_BYTES]
                more = message.get("more_body", False) or place + len(piece) < len(body)
                await self._send_piece(send, {**message, "body": piece, "more_body": more})
                self.waiting -= len(piece)
                left -= len(piece)
        finally:
            self.waiting -= left

    async def _send_piece(self, send: Send, message: Message) -> None:
        try:
            async with asyncio.timeout(self.seconds):
                await send(message)
        except TimeoutError:
            raise ClientStalled from None


def transport_of(scope: Scope, send: Send) -> asyncio.WriteTransport | None:
    """The connection to the client of a request; None under a server that hides it."""
    cycle = getattr(scope.get(RAW_SEND, send), "__self__", None)
    transport: asyncio.WriteTransport | None = getattr(cycle, "transport", None)
    return transport


async def close_at_once(scope: Scope, send: Send) -> bool:
    """Close the connection without an end of the response; False under a server that hides the connection."""
    transport = transport_of(scope, send)
    if transport is None:
        return False
    transport.abort()
    await asyncio.sleep(0)  # the server notices that the connection is lost
    return True


def limit_unsent_bytes(transport: asyncio.WriteTransport | None) -> None:
    """Let the operating system hold few bytes that the client has not taken. By default it holds megabytes, and a slow
    client would seem to take nothing until it has taken a third of them.
    """
    connection = getattr(transport, "get_extra_info", lambda _: None)("socket")
    if connection is not None and hasattr(socket, "TCP_NOTSENT_LOWAT") and connection.family != socket.AF_UNIX:
        with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as same:  # it may be closed already
            same.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, PIECE_BYTES // 2)

"""Connections of clients: uvicorn's, with limits for the head of a request and for what a client leaves unread."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from schema.server.connections.client_connections import ClientConnections, error_response, refusal
from schema.server.connections.response_heads import ResponseCycle
from schema.server.errors import log

DRAIN_BYTES, DRAIN_SECONDS = 1024 * 1024, 2
"""How much of a request is still received and dropped after its response was sent, and for how long. A connection that
is closed while the client sends may lose the response.
"""

NOT_HTTP = "The request is not valid HTTP/1.1. Check its request line, headers, and the length or chunks of its body."

EARLY_UPGRADE = "Wait for the responses to your other requests over this connection before you open a WebSocket."


@dataclass(frozen=True)
class ConnectionLimits:
    """Seconds for the head of a request, bytes of the head, and seconds for which a client may take nothing of a
    response.
    """

    head_seconds: float = 5
    head_bytes: int = 16_384
    unread_seconds: float = 30


class HeadTooLarge(HttpParserError):
    """The head of a request has more bytes than are allowed."""


class LimitedConnection(HttpToolsProtocol):
    """One connection.

    It is closed if the head of a request is not complete in time, also if the client sends nothing at all; if the
    response was sent before the client had sent the whole request; and if the client does not read the response.
    A client may send a request before it has the response to the one before (pipelining). If it does not send all of
    it, or what it sends is refused, it still gets the responses to the requests before.
    """

    def __init__(self, *, limits: ConnectionLimits, all_connections: ClientConnections, **more: Any) -> None:
        super().__init__(**more)
        self._limits, self._all = limits, all_connections
        self._in_head = False
        self._head_size = 0
        """The bytes that were received of the head, before those that are being parsed."""
        self._received = 0
        """How many bytes are being parsed."""
        self._follows_another = False
        """Whether the head follows another request in the bytes that are being parsed."""
        self._deadline: asyncio.TimerHandle | None = None
        self.when_lost: Callable[[], None] | None = None
        """Called when the connection is lost, also if the client closes it."""
        self._left_to_drop: int | None = None
        self._refusal: bytes | None = None
        """The response to a refused request, while responses to earlier requests are still to be sent."""
        self._is_websocket = False
        """Whether the connection was handed over to the protocol of WebSockets, which has limits of its own."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)  # type: ignore[arg-type]  # a Transport
        if self._all.opened(self):
            self._set_deadline(self._limits.head_seconds)
        else:
            self.transport.write(refusal())
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._set_deadline(None)
        if self.when_lost is not None:
            self.when_lost()
        self._all.closed(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what was received, unless it is the rest of a request that was already answered."""
        if self._left_to_drop is not None:
            self._left_to_drop -= len(data)
            if self._left_to_drop < 0:
                self.transport.abort()
            return
        self._received, self._follows_another = len(data), False
        super().data_received(data)
        if self._is_websocket:
            return
        if self._in_head:
            self._head_size = self._parsed_size() if self._follows_another else self._head_size + len(data)
            if self._head_size > self._limits.head_bytes:
                self._refuse_head()
                return
        if self._is_under_way:
            if self._deadline is not None:
                self._set_deadline(None)
        elif self._deadline is None:  # also if only line breaks have come, which begin no request
            self._set_deadline(self._limits.head_seconds)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head, self._head_size = True, 0

    def on_message_complete(self) -> None:
        """A request is complete; another one may follow in the same bytes."""
        self._follows_another = True
        self._all.busy(self)
        super().on_message_complete()

    def on_headers_complete(self) -> None:
        """Begin to answer the request. Raises HeadTooLarge."""
        most = self._limits.head_bytes
        if self._head_size + self._received > most and self._parsed_size() > most:
            raise HeadTooLarge
        self._in_head = False
        super().on_headers_complete()
        if type(self.cycle) is RequestResponseCycle:  # not at the handshake of a WebSocket
            self.cycle.__class__ = ResponseCycle

    def on_response_complete(self) -> None:
        """Continue with the next request, or close the connection if the rest of this one is still to come."""
        is_last = not self.pipeline
        super().on_response_complete()
        if self._refusal is not None:
            if is_last and not self.transport.is_closing():
                self._unset_keepalive_if_required()
                self.transport.write(self._refusal)
                self._drop_the_rest()
            return
        if self.cycle.response_complete and not self.transport.is_closing():
            self._all.idle(self)
            if self._in_head:
                self._set_deadline(self._limits.head_seconds)
        if not self.cycle.more_body or not self.cycle.response_complete or self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        self._drop_the_rest()

    def send_400_response(self, msg: str) -> None:
        """Answer a request that cannot be parsed, and close the connection."""
        if self._in_head and self._parsed_size() > self._limits.head_bytes:
            self._refuse_head()
        else:
            self._refuse(error_response("400 Bad Request", NOT_HTTP))

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over: it is no longer one of those that answer requests."""
        if self._is_under_way:
            self._refuse(error_response("400 Bad Request", EARLY_UPGRADE))
            return
        self._set_deadline(None)
        self._is_websocket = True
        self._all.closed(self)
        super().handle_websocket_upgrade()

    def close_idle(self) -> None:
        """Close the connection at once, so that another client can be served."""
        self.transport.abort()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection. If its client has not read the last response, it gets some more time."""
        if self.transport.get_write_buffer_size():
            self._set_deadline(self._limits.unread_seconds)
        super().timeout_keep_alive_handler()

    def _parsed_size(self) -> int:
        """The bytes of the head that the parser has passed on."""
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _refuse_head(self) -> None:
        """Answer a head that is too large, and close the connection."""
        most = self._limits.head_bytes
        message = f"The request line and headers have at most {most:,} bytes. Send less, for example with POST."
        self._refuse(error_response("431 Request Header Fields Too Large", message))

    def _refuse(self, response: bytes) -> None:
        """Send this response to a refused request after those to the requests before it, and close the connection."""
        if self.transport.is_closing():
            return
        is_in_body = self._is_under_way and self.cycle.more_body
        if is_in_body and not self.pipeline:
            self.transport.write(response)
            self.transport.close()
        elif self._is_under_way:
            if is_in_body:
                self.pipeline.popleft()  # the newest
            self._refusal, self._left_to_drop = response, DRAIN_BYTES
            self._set_deadline(None)
        else:
            self.transport.write(response)
            self._drop_the_rest()

    @property
    def _is_under_way(self) -> bool:
        """Whether the newest request with a complete head is not answered yet."""
        return self.cycle is not None and not self.cycle.response_complete

    def _drop_the_rest(self) -> None:
        """Send nothing more, drop what still comes of the request, and close the connection soon."""
        self._left_to_drop = DRAIN_BYTES
        self.transport.write_eof()
        self._set_deadline(DRAIN_SECONDS)

    def _set_deadline(self, seconds: float | None) -> None:
        """Close the connection after this time; None for never."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._close)

    def _close(self) -> None:
        """Close the connection at once, whatever is still to be sent."""
        if self._left_to_drop is None and self.transport.get_write_buffer_size():
            log.info("connection dropped: the client took nothing", seconds=self._limits.unread_seconds)
        self.transport.abort()

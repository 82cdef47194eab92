"""Limits the number of client connections. When one too many is opened, an idle one is closed."""

import time
from collections.abc import Mapping
from typing import Protocol

import orjson

from persistence.concurrency.time_limits import Usage
from schema.server.errors import log

RETRY_SECONDS = 1
"""After how many seconds a refused client should try again."""

LOG_SECONDS = 10
"""Minimum number of seconds between two log lines about closed or refused connections."""

MESSAGE = "The server has as many connections as CARNET_MAX_CLIENT_CONNECTIONS allows. Try again in {} second."

BAD_REQUEST = {"code": "BAD_REQUEST"}
"""The extensions of errors about a request that cannot be read."""


class ClientConnection(Protocol):
    """A connection that can be closed to make room for another one."""

    def close_idle(self) -> None:
        """Close the connection, which has no request that is being answered."""
        ...


class ClientConnections:
    """Counts connections, and knows which are idle: those without a whole request that is being answered."""

    def __init__(self, most: int) -> None:
        self._most, self._open = most, 0
        self._idle: dict[ClientConnection, None] = {}
        """In the order in which they became idle."""
        self.dropped = 0
        """How many were closed to make room for others, or refused."""
        self._logged_at: float | None = None

    @property
    def usage(self) -> Usage:
        """The maximum number of connections, and the number of open ones."""
        return Usage(self._most, self._open)

    def limit(self, most: int) -> None:
        """Change the maximum number of connections."""
        self._most = most

    def opened(self, connection: ClientConnection) -> bool:
        """Count a connection until `closed`; False if it must be refused, because no other one is idle."""
        self._open += 1
        if self._open > self._most:
            self._note_dropped()
            if not self._idle:
                return False
            longest_idle = next(iter(self._idle))
            del self._idle[longest_idle]
            longest_idle.close_idle()
        self._idle[connection] = None
        return True

    def busy(self, connection: ClientConnection) -> None:
        """Note that a request of the connection is complete and is being answered."""
        self._idle.pop(connection, None)

    def idle(self, connection: ClientConnection) -> None:
        """Note that all requests of the connection are answered."""
        self._idle[connection] = None

    def closed(self, connection: ClientConnection) -> None:
        """Note that the connection is closed."""
        self._open -= 1
        self._idle.pop(connection, None)

    def _note_dropped(self) -> None:
        self.dropped += 1
        now = time.monotonic()
        if self._logged_at is None or now - self._logged_at >= LOG_SECONDS:
            self._logged_at = now
            log.warning("too many connections of clients", most=self._most, dropped=self.dropped)


def refusal() -> bytes:
    """The bytes of the HTTP response to a refused connection: status 503 with the code OVERLOADED."""
    extensions = {"code": "OVERLOADED", "retryAfterSeconds": RETRY_SECONDS}
    message, headers = MESSAGE.format(RETRY_SECONDS), f"retry-after: {RETRY_SECONDS}\r\n"
    return error_response("503 Service Unavailable", message, extensions, headers)


def error_response(
    status: str, message: str, extensions: Mapping[str, object] = BAD_REQUEST, headers: str = ""
) -> bytes:
    """The bytes of an HTTP response with one GraphQL error, after which the connection is closed. Each of the further
    headers ends with CRLF.
    """
    body = orjson.dumps({"errors": [{"message": message, "extensions": extensions}]})
    head = (
        f"HTTP/1.1 {status}\r\ncontent-type: application/json; charset=utf-8\r\nconnection: close\r\n"
        f"{headers}content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body

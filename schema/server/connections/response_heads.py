"""The head of a response, made in one step and written together with the start of the body. uvicorn itself matches each
header with regular expressions, which takes a twentieth of the CPU time of a small request, and writes the head on its
own, which is another system call and another packet.

`tests/schema/server/connections/test_response_heads.py` fails when a new version of uvicorn writes other bytes.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HEADER_VALUE_RE, STATUS_LINE, RequestResponseCycle

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

LENGTH = b"content-length"
LEFT_TO_UVICORN = frozenset((b"connection", b"transfer-encoding"))
"""Headers that decide how the body is sent, and whether the connection is closed. uvicorn handles these responses."""


class ResponseCycle(RequestResponseCycle):
    """A request and its response. Names of headers must be in lower case, as ASGI demands."""

    _unwritten_head = b""

    async def send(self, message: "ASGISendEvent") -> None:
        """Send a message of the application."""
        if message["type"] == "http.response.start" and self._may_write_in_one_step():
            headers = [*self.default_headers, *message["headers"]]
            named = dict(headers)
            if LENGTH in named and LEFT_TO_UVICORN.isdisjoint(named):
                head = _head(message["status"], headers)
                if head is not None:
                    self.response_started, self.waiting_for_100_continue = True, False
                    self.expected_content_length, self.chunked_encoding = int(named[LENGTH]), False
                    if self.scope["method"] == "HEAD":
                        self.transport.write(head)
                    else:
                        self._unwritten_head = head
                    return
        elif self._unwritten_head and message["type"] == "http.response.body":
            head, self._unwritten_head = self._unwritten_head, b""
            self.expected_content_length += len(head)
            message = {**message, "body": b"".join((head, message.get("body", b"")))}
        await super().send(message)

    def _may_write_in_one_step(self) -> bool:
        return self.keep_alive and not (self.response_started or self.disconnected or self.flow.write_paused)


def _head(status: int, headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """The status line and headers; None if a header has a line break or another character that uvicorn refuses."""
    lines = [b"%b: %b\r\n" % header for header in headers]
    head = b"".join((STATUS_LINE[status], *lines, b"\r\n"))
    is_valid = head.count(b"\r\n") == len(lines) + 2 and not HEADER_VALUE_RE.search(head.replace(b"\r\n", b""))
    return head if is_valid else None

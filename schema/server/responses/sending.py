"""What every response of the server has, whichever route answers: its request id, its caching, its compression."""

from collections.abc import Mapping

from starlette.types import Message, Send

from schema.execution.observing import RequestRecord
from schema.server.connections.unread_responses import UnreadBytes
from schema.server.requests.request_ids import HEADER
from schema.server.responses.compression import Coding, Compressing, coding_of

PRIVATE = b"private, no-store"
"""Cache-Control of responses with data: no cache may keep them."""

NOT_CACHED = (b"cache-control", PRIVATE)


def begin(headers: Mapping[bytes, bytes], send: Send, unread: UnreadBytes, record: RequestRecord) -> tuple[Send, bool]:
    """How to send the response to a request with these headers, whose status is noted, and whether the client accepts
    any content coding in which the server can send it.
    """
    assert record.request_id is not None
    request_id = HEADER, record.request_id.encode()
    coding, always = coding_of(headers)

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.body":
            await unread.send(send, message)
            return
        if message["type"] == "http.response.start":
            record.status = message["status"]
            headers = [*message["headers"], request_id]
            if b"cache-control" not in dict(headers):
                headers.append(NOT_CACHED)
            message = {**message, "headers": headers}
        await send(message)

    if coding is Coding.IDENTITY or coding is Coding.NOT_ACCEPTABLE:
        return with_headers, coding is Coding.IDENTITY
    return Compressing(with_headers, coding, always=always), True

"""What every response of the server has, whichever route answers: its request id, its caching, its compression."""

from starlette.types import Message, Scope, Send

from schema.execution.observing import RequestRecord
from schema.server import request_ids
from schema.server.compression import Coding, Compressing, coding_of
from schema.server.unread import UnreadBytes

PRIVATE = b"private, no-store"
"""Cache-Control of responses with data: no cache may keep them."""


def begin(scope: Scope, send: Send, unread: UnreadBytes, record: RequestRecord) -> tuple[Send, bool]:
    """Give the request that begins an id. Returns how to send its response, whose status is noted, and whether the
    client accepts any content coding in which the server can send it.
    """
    request_id = request_ids.begin(scope)
    coding, always = coding_of(scope)

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.body":
            await unread.send(send, message)
            return
        if message["type"] == "http.response.start":
            record.status = message["status"]
            headers = [*message["headers"], (request_ids.HEADER, request_id)]
            for name, _ in message["headers"]:
                if name == b"cache-control":
                    break
            else:
                headers.append((b"cache-control", PRIVATE))
            message = {**message, "headers": headers}
        await send(message)

    if coding in (Coding.IDENTITY, Coding.NOT_ACCEPTABLE):
        return with_headers, coding is Coding.IDENTITY
    return Compressing(with_headers, coding, always=always), True

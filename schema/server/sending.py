"""What every response of the server has, whichever route answers: its request id, its caching, its compression."""

from starlette.types import Message, Scope, Send

from schema.execution.observing import RequestRecord
from schema.server import request_ids
from schema.server.compression import Coding, Compressing, coding_of
from schema.server.unread import UnreadBytes

PRIVATE = b"private, no-store"
"""Cache-Control of responses with data: no cache may keep them."""

NOT_CACHED = (b"cache-control", PRIVATE)


def begin(scope: Scope, send: Send, unread: UnreadBytes, record: RequestRecord) -> tuple[Send, bool]:
    """Give the request that begins an id. Returns how to send its response, whose status is noted, and whether the
    client accepts any content coding in which the server can send it.
    """
    sent = dict(scope["headers"])
    request_id = request_ids.HEADER, request_ids.begin(sent)
    coding, always = coding_of(sent)

    async def with_headers(message: Message) -> None:
        kind = message["type"]
        if kind == "http.response.body":
            await unread.send(send, message)
            return
        if kind == "http.response.start":
            record.status = message["status"]
            headers = [*message["headers"], request_id]
            if b"cache-control" not in dict(headers):
                headers.append(NOT_CACHED)
            message = {**message, "headers": headers}
        await send(message)

    if coding is Coding.IDENTITY or coding is Coding.NOT_ACCEPTABLE:
        return with_headers, coding is Coding.IDENTITY
    return Compressing(with_headers, coding, always=always), True

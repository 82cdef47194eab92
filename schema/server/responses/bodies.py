"""Sends the responses of GraphQL over HTTP, and those to requests that are refused before they are executed."""

from typing import Any

import orjson
from starlette.types import Send

from schema.execution import observing
from schema.server.errors import Rejected, request_id_extension

JSON = b"application/json"
RESPONSE = b"application/graphql-response+json"


def error_body(message: str, code: str, **more: Any) -> bytes:
    """The body of a response with one error."""
    observing.current().note_code(code)
    extensions = {"code": code, **more, **request_id_extension()}
    return orjson.dumps({"errors": [{"message": message, "extensions": extensions}]})


def retry_after(seconds: int) -> list[tuple[bytes, bytes]]:
    """The header that says after how many seconds to try again."""
    return [(b"retry-after", b"%d" % seconds)]


async def send_refusal(send: Send, rejected: Rejected, media: bytes = JSON) -> None:
    """Send the response to a request that is refused before it is executed."""
    headers, wait = rejected.headers, rejected.retry_after
    body = error_body(str(rejected), rejected.code, **({} if wait is None else {"retryAfterSeconds": wait}))
    if wait is not None:
        headers = [*headers, *retry_after(wait)]
    if rejected.status is None:
        await send_body(send, 400 if media == RESPONSE else 200, body, media, headers)
    else:
        await send_body(send, rejected.status, body, media if rejected.status == 200 else JSON, headers)


async def send_body(send: Send, status: int, body: bytes, media: bytes, more: list[tuple[bytes, bytes]]) -> None:
    """Send a response with this body, and with `more` headers."""
    kind = media if media.startswith(b"text/") else media + b"; charset=utf-8"
    headers = [
        (b"content-type", kind),
        (b"content-length", b"%d" % len(body)),
        (b"vary", b"Accept, Accept-Encoding, Accept-Language"),
        (b"x-content-type-options", b"nosniff"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

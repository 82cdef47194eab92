"""Sends requests to an application in this process, with less work than a client needs for a network."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx2


async def post_json(client: httpx2.AsyncClient, path: str, body: object, headers: Mapping[str, str]) -> httpx2.Response:
    """The response to `client.post(path, json=body, headers=headers)`. The client has an `ASGITransport`."""
    transport: Any = client._transport
    url = client.base_url
    whole_path = url.path.rstrip("/") + path
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    sent = {b"host": url.netloc, **{name.lower(): value for name, value in client.headers.raw}}
    sent |= {b"content-type": b"application/json", b"content-length": b"%d" % len(content)}
    sent |= {name.lower(): value for name, value in httpx2.Headers(headers).raw}
    parts, done, start = list[bytes](), asyncio.Event(), dict[str, Any]()
    unread = [content]

    async def receive() -> dict[str, Any]:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        await done.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        assert not done.is_set()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            done.set()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "headers": [*sent.items()],
        "scheme": url.scheme,
        "path": whole_path,
        "raw_path": whole_path.encode(),
        "query_string": b"",
        "server": (url.host, url.port),
        "client": transport.client,
        "root_path": transport.root_path,
    }
    await transport.app(scope, receive, send)
    assert done.is_set()
    return httpx2.Response(start["status"], headers=start["headers"], content=b"".join(parts))

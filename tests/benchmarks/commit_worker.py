"""Runs the application of one commit under load, for `compare_commits`. It imports the version of Carnet that is first
on the path.

Reads one JSON object a line, `{"query": …, "variables": [{…}, …]}`, sends the requests one by one to the ASGI
application without a network, and prints the user and system time of this process. It uses only names that have existed
since the first release (`create_app`, `Settings`), and exits when its input ends.
"""

import asyncio
import gc
import json
import sys
import time
from typing import Any

from schema.server.app import create_app
from schema.server.settings import Settings

HEADERS = [(b"content-type", b"application/json"), (b"accept", b"application/json"), (b"host", b"127.0.0.1")]


async def send(app: Any, body: bytes) -> bytes:
    """The body of the response to one request from this machine."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "root_path": "",
        "query_string": b"",
        "headers": HEADERS,
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }
    parts: list[bytes] = []
    received = False

    async def receive() -> dict[str, Any]:
        nonlocal received
        if received:
            await asyncio.Event().wait()  # never returns, as while the client stays connected
        received = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def collect(message: dict[str, Any]) -> None:
        parts.append(message.get("body", b""))

    await app(scope, receive, collect)
    return b"".join(parts)


async def run(app: Any, order: dict[str, Any]) -> float:
    """CPU seconds for all requests of one order."""
    bodies = [
        json.dumps({"query": order["query"], "variables": variables}).encode() for variables in order["variables"]
    ]
    before = time.process_time()
    answers = [await send(app, body) for body in bodies]
    spent = time.process_time() - before
    for answer in answers:
        found = json.loads(answer)
        payloads = (found.get("data") or {"none": None}).values()
        if "errors" in found or not all(_is_complete(payload) for payload in payloads):
            raise SystemExit(f"{sys.path[0]} cannot answer: {answer[:2000]!r}")
    return spent


def _is_complete(payload: dict[str, Any] | None) -> bool:
    """Whether a root field has all its values and a mutation was not refused. A response with errors would look fast."""
    return payload is not None and None not in payload.values() and not payload.get("userErrors")


async def main() -> None:
    app: Any = create_app(Settings())
    async with app.router.lifespan_context(app):
        gc.freeze()  # as the server does when it starts
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(await run(app, json.loads(line)), flush=True)


if __name__ == "__main__":
    asyncio.run(main())

"""A read goes through the layers downwards, and a warm one changes layer a few times only."""

import asyncio
import json
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from schema.server.app import create_app
from schema.server.settings import Settings

LAYERS = {"schema": 2, "resolvers": 1, "persistence": 0}
MAX_CHANGES = 4
LIST = '{"query": "{ contacts(first: 20) { nodes { no name city } totalCount } }"}'

Call = tuple[str, str]
"""The caller and the called function, as modules with names."""


class LayerChanges:
    """Notes calls from a module of one layer to a module of another one, in all threads, except those of background
    tasks, which may begin at any time. Returns do not count, but when a coroutine goes on after it has waited, its calls
    are made again and count again.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def __enter__(self) -> "LayerChanges":
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        layer = _layer(frame)
        if event != "call" or layer is None:
            return
        caller = frame.f_back
        while caller is not None and _layer(caller) is None:
            caller = caller.f_back
        if caller is not None and _layer(caller) != layer and not _is_of_background_task(caller):
            self.calls.append((_name(caller), _name(frame)))

    @property
    def upwards(self) -> list[Call]:
        return [call for call in self.calls if _level(call[0]) < _level(call[1])]


def _layer(frame: FrameType) -> str | None:
    package = str(frame.f_globals.get("__name__", "")).split(".")[0]
    return package if package in LAYERS else None


def _is_of_background_task(frame: FrameType | None) -> bool:
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith("schema.server.background."):
            return True
        frame = frame.f_back
    return False


def _level(name: str) -> int:
    return LAYERS[name.split(".")[0]]


def _name(frame: FrameType) -> str:
    return f"{frame.f_globals['__name__']}.{frame.f_code.co_name}"


async def request(app: Callable[..., Any], body: str) -> bytes:
    """The response of the application to one POST, over nothing but ASGI."""
    headers = [(b"content-type", b"application/json"), (b"host", b"localhost")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "client": ("127.0.0.1", 1)}
    sent: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body.encode()}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message.get("body", b""))

    await app(scope, receive, send)
    return b"".join(sent)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_warm_read_changes_layer_a_few_times_only(
    kind: str, empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    app = create_app(Settings(database_url=empty_copy(kind)))

    async def traced() -> LayerChanges:
        async with app.router.lifespan_context(app):
            for _ in range(3):
                await request(app, LIST)
            with LayerChanges() as changes:
                answer = await request(app, LIST)
            assert json.loads(answer) == {"data": {"contacts": {"nodes": [], "totalCount": 0}}}
            return changes

    changes = loop.run_until_complete(traced())

    assert len(changes.calls) <= MAX_CHANGES, changes.calls
    assert changes.upwards == []
    assert changes.calls, "nothing was traced"

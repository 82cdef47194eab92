"""A client of the application over a WebSocket, in memory."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.api import Api

SECONDS = 10
"""How long to wait for a message."""


class Closed(Exception):
    """The server has closed the WebSocket with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason = code, reason


class Denied(Exception):
    """The server has answered the handshake with this HTTP status and error code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


class Socket:
    """One WebSocket. `takes` is cleared while the client reads nothing."""

    def __init__(
        self,
        app: Any,
        loop: asyncio.AbstractEventLoop,
        *,
        headers: Mapping[str, str] | None = None,
        subprotocols: Sequence[str] = ("graphql-transport-ws",),
        address: str = "127.0.0.1",
    ) -> None:
        self._loop = loop
        self.takes = asyncio.Event()
        self.takes.set()
        self._to_app: asyncio.Queue[Any] = asyncio.Queue()
        self._from_app: asyncio.Queue[Any] = asyncio.Queue()
        given = {"host": "localhost", **(headers or {})}
        scope = {
            "type": "websocket",
            "path": "/graphql",
            "scheme": "ws",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "subprotocols": [*subprotocols],
            "client": (address, 1),
            "extensions": {"websocket.http.response": {}},
        }
        self._to_app.put_nowait({"type": "websocket.connect"})
        self._running = loop.create_task(app(scope, self._to_app.get, self._take))
        first = self._received()
        if first["type"] == "websocket.http.response.start":
            body = json.loads(self._received()["body"])
            raise Denied(first["status"], body["errors"][0]["extensions"]["code"])
        assert first["type"] == "websocket.accept", first
        self.subprotocol = first["subprotocol"]

    async def _take(self, message: Any) -> None:
        if message["type"] == "websocket.send":
            await self.takes.wait()
        if message["type"] == "websocket.close":
            self._to_app.put_nowait({"type": "websocket.disconnect", "code": message["code"]})
        self._from_app.put_nowait(message)

    def _received(self, seconds: float = SECONDS) -> Any:
        async def get() -> Any:
            async with asyncio.timeout(seconds):
                return await self._from_app.get()

        return self._loop.run_until_complete(get())

    def send(self, text: str | bytes | None = None, **message: Any) -> None:
        """Send a message, or a text that is none."""
        if isinstance(text, bytes):
            self._to_app.put_nowait({"type": "websocket.receive", "bytes": text})
        else:
            self._to_app.put_nowait({"type": "websocket.receive", "text": text or json.dumps(message)})

    def receive(self, seconds: float = SECONDS) -> Any:
        """The next message. Raises Closed, and TimeoutError if there is none in time."""
        message = self._received(seconds)
        if message["type"] == "websocket.close":
            raise Closed(message["code"], message["reason"])
        return json.loads(message["text"])

    def begin(self, **payload: Any) -> "Socket":
        """Send `connection_init`, which must be accepted."""
        self.send(type="connection_init", payload=payload)
        assert self.receive() == {"type": "connection_ack"}
        return self

    def subscribe(self, id: str, query: str, **variables: Any) -> None:
        """Begin an operation."""
        self.send(type="subscribe", id=id, payload={"query": query, "variables": variables})

    def next(self, id: str = "1", seconds: float = SECONDS) -> Any:
        """The value of the root field of the next event of a subscription."""
        message = self.receive(seconds)
        assert message["type"] == "next", message
        assert message["id"] == id, message
        assert "errors" not in message["payload"], message
        (value,) = message["payload"]["data"].values()
        return value

    def error(self) -> Any:
        """The code of the error that ends an operation."""
        message = self.receive()
        assert message["type"] == "error", message
        return message["payload"][0]["extensions"]["code"]

    def is_silent(self, seconds: float = 0.7) -> bool:
        """Whether nothing comes for some time."""
        try:
            raise AssertionError(self.receive(seconds))
        except TimeoutError:
            return True

    def cut(self) -> None:
        """Lose the connection."""
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1006})
        self._loop.run_until_complete(self._running)


def socket_of(api: Api, **options: Any) -> Socket:
    """A WebSocket to the application of a client."""
    return Socket(api.app, api._loop, **options)


def subscribed(api: Api, query: str, token: str | None = None, **variables: Any) -> Socket:
    """A WebSocket with one subscription, whose id is 1. It has begun: what happens now is an event."""
    payload = {} if token is None else {"authorization": f"Bearer {token}"}
    socket = socket_of(api).begin(**payload)
    socket.subscribe("1", query, **variables)
    settle(api)
    return socket


def settle(api: Api) -> None:
    """Wait until all subscriptions that were sent have begun."""

    async def wait() -> None:
        shared = api.app.state.sockets._shared
        async with asyncio.timeout(SECONDS):
            while True:
                await asyncio.sleep(0.02)
                begun = sum(len(group.members) for group in shared.hub._groups.values())
                if begun and begun == sum(len(socket._operations) for socket in shared.sockets._sockets):
                    return

    api._loop.run_until_complete(wait())


def closing(socket: Socket, seconds: float = 10) -> tuple[int, str]:
    """The code and reason with which the server closes a WebSocket, whatever it sends before."""
    while True:
        try:
            socket.receive(seconds)
        except Closed as closed:
            return closed.code, closed.reason

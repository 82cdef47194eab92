"""A receiver of webhooks on this machine, which verifies signatures with the library of Standard Webhooks."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from standardwebhooks import Webhook


@dataclass(frozen=True)
class Received:
    """A request: its path, its headers by their names in lower case, and its body."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def message(self) -> Any:
        """The body, parsed."""
        return orjson.loads(self.body)

    @property
    def data(self) -> Any:
        """The change."""
        return self.message["data"]

    @property
    def id(self) -> str:
        """The id that is the same when a change is sent again."""
        return self.headers["webhook-id"]

    def verify(self, secret: str) -> None:
        """Raises an error of the library if the signature is wrong."""
        Webhook(secret).verify(self.body, dict(self.headers))

    def is_signed_with(self, secret: str) -> bool:
        """Whether the signature is right, however old it is."""
        time = dt.datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), dt.UTC)
        return Webhook(secret).sign(self.id, time, self.body.decode()) == self.headers["webhook-signature"]


Answer = str | None
"""The lines of a response up to its headers, such as `500 Failed`; None closes the connection without a response."""


@dataclass
class Receiver:
    """All requests that came, and what they are answered with."""

    answer: Callable[[Received], Answer | Awaitable[Answer]] = lambda _: "204 Fine"
    received: list[Received] = field(default_factory=list)
    url: str = ""
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.may_answer.set()

    async def wait_for(self, number: int, seconds: float = 20) -> list[Received]:
        """The requests as soon as there are so many."""
        async with asyncio.timeout(seconds):
            while len(self.received) < number:
                await asyncio.sleep(0.01)
        return self.received

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._serve_one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._connections.discard(task)

    async def close(self) -> None:
        """Close all connections."""
        for task in [*self._connections]:
            task.cancel()
        while self._connections:
            await asyncio.sleep(0)

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        lowered = {name.lower(): value for name, value in headers.items()}
        body = await reader.readexactly(int(lowered["content-length"]))
        received = Received(head[0].split(" ")[1], lowered, body)
        await self.may_answer.wait()
        answer = self.answer(received)
        if isinstance(answer, Awaitable):
            answer = await answer
        self.received.append(received)
        if answer is None:
            return False
        writer.write(f"HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()
        return True


@asynccontextmanager
async def receiving(
    answer: Callable[[Received], Answer | Awaitable[Answer]] = lambda _: "204 Fine",
) -> AsyncIterator[Receiver]:
    """A receiver that listens until the block ends."""
    receiver = Receiver(answer)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()
        await receiver.close()

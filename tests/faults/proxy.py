"""A TCP proxy in front of a PostgreSQL server. It counts messages, cuts connections and loses packets."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import make_url

TERMINATE, COPY_DATA = b"X", b"d"

ServerAddress = Path | tuple[str, int]
"""The file of a Unix socket, or a host and a port."""


class Proxy:
    """Forwards whole messages of PostgreSQL's protocol, as long as nothing else is ordered."""

    def __init__(self, server: ServerAddress) -> None:
        self.server = server
        """The server to which new connections lead."""
        self._open: set[asyncio.StreamWriter] = set()
        self._running: set[asyncio.Task[None]] = set()
        self.messages = 0
        """Messages since `cut_before` was called last, in both directions."""
        self._cut_before: int | None = None
        self._inside = False
        self.pause = 0.0
        """Seconds before each message is forwarded."""
        self.by_bytes = False
        """Whether each byte of a message is sent by itself."""
        self.added: tuple[bytes, bytes] | None = None
        """A message of the server, and what is sent before it when it comes next; None if nothing is."""
        self._silent = False
        self._down = False

    def cut_before(self, number: int | None, *, inside: bool = False) -> None:
        """Count messages anew. Before the message with this number, counted from 1, or after the first half of it, cut
        its connection.
        """
        self.messages, self._cut_before, self._inside = 0, number, inside

    def cut_all(self) -> None:
        """Cut all connections."""
        for writer in [*self._open]:
            writer.transport.abort()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Cut all connections, and take none while the block runs."""
        self._down = True
        self.cut_all()
        try:
            yield
        finally:
            self._down = False

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Lose every message while the block runs. Connections stay open, but those that lost one never answer again."""
        self._silent = True
        try:
            yield
        finally:
            self._silent = False

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward a new connection."""
        if self._down:
            writer.transport.abort()
            return
        connection = _Connection(self, reader, writer, self.server)
        task = asyncio.ensure_future(connection.run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Cut all connections and wait until they have ended."""
        self.cut_all()
        for task in [*self._running]:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def passes(self) -> bool:
        """Whether the next message passes."""
        return not self._silent

    def count(self, message: bytes) -> bytes:
        """Count a message. Returns what may pass of it."""
        self.messages += 1
        if self.messages != self._cut_before:
            return message
        return message[: len(message) // 2] if self._inside else b""

    def with_added(self, message: bytes) -> bytes:
        """A message of the server, with what is to be sent before it."""
        if self.added is None or self.added[0] != message:
            return message
        (_, added), self.added = self.added, None
        return added + message


class _Connection:
    def __init__(
        self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: ServerAddress
    ) -> None:
        self._proxy, self._reader, self._writer, self._server = proxy, reader, writer, server
        self._lost = False

    async def run(self) -> None:
        writers = [self._writer]
        self._proxy._open.add(self._writer)
        try:
            reader, writer = await _connected(self._server)
            writers.append(writer)
            self._proxy._open.add(writer)
            ways = [
                asyncio.ensure_future(self._forward(self._reader, writer, first=True)),
                asyncio.ensure_future(self._forward(reader, self._writer, first=False)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            pass  # the server is down: the client's connection is closed
        finally:
            for each in writers:
                self._proxy._open.discard(each)
                each.transport.abort()

    async def _forward(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, first: bool) -> None:
        """Forward messages in one direction. The first of a client has no type."""
        try:
            while True:
                kind = b"" if first else await source.readexactly(1)
                first = False
                size = await source.readexactly(4)
                body = await source.readexactly(int.from_bytes(size) - 4)
                self._lost = self._lost or not self._proxy.passes()
                if self._lost:
                    continue
                await asyncio.sleep(self._proxy.pause)
                message = self._proxy.with_added(kind + size + body)
                passing = self._proxy.count(message)
                for part in map(bytes, zip(passing)) if self._proxy.by_bytes else (passing,):
                    target.write(part)
                if passing != message:
                    return
        except (asyncio.IncompleteReadError, OSError):
            pass
        if self._lost:
            await asyncio.sleep(3600)  # the other end does not learn that this one is gone


@asynccontextmanager
async def proxy_of(url: str) -> AsyncIterator[tuple[Proxy, str]]:
    """A proxy in front of the server of a database URL, which has a Unix socket or a port; and the URL of the proxy."""
    address, proxy = make_url(url), Proxy(server_of(url))
    listening = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    proxied = address.set(host="127.0.0.1", port=port, query={"sslmode": "disable"})
    try:
        yield proxy, proxied.render_as_string(hide_password=False)
    finally:
        listening.close()
        await proxy.close()


def server_of(url: str) -> ServerAddress:
    """The address of the server of a database URL."""
    address = make_url(url)
    folder = address.query.get("host")
    assert not isinstance(folder, tuple)
    return (address.host or "", address.port or 5432) if folder is None else Path(folder) / ".s.PGSQL.5432"


async def _connected(server: ServerAddress) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if isinstance(server, Path):
        return await asyncio.open_unix_connection(server)
    return await asyncio.open_connection(*server)

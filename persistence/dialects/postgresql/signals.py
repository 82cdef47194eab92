"""Signals of commits on PostgreSQL: LISTEN and NOTIFY over one connection.

A transaction that changes something does not send NOTIFY itself: the server would then commit such transactions one
after the other. Instead each process sends one signal for all transactions that it has committed in the last moment.
"""

import asyncio
from contextlib import suppress

import asyncpg

from persistence.dialects.postgresql.driver import DriverConnection
from persistence.dialects.postgresql.server import Server
from persistence.exceptions import Overloaded, Unavailable

SETTINGS = {
    "application_name": "carnet signals",
    "synchronous_commit": "off",  # a signal need not be on disk
    "statement_timeout": "5000",
    "idle_session_timeout": "0",
}

CHANNEL = "SELECT 'carnet_' || 'change_feed_item'::regclass::oid"
"""The name of the channel has the number of the table, so that several schemas in one database do not share it."""

SECONDS = 5
"""The time limit of each statement."""

FAILURES = (
    OSError,
    Overloaded,
    Unavailable,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class PostgresqlSignals:
    """One connection that listens and sends. It is opened when it is first needed, and again if it was lost."""

    needs_sending = True

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection: DriverConnection | None = None
        self._channel = ""
        self._is_listening = False
        self._signaled = asyncio.Event()
        self._lock = asyncio.Lock()
        """Held while the connection is used: it executes one statement at a time."""

    async def wait(self, own: asyncio.Event, seconds: float) -> None:
        """Return at once after the connection was opened: signals may have been missed before."""
        try:
            async with self._lock:
                if await self._listen():
                    return
        except FAILURES:
            self._drop()
        self._signaled.clear()
        waiting = [asyncio.ensure_future(event.wait()) for event in (own, self._signaled)]
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()

    async def send(self) -> None:
        try:
            async with self._lock:
                connection = await self._connected()
                await connection.execute(f"NOTIFY {self._channel}", timeout=SECONDS)
        except FAILURES:
            self._drop()

    async def stop_listening(self) -> None:
        """Keeps the connection, with which signals are sent."""
        try:
            async with self._lock:
                if self._is_listening and self._connection is not None:
                    self._is_listening = False
                    await self._connection.remove_listener(self._channel, self._note)
        except FAILURES:
            self._drop()

    async def close(self) -> None:
        async with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.remove_termination_listener(self._lost)
                with suppress(*FAILURES):
                    await connection.close(timeout=SECONDS)

    async def _listen(self) -> bool:
        """Listen, unless the connection listens already. Returns whether it begins to."""
        connection = await self._connected()
        if self._is_listening:
            return False
        await connection.add_listener(self._channel, self._note)
        self._is_listening = True
        return True

    async def _connected(self) -> DriverConnection:
        if self._connection is None or self._connection.is_closed():
            self._is_listening = False
            made = self._connection = await self._server.connect(SETTINGS, limit=SECONDS)
            made.add_termination_listener(self._lost)
            self._channel = await made.fetchval(CHANNEL, timeout=SECONDS)
        return self._connection

    def _note(self, _: object, sender: int, channel: str, payload: object) -> None:
        """A process has sent a signal. This process knows its own commits already."""
        if self._connection is not None and sender != self._connection.get_server_pid():
            self._signaled.set()

    def _lost(self, _: object) -> None:
        self._signaled.set()

    def _drop(self) -> None:
        """Close a connection whose state is unknown."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

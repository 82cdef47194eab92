"""Streams on PostgreSQL: COPY … TO STDOUT, so that the server writes the text of each row."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Literal

import asyncpg

from persistence.concurrency.time_limits import OUTAGES
from persistence.dialects.closing import close_completely
from persistence.dialects.postgresql.driver import DriverConnection
from persistence.dialects.postgresql.errors import CONNECTION_ERRORS, failure_kind
from persistence.dialects.postgresql.server import CONNECT_SECONDS, Server
from persistence.dialects.streams import Sink
from persistence.exceptions import ChangeCanceled, FailureKind, Unavailable
from persistence.sql_types import Statement

SETTINGS = {
    "application_name": "carnet streaming",
    "default_transaction_read_only": "on",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}

PROBE_SECONDS = 10
"""Seconds without rows after which the server is asked whether it still answers."""

STOP_SECONDS = 5
"""How long the server may take to stop a statement, before the connection is closed all the same."""


class PostgresqlStreamer:
    """Opens a connection for each stream."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["PostgresqlSnapshot"]:
        """A snapshot over a new connection."""
        connection = await self._server.connect(SETTINGS, statement_cache_size=0)
        try:
            with _translated():
                await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", timeout=CONNECT_SECONDS)
            yield PostgresqlSnapshot(connection, self._server)
        finally:
            await close_completely(lambda: _close(connection))


class PostgresqlSnapshot:
    """A transaction that only reads, and sees the state in which its first statement began."""

    def __init__(self, connection: DriverConnection, server: Server) -> None:
        self._connection, self._server = connection, server
        self._waits_for_server = True
        self._chunks = 0

    async def write(self, statement: Statement, sink: Sink, *, delimiter: str | None = None) -> None:
        """Write the rows of a statement. Raises Unavailable if the server is lost, or does not answer any more."""
        sql, parameters = statement

        async def pass_on(chunk: bytes) -> None:
            self._waits_for_server, self._chunks = False, self._chunks + 1
            # COPY doubles each backslash in texts. It escapes nothing else: JSON has no control characters.
            await sink(chunk if delimiter is not None else chunk.replace(b"\\\\", b"\\"))
            self._waits_for_server = True

        form: Literal["text", "csv"] = "text" if delimiter is None else "csv"
        watching = asyncio.ensure_future(self._watch())
        try:
            with _translated():
                await self._connection.copy_from_query(
                    sql, *parameters, output=pass_on, format=form, delimiter=delimiter
                )
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        """Close the connection if no rows come and the server takes no other connection either. A statement may sort
        for minutes before its first row, and a proxy may keep the connection of a server that is lost.
        """
        seen = -1
        while True:
            await asyncio.sleep(PROBE_SECONDS)
            if self._waits_for_server and self._chunks == seen and not await self._server.answers():
                self._connection.terminate()
                return
            seen = self._chunks

    async def value(self, statement: Statement) -> str | None:
        """The value in the only row and column of a statement."""
        sql, parameters = statement
        with _translated():
            found: str | None = await self._connection.first_value(sql, parameters)
        return found


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise Unavailable from error
    except CONNECTION_ERRORS as error:
        kind = failure_kind(error)
        if kind in OUTAGES:
            raise Unavailable from error
        if kind is not FailureKind.CANCELED:
            raise
        raise ChangeCanceled("The operation was canceled while it was running. Nothing was changed.") from error


async def _close(connection: DriverConnection) -> None:
    """Stop the statement that runs, and close the connection."""
    try:
        await connection.close(timeout=STOP_SECONDS)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()

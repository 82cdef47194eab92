"""Streams on PostgreSQL: COPY … TO STDOUT, so that the server writes the text of each row."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg

from persistence.dialects.closing import close_completely
from persistence.dialects.postgresql.driver import DriverConnection
from persistence.dialects.postgresql.errors import CONNECTION_ERRORS, failure_kind
from persistence.dialects.postgresql.server import Server
from persistence.exceptions import ChangeCanceled, FailureKind, Unavailable
from persistence.sql_types import Statement
from persistence.streams import Sink
from persistence.time_limits import OUTAGES

SETTINGS = {
    "application_name": "carnet streaming",
    "default_transaction_read_only": "on",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}

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
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgresqlSnapshot(connection)
        finally:
            await close_completely(lambda: _close(connection))


class PostgresqlSnapshot:
    """A transaction that only reads, and sees the state in which its first statement began."""

    def __init__(self, connection: DriverConnection) -> None:
        self._connection = connection

    async def write(self, statement: Statement, sink: Sink, *, delimiter: str | None = None) -> None:
        """Write the rows of a statement."""
        sql, parameters = statement
        with _translated():
            if delimiter is not None:
                copy = self._connection.copy_from_query(
                    sql, *parameters, output=sink, format="csv", delimiter=delimiter
                )
                await copy
                return

            async def as_json(chunk: bytes) -> None:
                # COPY doubles each backslash. It escapes nothing else: JSON has no control characters.
                await sink(chunk.replace(b"\\\\", b"\\"))

            await self._connection.copy_from_query(sql, *parameters, output=as_json, format="text")

    async def value(self, statement: Statement) -> str | None:
        """The value in the only row and column of a statement."""
        sql, parameters = statement
        with _translated():
            found: str | None = await self._connection.fetchval(sql, *parameters)
        return found


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
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

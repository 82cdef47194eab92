"""Connections of the driver, for statements that need neither a session nor a transaction."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import asyncpg

from persistence.concurrency.time_limits import OUTAGES, Places, Usage, acquire
from persistence.dialects.postgresql.citus import IS_CITUS
from persistence.dialects.postgresql.deadlines import ANSWER_SECONDS
from persistence.dialects.postgresql.driver import DriverConnection
from persistence.dialects.postgresql.errors import (
    CONNECTION_ERRORS,
    READ_ONLY,
    failure_kind,
    is_lost,
    is_unsent,
    sqlstate,
)
from persistence.dialects.postgresql.server import Server
from persistence.exceptions import DatabaseUnreachable, Unavailable
from persistence.sql_types import FoundValues, Statement

T = TypeVar("T")

STATEMENTS_KEPT = 512
"""Prepared statements of each connection."""

KEEP_FREED_MEMORY = "SELECT length(repeat(' ', 1000000))"
"""A statement that allocates a megabyte and frees it. Afterwards the C library of Linux keeps up to two megabytes of
freed memory in the process of the connection. Otherwise it returns the memory of a large page to the system after each
statement and gets it back for the next one, which takes a fifth of the CPU time of the page (decision 0023).
"""

CLOSE_SECONDS = 2
"""Seconds within which an idle connection must be closed in an orderly way."""

RETRY_PAUSES = (0.05, 0.25)
"""Maximum seconds before the first and the second retry of a statement whose connection was lost."""


class Connections:
    """A stack of at most `most` connections. They have no state to reset, so the driver's own pool would cost as much
    as a small read. Each executes the statement `first` when it is opened, if there is one.

    A connection whose action takes longer than `limit` seconds is closed. Without a limit, the caller closes it.
    """

    def __init__(
        self,
        server: Server,
        most: int,
        patience: float,
        settings: Mapping[str, str],
        *,
        first: str | None = None,
        limit: float | None = None,
    ) -> None:
        self._server, self._patience, self._settings, self._first = server, patience, settings, first
        self._limit = limit
        self.places = Places(most)
        self._idle: list[DriverConnection] = []
        self._deadlines: dict[DriverConnection, float] = {}
        """When connections that are in use are closed, as times of the event loop."""
        self._closing: asyncio.TimerHandle | None = None
        """Closes those whose time has come. One timer for all costs less than one for each action."""
        self._canceled: set[DriverConnection] = set()
        """Connections whose statement was canceled. They are closed when the server has had time to end it."""

    async def use(self, action: Callable[[DriverConnection], Awaitable[T]], *, retry: bool = True) -> T:
        """Run `action` with a connection and return its result. If the connection is lost, retry with another, at most
        twice and after a pause. If `retry` is false, retry only if nothing can have been sent.

        Raises Overloaded when no connection is free within `patience` seconds, and Unavailable when the server takes no
        connection, loses all of them, or does not answer within the limit.
        """
        await acquire(self.places, self._patience)
        end = None if self._limit is None else asyncio.get_running_loop().time() + self._limit
        try:
            connection = self._spare()
            for pause in RETRY_PAUSES if retry else RETRY_PAUSES[:1]:
                try:
                    return await self._run(connection or await self._connect(), action, end)
                except CONNECTION_ERRORS as error:
                    if not (is_lost(error) if retry else is_unsent(error)):
                        raise
                    if end is not None and asyncio.get_running_loop().time() >= end:
                        raise
                except Unavailable as outage:
                    if not outage.lost:
                        raise
                connection = None
                await asyncio.sleep(pause * random.random())  # so that not all retry at the same moment
            return await self._run(connection or await self._connect(), action, end)
        except CONNECTION_ERRORS as error:
            if failure_kind(error) not in OUTAGES or sqlstate(error) == READ_ONLY:
                raise
            raise Unavailable from error
        finally:
            self.places.release()

    def _spare(self) -> DriverConnection | None:
        """The idle connection that was used last and is still open; None if there is none."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    async def close(self) -> None:
        """Close the idle connections."""
        if self._closing is not None:
            self._closing.cancel()
        for connection in self._canceled:
            connection.terminate()
        for connection in self._idle:
            try:
                await connection.close(timeout=CLOSE_SECONDS)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection.terminate()
        self._idle.clear()

    async def _run(
        self, connection: DriverConnection, action: Callable[[DriverConnection], Awaitable[T]], end: float | None
    ) -> T:
        """Run `action` over a connection, and keep the connection unless its state is unknown, as after an
        interruption. It is closed at the time `end` of the event loop.
        """
        if end is not None:
            self._deadlines[connection] = end
            if self._closing is None or end < self._closing.when():  # earlier if connecting took long
                if self._closing is not None:
                    self._closing.cancel()
                self._closing = asyncio.get_running_loop().call_at(end, self._close_overdue)
        try:
            answer = await action(connection)
        except asyncpg.PostgresError as error:
            if is_lost(error):
                connection.terminate()
            else:
                self._keep(connection)
            raise
        except asyncio.CancelledError:
            self._canceled.add(connection)
            asyncio.get_running_loop().call_later(ANSWER_SECONDS, self._close_canceled, connection)
            raise
        except BaseException:
            connection.terminate()
            raise
        finally:
            self._deadlines.pop(connection, None)
        self._keep(connection)
        return answer

    def _keep(self, connection: DriverConnection) -> None:
        """Keep a connection for the next caller, or close it if its server may still cancel the next statement."""
        if connection.was_canceled:
            connection.terminate()
        else:
            self._idle.append(connection)

    def _close_overdue(self) -> None:
        """Close the connections whose server has not answered in time."""
        loop = asyncio.get_running_loop()
        for connection, end in [*self._deadlines.items()]:
            if end <= loop.time():
                del self._deadlines[connection]
                self._server.note_silence()
                connection.terminate()
        self._closing = loop.call_at(min(self._deadlines.values()), self._close_overdue) if self._deadlines else None

    def _close_canceled(self, connection: DriverConnection) -> None:
        self._canceled.discard(connection)
        connection.terminate()

    async def _connect(self) -> DriverConnection:
        return await self._server.connect(
            self._settings, statement_cache_size=STATEMENTS_KEPT, first=self._first, limit=self._limit
        )


class PostgresqlReader:
    """Planned reads, over connections that can only read and keep their prepared statements."""

    on_citus: bool
    """Whether the server is a coordinator of Citus."""

    def __init__(self, connections: Connections, timeout: float) -> None:
        """`timeout` is the time limit of a read in seconds."""
        self._connections, self._timeout = connections, timeout

    @classmethod
    async def connect(cls, server: Server, pool_size: int, timeout: float, patience: float) -> "PostgresqlReader":
        """Open the connections, whose statements have the time limit `timeout` in seconds. Raises DatabaseUnreachable
        if the server does not answer a first read.
        """
        settings = {
            "application_name": "carnet reading",
            "default_transaction_read_only": "on",
            "statement_timeout": str(int(timeout * 1000)),
        }
        limit = timeout + ANSWER_SECONDS
        connections = Connections(server, pool_size, patience, settings, first=KEEP_FREED_MEMORY, limit=limit)
        reader = cls(connections, timeout)
        try:
            (reader.on_citus,) = await reader.run([(IS_CITUS, ())])
        except Unavailable as error:
            cause = error.__cause__
            assert isinstance(cause, Exception)
            raise DatabaseUnreachable(cause) from cause
        except (OSError, asyncpg.PostgresError) as error:
            raise DatabaseUnreachable(error) from error
        return reader

    async def run(self, statements: Sequence[Statement]) -> FoundValues:
        """One value for each statement, over one connection. Several statements see the same state of the database:
        they are executed in one transaction, which a single statement does not need. Raises Unavailable and
        TimeoutError.
        """

        try:
            return await self._connections.use(partial(run_statements, statements=statements, timeout=self._timeout))
        except asyncpg.QueryCanceledError as error:
            raise TimeoutError("the statement timeout") from error

    def usage(self) -> dict[str, Usage]:
        """How much of each pool is in use."""
        return {"compiled_reads": Usage.of(self._connections.places)}

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.close()


async def run_statements(connection: DriverConnection, statements: Sequence[Statement], timeout: float) -> FoundValues:
    """One value for each statement. They all see the database as it is when the first one begins.

    Several statements together may take `timeout` seconds; then the server is asked to cancel the one that runs. For
    each single one the server itself has this limit.
    """
    if len(statements) == 1:
        ((sql, parameters),) = statements
        return [await connection.first_value(sql, parameters)]
    timer = asyncio.get_running_loop().call_later(timeout, connection.cancel_statement)
    try:
        return await _values_of_one_state(connection, statements)
    finally:
        timer.cancel()


async def _values_of_one_state(connection: DriverConnection, statements: Sequence[Statement]) -> FoundValues:
    await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        found = [await _next_value(connection, sql, parameters) for sql, parameters in statements]
    except asyncpg.PostgresError as error:
        if not is_lost(error):
            await connection.execute("ROLLBACK")
        raise
    await connection.execute("COMMIT")
    return found


async def _next_value(connection: DriverConnection, sql: str, parameters: Sequence[object]) -> object:
    """The value of one of several statements. Raises QueryCanceledError also if the time limit of all has passed
    between two of them, when the server had none to cancel.
    """
    if connection.was_canceled:
        raise asyncpg.QueryCanceledError("the time limit of several statements")
    return await connection.first_value(sql, parameters)

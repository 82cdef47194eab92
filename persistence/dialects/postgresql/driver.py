"""Connections of the driver, asyncpg, with what Carnet needs beyond its documented interface.

`tests/persistence/dialects/postgresql/test_driver.py` fails when a new version changes one of these parts.
pyproject.toml limits the version.
"""

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Any

import asyncpg
from asyncpg.exceptions import PostgresLogMessage

if TYPE_CHECKING:
    _Connection = asyncpg.Connection[asyncpg.Record]
else:
    _Connection = asyncpg.Connection  # at run time the class takes no type parameters

WAIT_FOR_STANDBY = "SyncRepWaitForLSN"
"""The function of the server that waits until a standby has a committed transaction. When this wait is canceled, the
server sends a warning and then reports success.
"""

COMMIT_ON_WORKER = "FinishRemoteTransactionCommit"
"""The function of Citus that waits until a worker has committed. If the worker has prepared the transaction and then
fails, the coordinator sends a warning and then reports success. Citus commits on the worker later.
"""

KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT = 5, 2, 3
"""Seconds of silence after which a system asks whether the other end of a TCP connection is still there, seconds
between two such questions, and the number of unanswered ones after which the connection is lost.
"""

UNACKNOWLEDGED_SECONDS = 10
"""Seconds after which a TCP connection is lost if the other end does not acknowledge what was sent."""

SERVER_KEEPALIVE = {
    "tcp_keepalives_idle": str(KEEPALIVE_IDLE),
    "tcp_keepalives_interval": str(KEEPALIVE_INTERVAL),
    "tcp_keepalives_count": str(KEEPALIVE_COUNT),
    "tcp_user_timeout": str(UNACKNOWLEDGED_SECONDS * 1000),
}
"""Settings of a session that do the same at the server's end. They have no effect on Unix sockets."""

SOCKET_OPTIONS = (
    ("TCP_KEEPIDLE", KEEPALIVE_IDLE),
    ("TCP_KEEPINTVL", KEEPALIVE_INTERVAL),
    ("TCP_KEEPCNT", KEEPALIVE_COUNT),
    ("TCP_USER_TIMEOUT", UNACKNOWLEDGED_SECONDS * 1000),
)
"""Options of Carnet's end. Some systems do not have all of them."""


class DriverConnection(_Connection):
    """A connection of asyncpg."""

    __slots__ = ("committed_locally", "copy_of", "is_closing", "is_standby", "opened_at", "replayed", "was_canceled")

    committed_locally: bool
    """Whether the server has warned, since this was set to False, that other servers may lack what it committed: a
    standby, so that the change may be lost, or a worker of Citus, so that it cannot be read yet.
    """

    copy_of: object
    """The promotion of the primary with which the server was compared, and found to be its copy; None without it."""

    is_closing: bool
    """Whether the server has been asked to end the connection, and has not done so yet."""

    is_standby: bool
    """Whether the server was a standby when it was last asked; False if it was not asked."""

    opened_at: float
    """When the connection was made, as a time of the event loop."""

    replayed: int
    """The position up to which the server was last seen to have all changes: `persistence.dialects.read_positions`."""

    was_canceled: bool
    """Whether the server has been asked to cancel a statement. The request goes over another connection. It may arrive
    when the statement is already complete, and then cancels the next one. So the connection must not be used again.
    """

    if TYPE_CHECKING:  # the parts that are not documented
        _transport: asyncio.Transport
        _loop: asyncio.AbstractEventLoop
        _aborted: bool
        _protocol: Any
        _stmt_cache: Any
        _stmt_exclusive_section: AbstractContextManager[None]
        _query_loggers: set[object]

        def _drop_global_statement_cache(self) -> None: ...

        def _cancel_current_command(self, waiter: asyncio.Future[None]) -> None: ...

    def watch(self) -> None:
        """Notice commits that other servers may lack, and servers that have gone without closing the connection."""
        self.committed_locally, self.is_closing, self.is_standby, self.replayed = False, False, False, 0
        self.opened_at, self.was_canceled, self.copy_of = self._loop.time(), False, None
        self.add_log_listener(_note_local_commit)
        connected = self._transport.get_extra_info("socket")
        if connected.family == getattr(socket, "AF_UNIX", None):
            return
        with socket.socket(fileno=os.dup(connected.fileno())) as same:  # uvloop's own object cannot set options
            same.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in SOCKET_OPTIONS:
                if hasattr(socket, name):
                    same.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    async def first_row(self, sql: str, parameters: Sequence[object]) -> asyncpg.Record | None:
        """The first row of a statement that returns few rows; None without any. A statement that is already prepared is
        executed directly: the layers of asyncpg in between take a fortieth of the CPU time of a small request.

        All rows are fetched, because PostgreSQL executes a statement of which only one row is asked for, as `fetchrow`
        does, without parallel workers, even if it was planned for them.
        """
        rows = await self._rows(sql, parameters)
        return rows[0] if rows else None

    async def first_value(self, sql: str, parameters: Sequence[object]) -> Any:
        """The value in the first column of what `first_row` returns; None without any row."""
        rows = await self._rows(sql, parameters)
        return rows[0][0] if rows else None

    async def _rows(self, sql: str, parameters: Sequence[object]) -> list[asyncpg.Record]:
        prepared = self._stmt_cache.get((sql, asyncpg.Record, False))
        if prepared is None or self._query_loggers or self.is_closed():
            return await self.fetch(sql, *parameters)
        try:
            with self._stmt_exclusive_section:
                rows: list[asyncpg.Record] = await self._protocol.bind_execute(
                    state=prepared, args=parameters, portal_name="", limit=0, return_extra=False, timeout=None
                )
        except asyncpg.InvalidCachedStatementError:  # it has not been executed, because the tables have changed
            self._drop_global_statement_cache()
            if self.is_in_transaction():
                raise
            return await self.fetch(sql, *parameters)
        except asyncpg.OutdatedSchemaCacheError:
            await self.reload_schema_state()
            raise
        return rows

    async def close(self, *, timeout: float | None = None) -> None:
        """Close the connection, and wait until the server has ended it."""
        self.is_closing = True
        try:
            await super().close(timeout=timeout)
        finally:
            self.is_closing = False

    @property
    def is_cut_off(self) -> bool:
        """Whether it was closed without waiting until the server has ended it."""
        return self._aborted

    def _abort(self) -> None:
        """Keep the closed protocol, unlike asyncpg: a statement that was just prepared and is about to be executed then
        fails because the connection is closed, and not with AttributeError.
        """
        self._aborted = True
        self._protocol.abort()

    def terminate_soon(self) -> None:
        """Close the connection without waiting for its statement. It may be called in any thread."""
        with suppress(RuntimeError):  # its event loop has ended, and the connection with it
            self._loop.call_soon_threadsafe(self.terminate)

    def cancel_statement(self) -> None:
        """Ask the server to end the running statement, without waiting. The statement then fails, unless it is
        already complete. asyncpg itself cancels only statements whose result it drops.
        """
        if not self.is_closed():
            self.was_canceled = True
            self._cancel_current_command(asyncio.get_running_loop().create_future())


def _note_local_commit(connection: object, message: PostgresLogMessage) -> None:
    if getattr(message, "server_source_function", None) in (WAIT_FOR_STANDBY, COMMIT_ON_WORKER):
        assert isinstance(connection, DriverConnection)
        connection.committed_locally = True

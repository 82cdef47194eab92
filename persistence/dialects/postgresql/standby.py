"""Reads on a standby: a copy of the primary that may be older than it, slow or gone.

A read that cannot be answered here is answered by the primary instead; the caller does not notice more than a short
delay. Whether the standby works again is tried in the background.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import asyncpg

from persistence.concurrency.time_limits import Places, Usage
from persistence.dialects.postgresql.connections import (
    KEEP_FREED_MEMORY,
    STATEMENTS_KEPT,
    PostgresqlReader,
    run_statements,
)
from persistence.dialects.postgresql.copies import POSITION, REPLAYED, Copies, NoCopyError, was_promoted
from persistence.dialects.postgresql.driver import DriverConnection
from persistence.dialects.postgresql.errors import sqlstate
from persistence.dialects.postgresql.newest_primary import NewestPrimary
from persistence.dialects.postgresql.server import Server
from persistence.dialects.read_positions import is_reached, only_primary
from persistence.exceptions import Overloaded, Unavailable
from persistence.sql_types import FoundValues, Statement

QUICK_SECONDS, PROBE_SECONDS = 0.12, 0.08
"""Seconds of a read after which the standby is asked whether it still answers, and seconds within which it must.
Together they are less than the 250 ms by which a standby may delay a read.
"""

LOCK_SECONDS = 0.1
"""Seconds for which a read waits for a lock. A standby that lags still has locks that the primary has released."""

PAUSE_SECONDS = 1
"""Seconds between two attempts to reach a standby that does not answer. Reads go to the primary meanwhile."""

PRIMARY_SECONDS = 10
"""Seconds for which a connection to the primary is used if a standby is preferred: then there may be one again."""

POSITION_SECONDS = 0.5
"""The time limit, in seconds, for reading the position after a change. The change is committed already, and its client
waits for the response.
"""

FAILURES = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    NoCopyError,
    Overloaded,
    Unavailable,
)
"""What an attempt to use the standby may raise when the primary should answer instead."""

UNUSABLE_STATES = ("08", "57P", "42", "55P03")
"""The first characters of a SQLSTATE after which further reads would fail, too: the server is not available (08, 57P),
its tables are not those of the primary or the role may not read them (42), or they are locked (55P03).
"""


class StandbyReader:
    """Planned reads on a standby."""

    def __init__(
        self, server: Server, primary: PostgresqlReader, newest: NewestPrimary, most: int, timeout: float
    ) -> None:
        """At most `most` connections, whose statements have the time limit `timeout` in seconds."""
        self._server, self._primary, self._copies, self._timeout = server, primary, Copies(primary), timeout
        self._newest = newest
        self._settings = {
            "application_name": "carnet reading on a standby",
            "default_transaction_read_only": "on",
            "lock_timeout": str(int(LOCK_SECONDS * 1000)),
            "statement_timeout": str(int(timeout * 1000)),
        }
        self.places = Places(most)
        self._idle: list[DriverConnection] = []
        self._probe: DriverConnection | None = None
        self._recovery: asyncio.Task[None] | None = None
        self._has_failed = False
        self.report: Callable[[BaseException | None], None] = lambda _: None

    async def run(self, statements: Sequence[Statement], after: int) -> FoundValues | None:
        """One value for each statement, all from one state that has everything up to the position `after`; None if the
        standby cannot answer, or not in time. Raises TimeoutError at the time limit of the statements.
        """
        if only_primary(after) or self._recovery is not None or self.places.locked():
            return None
        async with self.places:
            connection = self._idle.pop() if self._idle else None
            while connection is not None and self._is_outdated(connection):
                connection.terminate()
                connection = self._idle.pop() if self._idle else None
            if connection is None and (connection := await self._connected()) is None:
                return None
            return await self._read(connection, statements, after)

    async def position(self) -> int:
        """A position after all changes that are committed now. It has no place in the log if this cannot be read in
        time, so that only the primary has reached it.
        """
        try:
            async with asyncio.timeout(POSITION_SECONDS):
                (found,) = await self._primary.run([(POSITION, ())])
        except FAILURES:
            return self._newest.position
        return int(found)

    def usage(self) -> dict[str, Usage]:
        """How much of the pool is in use."""
        return {"standby_reads": Usage.of(self.places)}

    async def close(self) -> None:
        """Close all connections."""
        if self._recovery is not None:
            self._recovery.cancel()
            await asyncio.wait([self._recovery])
        for connection in (*self._idle, *([self._probe] if self._probe else [])):
            connection.terminate()
        self._idle.clear()

    async def _read(
        self, connection: DriverConnection, statements: Sequence[Statement], after: int
    ) -> FoundValues | None:
        reading = asyncio.ensure_future(_values(connection, statements, after, self._timeout))
        try:
            done, _ = await asyncio.wait([reading], timeout=QUICK_SECONDS)
            if not done and not await self._answers():
                self._abandon(connection, reading)
                self._begin_recovery(TimeoutError("no answer in time"))
                return None
            found = await reading
        except asyncpg.QueryCanceledError as error:
            self._keep(connection)
            raise TimeoutError("the statement timeout") from error
        except FAILURES as error:
            connection.terminate()
            if not isinstance(error, asyncpg.PostgresError) or sqlstate(error).startswith(UNUSABLE_STATES):
                self._begin_recovery(error)
            return None
        except BaseException:
            self._abandon(connection, reading)
            raise
        self._keep(connection)
        if self._has_failed:
            self._has_failed = False
            self.report(None)
        return found

    def _keep(self, connection: DriverConnection) -> None:
        """Keep the connection for further reads. It is closed if its server was promoted or may still cancel the next
        statement, or if it leads to the primary and a standby may be reachable by now.
        """
        is_old = asyncio.get_running_loop().time() - connection.opened_at > PRIMARY_SECONDS
        if (
            connection.was_canceled
            or self._is_outdated(connection)
            or was_promoted(connection)
            or (is_old and not connection.is_standby and self._server.prefers_standby)
        ):
            connection.terminate()
        else:
            self._idle.append(connection)

    def _is_outdated(self, connection: DriverConnection) -> bool:
        """Whether the connection cannot be used any more: it is closed, or another server was promoted since the server
        of the connection was compared with the primary. This server may have been that primary itself.
        """
        return connection.is_closed() or connection.copy_of != self._newest.promotion

    def _abandon(self, connection: DriverConnection, reading: "asyncio.Task[FoundValues | None]") -> None:
        """Close a connection whose statement still runs."""
        connection.terminate()
        reading.cancel()

    async def _connected(self) -> DriverConnection | None:
        """A new connection; None if the standby takes none in time, or is no copy of the primary."""
        try:
            return await self._opened(QUICK_SECONDS + PROBE_SECONDS)
        except FAILURES as error:
            self._begin_recovery(error)
            return None

    async def _opened(self, seconds: float) -> DriverConnection:
        """A new connection to a copy of the primary, made within so many seconds. Raises one of FAILURES."""
        async with asyncio.timeout(seconds):
            connection = await self._server.connect(
                self._settings, statement_cache_size=STATEMENTS_KEPT, first=KEEP_FREED_MEMORY, limit=seconds
            )
            try:
                connection.copy_of = self._newest.promotion
                await self._copies.check(connection)
            except BaseException:
                connection.terminate()
                raise
        return connection

    async def _answers(self) -> bool:
        """Whether the standby answers at all, over a connection that no read uses."""
        probe, self._probe = self._probe, None
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                if probe is None or probe.is_closed():
                    probe = await self._server.connect(self._settings, limit=PROBE_SECONDS)
                await probe.fetchval("SELECT 1")
        except BaseException as error:
            if probe is not None:
                probe.terminate()
            if isinstance(error, FAILURES):
                return False
            raise
        if self._probe is not None:
            self._probe.terminate()
        self._probe = probe
        return True

    def _begin_recovery(self, error: BaseException) -> None:
        """Leave reads to the primary until the standby answers again."""
        if self._recovery is None:
            self._has_failed = True
            self.report(error)
            for connection in self._idle:
                connection.terminate()
            self._idle.clear()
            self._recovery = asyncio.ensure_future(self._recover())

    async def _recover(self) -> None:
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            with suppress(*FAILURES):
                self._idle.append(await self._opened(PAUSE_SECONDS))
                self._recovery = None
                return


async def _values(
    connection: DriverConnection, statements: Sequence[Statement], after: int, timeout: float
) -> FoundValues | None:
    """The values; None if the server does not have everything up to the position `after`."""
    if not is_reached(after, connection.replayed):
        connection.replayed = int(await connection.fetchval(REPLAYED))
        if not is_reached(after, connection.replayed):
            return None
    return await run_statements(connection, statements, timeout)

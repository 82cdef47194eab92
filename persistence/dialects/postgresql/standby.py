"""Reads on a standby: a copy of the primary that may be older than it, slow or gone.

A read that cannot be answered here is answered by the primary instead; the caller does not notice more than a short
delay. Whether the standby works again is tried in the background.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import asyncpg

from persistence.dialects.postgresql.connections import (
    KEEP_FREED_MEMORY,
    STATEMENTS_KEPT,
    PostgresqlReader,
    run_statements,
)
from persistence.dialects.postgresql.driver import DriverConnection
from persistence.dialects.postgresql.server import Server
from persistence.exceptions import Overloaded, Unavailable
from persistence.read_positions import PRIMARY
from persistence.sql_types import FoundValues, Statement
from persistence.time_limits import Places, Usage

QUICK_SECONDS, PROBE_SECONDS = 0.12, 0.08
"""Seconds of a read after which the standby is asked whether it still answers, and seconds within which it must.
Together they are less than the 250 ms by which a standby may delay a read.
"""

PAUSE_SECONDS = 1
"""Seconds between two attempts to reach a standby that does not answer. Reads go to the primary meanwhile."""

REPLAYED = (
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END "
    "- '0/0'::pg_lsn"
)
"""The position up to which the server has all changes. It is read before the snapshot of the read is taken: a function
in the read itself could see a newer position than its snapshot.
"""

POSITION = (
    "SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn() "
    "ELSE pg_current_wal_flush_lsn() END - '0/0'::pg_lsn"
)
"""Reads, on the primary, a position after all committed changes.

It is the position up to which the log was written to the disk: a standby gets the log up to there at once, and the rest
later. If `synchronous_commit` is off, a confirmed change may not be on the disk yet. Then the position is the end of
the log.
"""

FAILURES = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, Unavailable)


class StandbyReader:
    """Planned reads on a standby."""

    def __init__(self, server: Server, primary: PostgresqlReader, most: int, timeout: float) -> None:
        """At most `most` connections, whose statements have the time limit `timeout` in seconds."""
        self._server, self._primary = server, primary
        self._settings = {
            "application_name": "carnet reading on a standby",
            "default_transaction_read_only": "on",
            "statement_timeout": str(int(timeout * 1000)),
        }
        self.places = Places(most)
        self._idle: list[DriverConnection] = []
        self._probe: DriverConnection | None = None
        self._recovery: asyncio.Task[None] | None = None

    async def run(self, statements: Sequence[Statement], after: int) -> FoundValues | None:
        """One value for each statement, all from one state that has everything up to the position `after`; None if the
        standby cannot answer, or not in time. Raises TimeoutError at the time limit of the statements.
        """
        if after == PRIMARY or self._recovery is not None or self.places.locked():
            return None
        async with self.places:
            connection = self._idle.pop() if self._idle else None
            while connection is not None and connection.is_closed():
                connection = self._idle.pop() if self._idle else None
            if connection is None and (connection := await self._connected(QUICK_SECONDS + PROBE_SECONDS)) is None:
                return None
            return await self._read(connection, statements, after)

    async def position(self) -> int:
        """A position after all changes that are committed now; PRIMARY if it cannot be read."""
        try:
            (found,) = await self._primary.run([(POSITION, ())])
        except (*FAILURES, Overloaded, TimeoutError):
            return PRIMARY
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
        reading = asyncio.ensure_future(_values(connection, statements, after))
        try:
            done, _ = await asyncio.wait([reading], timeout=QUICK_SECONDS)
            if not done and not await self._answers():
                self._abandon(connection, reading)
                self._begin_recovery()
                return None
            found = await reading
        except asyncpg.QueryCanceledError as error:
            self._idle.append(connection)
            raise TimeoutError("the statement timeout") from error
        except FAILURES as error:
            connection.terminate()
            if not isinstance(error, asyncpg.PostgresError) or (error.sqlstate or "").startswith(("08", "57P")):
                self._begin_recovery()
            return None
        except BaseException:
            self._abandon(connection, reading)
            raise
        self._idle.append(connection)
        return found

    def _abandon(self, connection: DriverConnection, reading: "asyncio.Task[FoundValues | None]") -> None:
        """Close a connection whose statement still runs."""
        connection.terminate()
        reading.cancel()

    async def _connected(self, seconds: float) -> DriverConnection | None:
        """A new connection; None if the standby takes none in time."""
        try:
            return await self._server.connect(
                self._settings, statement_cache_size=STATEMENTS_KEPT, first=KEEP_FREED_MEMORY, limit=seconds
            )
        except FAILURES:
            self._begin_recovery()
            return None

    async def _answers(self) -> bool:
        """Whether the standby answers at all, over a connection that no read uses."""
        probe, self._probe = self._probe, None
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                if probe is None or probe.is_closed():
                    probe = await self._server.connect(self._settings, limit=PROBE_SECONDS)
                await probe.fetchval("SELECT 1")
        except FAILURES:
            if probe is not None:
                probe.terminate()
            return False
        if self._probe is not None:
            self._probe.terminate()
        self._probe = probe
        return True

    def _begin_recovery(self) -> None:
        """Leave reads to the primary until the standby answers again."""
        if self._recovery is None:
            for connection in self._idle:
                connection.terminate()
            self._idle.clear()
            self._recovery = asyncio.ensure_future(self._recover())

    async def _recover(self) -> None:
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            with suppress(*FAILURES):
                connection = await self._server.connect(
                    self._settings, statement_cache_size=STATEMENTS_KEPT, first=KEEP_FREED_MEMORY, limit=PAUSE_SECONDS
                )
                self._idle.append(connection)
                self._recovery = None
                return


async def _values(connection: DriverConnection, statements: Sequence[Statement], after: int) -> FoundValues | None:
    """The values; None if this server does not have everything up to the position."""
    if connection.replayed < after:
        connection.replayed = int(await connection.fetchval(REPLAYED))
        if connection.replayed < after:
            return None
    return await run_statements(connection, statements)

"""Signals of commits on SQLite: the number of `PRAGMA data_version` changes when another connection has committed."""

import asyncio
import sqlite3

from sqlalchemy import make_url

from persistence.concurrency.threads import Threads
from persistence.dialects.sqlite.opening import connect_existing

TICK = 0.2
"""Seconds between two readings of the number. Reading it takes some microseconds, and no page of the file."""

PATIENCE = 60
"""Seconds to wait for the thread, which does nothing else."""


class SqliteSignals:
    """One connection that only reads this number. The other connections of this process count as others."""

    needs_sending = False

    def __init__(self, url: str) -> None:
        self._file = make_url(url).database or ""
        self._thread = Threads(1, "carnet-signals")
        self._connection: sqlite3.Connection | None = None
        self._seen: int | None = None

    async def wait(self, own: asyncio.Event, seconds: float) -> None:
        """Return at once the first time."""
        give_up = asyncio.get_running_loop().time() + seconds
        while not own.is_set():
            seen, self._seen = self._seen, await self._thread.run(PATIENCE, self._version)
            if seen != self._seen or asyncio.get_running_loop().time() >= give_up:
                return
            try:
                async with asyncio.timeout(TICK):
                    await own.wait()
            except TimeoutError:
                pass

    async def send(self) -> None:
        """Does nothing: every process reads the number itself."""

    async def stop_listening(self) -> None:
        """Does nothing: the number is read only while a task waits."""

    async def close(self) -> None:
        self._thread.shutdown()
        if self._connection is not None:
            self._connection.close()

    def _version(self) -> int | None:
        """The number, which differs from the last one if another connection has committed; None if it cannot be read,
        for example because the file is being replaced.
        """
        try:
            if self._connection is None:
                self._connection = connect_existing(self._file, timeout=0)
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return None
        return int(version)

"""SQLite: one writer that says so at once, readers in threads of their own."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from persistence.folding import fold
from persistence.under_way import OPERATIONS, Change, Writer

READERS = 4
BUSY_MS = 15_000
CACHE_KIB = 32_768
CHANGE = "carnet_change"
"""Under this name a connection knows which change it makes, if any."""


def engine(url: str, writer: Writer, patience: float) -> AsyncEngine:
    """Write transactions open with BEGIN IMMEDIATE: the driver's own way loses updates without a word.

    Nobody waits for a connection, or for another process that writes, longer than `patience` seconds. The change of the
    writer is asked again and again whether it must end.
    """
    made = create_async_engine(make_url(url).set(drivername="sqlite+aiosqlite"), pool_timeout=patience)
    made.dialect.cte_follows_insert = True  # the driver counts the rows only of what begins with INSERT

    @event.listens_for(made.sync_engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        connection.create_function("carnet_fold", 1, _fold, deterministic=True)
        must_end = partial(_must_end, record.info)
        connection.run_async(lambda raw: raw.set_progress_handler(must_end, OPERATIONS))
        cursor = connection.cursor()
        for pragma in (f"busy_timeout = {int(patience * 1000)}", "journal_mode = WAL", "synchronous = NORMAL",
                       "foreign_keys = ON", f"cache_size = -{CACHE_KIB}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(made.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        reads_only = connection.get_execution_options().get("carnet_reads_only")
        connection.info[CHANGE] = None if reads_only else writer.change
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return made


def _must_end(of_connection: dict[str, Any]) -> bool:
    change: Change | None = of_connection.get(CHANGE)
    return change is not None and change.must_end()


def _fold(value: str | None) -> str | None:
    return None if value is None else fold(value)


class Readers:
    """A few threads, each with a connection that can only read."""

    def __init__(self, url: str, timeout: float) -> None:
        self._timeout = timeout
        self._file = make_url(url).database or ""
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="carnet-read")
        self._own = threading.local()
        self._open: list[sqlite3.Connection] = []

    async def run(self, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> list[Any]:
        values: list[Any] = await self._in_thread(partial(_values, statements=statements))
        return values

    async def close(self) -> None:
        self._threads.shutdown(wait=True)
        for connection in self._open:
            connection.close()

    async def _in_thread(self, work: Any) -> Any:
        started: list[sqlite3.Connection] = []

        def run() -> Any:
            connection = self._connection()
            started.append(connection)
            try:
                return work(connection)
            finally:
                started.clear()

        future = asyncio.get_running_loop().run_in_executor(self._threads, run)
        try:
            return await asyncio.wait_for(asyncio.shield(future), self._timeout)
        except (TimeoutError, asyncio.CancelledError):
            future.cancel()
            future.add_done_callback(lambda done: done.cancelled() or done.exception())
            for connection in started[:1]:
                connection.interrupt()
            raise

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._file, isolation_level=None, check_same_thread=False, cached_statements=512, timeout=BUSY_MS / 1000
            )
            connection.create_function("carnet_fold", 1, _fold, deterministic=True)
            connection.execute("PRAGMA query_only = ON")
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            connection.execute("PRAGMA temp_store = MEMORY")
            self._own.connection = connection
            self._open.append(connection)
        return connection


def _values(connection: sqlite3.Connection, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> list[Any]:
    values = []
    for sql, parameters in statements:
        row = connection.execute(sql, parameters).fetchone()
        values.append(None if row is None else row[0])
    return values

"""Planned reads on SQLite."""

import asyncio
import sqlite3
import tempfile
import threading
from collections.abc import Sequence

from sqlalchemy import make_url

from persistence.concurrency.threads import Threads
from persistence.concurrency.time_limits import Usage, acquire
from persistence.dialects.sqlite.errors import is_outage_of_reads
from persistence.dialects.sqlite.functions import register
from persistence.dialects.sqlite.monitor import OPERATIONS
from persistence.dialects.sqlite.opened_files import OpenedFiles
from persistence.dialects.sqlite.opening import connect_existing
from persistence.exceptions import Unavailable
from persistence.sql_types import FoundValues, Statement
from persistence.transactions.running_operations import RunningTransaction

READERS = 4
STATEMENTS_KEPT = 512
"""Prepared statements of each connection."""

CACHE_OF_READS_KIB = 2_048
"""The page cache of each connection. SQLite orders rows in parts of this size, which are written to a temporary file:
parts that fit into the cache of a processor are ordered in half the time (decision 0070). The operating system keeps
more pages.
"""

SORTING_THREADS = 2
"""Threads that order such parts while the statement reads on. Less than one part needs none."""


def connect(file: str, patience: float) -> sqlite3.Connection:
    """A new connection that can only read."""
    connection = connect_existing(file, cached_statements=STATEMENTS_KEPT, timeout=patience)
    register(connection)
    connection.execute("PRAGMA query_only = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_OF_READS_KIB}")
    connection.execute(f"PRAGMA threads = {SORTING_THREADS}")
    connection.execute(f"PRAGMA temp_store = {_temporary_store()}")
    return connection


def _temporary_store() -> str:
    """Where rows are ordered that do not fit into the cache: in files, unless no directory for them can be written."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        return "MEMORY"
    return "FILE"


class SqliteReader:
    """Runs planned reads in threads, each with a read-only connection."""

    def __init__(self, url: str, timeout: float, patience: float, files: OpenedFiles) -> None:
        self._timeout, self._patience, self._files = timeout, patience, files
        self._file = make_url(url).database or ""
        self._threads = Threads(READERS, "carnet-read")
        self._own = threading.local()
        self._open: list[sqlite3.Connection] = []

    async def run(self, statements: Sequence[Statement]) -> FoundValues:
        """One value for each statement. Raises Overloaded when no thread is free within `patience` seconds,
        Unavailable and TimeoutError; waiting for a thread does not count towards the read timeout.
        """
        await acquire(self._threads.places, self._patience)
        read = RunningTransaction(self._timeout, read_only=True)
        try:
            return await self._threads.start(self._values, statements, read)
        except asyncio.CancelledError:
            read.stopped = True
            raise
        except sqlite3.DatabaseError as error:
            self._files.note_failure(error)
            reason = read.reason_to_end()
            if reason is None and is_outage_of_reads(error):
                raise Unavailable from error
            raise reason or error from None

    def usage(self) -> dict[str, Usage]:
        """How much of each pool is in use."""
        return {"compiled_reads": Usage.of(self._threads.places)}

    async def close(self) -> None:
        """Wait for the threads and close the connections."""
        self._threads.shutdown()
        for connection in self._open:
            connection.close()

    def _values(self, statements: Sequence[Statement], read: RunningTransaction) -> FoundValues:
        self._files.check_regularly()
        connection = self._connection()
        connection.set_progress_handler(read.must_end, OPERATIONS)
        if len(statements) > 1:
            connection.execute("BEGIN")  # so that all see the same state of the database
        try:
            rows = [connection.execute(sql, parameters).fetchone() for sql, parameters in statements]
        finally:
            connection.set_progress_handler(None, OPERATIONS)
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        return [None if row is None else row[0] for row in rows]

    def _connection(self) -> sqlite3.Connection:
        """The connection of this thread."""
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            self._files.check_connecting()
            connection = connect(self._file, self._patience)
            self._own.connection = connection
            self._open.append(connection)
        return connection

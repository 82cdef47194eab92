"""The engine of rules on SQLite."""

import sqlite3
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from persistence.cache import Cache, CompiledStatements
from persistence.concurrency.time_limits import overloaded
from persistence.dialects.interface import SETUP_TABLE
from persistence.dialects.sqlite.errors import is_busy
from persistence.dialects.sqlite.functions import register
from persistence.dialects.sqlite.monitor import OPERATIONS
from persistence.dialects.sqlite.opened_files import OpenedFiles
from persistence.dialects.sqlite.opening import connect_existing
from persistence.transactions.running_operations import RunningTransaction

CONCURRENT_READS = 16
"""Rules that only read, at the same time."""

CONNECTIONS_KEPT = 5
"""Connections that stay open: each has a cache of its own, and more are rarely needed."""

CACHE_OF_RULES_KIB = 16_384
"""The page cache of each connection that runs rules."""

BUSY_PAUSE = 0.02
BUSY_STEP = 50
"""Milliseconds after which a connection or a change that waits for another process checks whether it must end."""

BUSY_TIMEOUT = "carnet_busy_timeout"
"""The key under which `Connection.info` has SQLite's own busy timeout, in milliseconds."""

GROUP_END = "carnet_group_end"
"""The key under which `Connection.info` has the time of `time.monotonic` at which a change that shares its transaction
with others must end.
"""

HAS_LOG = "carnet_has_log"
"""The key under which `Connection.info` has False for a file without tables, which gets its write-ahead log with its
first change; True for all others.
"""

TRANSACTION, READ_ONLY = "carnet_transaction", "carnet_read_only"
"""Execution options of a connection: its RunningTransaction, and whether it only reads and need not wait for the
writer.
"""


def create(url: str, patience: float, cache: Cache, files: OpenedFiles) -> Engine:
    """The engine of rules. Its write transactions begin with BEGIN IMMEDIATE: with the driver's own transactions,
    concurrent updates get lost.

    A committed transaction is on disk, as on PostgreSQL: with `synchronous = NORMAL` a power failure would lose the
    last changes. A transaction waits at most `patience` seconds for another process that writes. While a statement
    runs, SQLite calls the progress handler regularly, which can end it.
    """
    file = make_url(url).database or ""

    def connect() -> sqlite3.Connection:
        files.check_connecting()
        return connect_existing(file, timeout=BUSY_STEP / 1000)

    engine = create_engine(
        make_url(url).set(drivername="sqlite+pysqlite"),
        creator=connect,
        pool_size=CONNECTIONS_KEPT,
        pool_use_lifo=True,  # so that changes use the same connection, and its cache, most of the time
        max_overflow=1 + CONCURRENT_READS - CONNECTIONS_KEPT,
        execution_options={"compiled_cache": CompiledStatements(cache)},
        hide_parameters=True,  # in messages of exceptions
    )
    engine.dialect.cte_follows_insert = True  # the driver counts only the rows of statements that begin with INSERT

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        register(connection)
        connection.set_progress_handler(partial(_must_end, record.info), OPERATIONS)
        for pragma in ("synchronous = FULL", "foreign_keys = ON", f"cache_size = -{CACHE_OF_RULES_KIB}"):
            _run(connection, f"PRAGMA {pragma}", patience)
        tables = {name for (name,) in _run(connection, "SELECT name FROM sqlite_master WHERE type = 'table'", patience)}
        record.info[HAS_LOG] = bool(tables)
        if SETUP_TABLE in tables:  # the file of another program is not changed
            _run(connection, "PRAGMA journal_mode = WAL", patience)

    @event.listens_for(engine, "checkin")
    def end_failed_commit(connection: sqlite3.Connection | None, _: ConnectionPoolEntry) -> None:
        """A COMMIT that fails may leave its transaction open, which SQLAlchemy takes for ended."""
        if connection is not None and connection.in_transaction:
            connection.rollback()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.info[TRANSACTION] = options.get(TRANSACTION)
        if options.get(READ_ONLY):
            _set_busy_timeout(connection, _milliseconds(patience))
            connection.exec_driver_sql("BEGIN")
        else:
            _enable_log(connection, patience)
            _begin_change(connection, options.get(TRANSACTION), patience)

    return engine


def _enable_log(connection: Connection, patience: float) -> None:
    """Enable the write-ahead log of a file without tables, before the first change: commands that only read leave an
    empty file empty.
    """
    if not connection.info[HAS_LOG]:
        _run(_driver_connection(connection), "PRAGMA journal_mode = WAL", patience)
        connection.info[HAS_LOG] = True


def _begin_change(connection: Connection, transaction: RunningTransaction | None, patience: float) -> None:
    """Begin a transaction that writes. Waits for other processes that write, unless the transaction must end: SQLite
    itself would wait without calling the progress handler.
    """
    give_up = time.monotonic() + patience
    _set_busy_timeout(connection, BUSY_STEP)
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except DBAPIError as error:
            if not is_busy(error.orig):
                raise
            if transaction is not None and transaction.must_end() and (reason := transaction.reason_to_end()):
                raise reason from error
            if time.monotonic() > give_up:
                raise overloaded(patience) from error


def _set_busy_timeout(connection: Connection, milliseconds: int) -> None:
    """Set how long SQLite itself waits for other processes, unless the connection has this setting."""
    if connection.info.get(BUSY_TIMEOUT) != milliseconds:
        _driver_connection(connection).execute(f"PRAGMA busy_timeout = {milliseconds}")
        connection.info[BUSY_TIMEOUT] = milliseconds


def _driver_connection(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _run(connection: sqlite3.Connection, sql: str, patience: float) -> list[tuple[Any, ...]]:
    """Run a statement. Retry while another process creates the file or enables its write-ahead log: SQLite's busy
    timeout does not cover this.
    """
    give_up = time.monotonic() + patience
    while True:
        try:
            return connection.execute(sql).fetchall()
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            if time.monotonic() > give_up:
                raise overloaded(patience) from error
            time.sleep(BUSY_PAUSE)


def _must_end(connection_info: Mapping[str, object]) -> bool:
    transaction, group_end = connection_info.get(TRANSACTION), connection_info.get(GROUP_END)
    if isinstance(group_end, float) and time.monotonic() > group_end:
        return True
    return isinstance(transaction, RunningTransaction) and transaction.must_end()

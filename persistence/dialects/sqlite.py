"""SQLite: one writer that says so at once; rules and planned reads in threads of their own."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.schema import CreateTable
from sqlmodel import Session

from persistence.cache import Cache, CompiledStatements
from persistence.columns import Table
from persistence.conditions import DateInZone, date_in_zone
from persistence.folding import register as register_texts
from persistence.limits import SQLITE_BUSY, Limits, is_too_much, overloaded, said, take_place
from persistence.running_operations import OPERATIONS, UNDER_WAY, Keep, RunningTransaction, Writer
from persistence.threads import Threads

T = TypeVar("T")

READERS = 4
LOOKING, CONNECTIONS_KEPT = 16, 5
"""Rules that look at once, and connections that stay open for rules: each keeps a cache, and few are needed for
long.
"""

CACHE_KIB = 16_384
BUSY_PAUSE = 0.02
SETTINGS = "marketing_setup"
"""A table that Carnet has had in every version."""

CHANGE, ONLY_LOOKS = "carnet_change", "carnet_only_looks"
"""Under these names a connection knows the change that it makes, and that it makes none and need not wait for the
writer.
"""


def engine(url: str, patience: float) -> Engine:
    """Write transactions open with BEGIN IMMEDIATE: the driver's own way loses updates without a word.

    What is acknowledged is on disk, as on PostgreSQL: with NORMAL the last changes would be lost in a power cut. Nobody
    waits for another process that writes longer than `patience` seconds. A transaction is asked again and again whether
    it must end.
    """
    made = create_engine(
        make_url(url).set(drivername="sqlite+pysqlite"),
        pool_size=CONNECTIONS_KEPT,
        max_overflow=1 + LOOKING - CONNECTIONS_KEPT,
    )
    made.dialect.cte_follows_insert = True  # the driver counts the rows only of what begins with INSERT

    @event.listens_for(made, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        _register(connection)
        connection.set_progress_handler(partial(_must_end, record.info), OPERATIONS)
        for pragma in (
            f"busy_timeout = {int(patience * 1000)}",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"cache_size = -{CACHE_KIB}",
        ):
            _run(connection, f"PRAGMA {pragma}", patience)
        tables = {name for (name,) in _run(connection, "SELECT name FROM sqlite_master WHERE type = 'table'", patience)}
        if SETTINGS in tables or not tables:  # a file of another program is left as it is
            _run(connection, "PRAGMA journal_mode = WAL", patience)

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.info[CHANGE] = options.get(CHANGE)
        connection.exec_driver_sql("BEGIN" if options.get(ONLY_LOOKS) else "BEGIN IMMEDIATE")

    return made


def _run(connection: sqlite3.Connection, sql: str, patience: float) -> list[Any]:
    """Retry while another process creates the file or enables its write-ahead log: SQLite's busy timeout does not
    cover this.
    """
    give_up = time.monotonic() + patience
    while True:
        try:
            return connection.execute(sql).fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != SQLITE_BUSY:
                raise
            if time.monotonic() > give_up:
                raise overloaded(patience) from error
            time.sleep(BUSY_PAUSE)


def _must_end(of_connection: dict[str, Any]) -> bool:
    change: RunningTransaction | None = of_connection.get(CHANGE)
    return change is not None and change.must_end()


def _register(connection: sqlite3.Connection) -> None:
    """The functions that statements call."""
    register_texts(connection)
    connection.create_function(DateInZone.function, 4, date_in_zone, deterministic=True)


def can_take(sql: str) -> bool:
    """Whether SQLite has room for a statement: its parser for open brackets, and an expression for its depth."""
    try:
        with _TRYING:
            _empty().execute(sql)
    except sqlite3.Error as error:
        return not is_too_much(error)  # what was understood misses its parameters now
    return True


_TRYING = threading.Lock()
"""Several threads plan statements at the same time."""


@cache
def _empty() -> sqlite3.Connection:
    """A database to try statements in: all tables, no rows."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    _register(connection)
    for table in Table.metadata.sorted_tables:
        connection.execute(str(CreateTable(table).compile(dialect=sqlite_dialect())))
    return connection


class Transactions:
    """Rules run in threads, over the plain driver: to hand each statement to a thread costs several times what it does.

    One writes at a time; a few look meanwhile. Nobody waits for their turn longer than they have patience.
    """

    def __init__(self, url: str, limits: Limits, writer: Writer) -> None:
        self.engine = engine(url, limits.patience)
        self._limits, self._writer = limits, writer
        self._changing = Threads(1, "carnet-change")
        self._looking = Threads(LOOKING, "carnet-look")

    async def run(
        self, rule: Callable[[Session], T], limit: float | None, keep: Keep | None = None, *, large: bool = False
    ) -> T:
        """What a rule answers. Its transaction is at an end then. All rules run in threads, large ones or not."""
        threads = self._looking if keep is None else self._changing
        await take_place(threads.places, self._limits.patience)
        change = RunningTransaction(limit, read_only=keep is None)
        if keep is not None:
            self._writer.change = change
        running = threads.start(self._transaction, rule, change, keep)
        if keep is not None:
            running.add_done_callback(self._written)
        with said(change, self._limits):
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                change.stopped = True
                await asyncio.wait([running])
                raise

    def use(self, cache: Cache) -> None:
        """Keep compiled statements in this cache."""
        self.engine.update_execution_options(compiled_cache=CompiledStatements(cache, "statements"))

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._changing.pool.shutdown()
        self._looking.pool.shutdown()
        self.engine.dispose()

    def _written(self, _: asyncio.Future[Any]) -> None:
        self._writer.change = None

    def _transaction(self, rule: Callable[[Session], T], change: RunningTransaction, keep: Keep | None) -> T:
        engine = self.engine.execution_options(**{CHANGE: change, ONLY_LOOKS: keep is None})
        with Session(engine, expire_on_commit=False, autoflush=False, info={UNDER_WAY: change}) as session:
            result = rule(session)
            if keep is not None:
                keep(session, change)
            return result


class ReadConnections:
    """A few threads, each with a read-only connection. Raises Overloaded when none is free within `patience`
    seconds.
    """

    def __init__(self, url: str, timeout: float, patience: float) -> None:
        self._timeout, self._patience = timeout, patience
        self._file = make_url(url).database or ""
        self._threads = Threads(READERS, "carnet-read")
        self._own = threading.local()
        self._open: list[sqlite3.Connection] = []

    async def run(self, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> list[Any]:
        """One value for each statement. Time in the queue does not count towards the read timeout."""
        await take_place(self._threads.places, self._patience)
        look = RunningTransaction(self._timeout, read_only=True)
        running = self._threads.start(self._values, statements, look)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            look.stopped = True
            raise
        except sqlite3.OperationalError as error:
            raise look.ending() or error from None

    async def close(self) -> None:
        self._threads.pool.shutdown(wait=True)
        for connection in self._open:
            connection.close()

    def _values(self, statements: Sequence[tuple[str, tuple[Any, ...]]], look: RunningTransaction) -> list[Any]:
        connection = self._connection()
        connection.set_progress_handler(look.must_end, OPERATIONS)
        return _values(connection, statements)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._file, isolation_level=None, check_same_thread=False, cached_statements=512, timeout=self._patience
            )
            _register(connection)
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

"""PostgreSQL: SQLAlchemy's pool for rules, the driver's own connections for planned reads and for single statements."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect, ExceptionContext
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only, greenlet_spawn
from sqlmodel import Session

from persistence.autocommit import AUTOCOMMIT
from persistence.cache import Cache, CompiledStatements, Section, compiled_size
from persistence.database_urls import Server
from persistence.exceptions import DatabaseUnreachable, Overloaded
from persistence.limits import Limits, said, take_place
from persistence.running_operations import UNDER_WAY, Keep, RunningTransaction
from persistence.threads import LoopInThread

T = TypeVar("T")

STATEMENTS_KEPT = 512
"""Prepared statements of each connection."""

TREE_FACTOR = 2
"""An autocommit statement is kept with the expression tree that it was compiled from, which is about as large."""

FOR_LARGE = 4
"""Connections of each kind, at most, for rules with large filters. One thread computes for all of them."""

SPARE_SECONDS = 5

RETRY_PAUSES = (0.05, 0.25)
"""Maximum seconds before the first and the second retry of a statement whose connection was lost."""

LOST_CONNECTION_STATES = {"57P01", "57P02", "57P03", "57P05"}
"""SQLSTATEs of a server that stops, starts or ends an idle session. Class 08 means a lost connection, too."""

LOOK_WHO_WAITS = """DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '1s', false);
EXCEPTION WHEN OTHERS THEN NULL; END $$"""
"""A server before 14, or on a system that cannot tell, goes on without."""


def engine(server: Server, pool_size: int, limits: Limits, longest: float | None) -> AsyncEngine:
    """READ COMMITTED with explicit locks; plans without JIT, which costs more than it saves here.

    The server looks every second whether Carnet is still there: else the statement of one that was killed would keep
    its locks to its end, and keep waiting who sends again.
    """
    settings = _settings(limits.patience, longest)
    made = create_async_engine(
        "postgresql+asyncpg://",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=limits.patience,
        async_creator=lambda: server.connect(settings),
    )
    event.listen(made.sync_engine, "connect", lambda connection, _: connection.run_async(_look_who_waits))
    event.listen(made.sync_engine, "handle_error", _invalidate_lost_connection)
    dbapi: Any = made.dialect.loaded_dbapi
    dbapi._asyncpg_error_translate[asyncpg.InternalClientError] = (
        dbapi.InterfaceError
    )  # SQLAlchemy does not translate it
    return made


LOST = (asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresError, ConnectionError)
"""Errors of a connection that may be lost. InternalClientError is raised instead of sending when the server has
announced that it closes the connection, but has not closed it yet.
"""


def _is_lost(error: BaseException | None) -> bool:
    """Whether a connection must not be used again, though it may still be open."""
    sqlstate = str(getattr(error, "sqlstate", None))
    if isinstance(error, (asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError)):
        return True
    return sqlstate.startswith("08") or sqlstate in LOST_CONNECTION_STATES


def _invalidate_lost_connection(context: ExceptionContext) -> None:
    """Remove the connection from the pool even if it is still open: SQLAlchemy itself removes only closed ones."""
    if _is_lost(context.original_exception) and not context.is_disconnect:
        context.is_disconnect, context.invalidate_pool_on_disconnect = True, False


async def _look_who_waits(connection: Any) -> None:
    await connection.execute(LOOK_WHO_WAITS)


def _settings(patience: float, longest: float | None) -> dict[str, str]:
    """The statement timeout ends statements of a killed Carnet; a running one ends them earlier by itself."""
    statement = {} if longest is None else {"statement_timeout": str(int((longest + SPARE_SECONDS) * 1000))}
    return {"application_name": "carnet", "lock_timeout": str(int(patience * 1000)), **statement}


async def readers(server: Server, pool_size: int, timeout: float, patience: float) -> "ReadConnections":
    """Connections that can only read and keep their prepared statements."""
    made = ReadConnections(
        Connections(
            server,
            pool_size,
            patience,
            {
                "application_name": "carnet reading",
                "default_transaction_read_only": "on",
                "statement_timeout": str(int(timeout * 1000)),
            },
        )
    )
    try:
        await made.run([("SELECT 1", ())])
    except Overloaded as error:
        late = TimeoutError("it does not answer, or takes no more connections")
        late.__cause__ = error
        raise DatabaseUnreachable(late) from late
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        raise DatabaseUnreachable(error) from error
    return made


class Transactions:
    """Rules are plain functions: SQLAlchemy runs them over the asynchronous driver, in greenlets.

    A rule holds up the event loop while it puts a large filter into SQL. Such rules run on a second event loop, in a
    thread, over connections of its own, as connections belong to one event loop.
    """

    def __init__(self, server: Server, pool_size: int, limits: Limits, look: float) -> None:
        self._limits = limits
        self._pools = _Pools(server, pool_size, limits, look)
        self._pools_for_large = _Pools(server, min(pool_size, FOR_LARGE), limits, look)
        self._for_large: LoopInThread | None = None
        self.autocommit = AutocommitStatements(self._single, self._pools.changing.dialect, Cache())

    def use(self, cache: Cache) -> None:
        """Keep compiled statements in this cache."""
        for pools in (self._pools, self._pools_for_large):
            for engine in (pools.changing.sync_engine, pools.looking.sync_engine):
                engine.update_execution_options(compiled_cache=CompiledStatements(cache, "statements"))
        self.autocommit.compiled = Section(cache, "autocommit statements")

    @property
    def engine(self) -> Engine:
        """What sessions of rules are made of, inside a greenlet."""
        return self._pools.changing.sync_engine

    async def run(
        self, rule: Callable[[Session], T], limit: float | None, keep: Keep | None = None, *, large: bool = False
    ) -> T:
        """What a rule answers. Its transaction is at an end then."""
        if not large:
            return await self._transaction(self._pools, rule, limit, keep)
        if self._for_large is None:
            self._for_large = LoopInThread("carnet-rules-large")
        return await self._for_large.run(lambda: self._transaction(self._pools_for_large, rule, limit, keep))

    async def _transaction(
        self, pools: "_Pools", rule: Callable[[Session], T], limit: float | None, keep: Keep | None
    ) -> T:
        change = RunningTransaction(limit, read_only=keep is None)
        session = Session(
            (pools.changing if keep else pools.looking).sync_engine,
            expire_on_commit=False,
            autoflush=False,
            info={AUTOCOMMIT: self.autocommit, UNDER_WAY: change},
        )
        try:
            with said(change, self._limits):
                async with asyncio.timeout(change.seconds_left):
                    result = await greenlet_spawn(rule, session)
            if keep and session.in_transaction():
                await greenlet_spawn(keep, session, change)
            return result
        finally:
            if session.in_transaction():
                await asyncio.shield(asyncio.ensure_future(greenlet_spawn(session.close)))

    def _single(self) -> "Connections":
        """Those of the event loop that a rule runs on."""
        large = self._for_large is not None and asyncio.get_running_loop() is self._for_large.loop
        return (self._pools_for_large if large else self._pools).single

    async def close(self) -> None:
        if self._for_large is not None:
            await self._for_large.run(self._pools_for_large.close)
            await self._for_large.close()
        await self._pools.close()


class _Pools:
    """The connections of rules on one event loop. Who only looks has some of their own: those of writers may all be
    taken.
    """

    def __init__(self, server: Server, most: int, limits: Limits, look: float) -> None:
        self.changing = engine(server, most, limits, limits.longest)
        self.looking = engine(server, most, limits, look)
        self.single = Connections(server, most, limits.patience, _settings(limits.patience, limits.longest))

    async def close(self) -> None:
        await self.single.close()
        await self.looking.dispose()
        await self.changing.dispose()


class Connections:
    """A stack of connections. The driver's own pool costs as much as a small read: these have no state to reset."""

    def __init__(self, server: Server, most: int, patience: float, settings: Mapping[str, str]) -> None:
        self._server, self._patience, self._settings = server, patience, settings
        self._places = asyncio.Semaphore(most)
        self._idle: list[Any] = []

    async def use(self, ask: Callable[[Any], Awaitable[T]], *, again: bool = True) -> T:
        """Call `ask` with a connection and return its result. If the connection is lost, retry with a new one, at most
        twice and after a pause. If `again` is false, retry only if nothing can have been sent.

        Raises Overloaded when none is free for too long.
        """
        await take_place(self._places, self._patience)
        try:
            connection = self._spare()
            for pause in RETRY_PAUSES if again else RETRY_PAUSES[:1]:
                try:
                    return await self._asked(connection or await self._connect(), ask)
                except LOST as error:
                    if not (_is_lost(error) if again else isinstance(error, asyncpg.InternalClientError)):
                        raise
                connection = None
                await asyncio.sleep(pause * random.random())  # so that not all retry at the same moment
            return await self._asked(connection or await self._connect(), ask)
        finally:
            self._places.release()

    def _spare(self) -> Any:
        """The idle connection that was used last and is still open; None if there is none."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    async def close(self) -> None:
        for connection in self._idle:
            await connection.close()
        self._idle.clear()

    async def _asked(self, connection: Any, ask: Callable[[Any], Awaitable[T]]) -> T:
        """Whoever is interrupted leaves a connection behind that nobody can trust."""
        try:
            answer = await ask(connection)
        except asyncpg.PostgresError as error:
            if _is_lost(error):
                connection.terminate()
            else:
                self._idle.append(connection)
            raise
        except BaseException:
            connection.terminate()
            raise
        self._idle.append(connection)
        return answer

    async def _connect(self) -> Any:
        return await self._server.connect(self._settings, statement_cache_size=STATEMENTS_KEPT)


class ReadConnections:
    """Planned reads, over connections that can only read."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def run(self, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> list[Any]:
        """One value for each statement, over one connection."""

        async def ask(connection: Any) -> list[Any]:
            return [await connection.fetchval(sql, *parameters) for sql, parameters in statements]

        try:
            return await self._connections.use(ask)
        except asyncpg.QueryCanceledError as error:
            raise TimeoutError("the statement timeout") from error

    async def close(self) -> None:
        await self._connections.close()


class AutocommitStatements:
    """Single statements of rules, each a transaction of its own. Called from a rule, inside SQLAlchemy's greenlet.

    SQLAlchemy's session, transaction and execution cost four times what the statements of a small change do.
    """

    def __init__(self, connections: Callable[[], Connections], dialect: Dialect, cache: Cache) -> None:
        self._connections, self._dialect = connections, dialect
        self.compiled: Section[Any, tuple[str, list[tuple[str, Any, Any]]]] = Section(cache, "autocommit statements")

    def row(self, statement: Any, values: Mapping[str, Any], *, again: bool) -> Mapping[str, Any] | None:
        """The first row. The statement is compiled once: hand over the same object each time."""
        sql, places = self.compiled.get(statement) or self._compile(statement, values)
        parameters = [
            process(values.get(name, constant)) if process else values.get(name, constant)
            for name, process, constant in places
        ]
        try:
            found: Mapping[str, Any] | None = await_only(
                self._connections().use(lambda connection: connection.fetchrow(sql, *parameters), again=again)
            )
        except asyncpg.PostgresError as error:
            kind = IntegrityError if (error.sqlstate or "").startswith("23") else DBAPIError
            raise kind(sql, None, error) from error
        return found

    def _compile(self, statement: Any, values: Mapping[str, Any]) -> tuple[str, list[tuple[str, Any, Any]]]:
        compiled = statement.compile(dialect=self._dialect, column_keys=list(values))
        processors = compiled._bind_processors
        constants = {name: bind.value for name, bind in compiled.binds.items()}
        constants |= {column.key: column.default.arg for column in compiled.insert_prefetch or ()}
        places = [(name, processors.get(name), constants[name]) for name in compiled.positiontup or ()]
        size = TREE_FACTOR * compiled_size(compiled.string, len(places))
        return self.compiled.put(statement, (compiled.string, places), size)

"""Runs rules on PostgreSQL, each in a transaction."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar, cast

from sqlalchemy import Connection, Engine, QueuePool, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session

from persistence.cache import Cache
from persistence.concurrency.connection_shares import CONNECTIONS_FOR_LARGE
from persistence.concurrency.shared_timer import SharedTimer
from persistence.concurrency.threads import LoopInThread
from persistence.concurrency.time_limits import TimeLimits, TranslatedErrors, Usage
from persistence.dialects.postgresql import engine
from persistence.dialects.postgresql.autocommit import AutocommitStatements
from persistence.dialects.postgresql.citus import LIMIT_WAITING, ON_CITUS
from persistence.dialects.postgresql.connections import Connections
from persistence.dialects.postgresql.deadlines import ANSWER_SECONDS, Deadline, PostgresqlTransaction
from persistence.dialects.postgresql.driver import DriverConnection
from persistence.dialects.postgresql.errors import failure_kind
from persistence.dialects.postgresql.monitor import publish
from persistence.dialects.postgresql.server import Server
from persistence.exceptions import OutcomeUnknown, Overloaded, Unavailable
from persistence.sqlalchemy_internals import run_in_greenlet
from persistence.transactions.autocommit import AUTOCOMMIT, is_unused
from persistence.transactions.remembered_values import REMEMBERED
from persistence.transactions.running_operations import RUNNING_TRANSACTION, Commit
from persistence.transactions.separate_inserts import SEPARATELY

T = TypeVar("T")

SMALL_TABLES_IN_MEMORY = {"random_page_cost": "1.1"}
"""A setting of the connections for single statements, which look up rows by their keys. With the default, which is made
for tables on a slow disk, the server reads the whole of a small table instead, and takes several times as long.
"""


class PostgresqlTransactions:
    """Rules are plain functions: SQLAlchemy runs them over the asynchronous driver, in greenlets.

    A rule blocks the event loop while it compiles a large filter to SQL. Such rules run on a second event loop, in a
    thread, over connections of its own, as connections belong to one event loop.
    """

    def __init__(self, server: Server, pool_size: int, limits: TimeLimits, read_timeout: float, cache: Cache) -> None:
        self._server, self._limits = server, limits
        self._remembered: dict[str, str] = {}
        self._pools = _Pools(server, pool_size, limits, read_timeout, cache)
        self._pools_for_large = _Pools(server, min(pool_size, CONNECTIONS_FOR_LARGE), limits, read_timeout, cache)
        self._for_large: LoopInThread | None = None
        self.on_citus = False
        """Whether the server is a coordinator of Citus."""
        self.autocommit = AutocommitStatements(self._single, self._pools.writing.dialect, cache)

    @property
    def engine(self) -> Engine:
        """The engine of the sessions of rules. Use it only inside a greenlet."""
        return self._pools.writing.sync_engine

    async def run(
        self,
        rule: Callable[[Session], T],
        limit: float | None,
        commit: Commit | None = None,
        *,
        began: float,
        large: bool = False,
        bulk: bool = False,
    ) -> T:
        """Run the rule in a transaction, and return its result when the transaction has ended."""
        transaction = PostgresqlTransaction(limit, read_only=commit is None, publish=publish, began=began)
        if not large:
            return await self._transaction(self._pools, rule, transaction, commit)
        if self._for_large is None:
            self._for_large = LoopInThread("carnet-rules-large")
        try:
            return await self._for_large.run(
                lambda: self._transaction(self._pools_for_large, rule, transaction, commit)
            )
        except asyncio.CancelledError:
            if transaction.committing:
                raise OutcomeUnknown from None
            raise

    async def _transaction(
        self, pools: "_Pools", rule: Callable[[Session], T], transaction: PostgresqlTransaction, commit: Commit | None
    ) -> T:
        session = pools.session(writes=commit is not None)
        session.info |= {AUTOCOMMIT: self.autocommit, RUNNING_TRANSACTION: transaction, REMEMBERED: self._remembered}
        if self.on_citus:
            session.info |= {ON_CITUS: True, SEPARATELY: True}
            if commit is not None:
                session.info[LIMIT_WAITING] = f"SET LOCAL lock_timeout = {engine.lock_timeout(self._limits.patience)}"
        try:
            deadline = Deadline(pools.time_limits, transaction, self._server.note_silence)
            with TranslatedErrors(transaction, self._limits, failure_kind), deadline:
                result = await run_in_greenlet(rule, session)
                if commit and session.in_transaction():
                    deadline.limit_commit()
                    await run_in_greenlet(_commit, commit, session, transaction)
                return result
        except asyncio.CancelledError:
            if transaction.committing:
                raise OutcomeUnknown from None
            raise
        except (Overloaded, TimeoutError) as error:
            if transaction.has_begun or not self._server.is_silent:
                raise
            raise Unavailable from error
        finally:
            if session.in_transaction():
                await asyncio.shield(asyncio.ensure_future(_close(session, transaction)))
            elif is_unused(session):
                pools.keep(session)

    def usage(self) -> dict[str, Usage]:
        """How much of each pool is in use."""
        large = {f"large_{name}": usage for name, usage in self._pools_for_large.usage().items()}
        return self._pools.usage() | large

    def check(self) -> None:
        """A server has no file that could be replaced."""

    def _single(self) -> Connections:
        """The connections for single statements of the event loop that a rule runs on."""
        large = self._for_large is not None and asyncio.get_running_loop() is self._for_large.loop
        return (self._pools_for_large if large else self._pools).single

    async def close(self) -> None:
        """End the second event loop and close all connections."""
        if self._for_large is not None:
            await self._for_large.run(self._pools_for_large.close)
            await self._for_large.close()
        await self._pools.close()


class _Session(Session):
    """A session whose transaction knows the connection that it uses."""


@event.listens_for(_Session, "after_begin")
def _note_connection(session: Session, _: SessionTransaction, connection: Connection) -> None:
    running: PostgresqlTransaction = session.info[RUNNING_TRANSACTION]
    running.use(cast(DriverConnection, connection.connection.driver_connection))
    if LIMIT_WAITING in session.info:
        connection.exec_driver_sql(session.info[LIMIT_WAITING])


def _commit(commit: Commit, session: Session, transaction: PostgresqlTransaction) -> None:
    """Commit. Raises OutcomeUnknown if the change may be lost with this server, because no standby has it; or if it
    cannot be read yet, because a worker of Citus has not committed it.
    """
    connection = transaction.connection
    if connection is not None:
        connection.committed_locally = False
    commit.prepare(session, transaction)
    commit.complete([(session, transaction)])
    if connection is not None and connection.committed_locally:
        raise OutcomeUnknown


async def _close(session: Session, transaction: PostgresqlTransaction) -> None:
    """Roll back and give the connection back to its pool. It is closed if the server does not answer."""
    closing = asyncio.ensure_future(run_in_greenlet(session.close))
    ended, _ = await asyncio.wait([closing], timeout=ANSWER_SECONDS)
    if not ended and transaction.connection is not None:
        transaction.connection.terminate()
    await asyncio.wait([closing])
    with suppress(DBAPIError):  # the connection was lost: nothing is left to roll back
        closing.result()


class _Pools:
    """The connections of rules on one event loop. Rules that only read have a pool of their own, because writers may
    occupy all connections of theirs.
    """

    def __init__(self, server: Server, most: int, limits: TimeLimits, read_timeout: float, cache: Cache) -> None:
        self.writing = engine.create(server, most, limits, limits.longest, cache)
        self.reading = engine.create(server, most, limits, read_timeout, cache)
        settings = engine.server_settings(limits.patience, limits.longest) | SMALL_TABLES_IN_MEMORY
        self.single = Connections(server, most, limits.patience, settings, first=engine.SET_UP_CONNECTION)
        self.time_limits = SharedTimer()
        """Ends rules at their time limits."""
        self._unused: list[Session] = []
        self._most = most

    def session(self, *, writes: bool) -> Session:
        """A session that has no state."""
        if writes and self._unused:
            return self._unused.pop()
        engine = (self.writing if writes else self.reading).sync_engine
        return _Session(engine, expire_on_commit=False, autoflush=False)

    def keep(self, unused: Session) -> None:
        """Keep a session for another transaction that writes. Making one takes as long as a tenth of a small rule."""
        unused.info.clear()
        self._unused.append(unused)

    def usage(self) -> dict[str, Usage]:
        return {
            "other_reads": Usage(self._most, _checked_out(self.reading)),
            "autocommit_statements": Usage.of(self.single.places),
            "transactions": Usage(self._most, _checked_out(self.writing)),
        }

    async def close(self) -> None:
        await self.single.close()
        await self.reading.dispose()
        await self.writing.dispose()


def _checked_out(engine: AsyncEngine) -> int:
    """The connections of an engine that are in use."""
    pool = engine.pool
    return pool.checkedout() if isinstance(pool, QueuePool) else 0

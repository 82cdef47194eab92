"""An open database: `reading` runs planned statements, `writing` runs a rule in one transaction.

Nothing else opens a database, and nothing else commits.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from persistence.cache import Cache
from persistence.database_urls import check
from persistence.dialects import dialect_of
from persistence.dialects.interface import OpenDatabase
from persistence.exceptions import CommitUncertain, TooManyStreams
from persistence.running_operations import Commit, RunningTransaction
from persistence.sql_types import FoundValues, SqlQuery, Statement
from persistence.streams import MAX_STREAMS, PLACE_SECONDS, Snapshot
from persistence.time_limits import Places, TimeLimits, Usage, overloaded

T = TypeVar("T")

NO_LIMITS = TimeLimits()
RETRY_PAUSES = (0.02, 0.02, 0.04, 0.08)
"""Maximum seconds before each new attempt of a transaction that failed because of another one."""

STOP_TIMEOUT = 10
"""Seconds within which a stopped operation has ended."""


class Database:
    """An open database. Make one with `Database.at(url)`."""

    def __init__(
        self, opened: OpenDatabase, limits: TimeLimits, read_timeout: float, cache: Cache, max_streams: int
    ) -> None:
        self.transactions = opened.transactions
        self.reader = opened.reader
        self.monitor = opened.monitor
        self._usage = opened.usage
        self.cache = cache
        self.limits = limits
        self.read_timeout = read_timeout
        self._streamer, self._streams = opened.streamer, Places(max_streams)

    @classmethod
    @asynccontextmanager
    async def at(
        cls,
        url: str,
        *,
        pool_size: int = 10,
        read_timeout: float = 30,
        limits: TimeLimits = NO_LIMITS,
        cache: Cache | None = None,
        max_streams: int = MAX_STREAMS,
    ) -> AsyncIterator["Database"]:
        """Open the database at `sqlite:///file` or `postgresql://user@host/name`. `read_timeout` is in seconds. `cache`
        holds everything that is kept between requests. At most `max_streams` streams run at the same time.
        """
        dialect = check(url)
        kept = Cache() if cache is None else cache
        async with dialect.open(
            url, pool_size=pool_size, read_timeout=read_timeout, limits=limits, cache=kept
        ) as opened:
            yield cls(opened, limits, read_timeout, kept, max_streams)

    @property
    def engine(self) -> Engine:
        """The engine of the sessions of rules."""
        return self.transactions.engine

    @property
    def dialect(self) -> Dialect:
        """SQLAlchemy's dialect, to compile statements with."""
        return self.engine.dialect

    def usage(self) -> dict[str, Usage]:
        """How much of each pool of connections or threads is in use."""
        return {**self._usage(), "streams": Usage.of(self._streams)}

    async def reading(self, statements: Sequence[Statement]) -> FoundValues:
        """One value for each statement, all from the same state of the database. Raises TimeoutError when they take too
        long.
        """
        return await self.reader.run(statements)

    @asynccontextmanager
    async def streaming(self) -> AsyncIterator[Snapshot]:
        """One state of the database for a stream, which has no time limit. Raises TooManyStreams if as many streams run
        as are allowed, and none of them ends soon.
        """
        try:
            async with asyncio.timeout(PLACE_SECONDS):
                await self._streams.acquire()
        except TimeoutError:
            raise TooManyStreams(overloaded(self.limits.patience).retry_after) from None
        try:
            async with self._streamer.snapshot() as snapshot:
                yield snapshot
        finally:
            self._streams.release()

    async def select(self, statement: SqlQuery, *, large: bool = False) -> list[dict[str, Any]]:
        """The rows of one statement as Python values, in the default execution."""

        def rows(session: Session) -> list[dict[str, Any]]:
            return [dict(row) for row in session.connection().execute(statement).mappings()]

        return await self.querying(rows, large=large)

    async def querying(self, rule: Callable[[Session], T], *, large: bool = False) -> T:
        """Run a read-only rule; nothing is committed. Raises TimeoutError when it exceeds the read timeout.

        A rule with a `large` filter runs in a thread, because it would block the event loop.
        """
        return await self._run(rule, self.read_timeout, large=large)

    async def writing(self, change: Callable[[Session], T], *, bulk: bool = False, large: bool = False) -> T:
        """Run a rule that changes data in one transaction: committed when it returns, rolled back when it raises.

        A `bulk` change, of any number of rows, has its own time limit. Raises ChangeTooLong, ChangeCanceled if a user
        stopped it, and Overloaded if it would have to wait for other requests for too long. A rule with a `large`
        filter runs in a thread, because it would block the event loop.

        A transaction that failed because of another one, or lost its connection, runs again. It does not if the
        connection was lost during COMMIT, because the change may have been made: only a client with an idempotency key
        can safely send it again (K22).
        """
        return await self._run(change, self.limits.of_change(bulk=bulk), self._commit, large=large)

    async def _run(
        self, rule: Callable[[Session], T], limit: float | None, commit: Commit | None = None, *, large: bool
    ) -> T:
        for pause in RETRY_PAUSES:
            try:
                return await self.transactions.run(rule, limit, commit, large=large)
            except DBAPIError as error:
                if not self._can_retry(error):
                    raise
            await asyncio.sleep(pause * random.random())  # so that transactions do not fail because of each other again
        return await self.transactions.run(rule, limit, commit, large=large)

    async def stop(self, segment_id: int) -> bool:
        """Stop the operation on a segment; False if there is none. When this returns, the operation has ended."""
        if not await self.monitor.stop(segment_id):
            return False
        async with asyncio.timeout(STOP_TIMEOUT):
            while segment_id in await self.monitor.progress():
                await asyncio.sleep(0.02)
                await self.monitor.stop(segment_id)
        return True

    @staticmethod
    def _commit(session: Session, transaction: RunningTransaction) -> None:
        """Commit, unless the transaction was stopped or took too long."""
        reason = transaction.reason_to_end()
        if reason is not None:
            raise reason
        try:
            session.commit()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise CommitUncertain("The connection to the database was lost during COMMIT.") from error
            raise

    def _can_retry(self, error: BaseException) -> bool:
        """Whether the transaction lost its connection before COMMIT, or failed because of another transaction."""
        if not isinstance(error, DBAPIError):
            return False
        return error.connection_invalidated or dialect_of(self.dialect).may_succeed_later(error.orig)

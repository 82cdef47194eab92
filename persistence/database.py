"""An open database: `reading` runs planned statements, `writing` runs a rule in one transaction.

Nothing else opens a database, and nothing else commits.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from persistence.cache import Cache
from persistence.change_feed.items import insert_pending_items
from persistence.change_feed.watcher import ChangeWatcher
from persistence.concurrency.connection_budget import ConnectionBudget
from persistence.concurrency.time_limits import Places, TimeLimits, Usage, overloaded
from persistence.database_urls import check
from persistence.dialects import dialect_of
from persistence.dialects.closing import close_completely
from persistence.dialects.interface import OpenDatabase
from persistence.dialects.read_positions import ANY, PRIMARY
from persistence.dialects.streams import MAX_STREAMS, PLACE_SECONDS, Snapshot
from persistence.dialects.url_errors import STANDBY_OF_FILE
from persistence.exceptions import (
    ChangeCanceled,
    InvalidDatabaseUrl,
    OutcomeUnknown,
    Overloaded,
    TooManyStreams,
    Unavailable,
)
from persistence.sql.readiness import READINESS
from persistence.sql_types import FoundValues, SqlQuery, Statement
from persistence.transactions.running_operations import Commit, RunningTransaction

T = TypeVar("T")

NO_LIMITS = TimeLimits()
RETRY_PAUSES = (0.02, 0.02, 0.04, 0.08)
"""Maximum seconds before each new attempt of a transaction that failed because of another one."""

SETTLING_LIMIT = 30
"""Seconds after the beginning of a change without a time limit within which its outcome is settled."""

SETTLING_SECONDS, SETTLING_PAUSE = 0.55, 0.2
"""Seconds after the time limit of a change until which its result is looked for, and the pause between two attempts."""

STOP_TIMEOUT = 10
"""Seconds within which a stopped operation has ended."""


class _Commit:
    """Commits changes, unless they were stopped or took too long."""

    def prepare(self, session: Session, transaction: RunningTransaction) -> None:
        insert_pending_items(session)
        transaction.begin_commit()

    def complete(self, changes: Sequence[tuple[Session, RunningTransaction]]) -> None:
        (session, _), *others = changes
        try:
            session.commit()
        except DBAPIError as error:
            if error.connection_invalidated or dialect_of(session).leaves_commit_open(error.orig):
                raise OutcomeUnknown from error
            for _, transaction in changes:
                transaction.committing = False
            raise
        for other, _ in others:
            other.commit()  # calls the observers of the commit


_COMMIT = _Commit()


class Database:
    """An open database. Make one with `Database.at(url)`."""

    def __init__(
        self, opened: OpenDatabase, limits: TimeLimits, read_timeout: float, cache: Cache, max_streams: int
    ) -> None:
        self.transactions = opened.transactions
        self.reader = opened.reader
        self.monitor = opened.monitor
        self._usage, self._standby = opened.usage, opened.standby
        self.newest_primary = opened.newest_primary
        self.has_standby = opened.standby is not None
        """Whether a standby may answer reads."""
        self.cache = cache
        self.limits = limits
        self.read_timeout = read_timeout
        self._streamer, self._streams = opened.streamer, Places(max_streams)
        self.changes = ChangeWatcher(opened.signals)

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
        budget: ConnectionBudget | None = None,
        read_url: str | None = None,
    ) -> AsyncIterator["Database"]:
        """Open the database at `sqlite:///file` or `postgresql://user@host/name`. `read_timeout` is in seconds. `cache`
        holds everything that is kept between requests. At most `max_streams` streams run at the same time.
        `budget` limits the connections of several databases together. `read_url` is the URL of a standby.
        """
        dialect = check(url)
        if read_url is not None and dialect is not check(read_url, only_reads=True):
            raise InvalidDatabaseUrl(STANDBY_OF_FILE)
        kept = Cache() if cache is None else cache
        async with dialect.open(
            url,
            pool_size=pool_size,
            read_timeout=read_timeout,
            limits=limits,
            cache=kept,
            budget=budget,
            read_url=read_url,
        ) as opened:
            database = cls(opened, limits, read_timeout, kept, max_streams)
            try:
                yield database
            finally:
                await close_completely(database.changes.close)

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

    async def reading(self, statements: Sequence[Statement], *, after: int = PRIMARY) -> FoundValues:
        """One value for each statement, all from the same state of the database. Raises TimeoutError when they take too
        long. If the position `after` is given, a standby that has everything up to it may answer. Otherwise the
        primary must have everything up to it: raises EarlierPrimary if it has not.
        """
        if self._standby is not None and after != PRIMARY:
            found = await self._standby.run(statements, after)
            if found is not None:
                return found
        if after > ANY:
            await self.newest_primary.reach(after)
        return await self.reader.run(statements)

    def watch_standby(self, report: Callable[[BaseException | None], None]) -> None:
        """Call `report` with the error when the standby stops answering reads, and with None when it answers again."""
        if self._standby is not None:
            self._standby.report = report

    async def position(self) -> int:
        """A position after all changes of this process that are committed now."""
        return self.newest_primary.position if self._standby is None else await self._standby.position()

    async def check_ready(self) -> None:
        """Read the tables that most requests need. Raises what `reading` raises, and Unavailable if changes could not
        be stored.
        """
        self.transactions.check()
        await self.reading([(READINESS, ())])

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
        return await self._run(rule, self.read_timeout, began=time.monotonic(), large=large)

    async def writing(
        self,
        change: Callable[[Session], T],
        *,
        bulk: bool = False,
        large: bool = False,
        find_result: Callable[[Session], T | None] | None = None,
    ) -> T:
        """Run a rule that changes data in one transaction: committed when it returns, rolled back when it raises.

        A `bulk` change, of any number of rows, has its own time limit. Raises ChangeTooLong, ChangeCanceled if a user
        stopped it, Overloaded if it would have to wait for other requests for too long, and Unavailable. A rule with a
        `large` filter runs in a thread, because it would block the event loop.

        A transaction that failed because of another one, or lost its connection, runs again. It does not if the
        database did not confirm its COMMIT, because the change may have been made: then OutcomeUnknown is raised.

        `find_result` is given for a change with an idempotency key, which may run again (K22): it returns the result of
        the change if it was made before. With it an open outcome is settled, if the database answers in time.
        """
        limit, began = self.limits.of_change(bulk=bulk), time.monotonic()
        try:
            return await self._run(change, limit, _COMMIT, began=began, large=large, bulk=bulk)
        except OutcomeUnknown as unknown:
            if find_result is None:
                raise
            give_up = began + SETTLING_LIMIT if limit is None else began + limit
            try:
                settled = await self._settled(change, find_result, give_up, large=large, bulk=bulk)
            except asyncio.CancelledError:
                settled = None
            if settled is None:
                raise OutcomeUnknown(has_key=True) from unknown
            return settled
        finally:
            self.changes.note_commit()

    async def _run(
        self,
        rule: Callable[[Session], T],
        limit: float | None,
        commit: Commit | None = None,
        *,
        began: float,
        large: bool,
        bulk: bool = False,
    ) -> T:
        for pause in RETRY_PAUSES:
            try:
                return await self.transactions.run(rule, limit, commit, began=began, large=large, bulk=bulk)
            except (DBAPIError, Unavailable) as error:
                if not self._can_retry(error):
                    raise
            await asyncio.sleep(pause * random.random())  # so that transactions do not fail because of each other again
        return await self.transactions.run(rule, limit, commit, began=began, large=large, bulk=bulk)

    async def _settled(
        self,
        change: Callable[[Session], T],
        find_result: Callable[[Session], T | None],
        give_up: float,
        *,
        large: bool,
        bulk: bool,
    ) -> T | None:
        """The result of a change whose outcome is open: if it was made, what `find_result` returns; else what the
        change returns when it runs again. None if the database does not answer before `give_up`, or shortly after it.

        What was found counts only when its transaction, which locks it, is committed: then a standby that the server
        waits for has it, too. Without that, the change could still be lost with the server.

        A transaction whose COMMIT is still running cannot be seen. The change that runs again waits for it, because
        both claim the same idempotency key.
        """
        while True:
            now = time.monotonic()
            try:
                seconds = give_up + SETTLING_SECONDS - now
                found = await self._run(find_result, seconds, _COMMIT, began=now, large=False)
                if found is not None:
                    return found
                left = give_up - time.monotonic()
                if left > 0:
                    return await self._run(change, left, _COMMIT, began=time.monotonic(), large=large, bulk=bulk)
            except ChangeCanceled:
                return None
            except (Unavailable, Overloaded, OutcomeUnknown, TimeoutError, DBAPIError):
                pass  # none of these says what became of the first attempt
            if time.monotonic() > give_up - SETTLING_PAUSE:
                return None
            await asyncio.sleep(SETTLING_PAUSE)

    async def stop(self, segment_id: int) -> bool:
        """Stop the operation on a segment; False if there is none. When this returns, the operation has ended."""
        if not await self.monitor.stop(segment_id):
            return False
        async with asyncio.timeout(STOP_TIMEOUT):
            while segment_id in await self.monitor.progress():
                await asyncio.sleep(0.02)
                await self.monitor.stop(segment_id)
        return True

    def _can_retry(self, error: DBAPIError | Unavailable) -> bool:
        """Whether the transaction lost its connection before COMMIT, or failed because of another transaction."""
        if isinstance(error, Unavailable):
            return error.lost
        return dialect_of(self.dialect).may_succeed_later(error.orig)

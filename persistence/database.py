"""The two databases behind one door: `reading` runs planned statements, `writing` runs rules in one transaction.

Nothing else opens a database, and nothing else commits.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Protocol, TypeVar

from sqlalchemy import Select
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.util import greenlet_spawn
from sqlmodel import Session
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from persistence import postgresql, sqlite
from persistence.limits import Limits, overloaded, trouble
from persistence.single import AT_ONCE
from persistence.trouble import CommitUncertain, DatabaseTooOld
from persistence.under_way import UNDER_WAY, Activity, Change, Watching, Writer

T = TypeVar("T")
Statement = tuple[str, tuple[Any, ...]]
"""SQL in the words of the driver, and its parameters in the driver's own types."""

AT_REST = {"carnet_reads_only": True}
"""Says to `sqlite.engine` that this transaction will not write, so that it need not wait for the writer."""

NO_LIMITS = Limits()
ENDS_WITHIN = 10
"""Seconds within which what was stopped has ended."""

OLDEST_SQLITE = (3, 38, 0)
"""JSON functions are built in since then, and all else that the statements use is older."""


class Reader(Protocol):
    """Runs statements that only read, each answering one value."""

    async def run(self, statements: Sequence[Statement]) -> list[Any]: ...

    async def close(self) -> None: ...


class Database:
    """An open database. Make one with `Database.at(url)`."""

    def __init__(
        self, engine: AsyncEngine, reader: Reader, limits: Limits, *, writer: Writer | None = None,
        looking: AsyncEngine | None = None, at_once: postgresql.AtOnce | None = None,
    ) -> None:
        self.engine = engine
        self._looking = looking
        self.reader = reader
        self.limits = limits
        self.at_once = at_once
        self._writer, self._turn = writer, asyncio.Lock()
        self.watching: Watching = writer or Activity(reader)

    @classmethod
    @asynccontextmanager
    async def at(
        cls, url: str, *, pool_size: int = 10, read_timeout: float = 30, limits: Limits = NO_LIMITS
    ) -> AsyncIterator["Database"]:
        """Open the database at `sqlite:///file` or `postgresql://user@host/name`; a read takes at most so many seconds."""
        reader: Reader
        writer: Writer | None = None
        looking: AsyncEngine | None = None
        at_once: postgresql.AtOnce | None = None
        if is_sqlite(url):
            if sqlite3.sqlite_version_info < OLDEST_SQLITE:
                needed = ".".join(map(str, OLDEST_SQLITE))
                raise DatabaseTooOld(f"SQLite {sqlite3.sqlite_version} is too old. Carnet needs {needed} or newer.")
            writer = Writer()
            engine, reader = sqlite.engine(url, writer, limits.patience), sqlite.Readers(url, read_timeout)
        else:
            engine, looking = postgresql.engine(url, pool_size, limits), postgresql.engine(url, pool_size, limits)
            reader = await postgresql.readers(url, pool_size, read_timeout, limits.patience)
            at_once = postgresql.at_once(url, pool_size, engine.dialect, limits)
        database = cls(engine, reader, limits, writer=writer, looking=looking, at_once=at_once)
        try:
            yield database
        finally:
            await reader.close()
            if at_once is not None:
                await at_once.close()
            if looking is not None:
                await looking.dispose()
            await engine.dispose()

    @property
    def looking(self) -> AsyncEngine:
        """For who only looks: waits neither for SQLite's writer nor for a connection that writers of PostgreSQL have."""
        return self._looking or self.engine.execution_options(**AT_REST)

    @property
    def dialect(self) -> Dialect:
        return self.engine.dialect

    async def reading(self, statements: Sequence[Statement]) -> list[Any]:
        """One value for each statement, over one connection, in one go. Raises TimeoutError when it takes too long."""
        return await self.reader.run(statements)

    async def select(self, statement: Select[Any]) -> list[dict[str, Any]]:
        """The rows of one statement as Python values: the ordinary road, for what is not planned."""
        with self._said(None):
            async with self.looking.connect() as connection:
                return [dict(row) for row in (await connection.execute(statement)).mappings()]

    async def asking(self, question: Callable[[Session], T]) -> T:
        """Run a rule that only looks; nothing is kept."""
        return await self._run(self.looking, question, Change(self.limits.bulk), keep=False)

    async def writing(self, change: Callable[[Session], T], *, bulk: bool = False) -> T:
        """Run a change in one transaction: committed when it returns, rolled back whole when it raises.

        One of any number of rows, `bulk`, has a limit of time of its own. Raises ChangeTooLong, ChangeCanceled where somebody
        stopped it, and Overloaded where it would have to wait for others for too long.

        A transaction that lost against another one, or its connection, is run again; but not one whose connection went away
        while it was committed: that may be done or not, and only who has an idempotency key can safely send it again (K22).
        """
        limit = self.limits.of(bulk=bulk)
        try:
            return await self._change(change, limit)
        except DBAPIError as error:
            if not _worth_another_try(error):
                raise
        async for attempt in AsyncRetrying(
            retry=retry_if_exception(_worth_another_try), stop=stop_after_attempt(4),
            wait=wait_random_exponential(multiplier=0.02, max=0.5), reraise=True,
        ):
            with attempt:
                return await self._change(change, limit)
        raise AssertionError("tenacity either returns or raises")

    async def stop(self, segment_id: int) -> bool:
        """Have what is done to a segment end; False where nothing is. When this returns, it has ended."""
        if not await self.watching.stop(segment_id):
            return False
        async with asyncio.timeout(ENDS_WITHIN):
            while segment_id in await self.watching.progress():
                await asyncio.sleep(0.02)
                await self.watching.stop(segment_id)
        return True

    async def _change(self, rule: Callable[[Session], T], limit: float | None) -> T:
        if self._writer is None:
            return await self._run(self.engine, rule, Change(limit), keep=True)
        try:
            async with asyncio.timeout(self.limits.patience):
                await self._turn.acquire()
        except TimeoutError:
            raise overloaded(self.limits.patience) from None
        try:
            self._writer.change = Change(limit)
            return await self._to_its_end(rule, self._writer.change)
        finally:
            self._writer.change = None
            self._turn.release()

    async def _to_its_end(self, rule: Callable[[Session], T], change: Change) -> T:
        """SQLite works in a thread: who is canceled must have it end, and wait for that, before somebody else has a turn."""
        running = asyncio.ensure_future(self._run(self.engine, rule, change, keep=True))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            change.stopped = True
            await asyncio.gather(running, return_exceptions=True)
            raise

    async def _run(self, engine: AsyncEngine, rule: Callable[[Session], T], change: Change, *, keep: bool) -> T:
        """A rule with a session of its own, which opens a connection when it is first used."""
        session = AsyncSession(
            engine, sync_session_class=Session, expire_on_commit=False, autoflush=False,
            info={AT_ONCE: self.at_once, UNDER_WAY: change},
        )
        try:
            with self._said(change):
                # SQLite is asked by its machine whether the time is up, see `Change.must_end`
                async with asyncio.timeout(None if self._writer else change.seconds_left):
                    result = await greenlet_spawn(rule, session.sync_session)
            if keep and session.in_transaction():
                ending = change.ending()
                if ending is not None:
                    raise ending
                await _commit(session)
            return result
        finally:
            if session.in_transaction():
                await asyncio.shield(asyncio.ensure_future(session.close()))

    @contextmanager
    def _said(self, change: Change | None) -> Iterator[None]:
        """What goes wrong about time is said as such."""
        try:
            yield
        except NoConnection:
            raise overloaded(self.limits.patience) from None
        except TimeoutError as error:
            raise (change and change.ending()) or error from None
        except DBAPIError as error:
            meant = trouble(error, change, self.limits)
            if meant is None:
                raise
            raise meant from error


async def _commit(session: AsyncSession) -> None:
    try:
        await session.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise CommitUncertain("The connection to the database went away during COMMIT.") from error
        raise


def is_sqlite(url: str) -> bool:
    """Which of the two databases an address means."""
    return make_url(url).get_backend_name() == "sqlite"


def _worth_another_try(error: BaseException) -> bool:
    """Serialization failure, deadlock, or a connection that went away before anything was committed.

    Also a reference to what somebody else deleted at the same moment: run again, the rule finds it gone and says so.
    """
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in {"40001", "40P01", "23503"}

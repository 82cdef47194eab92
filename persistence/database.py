"""The two databases behind one door: `reading` runs planned statements, `writing` runs rules in one transaction.

Nothing else opens a database, and nothing else commits.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine, Select
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from persistence.cache import Cache
from persistence.database_urls import Server, check
from persistence.dialects import postgresql, sqlite
from persistence.exceptions import CommitUncertain, DatabaseTooOld
from persistence.limits import Limits
from persistence.running_operations import Activity, Keep, RunningTransaction, Watching, Writer

T = TypeVar("T")
Statement = tuple[str, tuple[Any, ...]]
"""SQL in the words of the driver, and its parameters in the driver's own types."""

NO_LIMITS = Limits()
ENDS_WITHIN = 10
"""Seconds within which what was stopped has ended."""

OLDEST_SQLITE = (3, 38, 0)
"""JSON functions are built in since then, and all else that the statements use is older."""


class Reader(Protocol):
    """Runs statements that only read, each answering one value."""

    async def run(self, statements: Sequence[Statement]) -> list[Any]: ...

    async def close(self) -> None: ...


class Transactions(Protocol):
    """Runs rules, each in a transaction of its own, where plain functions may use the database.

    `keep` keeps what was done, so that this module alone commits. Without it a rule only looks. A `large` rule computes
    for so long that it must not hold up the event loop.
    """

    async def run(
        self, rule: Callable[[Session], T], limit: float | None, keep: Keep | None = None, *, large: bool = False
    ) -> T: ...

    def use(self, cache: Cache) -> None: ...

    async def close(self) -> None: ...

    @property
    def engine(self) -> Engine: ...


class Database:
    """An open database. Make one with `Database.at(url)`."""

    def __init__(
        self,
        transactions: Transactions,
        reader: Reader,
        watching: Watching,
        limits: Limits,
        read_timeout: float,
        cache: Cache,
    ) -> None:
        self.transactions = transactions
        self.reader = reader
        self.watching = watching
        self.limits = limits
        self.read_timeout = read_timeout
        self.cache = cache
        transactions.use(cache)

    @classmethod
    @asynccontextmanager
    async def at(
        cls,
        url: str,
        *,
        pool_size: int = 10,
        read_timeout: float = 30,
        limits: Limits = NO_LIMITS,
        cache: Cache | None = None,
    ) -> AsyncIterator["Database"]:
        """Open the database at `sqlite:///file` or `postgresql://user@host/name`; a read takes at most so many
        seconds. All that is kept between requests stands in `cache`.
        """
        check(url)
        reader: Reader
        transactions: Transactions
        watching: Watching
        async with AsyncExitStack() as closing:
            if is_sqlite(url):
                if sqlite3.sqlite_version_info < OLDEST_SQLITE:
                    needed = ".".join(map(str, OLDEST_SQLITE))
                    raise DatabaseTooOld(f"SQLite {sqlite3.sqlite_version} is too old. Carnet needs {needed} or newer.")
                watching = writer = Writer()
                transactions, reader = (
                    sqlite.Transactions(url, limits, writer),
                    sqlite.ReadConnections(url, read_timeout, limits.patience),
                )
                closing.push_async_callback(_wholly, transactions.close)
            else:
                server = Server(url, limits.patience)
                transactions = postgresql.Transactions(server, pool_size, limits, read_timeout)
                closing.push_async_callback(_wholly, transactions.close)
                reader = await postgresql.readers(server, pool_size, read_timeout, limits.patience)
                watching = Activity(reader)
            closing.push_async_callback(_wholly, reader.close)
            yield cls(transactions, reader, watching, limits, read_timeout, Cache() if cache is None else cache)

    @property
    def engine(self) -> Engine:
        """What rules have their sessions from."""
        return self.transactions.engine

    @property
    def dialect(self) -> Dialect:
        return self.engine.dialect

    async def reading(self, statements: Sequence[Statement]) -> list[Any]:
        """One value for each statement, over one connection, in one go. Raises TimeoutError when it takes too long."""
        return await self.reader.run(statements)

    async def select(self, statement: Select[*tuple[Any, ...]], *, large: bool = False) -> list[dict[str, Any]]:
        """The rows of one statement as Python values: the ordinary road, for what is not planned."""

        def rows(session: Session) -> list[dict[str, Any]]:
            return [dict(row) for row in session.connection().execute(statement).mappings()]

        return await self.asking(rows, large=large)

    async def asking(self, question: Callable[[Session], T], *, large: bool = False) -> T:
        """Run a read-only rule; nothing is committed. Raises TimeoutError when it exceeds the read timeout.

        A rule with a `large` filter runs in a thread, because it would block the event loop.
        """
        return await self._run(question, self.read_timeout, large=large)

    async def writing(self, change: Callable[[Session], T], *, bulk: bool = False, large: bool = False) -> T:
        """Run a change in one transaction: committed when it returns, rolled back whole when it raises.

        One of any number of rows, `bulk`, has a limit of time of its own. Raises ChangeTooLong, ChangeCanceled where
        somebody stopped it, and Overloaded where it would have to wait for others for too long. One with a `large`
        filter runs beside the event loop.

        A transaction that lost against another one, or its connection, is run again; but not one whose connection went
        away while it was committed: that may be done or not, and only who has an idempotency key can safely send it
        again (K22).
        """
        return await self._run(change, self.limits.of(bulk=bulk), _commit, large=large)

    async def _run(
        self, rule: Callable[[Session], T], limit: float | None, keep: Keep | None = None, *, large: bool
    ) -> T:
        try:
            return await self.transactions.run(rule, limit, keep, large=large)
        except DBAPIError as error:
            if not _worth_another_try(error):
                raise
        async for attempt in AsyncRetrying(  # whose first round would cost every change 0.03 ms
            retry=retry_if_exception(_worth_another_try),
            stop=stop_after_attempt(4),
            wait=wait_random_exponential(multiplier=0.02, max=0.5),
            reraise=True,
        ):
            with attempt:
                return await self.transactions.run(rule, limit, keep, large=large)
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


async def _wholly(close: Callable[[], Awaitable[None]]) -> None:
    """Close also where the task is canceled meanwhile: a connection that is left open holds the server up."""
    closing = asyncio.ensure_future(close())
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await asyncio.wait([closing])
        raise


def _commit(session: Session, change: RunningTransaction) -> None:
    """What was stopped, or took too long, is not kept."""
    ending = change.ending()
    if ending is not None:
        raise ending
    try:
        session.commit()
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

"""The two databases behind one door: `reading` runs planned statements, `writing` runs rules in one transaction.

Nothing else opens a database, and nothing else commits.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

from sqlalchemy import Select
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.util import greenlet_spawn
from sqlmodel import Session
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from persistence import postgresql, sqlite
from persistence.single import AT_ONCE
from persistence.trouble import CommitUncertain, DatabaseTooOld

T = TypeVar("T")
Statement = tuple[str, tuple[Any, ...]]
"""SQL in the words of the driver, and its parameters in the driver's own types."""

AT_REST = {"carnet_reads_only": True}
"""Says to `sqlite.engine` that this transaction will not write, so that it need not wait for the writer."""

OLDEST_SQLITE = (3, 38, 0)
"""JSON functions are built in since then, and all else that the statements use is older."""


class Reader(Protocol):
    """Runs statements that only read, each answering one value."""

    async def run(self, statements: Sequence[Statement]) -> list[Any]: ...

    async def close(self) -> None: ...


class Database:
    """An open database. Make one with `Database.at(url)`."""

    def __init__(self, engine: AsyncEngine, reader: Reader, *, one_writer: bool, at_once: postgresql.AtOnce | None = None) -> None:
        self.engine = engine
        self.reader = reader
        self.at_once = at_once
        self._turn = asyncio.Lock() if one_writer else None

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str, *, pool_size: int = 10, read_timeout: float = 30) -> AsyncIterator["Database"]:
        """Open the database at `sqlite:///file` or `postgresql://user@host/name`; a read takes at most so many seconds."""
        reader: Reader
        at_once: postgresql.AtOnce | None = None
        if is_sqlite(url):
            if sqlite3.sqlite_version_info < OLDEST_SQLITE:
                needed = ".".join(map(str, OLDEST_SQLITE))
                raise DatabaseTooOld(f"SQLite {sqlite3.sqlite_version} is too old. Carnet needs {needed} or newer.")
            engine, reader = sqlite.engine(url), sqlite.Readers(url, read_timeout)
        else:
            engine, reader = postgresql.engine(url, pool_size), await postgresql.readers(url, pool_size, read_timeout)
            at_once = postgresql.at_once(url, pool_size, engine.dialect)
        database = cls(engine, reader, one_writer=is_sqlite(url), at_once=at_once)
        try:
            yield database
        finally:
            await reader.close()
            if at_once is not None:
                await at_once.close()
            await engine.dispose()

    @property
    def dialect(self) -> Dialect:
        return self.engine.dialect

    async def reading(self, statements: Sequence[Statement]) -> list[Any]:
        """One value for each statement, over one connection, in one go. Raises TimeoutError when it takes too long."""
        return await self.reader.run(statements)

    async def select(self, statement: Select[Any]) -> list[dict[str, Any]]:
        """The rows of one statement as Python values: the ordinary road, for what is not planned."""
        async with self.engine.connect() as connection:
            plain = await connection.execution_options(**AT_REST)
            return [dict(row) for row in (await plain.execute(statement)).mappings()]

    async def asking(self, question: Callable[[Session], T]) -> T:
        """Run a rule that only looks; nothing is kept."""
        return await self._run(self.engine.execution_options(**AT_REST), question, keep=False)

    async def writing(self, change: Callable[[Session], T]) -> T:
        """Run a change in one transaction: committed when it returns, rolled back whole when it raises.

        A transaction that lost against another one, or its connection, is run again; but not one whose connection went away
        while it was committed: that may be done or not, and only who has an idempotency key can safely send it again (K22).
        """
        try:
            return await self._change(change)
        except DBAPIError as error:
            if not _worth_another_try(error):
                raise
        async for attempt in AsyncRetrying(
            retry=retry_if_exception(_worth_another_try), stop=stop_after_attempt(4),
            wait=wait_random_exponential(multiplier=0.02, max=0.5), reraise=True,
        ):
            with attempt:
                return await self._change(change)
        raise AssertionError("tenacity either returns or raises")

    async def _change(self, change: Callable[[Session], T]) -> T:
        if self._turn is None:
            return await self._run(self.engine, change, keep=True)
        async with self._turn:
            return await self._run(self.engine, change, keep=True)

    async def _run(self, engine: AsyncEngine, rule: Callable[[Session], T], *, keep: bool) -> T:
        """A rule with a session of its own, which opens a connection when it is first used."""
        session = AsyncSession(
            engine, sync_session_class=Session, expire_on_commit=False, autoflush=False, info={AT_ONCE: self.at_once}
        )
        try:
            result = await greenlet_spawn(rule, session.sync_session)
            if keep and session.in_transaction():
                await _commit(session)
            return result
        finally:
            if session.in_transaction():
                await asyncio.shield(asyncio.ensure_future(session.close()))


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

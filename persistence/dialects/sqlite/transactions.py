"""Runs rules on SQLite: one writes at a time, several read meanwhile."""

import asyncio
import time
from collections.abc import Callable
from typing import NoReturn, TypeVar

from sqlalchemy import Connection
from sqlmodel import Session

from persistence.cache import Cache
from persistence.concurrency.threads import Threads
from persistence.concurrency.time_limits import TimeLimits, TranslatedErrors, Usage, acquire, overloaded
from persistence.dialects.sqlite import engine
from persistence.dialects.sqlite.errors import failure_kind
from persistence.dialects.sqlite.group_commit import Change, ChangeThread
from persistence.dialects.sqlite.monitor import WriterMonitor
from persistence.dialects.sqlite.opened_files import OpenedFiles
from persistence.exceptions import FailureKind, OutcomeUnknown
from persistence.transactions.remembered_values import REMEMBERED
from persistence.transactions.running_operations import RUNNING_TRANSACTION, Commit, RunningTransaction

T = TypeVar("T")

ENDING_SECONDS = 0.5
"""Seconds after its time limit within which a transaction must have ended. After that it is no longer waited for."""


class SqliteTransactions:
    """Runs rules in threads, over the plain driver: passing each statement to a thread would cost several times what
    the statement does.
    """

    def __init__(self, url: str, limits: TimeLimits, monitor: WriterMonitor, cache: Cache, files: OpenedFiles) -> None:
        self.engine = engine.create(url, limits.patience, cache, files)
        self._limits, self._files = limits, files
        self._remembered: dict[str, str] = {}
        self._writing = ChangeThread(self._session, files, monitor)
        self._reading = Threads(engine.CONCURRENT_READS, "carnet-query")

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
        """Run the rule in a transaction, and return its result when the transaction has ended. All rules run in
        threads, large ones or not. A disk that does not answer keeps its thread, but not the caller.
        """
        if commit is None:
            await acquire(self._reading.places, self._limits.patience)
        transaction = RunningTransaction(limit, read_only=commit is None)
        with TranslatedErrors(transaction, self._limits, self._failure_kind):
            if commit is not None:
                return await self._written(Change(rule, transaction, commit, alone=large or bulk))
            return await self._result(self._reading.start(self._read, rule, transaction), transaction)

    def _failure_kind(self, error: BaseException | None) -> FailureKind | None:
        self._files.note_failure(error)
        return failure_kind(error)

    async def _written(self, change: Change[T]) -> T:
        """The result of a change, which waits for those that came before it."""
        queued, transaction = self._writing.start(change), change.transaction
        give_up = time.monotonic() + self._limits.patience
        try:
            while queued.is_waiting() and (left := give_up - time.monotonic()) > 0:
                shortest = left if transaction.limit is None else min(left, transaction.limit)
                await asyncio.wait([queued.ended], timeout=shortest)
        except asyncio.CancelledError:
            if queued.withdraw():
                raise
            await self._stop(queued.ended, transaction)
        if queued.withdraw():
            raise overloaded(self._limits.patience)
        return await self._result(queued.ended, transaction)

    async def _result(self, running: asyncio.Future[T], transaction: RunningTransaction) -> T:
        """The result of a transaction that has begun. It is not waited for much longer than its time limit."""
        try:
            left = transaction.seconds_left
            if not running.done():
                await asyncio.wait([running], timeout=None if left is None else left + ENDING_SECONDS)
        except asyncio.CancelledError:
            await self._stop(running, transaction)
        if running.done():
            return running.result()
        if transaction.may_be_kept:
            raise OutcomeUnknown
        raise TimeoutError

    async def _stop(self, running: asyncio.Future[T], transaction: RunningTransaction) -> NoReturn:
        """End a transaction whose caller was canceled."""
        if not transaction.stop():
            raise OutcomeUnknown from None
        await asyncio.wait([running])
        raise asyncio.CancelledError

    def check(self) -> None:
        """Raises Unavailable if the file was deleted, replaced or damaged: reads may not notice it."""
        self._files.check()

    def usage(self) -> dict[str, Usage]:
        """How much of each pool is in use."""
        return {"other_reads": Usage.of(self._reading.places), "transactions": self._writing.usage}

    async def close(self) -> None:
        """Wait for the threads and close the connections."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writing.shutdown()
        self._reading.shutdown()
        self.engine.dispose()

    def _read(self, rule: Callable[[Session], T], transaction: RunningTransaction) -> T:
        self._files.check_regularly()
        with self._session(transaction) as session:
            return rule(session)

    def _session(self, transaction: RunningTransaction, connection: Connection | None = None) -> Session:
        """A session. With a connection, it takes part in the transaction or savepoint that the connection has."""
        options = {engine.TRANSACTION: transaction, engine.READ_ONLY: transaction.read_only}
        return Session(
            self.engine.execution_options(**options) if connection is None else connection,
            join_transaction_mode="rollback_only",
            expire_on_commit=False,
            autoflush=False,
            info={RUNNING_TRANSACTION: transaction, REMEMBERED: self._remembered},
        )

"""Group commit: small changes that wait for the writing thread share the COMMIT of the one before them.

Writing a transaction to the disk takes longer than most changes, and many changes write the same pages. Each change
that joins has a savepoint, so that it fails alone, and none is reported before the COMMIT. If the transaction is rolled
back, each of its changes runs again in a transaction of its own (decision 0060).
"""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from persistence.concurrency.threads import OneThread, WorkItem
from persistence.concurrency.time_limits import Usage
from persistence.dialects.sqlite import engine
from persistence.dialects.sqlite.errors import is_interrupted
from persistence.dialects.sqlite.monitor import WriterMonitor
from persistence.dialects.sqlite.opened_files import OpenedFiles
from persistence.exceptions import OutcomeUnknown
from persistence.transactions.running_operations import Commit, RunningTransaction

T = TypeVar("T")

MOST_JOINED = 31
"""Maximum number of changes that join another one."""

JOIN_SECONDS, GROUP_SECONDS = 0.02, 0.1
"""Seconds for which other changes may join. Seconds after which a change that has joined is interrupted, because the
changes before it wait for the COMMIT.
"""

SHORT_SECONDS = 1
"""Seconds. No other change joins one that has taken longer: if it had to run again, it could exceed its time limit."""


class GroupRolledBack(Exception):
    """A transaction with several changes was rolled back, or must be."""


@dataclass(eq=False)
class Change(Generic[T]):
    """A rule that changes something. One that is `alone` does not join others, nor do others join it."""

    rule: Callable[[Session], T]
    transaction: RunningTransaction
    commit: Commit
    alone: bool
    item: WorkItem[T] | None = field(default=None, init=False)
    """Reports how it ended."""

    def run(self, session: Session) -> T:
        """Run the rule, up to the COMMIT."""
        result = self.rule(session)
        session.flush()
        self.commit.prepare(session, self.transaction)
        return result


@dataclass
class Joined:
    """A change that shares the transaction of another one."""

    change: Change[Any]
    item: WorkItem[Any]
    session: Session | None = None
    """None until it has succeeded."""
    error: BaseException | None = None
    note_if_committed: Callable[[], None] | None = None
    """Notes how it ended if the transaction is committed."""
    note: Callable[[], None] | None = None
    """Notes how it ended. None until the transaction is committed: if that fails, the change runs again, also one that
    was refused, because it saw what those before it had written.
    """


class OpenSession(Protocol):
    """Returns a session. With a connection, it takes part in the transaction or savepoint that the connection has."""

    def __call__(self, transaction: RunningTransaction, connection: Connection | None = None) -> Session: ...


class ChangeThread:
    """Makes changes in a thread, in the order in which they were given."""

    def __init__(self, open_session: OpenSession, files: OpenedFiles, monitor: WriterMonitor) -> None:
        self._open, self._files, self._monitor = open_session, files, monitor
        self._thread = OneThread("carnet-change")
        self._waiting: deque[Change[Any]] = deque()
        """Those that have not begun, among them some that were withdrawn."""

    @property
    def usage(self) -> Usage:
        """Whether the thread is busy."""
        return self._thread.usage

    def start(self, change: Change[T]) -> WorkItem[T]:
        """Make a change, even if its caller is canceled, unless it is withdrawn before."""
        self._waiting.append(change)
        joined: list[Joined] = []
        try:
            change.item = self._thread.start(
                self._make_with_others, change, joined, after=partial(self._report, joined)
            )
        except RuntimeError:  # the system has no more threads
            self._waiting.remove(change)
            raise
        return change.item

    def shutdown(self) -> None:
        """End the thread when all changes have ended. It blocks until then."""
        self._thread.shutdown()

    def _make_with_others(self, change: Change[T], joined: list[Joined]) -> T:
        """Make a change, and others that wait, in one transaction."""
        while self._waiting.popleft() is not change:
            pass  # it was withdrawn
        change.transaction.began = time.monotonic()
        with suppress(GroupRolledBack):  # what is raised below would have it as its context
            return self._make(change, joined)
        for each in joined:
            each.change.transaction.committing = False
        return self._make(change, None)

    def _report(self, joined: list[Joined]) -> None:
        """Report how those that joined ended. Those that must run again do so only now, because the change that they
        joined does not wait for them.
        """
        for each in joined:
            each.item.report(each.note or each.item.attempt(partial(self._make, each.change, None)))

    def _make(self, change: Change[T], joined: list[Joined] | None) -> T:
        """Make a change in a transaction of its own. If a list is given, those that join it are added to the list.
        Raises GroupRolledBack if the failure may be that of another change.
        """
        transaction = self._monitor.transaction = change.transaction
        transaction.committing = False
        try:
            self._files.check_regularly()
            with self._open(transaction) as session:
                result = change.run(session)
                if joined is not None and _may_be_joined(change, session):
                    self._join(session.connection(), joined)
                    self._monitor.transaction = transaction
                self._complete(change, session, joined or [])
                return result
        finally:
            self._monitor.transaction = None

    def _join(self, connection: Connection, joined: list[Joined]) -> None:
        """Let changes that wait take part in the transaction of the connection. Raises GroupRolledBack."""
        now = time.monotonic()
        own, connection.info[engine.GROUP_END] = connection.info.get(engine.TRANSACTION), now + GROUP_SECONDS
        try:
            while len(joined) < MOST_JOINED and time.monotonic() < now + JOIN_SECONDS and (each := self._next()):
                joined.append(each)
                each.note_if_committed = each.item.attempt(partial(self._run_joined, each, connection))
                if each.error is not None and _may_be_rolled_back(connection, each.error):
                    raise GroupRolledBack from each.error
        finally:
            del connection.info[engine.GROUP_END]
            connection.info[engine.TRANSACTION] = own

    def _next(self) -> Joined | None:
        """The next change that waits and may join; from now on it cannot be withdrawn."""
        while self._waiting and not self._waiting[0].alone and (item := self._waiting[0].item) is not None:
            change = self._waiting.popleft()
            change.transaction.began = time.monotonic()  # first, because its caller reads it once it has begun
            if item.begin():
                return Joined(change, item)
        return None

    def _run_joined(self, joined: Joined, connection: Connection) -> object:
        """Run a change in a savepoint."""
        transaction = self._monitor.transaction = connection.info[engine.TRANSACTION] = joined.change.transaction
        session = self._open(transaction, connection)
        try:
            with connection.begin_nested():
                result = joined.change.run(session)
        except BaseException as error:
            joined.error = error
            session.close()
            raise
        joined.session = session
        return result

    def _complete(self, change: Change[Any], session: Session, joined: list[Joined]) -> None:
        """Commit the changes of a transaction."""
        changes = [(each.session, each.change.transaction) for each in joined if each.session is not None]
        driver = session.connection().connection.driver_connection if joined else None
        try:
            self._files.check()
            change.commit.complete([(session, change.transaction), *changes])
            if not self._files.is_same():
                raise OutcomeUnknown
        except BaseException as error:
            if not joined:
                raise
            if not isinstance(error, OutcomeUnknown) and _is_rolled_back(driver, error):
                raise GroupRolledBack from error
            for each in joined:
                if each.session is not None:
                    each.note = each.item.attempt(partial(_raise, OutcomeUnknown()))
            raise OutcomeUnknown from error
        for each in joined:
            each.note = each.note_if_committed


def _may_be_joined(change: Change[Any], session: Session) -> bool:
    """Whether others may join a change that is ready to commit."""
    is_short = time.monotonic() - change.transaction.began < SHORT_SECONDS
    return is_short and not change.alone and session.in_transaction()


def _may_be_rolled_back(connection: Connection, error: BaseException) -> bool:
    """Whether the error may have ended the whole transaction."""
    driver = connection.connection.driver_connection
    interrupted = isinstance(error, DBAPIError) and is_interrupted(error.orig)
    return interrupted or not getattr(driver, "in_transaction", False)


def _is_rolled_back(driver: object, error: BaseException) -> bool:
    """Whether the transaction was not committed, although COMMIT or an observer of it raised the error. Observers may
    also raise errors after the COMMIT was made: then the transaction has ended.
    """
    return isinstance(error, DBAPIError) or bool(getattr(driver, "in_transaction", False))


def _raise(error: Exception) -> Any:
    raise error

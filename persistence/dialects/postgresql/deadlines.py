"""The time limit of a transaction on PostgreSQL, which also holds for its COMMIT."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from persistence.concurrency.shared_timer import SharedTimer
from persistence.dialects.postgresql.driver import DriverConnection
from persistence.exceptions import Unavailable
from persistence.transactions.running_operations import RunningTransaction

ANSWER_SECONDS, COMMIT_ANSWER_SECONDS = 0.6, 0.3
"""Seconds after the time limit within which the server must say how the statement, or COMMIT, that it was asked to end
has ended. After that its connection is closed. The outcome of a COMMIT is then still looked for.
"""

WAITING_SECONDS = 0.7
"""Seconds after its time limit at which a transaction is ended that waits for a connection. By then it is known whether
the server answers those that have one.
"""

COMMIT_SECONDS = 30
"""The time limit of the COMMIT of a transaction that has none itself."""


@dataclass
class PostgresqlTransaction(RunningTransaction):
    """A running transaction and the connection that it uses now, if any."""

    connection: DriverConnection | None = None
    has_begun: bool = False
    """It has had a connection. Otherwise it has only waited for one."""

    def use(self, connection: DriverConnection) -> None:
        """Use a connection from now on."""
        self.connection, self.has_begun = connection, True


class Deadline:
    """Ends a transaction at its time limit. Around a block: raises TimeoutError if it did not end before, and
    Unavailable if the server does not answer that it was told to end it.

    First the server is asked to end the running statement. It answers whether the statement was rolled back or, when it
    was committing, is complete. If it does not answer, the connection is closed. A block that waits for something else
    is canceled, but never one whose commit has begun: its outcome is what the server says.
    """

    def __init__(
        self, shared: SharedTimer, transaction: PostgresqlTransaction, note_silence: Callable[[], None]
    ) -> None:
        """`note_silence` is called if the server does not answer."""
        self._shared, self._transaction, self._note_silence = shared, transaction, note_silence
        self._timer: asyncio.TimerHandle | None = None
        """Runs some time after the time limit. It interrupts a block that waits for a connection, and closes the
        connection of a statement whose end the server has not told.
        """
        self._task: asyncio.Task[object] | None = None
        self._canceled, self._canceled_by_others, self._unanswered = False, 0, False
        self.when = math.inf
        """The time of the event loop at which the time limit ends."""

    def __enter__(self) -> Self:
        self._task = asyncio.current_task()
        self._canceled_by_others = 0 if self._task is None else self._task.cancelling()
        self._start(self._transaction.seconds_left)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._shared.watched.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._canceled and self._task is not None:
            left = self._task.uncancel()
            if left <= self._canceled_by_others and isinstance(error, asyncio.CancelledError):
                if self._unanswered:
                    raise Unavailable from TimeoutError()
                raise TimeoutError from error

    def limit_commit(self) -> None:
        """Give a COMMIT a time limit if the transaction has none."""
        if self.when == math.inf:
            self._start(COMMIT_SECONDS)

    def _start(self, seconds: float | None) -> None:
        if seconds is not None:
            self.when = asyncio.get_running_loop().time() + max(seconds, 0)
            self._shared.watched.add(self)
            if self.when < self._shared.fires_at:
                self._shared.fire_at(self.when)

    def expire(self) -> None:
        """Ask the server to end the statement, or end the block later if it waits for a connection."""
        if self._transaction.connection is None:
            self._next(WAITING_SECONDS, self._interrupt)
        else:
            self._transaction.connection.cancel_statement()
            self._next(COMMIT_ANSWER_SECONDS if self._transaction.committing else ANSWER_SECONDS, self._give_up)

    def _next(self, seconds: float, act: Callable[[], None]) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, act)

    def _give_up(self) -> None:
        if self._transaction.connection is not None:
            self._unanswered = True
            self._note_silence()
            self._transaction.connection.terminate()
        if not self._transaction.committing:
            self._interrupt()

    def _interrupt(self) -> None:
        if self._task is not None:
            self._canceled = True
            self._task.cancel()

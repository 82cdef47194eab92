"""Long operations: their progress, which other transactions can see, and how they are stopped.

A rule reports each of its phases with `begin_phase`. The dialect publishes it: on PostgreSQL in the name of the
connection, which all servers over the database see; on SQLite within the process.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlmodel import Session

from persistence.exceptions import ChangeCanceled, ChangeTooLong

RUNNING_TRANSACTION = "carnet_running_transaction"
"""The key under which `Session.info` has the RunningTransaction."""

LOGGING = "LOGGING"
"""The phase that draws entry numbers. The other phases put lines on segments, or only read."""


@dataclass(frozen=True)
class Progress:
    """The estimated progress of an operation, in rows. The total is 0 while it is not known."""

    phase: str
    done: int
    total: int
    started_at: dt.datetime


@dataclass
class RunningTransaction:
    """A running change or read. It ends at its time limit or when it is stopped; its transaction is then rolled
    back.
    """

    limit: float | None = None
    """In seconds; None is no limit."""
    stopped: bool = False
    read_only: bool = False
    """It is a read, so the message of its timeout does not mention changes."""
    publish: Callable[[Session, "RunningTransaction"], None] | None = None
    """Publishes the phase outside the process, where the dialect can do so."""
    segment_id: int | None = None
    phase: str = ""
    total: int = 0
    started_at: dt.datetime | None = None
    checks: int = 0
    """How often `must_end` was called since the phase began."""
    began: float = field(default_factory=time.monotonic)
    committing: bool = False
    """A COMMIT, or a statement that commits itself, has begun, and the database has not said that it failed: the change
    may be made.
    """
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def seconds_left(self) -> float | None:
        """The rest of the time limit; None without a limit."""
        return None if self.limit is None else self.limit - (time.monotonic() - self.began)

    def must_end(self) -> bool:
        """Whether the running statement must be interrupted. SQLite calls this regularly, in a thread of its own."""
        self.checks += 1
        return self.stopped or self._is_late()

    def reason_to_end(self) -> Exception | None:
        """Why it was interrupted; None if it was not."""
        if self.stopped:
            return ChangeCanceled("The operation was canceled while it was running. Nothing was changed.")
        if not self._is_late():
            return None
        if self.read_only:
            return TimeoutError(f"A read took longer than {self.limit:g} seconds.")
        return ChangeTooLong(f"This took longer than {self.limit:g} seconds and was stopped. Nothing was changed.")

    @property
    def may_be_kept(self) -> bool:
        """Whether the change may be made. No commit begins after the time limit."""
        with self._lock:
            return self.committing

    def begin_commit(self) -> None:
        """Note that the commit begins. Raises the reason why the transaction must be rolled back instead."""
        with self._lock:
            reason = self.reason_to_end()
            if reason is not None:
                raise reason
            self.committing = True

    def stop(self) -> bool:
        """Stop the transaction; False if its commit has begun already."""
        with self._lock:
            self.stopped = not self.committing
            return self.stopped

    def _is_late(self) -> bool:
        return self.limit is not None and time.monotonic() - self.began >= self.limit


class Commit(Protocol):
    """Commits changes, in two steps."""

    def prepare(self, session: Session, transaction: RunningTransaction) -> None:
        """Do what the rule left to the end. After this the change may be committed at any time. Raises the reason why
        it must be rolled back instead.
        """

    def complete(self, changes: Sequence[tuple[Session, RunningTransaction]]) -> None:
        """Commit the transaction of the first session, which has all these changes. Raises OutcomeUnknown, or the error
        because of which they were rolled back.
        """


def begin_phase(session: Session, segment_id: int, phase: str, total: int, now: dt.datetime) -> None:
    """Report that an operation on a segment begins a phase, and how many rows it will write; 0 if that is not known."""
    running: RunningTransaction | None = session.info.get(RUNNING_TRANSACTION)
    if running is None:
        return
    running.segment_id, running.phase, running.total, running.checks = segment_id, phase, total, 0
    running.started_at = running.started_at or now
    if running.publish is not None:
        running.publish(session, running)


class OperationMonitor(Protocol):
    """Watches running operations from outside their transactions."""

    async def progress(self) -> Mapping[int, Progress]:
        """The progress of the operation on each segment that has one, by the id of the segment."""
        ...

    async def stop(self, segment_id: int) -> bool:
        """Request that the operation on a segment ends; False if there is none."""
        ...

"""The time limits of requests."""

import asyncio
import math
from types import TracebackType
from typing import Self

from persistence.concurrency.shared_timer import SharedTimer


class Deadlines(SharedTimer):
    """The time limits of the requests that an endpoint answers."""

    def after(self, seconds: float) -> "Deadline":
        """A time limit for one block, which counts from the beginning of the block."""
        return Deadline(self, seconds)


class Deadline:
    """Ends a block that takes too long: cancels its task and raises TimeoutError, as `asyncio.timeout` does."""

    __slots__ = ("_all", "_canceled_by_others", "_expired", "_has_ended", "_seconds", "_task", "ended_early", "when")

    def __init__(self, all: Deadlines, seconds: float) -> None:
        self._all, self._seconds, self._expired, self._has_ended = all, seconds, False, False
        self.when = math.inf
        """The time of the event loop at which the block ends."""
        self.ended_early = False
        """Whether `end` has ended the block."""

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._canceled_by_others = task, task.cancelling()
        self.move(self._seconds)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._has_ended = True
        self._all.watched.discard(self)
        if self._expired and self._task.uncancel() <= self._canceled_by_others and kind is asyncio.CancelledError:
            raise TimeoutError from error

    @property
    def has_expired(self) -> bool:
        """Whether it has ended the block, or is about to."""
        return self._expired

    def end(self) -> None:
        """End the block now, before it does anything else. After the block this does nothing."""
        if not (self._has_ended or self._expired):
            self.ended_early = True
            self._all.watched.discard(self)
            self.expire()

    def move(self, seconds: float | None) -> None:
        """End the block so many seconds from now; None removes the time limit. After the block has ended or expired,
        it does nothing.
        """
        if not (self._has_ended or self._expired):
            self.when = math.inf if seconds is None else asyncio.get_running_loop().time() + seconds
            self._all.watched.add(self)
            if self.when < self._all.fires_at:
                self._all.fire_at(self.when)

    def expire(self) -> None:
        """Cancel the task of the block."""
        self._expired = True
        self._task.cancel()

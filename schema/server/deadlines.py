"""The time limit of a request."""

import asyncio
from types import TracebackType
from typing import Self


class Deadline:
    """Ends a block that takes too long: cancels its task and raises TimeoutError, as `asyncio.timeout` does. Moving a
    deadline to a later time starts no new timer: the timer that runs already starts again if it fires too early.
    """

    __slots__ = (
        "_canceled_by_others",
        "_expired",
        "_has_ended",
        "_loop",
        "_seconds",
        "_task",
        "_timer",
        "_when",
        "is_early",
    )

    def __init__(self, seconds: float) -> None:
        """`seconds` count from the beginning of the block."""
        self._seconds, self._expired, self._has_ended = seconds, False, False
        self._when: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.is_early = False
        """Whether the block was ended by `end`."""

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self._loop, self._task, self._canceled_by_others = asyncio.get_running_loop(), task, task.cancelling()
        self._when = self._loop.time() + self._seconds
        self._timer = self._loop.call_at(self._when, self._check)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._has_ended = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._expired and self._task.uncancel() <= self._canceled_by_others and kind is asyncio.CancelledError:
            raise TimeoutError from error

    @property
    def has_expired(self) -> bool:
        """Whether it has ended the block, or is about to."""
        return self._expired

    def end(self) -> None:
        """End the block now, before it does anything else. After the block this does nothing."""
        if not (self._has_ended or self._expired):
            self.is_early = self._expired = True
            self._task.cancel()

    def move(self, seconds: float | None) -> None:
        """End the block so many seconds from now; None removes the time limit. After the block it does nothing."""
        if self._has_ended:
            return
        self._when = None if seconds is None else self._loop.time() + seconds
        if self._when is not None and (self._timer is None or self._when < self._timer.when()):
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(self._when, self._check)

    def _check(self) -> None:
        self._timer = None
        if self._when is None or self._expired:
            return
        if self._when > self._loop.time():
            self._timer = self._loop.call_at(self._when, self._check)
        else:
            self._expired = True
            self._task.cancel()

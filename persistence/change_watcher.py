"""Wakes tasks of this process soon after something was committed, by this process or another one.

    async with database.changes.watching() as commits:
        while True:
            ...  # read the change feed after the last position
            await commits.wait()

While nobody watches, nothing is read. The change feed is the truth: a signal may get lost, so that watchers are woken
from time to time without one, and may be woken although there is nothing new.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from persistence.commit_signals import CommitSignals

TICK = 0.2
"""Watchers are woken, and other processes told, at most once in so many seconds."""

POLL = 5
"""Watchers are woken after so many seconds without a signal."""


class Commits:
    """What a watcher waits for."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def note(self) -> None:
        """Something may have been committed."""
        self._event.set()

    async def wait(self) -> None:
        """Return when something may have been committed since this was called last."""
        await self._event.wait()
        self._event.clear()


class ChangeWatcher:
    """Knows who watches. Use it on one event loop."""

    def __init__(self, signals: CommitSignals, *, tick: float = TICK, poll: float = POLL) -> None:
        self._signals, self._tick, self._poll = signals, tick, poll
        self._watchers: dict[Commits, None] = {}
        self._waking: asyncio.Task[None] | None = None
        self._own = asyncio.Event()
        self._is_untold = False
        """Whether something was committed of which other processes have not been told."""
        self._telling: asyncio.Task[None] | None = None
        self._has_told = False

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Commits]:
        """What to wait for inside the block. Read what is there before you wait for the first time."""
        commits = Commits()
        self._watchers[commits] = None
        if self._waking is None:
            self._waking = asyncio.create_task(self._wake_regularly())
        try:
            yield commits
        finally:
            del self._watchers[commits]
            if not self._watchers:
                await self._stop_waking()

    def note_commit(self) -> None:
        """This process has committed something, or a transaction that held others back has ended."""
        if self._waking is not None:
            self._own.set()
        if self._signals.needs_telling:
            self._is_untold = True
            if self._telling is None:
                self._telling = asyncio.create_task(self._tell())

    async def close(self) -> None:
        """Tell other processes what they have not been told, and close the connection."""
        await self._stop_waking()
        if self._telling is not None:
            self._telling.cancel()
            with suppress(asyncio.CancelledError):
                await self._telling
        if self._is_untold and self._has_told:
            await self._signals.tell()
        await self._signals.close()

    async def _wake_regularly(self) -> None:
        while True:
            await self._signals.wait(self._own, self._poll)
            self._own.clear()
            for commits in self._watchers:
                commits.note()
            await asyncio.sleep(self._tick)

    async def _stop_waking(self) -> None:
        waking, self._waking = self._waking, None
        if waking is not None:
            waking.cancel()
            with suppress(asyncio.CancelledError):
                await waking
            if self._waking is None:
                await self._signals.rest()

    async def _tell(self) -> None:
        """Tell other processes at once, then again after each tick in which something was committed. The first time it
        waits a tick before: a command that makes one change and ends opens no connection for it.
        """
        if not self._has_told:
            await asyncio.sleep(self._tick)
            self._has_told = True
        while self._is_untold:
            self._is_untold = False
            await self._signals.tell()
            await asyncio.sleep(self._tick)
        self._telling = None

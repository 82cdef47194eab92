"""Wakes tasks of this process soon after something was committed, by this process or another one.

    async with database.changes.watching() as commits:
        while True:
            ...  # read the change feed after the last position
            await commits.wait()

While there are no watchers, nothing is read. A signal may get lost, so watchers are also woken from time to time
without one. They may be woken although there is nothing new, so they read the change feed to see what is.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from persistence.concurrency.ending_tasks import end
from persistence.dialects.commit_signals import CommitSignals

TICK = 0.2
"""Watchers are woken, and signals sent, at most once in so many seconds."""

POLL = 5
"""Watchers are woken after so many seconds without a signal."""


class Commits:
    """Wakes one watcher."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def note(self) -> None:
        """Wake the watcher: something may have been committed."""
        self._event.set()

    async def wait(self) -> None:
        """Return when something may have been committed since this was called last."""
        await self._event.wait()
        self._event.clear()


class ChangeWatcher:
    """Wakes all watchers of this process, and sends signals to other processes. Use it on one event loop."""

    def __init__(self, signals: CommitSignals, *, tick: float = TICK, poll: float = POLL) -> None:
        self._signals, self._tick, self._poll = signals, tick, poll
        self._watchers: dict[Commits, None] = {}
        self._waking: asyncio.Task[None] | None = None
        self._own = asyncio.Event()
        self._is_unsent = False
        """Whether something was committed since the last signal was sent."""
        self._sending: asyncio.Task[None] | None = None
        self._has_sent = False

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Commits]:
        """A watcher inside the block. Read what is there before you wait for the first time."""
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
        if self._signals.needs_sending:
            self._is_unsent = True
            if self._sending is None:
                self._sending = asyncio.create_task(self._send())

    async def close(self) -> None:
        """Send a last signal if something was committed since the one before, and close the connection."""
        await self._stop_waking()
        if self._sending is not None:
            await end(self._sending)
        if self._is_unsent and self._has_sent:
            await self._signals.send()
        await self._signals.close()

    async def _wake_regularly(self) -> None:
        while True:
            try:
                await self._signals.wait(self._own, self._poll)
            except Exception:  # watchers must never wait for ever; they are woken as without a signal
                await asyncio.sleep(self._poll)
            self._own.clear()
            for commits in self._watchers:
                commits.note()
            await asyncio.sleep(self._tick)

    async def _stop_waking(self) -> None:
        waking, self._waking = self._waking, None
        if waking is not None:
            await end(waking)
            if self._waking is None:
                await self._signals.stop_listening()

    async def _send(self) -> None:
        """Send a signal at once, then after each tick in which something was committed. Before the first one it waits
        for a tick, so that a command that makes one change and ends needs no connection for signals.
        """
        try:
            if not self._has_sent:
                await asyncio.sleep(self._tick)
                self._has_sent = True
            while self._is_unsent:
                self._is_unsent = False
                await self._signals.send()
                await asyncio.sleep(self._tick)
        finally:
            self._sending = None

"""Limits how many groups of subscribers read at the same time, so that other requests find connections to the database,
and no group waits long for slower ones.
"""

import asyncio
from bisect import bisect
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

PACES = (0.5, 5, 30)
"""The seconds of each pace. A group has pace 0 if its last turn took less than the first number, pace 1 if it took less
than the second, else pace 2. Groups wait only for groups of the same pace, and for each turn at most so many seconds.
"""

TENTHS = (4, 2, 1)
"""The tenths of the connections that groups of each pace use at the same time."""


class Paced(Protocol):
    """A group that takes turns."""

    pace: int
    """How slow its last turn was: an index of `PACES`, from 0 for the fastest."""


class Turns:
    """Gives turns to groups: several at the same time for each pace, at least one."""

    def __init__(self, connections: int, paces: Sequence[float] = PACES) -> None:
        self._paces = paces
        self._places = [asyncio.Semaphore(max(1, connections * tenths // 10)) for tenths in TENTHS]

    @asynccontextmanager
    async def turn(self, group: Paced) -> AsyncIterator[None]:
        """Wait for a turn. If the turn takes longer than the seconds of its pace, another group may begin meanwhile."""
        places = self._places[group.pace]
        await places.acquire()
        is_free = False

        def free() -> None:
            nonlocal is_free
            if not is_free:
                is_free = True
                places.release()

        loop = asyncio.get_running_loop()
        began, timer = loop.time(), loop.call_later(self._paces[group.pace], free)
        try:
            yield
        finally:
            timer.cancel()
            free()
            group.pace = min(bisect(self._paces, loop.time() - began), len(self._paces) - 1)

"""How many groups of subscribers read at the same time, so that other requests find connections to the database, and no
group waits long for others.
"""

import asyncio
from bisect import bisect
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

PACES = (0.5, 5, 30)
"""Groups are slower than others if their last responses took longer than this number of seconds. They wait only for
groups that are as slow: the seconds are also how long a turn keeps the others waiting at most.
"""

TENTHS = (4, 2, 1)
"""How many tenths of the connections groups of each pace use at the same time."""


class Paced(Protocol):
    """What takes turns."""

    pace: int
    """How slow its last turn was: the number of the `PACES` that it exceeded, but at most that of the last one."""


class Turns:
    """Gives turns to groups. There are some at the same time for each pace, and one at least."""

    def __init__(self, connections: int, paces: Sequence[float] = PACES) -> None:
        self._paces = paces
        self._places = [asyncio.Semaphore(max(1, connections * tenths // 10)) for tenths in TENTHS]

    @asynccontextmanager
    async def turn(self, group: Paced) -> AsyncIterator[None]:
        """A turn, when it comes. If it takes longer than is usual for the pace, another group begins meanwhile."""
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

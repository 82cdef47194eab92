"""Limits the number of PostgreSQL connections that the databases of one process have together."""

import asyncio
import math
import threading
import time
from collections.abc import Callable
from typing import Protocol

from persistence.concurrency.time_limits import Usage, overloaded

PATIENCE = 15
"""Seconds to wait until a connection may be opened."""

POLL = 0.02
"""Seconds after which a database that waits for a connection checks again whether another one was closed."""

CUT_OFF_SECONDS = 0.5
"""Seconds for which a connection still counts after Carnet has cut it off, also while it was being made: a busy server
notices only later that it is gone. A connection that the server has ended no longer counts.
"""


class OpenConnection(Protocol):
    """A connection of a driver."""

    is_closing: bool
    """Whether the server has been asked to end it, and has not done so yet. Then it still counts."""

    @property
    def is_cut_off(self) -> bool:
        """Whether it was closed without waiting for the server."""
        ...

    def is_closed(self) -> bool: ...


class ConnectionBudget:
    """Counts the connections that are open, and limits them to `most`. Safe for threads."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.make_room: Callable[[], object] = lambda: None
        """Called regularly, on any thread, while a caller waits for a connection: it closes one that is not needed."""
        self._lock = threading.Lock()
        self._beginning = 0
        self._open: dict[OpenConnection, float | None] = {}
        """The connections, and until when each counts; None for those that are not known to be closed."""
        self._abandoned: list[float] = []
        """When attempts to connect were abandoned which the server may have accepted nevertheless."""

    @property
    def usage(self) -> Usage:
        """How many connections there may be, and how many there are."""
        with self._lock:
            return Usage(self.most, self._count())

    async def take(self) -> None:
        """Wait until one more connection may be opened. Raises Overloaded if that takes too long."""
        give_up = time.monotonic() + PATIENCE
        while not self._take():
            if time.monotonic() > give_up:
                raise overloaded(PATIENCE)
            self.make_room()
            await asyncio.sleep(POLL)

    def give_back(self, *, refused: bool) -> None:
        """The connection was not opened: it was `refused`, or the attempt was abandoned before the server answered."""
        with self._lock:
            self._beginning -= 1
            if not refused:
                self._abandoned.append(time.monotonic())

    def opened(self, connection: OpenConnection) -> None:
        """The connection is open. It counts until it is closed."""
        with self._lock:
            self._beginning -= 1
            self._open[connection] = None

    def _take(self) -> bool:
        with self._lock:
            if self._count() >= self.most:
                return False
            self._beginning += 1
            return True

    def _count(self) -> int:
        now = time.monotonic()
        ends = {each: _end(each, now) if end is None else end for each, end in self._open.items()}
        self._open = {each: end for each, end in ends.items() if end is None or now <= end}
        self._abandoned = [at for at in self._abandoned if now - at <= CUT_OFF_SECONDS]
        return self._beginning + len(self._open) + len(self._abandoned)


def _end(connection: OpenConnection, now: float) -> float | None:
    """Until when the connection counts; None while it is open."""
    if not connection.is_closed() or connection.is_closing:
        return None
    return now + CUT_OFF_SECONDS if connection.is_cut_off else -math.inf

"""One timer of the event loop for many time limits.

A timer for each of them takes a thirtieth of the CPU time of a small request. Also, the event loop keeps canceled
timers, and everything that their tasks refer to, until there are a hundred of them.
"""

import asyncio
import math
from typing import Protocol


class Timed(Protocol):
    """Something that ends at a time."""

    when: float
    """The time of the event loop at which it ends."""

    def expire(self) -> None:
        """Called at this time, or later."""


class SharedTimer:
    """Calls `expire` at the times of everything that is watched. It fires at the earliest of them or before. Use it on
    one event loop.
    """

    def __init__(self) -> None:
        self._watched: set[Timed] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._fires_at = math.inf

    def watch(self, timed: Timed) -> None:
        """Call its `expire` at its time, unless it is forgotten before. Call this again if its time has changed."""
        self._watched.add(timed)
        if timed.when < self._fires_at:
            self._start(timed.when)

    def forget(self, timed: Timed) -> None:
        """Do not call its `expire`."""
        self._watched.discard(timed)

    def _start(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._fires_at = asyncio.get_running_loop().call_at(when, self._check), when

    def _check(self) -> None:
        """Call `expire` where the time has come, and wait for the next one."""
        self._timer, self._fires_at = None, math.inf
        now = asyncio.get_running_loop().time()
        for timed in [*self._watched]:
            if timed.when <= now:
                timed.expire()
        earliest = min((timed.when for timed in self._watched), default=math.inf)
        if earliest < math.inf:
            self._start(earliest)

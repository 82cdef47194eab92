"""One timer of the event loop for many time limits.

A timer for each of them takes a thirtieth of the CPU time of a small request. Also, the event loop keeps canceled
timers, and everything that their tasks refer to, until there are a hundred of them.
"""

import asyncio
import math
from typing import Protocol


class Timed(Protocol):
    """Something with a time limit."""

    when: float
    """The time of the event loop at which the limit ends."""

    def expire(self) -> None:
        """Called once, at this time or later."""


class SharedTimer:
    """Calls `expire` at the times of everything in `watched`, and takes it out. Use it on one event loop.

    Whoever adds something calls `fire_at` if its time is before `fires_at`. A method that does both would be a call to
    another layer several times in each request.
    """

    def __init__(self) -> None:
        self.watched: set[Timed] = set()
        self.fires_at = math.inf
        """When the timer fires: at the earliest time of `watched`, or before."""
        self._timer: asyncio.TimerHandle | None = None

    def fire_at(self, when: float) -> None:
        """Let the timer fire at this time of the event loop."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self.fires_at = asyncio.get_running_loop().call_at(when, self._check), when

    def _check(self) -> None:
        """Call `expire` where the time has come, and wait for the next one."""
        self._timer, self.fires_at = None, math.inf
        now = asyncio.get_running_loop().time()
        for timed in [*self.watched]:
            if timed.when <= now:
                self.watched.discard(timed)
                timed.expire()
        earliest = min((timed.when for timed in self.watched), default=math.inf)
        if earliest < self.fires_at:
            self.fire_at(earliest)

"""Signals between processes: that something was committed. A signal says neither what nor by whom, and may get lost:
who needs to know reads the change feed, also from time to time without a signal.
"""

import asyncio
from typing import Protocol


class CommitSignals(Protocol):
    """Passes on to other processes that something was committed. Only one task waits at a time."""

    needs_telling: bool
    """Whether other processes learn of commits only by `tell`."""

    async def wait(self, own: asyncio.Event, seconds: float) -> None:
        """Return when another process may have committed something, when the event is set, or after so many seconds."""

    async def tell(self) -> None:
        """Tell other processes that this one has committed something. Does nothing while the database is not available:
        they will look by themselves later.
        """

    async def rest(self) -> None:
        """Nobody waits any more, for the time being."""

    async def close(self) -> None:
        """Close the connection."""

"""Signals between processes: that something was committed. A signal says neither what nor by whom, and may get lost.
Receivers therefore read the change feed, also from time to time without a signal.
"""

import asyncio
from typing import Protocol


class CommitSignals(Protocol):
    """Sends signals to other processes and waits for theirs. Only one task waits at a time."""

    needs_sending: bool
    """Whether other processes notice commits of this one only by `send`."""

    async def wait(self, own: asyncio.Event, seconds: float) -> None:
        """Return when another process may have committed something, when the event is set, or after so many seconds."""

    async def send(self) -> None:
        """Tell other processes that this one has committed something. Does nothing while the database is not available:
        they read the change feed later without a signal.
        """

    async def stop_listening(self) -> None:
        """Receive no signals until `wait` is called again."""

    async def close(self) -> None:
        """Close the connection."""

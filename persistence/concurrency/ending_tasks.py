"""Ends tasks of the event loop."""

import asyncio
from contextlib import suppress

SECONDS = 5
"""Seconds after which a task that goes on is canceled again."""


async def end(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end. Raises its exception. A cancellation can get lost, for example where
    `asyncio.wait_for` of Python 3.11 has a result at the same moment.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=SECONDS)
    with suppress(asyncio.CancelledError):
        task.result()

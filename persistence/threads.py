"""Thread pools for work that would block the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from persistence.limits import take_place

T = TypeVar("T")


class Threads:
    """A thread pool with a semaphore: work starts only when a thread is free."""

    def __init__(self, count: int, name: str) -> None:
        self.pool = ThreadPoolExecutor(count, thread_name_prefix=name)
        self.places = asyncio.Semaphore(count)

    async def run(self, patience: float, work: Callable[..., T], *arguments: Any) -> T:
        """Run the work and return its result. Raises Overloaded when no thread is free within `patience` seconds."""
        await take_place(self.places, patience)
        return await asyncio.shield(self.start(work, *arguments))

    def start(self, work: Callable[..., T], *arguments: Any) -> asyncio.Future[T]:
        """Start the work in a thread. The thread is free again when the work has ended, even if its caller was canceled."""
        running = asyncio.get_running_loop().run_in_executor(self.pool, work, *arguments)
        running.add_done_callback(self._ended)
        return running

    def _ended(self, running: asyncio.Future[Any]) -> None:
        running.cancelled() or running.exception()
        self.places.release()

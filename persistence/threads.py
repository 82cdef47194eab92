"""A few threads for work that would hold the event loop up."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from persistence.limits import take_place

T = TypeVar("T")


class Threads:
    """Some threads, and a place for each, to be taken before work is started in one."""

    def __init__(self, count: int, name: str) -> None:
        self.pool = ThreadPoolExecutor(count, thread_name_prefix=name)
        self.places = asyncio.Semaphore(count)

    async def run(self, patience: float, work: Callable[..., T], *arguments: Any) -> T:
        """What the work answers. Raises Overloaded when no thread is free for too long."""
        await take_place(self.places, patience)
        return await asyncio.shield(self.start(work, *arguments))

    def start(self, work: Callable[..., T], *arguments: Any) -> asyncio.Future[T]:
        """Have a thread do it. Somebody else has the place only when it has ended, even if nobody waits for that."""
        running = asyncio.get_running_loop().run_in_executor(self.pool, work, *arguments)
        running.add_done_callback(self._ended)
        return running

    def _ended(self, running: asyncio.Future[Any]) -> None:
        running.cancelled() or running.exception()
        self.places.release()

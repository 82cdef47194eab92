"""Threads for work that would block the event loop."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Generic, TypeVar, TypeVarTuple

from persistence.time_limits import Places, Usage, acquire

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


class Threads:
    """A thread pool with a semaphore: work starts only when a thread is free."""

    def __init__(self, count: int, name: str) -> None:
        self.pool = ThreadPoolExecutor(count, thread_name_prefix=name)
        self.places = Places(count)

    async def run(self, patience: float, work: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        """Run the work and return its result. Raises Overloaded when no thread is free within `patience` seconds."""
        await acquire(self.places, patience)
        return await asyncio.shield(self.start(work, *arguments))

    def start(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> asyncio.Future[T]:
        """Start the work in a thread. The thread is free again when the work has ended, even if its caller was
        canceled.
        """
        context = copy_context()  # errors and the log name the request
        running = asyncio.get_running_loop().run_in_executor(self.pool, lambda: context.run(work, *arguments))
        running.add_done_callback(self._ended)
        return running

    def _ended(self, running: asyncio.Future[T]) -> None:
        running.cancelled() or running.exception()
        self.places.release()


class OneThread:
    """A thread that does one piece of work after another, in the order in which they were given. It begins the next one
    by itself: the event loop, which may be busy with other requests, takes no part.
    """

    def __init__(self, name: str) -> None:
        self.pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._unfinished = 0

    def start(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> "Queued[T]":
        """Do the work when everything that was given before has ended, even if its caller is canceled."""
        context = copy_context()  # errors and the log name the request
        queued = Queued(self.pool.submit(lambda: context.run(work, *arguments)))
        self._unfinished += 1
        queued.ended.add_done_callback(self._ended)
        return queued

    @property
    def usage(self) -> Usage:
        """Whether the thread is busy."""
        return Usage(1, min(self._unfinished, 1))

    def _ended(self, ended: asyncio.Future[T]) -> None:
        ended.cancelled() or ended.exception()
        self._unfinished -= 1


class Queued(Generic[T]):
    """Work that a thread does or will do. `ended` has its result."""

    def __init__(self, work: Future[T]) -> None:
        self._work, self.ended = work, asyncio.wrap_future(work)

    def is_waiting(self) -> bool:
        """Whether it has not begun."""
        return not self._work.running() and not self._work.done()

    def withdraw(self) -> bool:
        """Do not begin it any more; False if it has begun."""
        return self._work.cancel()


class LoopInThread:
    """A second event loop, in a thread of its own, for work that awaits a database and computes for long in between."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run the work and return its result. If the caller is canceled, so is the work, and the caller waits until it
        has ended.
        """
        ended: Future[asyncio.Task[T]] = Future()
        tasks: list[asyncio.Task[T]] = []

        def start() -> None:
            tasks.append(self.loop.create_task(work()))
            tasks[0].add_done_callback(ended.set_result)

        self.loop.call_soon_threadsafe(start)
        running = asyncio.wrap_future(ended)
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            self.loop.call_soon_threadsafe(lambda: tasks[0].cancel())
            await asyncio.wait([running])
            raise
        return running.result().result()

    async def close(self) -> None:
        """End the thread. Nothing may run in it any more."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        await asyncio.to_thread(self._thread.join)
        self.loop.close()

"""Threads for work that would block the event loop."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from typing import Any, Generic, TypeVar, TypeVarTuple

from persistence.concurrency.time_limits import Places, Usage, acquire

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


class _Workers:
    """Threads that do one piece of work after another, in the order in which they were given, until `shutdown`. Each is
    started when it is first needed. `concurrent.futures` and its futures would cost as much as a small read.
    """

    def __init__(self, count: int, name: str) -> None:
        self._count, self._name = count, name
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._unfinished = 0

    def __del__(self) -> None:
        for _ in self._threads:
            self._queue.put(None)

    @property
    def usage(self) -> Usage:
        """How many threads there may be, and how many are busy."""
        return Usage(self._count, min(self._unfinished, self._count))

    def start(
        self,
        work: Callable[[], T],
        *,
        ended: Callable[[], object] | None = None,
        after: Callable[[], object] | None = None,
    ) -> "WorkItem[T]":
        """Do the work when a thread is free, even if its caller is canceled; then call `ended` on the event loop, and
        `after` in the thread.
        """

        def end() -> None:
            self._unfinished -= 1
            if ended is not None:
                ended()

        item = WorkItem(work, end, after)
        self._queue.put(item.do)
        self._unfinished += 1
        if self._unfinished > len(self._threads) < self._count:
            name = f"{self._name}_{len(self._threads)}"
            thread = threading.Thread(target=_work, args=(self._queue,), name=name, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the system has no more threads
                if not self._threads:
                    item.withdraw()
                    raise
            else:
                self._threads.append(thread)
        return item

    def shutdown(self) -> None:
        """End the threads when all work has ended. It blocks until then."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()


def _work(queue: "SimpleQueue[Callable[[], None] | None]") -> None:
    while (work := queue.get()) is not None:
        work()
        del work  # otherwise its arguments would stay in memory until the next work


class WorkItem(Generic[T]):
    """Work that a thread does or will do. `ended` is a future with its result. If it is canceled, the work goes on."""

    def __init__(self, work: Callable[[], T], end: Callable[[], None], after: Callable[[], object] | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()  # errors and the log name the request
        self._work, self._end_of_work, self._after = work, end, after
        self._begun = threading.Lock()
        """Locked when a thread has begun the work, or when the work was withdrawn; never released."""
        self.ended: asyncio.Future[T] = self._loop.create_future()

    def is_waiting(self) -> bool:
        """Whether it has not begun."""
        return not self._begun.locked()

    def withdraw(self) -> bool:
        """Do not begin it any more; False if it has begun."""
        if not self.begin():
            return False
        self._end(self.ended.cancel)
        return True

    def begin(self) -> bool:
        """Keep others from beginning or withdrawing it; False if that has happened already."""
        return self._begun.acquire(blocking=False)

    def do(self) -> None:
        """Do the work, in a thread, unless it was withdrawn."""
        if self.begin():
            self.report(self.attempt(self._work))
            if self._after is not None:
                self._after()

    def attempt(self, work: Callable[[], T]) -> Callable[[], None]:
        """Do this work in the context of the caller. Returns a function that notes how it ended."""
        try:
            return partial(self._note_result, self._context.run(work))
        except StopIteration as error:  # no future takes it
            return partial(self._note_error, RuntimeError(f"the work raised {error!r}"))
        except BaseException as error:
            return partial(self._note_error, error)

    def report(self, note: Callable[[], None]) -> None:
        """Tell those who wait for the work how it ended. `note` is the function that `attempt` returned."""
        with suppress(RuntimeError):  # the event loop is closed: nobody waits for the result
            self._loop.call_soon_threadsafe(self._end, note)

    def _end(self, note: Callable[[], object]) -> None:
        self._end_of_work()
        if not self.ended.done():
            note()

    def _note_result(self, result: T) -> None:
        self.ended.set_result(result)

    def _note_error(self, error: BaseException) -> None:
        self.ended.set_exception(error)
        self.ended.exception()  # marks it as read: asyncio logs errors that nobody reads


class Threads:
    """Threads that do work for the event loop. Callers wait until a thread is free, then start their work in it."""

    def __init__(self, count: int, name: str) -> None:
        self._workers = _Workers(count, name)
        self.places = Places(count)

    async def run(self, patience: float, work: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        """Run the work and return its result. Raises Overloaded when no thread is free within `patience` seconds."""
        await acquire(self.places, patience)
        return await self.start(work, *arguments)

    def start(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> asyncio.Future[T]:
        """Start the work in a thread. The thread is free again when the work has ended, even if its caller was
        canceled.
        """
        return self._workers.start(partial(work, *arguments), ended=self.places.release).ended

    def shutdown(self) -> None:
        """End the threads when all work has ended. It blocks until then."""
        self._workers.shutdown()


class OneThread:
    """A thread that does one piece of work after another, in the order in which they were given. It begins the next one
    by itself: the event loop, which may be busy with other requests, takes no part.
    """

    def __init__(self, name: str) -> None:
        self._workers = _Workers(1, name)

    def start(
        self, work: Callable[[*Arguments], T], *arguments: *Arguments, after: Callable[[], object] | None = None
    ) -> WorkItem[T]:
        """Do the work when everything that was given before has ended, even if its caller is canceled. When its result
        is reported, call `after` in the thread; it must not raise.
        """
        return self._workers.start(partial(work, *arguments), after=after)

    @property
    def usage(self) -> Usage:
        """Whether the thread is busy."""
        return self._workers.usage

    def shutdown(self) -> None:
        """End the thread when all work has ended. It blocks until then."""
        self._workers.shutdown()


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

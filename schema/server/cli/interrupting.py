"""Ctrl-C ends the running command without a stack trace."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TypeVar

from schema.server.cli.texts import messages

T = TypeVar("T")

STATUS = 130
"""The exit status after Ctrl-C."""

PATIENCE = 3
"""Seconds after the first Ctrl-C from which on another one ends the process at once."""


class CtrlC:
    """The handler of Ctrl-C in this process.

    The first press cancels the running task; outside a task it raises KeyboardInterrupt. Neither happens if a
    transaction is committing or has committed. Further presses are ignored for `PATIENCE` seconds, after that the
    process ends at once.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._pressed_at: float | None = None
        self._running = False
        self._task: asyncio.Task[object] | None = None
        self.committing = False
        """Whether a transaction is committing or has committed; the command is then no longer interrupted."""
        self._finished = False

    @property
    def pressed(self) -> bool:
        return self._pressed_at is not None

    @contextmanager
    def handled(self, *, afterwards: signal.Handlers | None = None) -> Iterator[None]:
        """Handle Ctrl-C while the block runs. Blocks may be nested. The handler after the block is `afterwards`, or by
        default the one before it.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        if not self._depth:
            self._pressed_at, self.committing, self._finished = None, False, False
        self._depth += 1
        before = signal.signal(signal.SIGINT, self._press)
        try:
            yield
        finally:
            self._depth -= 1
            signal.signal(signal.SIGINT, before if afterwards is None else afterwards)

    def run(
        self, coroutine: Coroutine[object, None, T], loop: Callable[[], asyncio.AbstractEventLoop] | None = None
    ) -> T:
        """Run a coroutine and return its result. Raises KeyboardInterrupt after it was canceled and has ended."""
        pressed_before = self.pressed

        async def watched() -> T:
            self._task = asyncio.current_task()
            try:
                if self.pressed and not pressed_before:
                    coroutine.close()
                    raise asyncio.CancelledError
                return await coroutine
            finally:
                self._task = None

        with self.handled():
            self.committing, self._running = False, True
            try:
                with asyncio.Runner(loop_factory=loop) as runner:
                    return runner.run(watched())
            except asyncio.CancelledError:
                raise KeyboardInterrupt from None
            finally:
                self._running = False

    def finish(self) -> None:
        """Note that the command is done: it is no longer interrupted."""
        self._finished = True

    def record_press(self) -> bool:
        """Record a press and return whether it is the first. Ends the process if the first was more than `PATIENCE`
        seconds ago.
        """
        now = time.monotonic()
        first = self._pressed_at is None
        self._pressed_at = now if self._pressed_at is None else self._pressed_at
        if now - self._pressed_at > PATIENCE:
            message = messages.STOPPED_WHILE_COMMITTING if self.committing else messages.STOPPED_AT_ONCE
            os.write(2, f"\n{message()}\n".encode(errors="replace"))
            os._exit(STATUS)
        return first

    def _press(self, *_: object) -> None:
        if not self.record_press():
            return
        if not (self._running or self.committing or self._finished):
            raise KeyboardInterrupt
        if self._task is not None:
            self._task.get_loop().call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        if self._task is not None and not self.committing:
            self._task.cancel()


CTRL_C = CtrlC()

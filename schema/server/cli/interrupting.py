"""Ctrl-C: what runs is ended in good order, once, and nobody sees a stack."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from schema.server.cli import sentences

T = TypeVar("T")

STATUS = 130
"""The status of a command that was ended with Ctrl-C."""

PATIENCE = 3
"""Seconds after which another Ctrl-C does not wait any longer for an end in good order."""


class CtrlC:
    """The one key of this process.

    The first time it ends what runs: a task is canceled, unless what it did is being kept at that moment, anything else has
    a KeyboardInterrupt. When it is pressed again soon the end goes on in good order; later the process ends at once.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._pressed_at: float | None = None
        self._running = False
        self._task: asyncio.Task[Any] | None = None
        self.keeping = False
        """Whether what was done is being committed: that is not given up any more."""

    @property
    def pressed(self) -> bool:
        return self._pressed_at is not None

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Answer the key while the block runs. Blocks may be nested."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        if not self._depth:
            self._pressed_at, self.keeping = None, False
        self._depth += 1
        before = signal.signal(signal.SIGINT, self._press)
        try:
            yield
        finally:
            self._depth -= 1
            signal.signal(signal.SIGINT, before)

    def run(self, what: Coroutine[Any, Any, T], loop: Callable[[], asyncio.AbstractEventLoop] | None = None) -> T:
        """What it answers. Raises KeyboardInterrupt when it was canceled, all of it ended."""
        pressed_before = self.pressed

        async def watched() -> T:
            self._task = asyncio.current_task()
            try:
                if self.pressed and not pressed_before:
                    what.close()
                    raise asyncio.CancelledError
                return await what
            finally:
                self._task = None

        with self.heard():
            self.keeping, self._running = False, True
            try:
                with asyncio.Runner(loop_factory=loop) as runner:
                    return runner.run(watched())
            except asyncio.CancelledError:
                raise KeyboardInterrupt from None
            finally:
                self._running = False

    def note(self) -> bool:
        """Note that the key was pressed, and answer whether it was the first time. Ends the process when that is long ago."""
        now = time.monotonic()
        first = self._pressed_at is None
        self._pressed_at = now if self._pressed_at is None else self._pressed_at
        if now - self._pressed_at > PATIENCE:
            os.write(2, f"\n{sentences.ENDED_AT_ONCE()}\n".encode(errors="replace"))
            os._exit(STATUS)
        return first

    def _press(self, *_: Any) -> None:
        if not self.note():
            return
        if not self._running:
            raise KeyboardInterrupt
        if self._task is not None:
            self._task.get_loop().call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        if self._task is not None and not self.keeping:
            self._task.cancel()


CTRL_C = CtrlC()

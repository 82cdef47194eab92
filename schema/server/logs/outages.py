"""The log of outages of the database: one line a second at most, however many requests fail."""

import asyncio
import time

import structlog

from schema.server.logs.stack_traces import cause

log = structlog.get_logger("carnet")

UNAVAILABLE = "UNAVAILABLE"
PERIOD = 1.0
"""Seconds between two lines, at least."""


class Outages:
    """Logs that the database is not available."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._left_out = 0
        self._timer: asyncio.TimerHandle | None = None

    def note(
        self, error: BaseException, *, code: str = UNAVAILABLE, operation: str | None = None, path: str | None = None
    ) -> None:
        """Log the error with what caused it, unless a line was logged less than a second ago. The number of errors
        without a line is in the next line, or in one of its own a second later.
        """
        now = time.monotonic()
        if self._last is not None and now - self._last < PERIOD:
            self._left_out += 1
            if self._timer is None:
                self._log_rest_later(now)
            return
        self._write(now, code, operation=operation, path=path, cause=cause(error))

    def _log_rest_later(self, now: float) -> None:
        wait = PERIOD - (now - (self._last or now))
        self._timer = asyncio.get_running_loop().call_later(wait, self._log_rest)

    def _log_rest(self) -> None:
        self._timer, now = None, time.monotonic()
        if self._left_out and self._last is not None and now - self._last < PERIOD:
            self._log_rest_later(now)
        elif self._left_out:
            self._write(now, UNAVAILABLE)

    def _write(self, now: float, code: str, **facts: str | None) -> None:
        self._last, left_out, self._left_out = now, self._left_out, 0
        log.error("database unavailable", code=code, left_out=left_out, **facts)


outages = Outages()
"""Those of this process."""

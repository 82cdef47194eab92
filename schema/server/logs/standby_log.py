"""The log of a standby that does not answer queries."""

import time

import structlog

from schema.server.logs.stack_traces import cause

log = structlog.get_logger("carnet")

PERIOD = 60.0
"""Seconds between two lines with the same cause, at least."""


class StandbyLog:
    """Logs that the standby does not answer queries, and that it answers again."""

    def __init__(self) -> None:
        self._logged: dict[str | None, float] = {}
        """When the last line with each cause was logged; that with None says that the standby answers."""

    def note(self, error: BaseException | None) -> None:
        """Log that the standby has stopped answering because of an error, or answers again; unless the same was logged
        less than a minute ago.
        """
        now, reason = time.monotonic(), None if error is None else cause(error)
        if now - self._logged.get(reason, now - PERIOD) < PERIOD:
            return
        self._logged[reason] = now
        if reason is None:
            log.info("standby answers queries")
        else:
            log.warning("standby does not answer queries: the primary does", cause=reason)

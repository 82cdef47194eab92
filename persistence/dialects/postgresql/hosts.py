"""Connects to one of several servers. One of them is the primary; each may be down, or may not answer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from weakref import WeakSet

import asyncpg

from persistence.dialects.postgresql.driver import DriverConnection

STAGGER_SECONDS = 0.25
"""Seconds after which the next server is tried while an earlier one has not answered."""

Connect = Callable[[], Awaitable[DriverConnection]]


class PrimaryFinder:
    """Connects to the primary among several servers. The server that was the primary last is tried first.

    When another server has become the primary, all connections to the earlier one are closed: a frozen server would not
    close them itself, and could not confirm the changes that are being made over them.
    """

    def __init__(self) -> None:
        self._last = 0
        self._open: WeakSet[DriverConnection] = WeakSet()
        """The connections to the last primary."""

    async def connect(self, attempts: Sequence[Connect], seconds: float) -> DriverConnection:
        """A connection to the primary, made within so many seconds. Each attempt connects to one server, and fails if
        this server is not the primary.
        """
        order = [self._last, *(index for index in range(len(attempts)) if index != self._last)]
        index, made = await first_connection([attempts[index] for index in order], seconds)
        if order[index] != self._last:
            self._last, earlier, self._open = order[index], self._open, WeakSet()
            for connection in earlier:
                connection.terminate_soon()
        self._open.add(made)
        return made


async def prefer_standby(
    standbys: Sequence[Connect], any_server: Sequence[Connect], seconds: float
) -> DriverConnection:
    """A connection to a standby, or to the primary if no standby takes one within half of these seconds."""
    with suppress(OSError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresError):
        async with asyncio.timeout(seconds / 2):
            return (await first_connection(standbys, seconds / 2))[1]
    return (await first_connection(any_server, seconds / 2))[1]


async def first_connection(attempts: Sequence[Connect], seconds: float) -> tuple[int, DriverConnection]:
    """The connection that is made first, and the index of its attempt. Each attempt begins when the one before has
    failed, or has taken STAGGER_SECONDS, or less if there are few `seconds` for all. If all fail, raises the most
    informative error.
    """
    stagger = min(STAGGER_SECONDS, seconds / 2 / len(attempts))
    running: dict[asyncio.Future[DriverConnection], int] = {}
    errors: list[BaseException] = []
    try:
        for index, attempt in enumerate(attempts):
            running[asyncio.ensure_future(attempt())] = index
            is_last = index == len(attempts) - 1
            while running:
                done, _ = await asyncio.wait(
                    running, timeout=None if is_last else stagger, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    error = task.exception()
                    if error is None:
                        return running.pop(task), task.result()
                    errors.append(error)
                    del running[task]
                if not is_last:
                    break
    finally:
        for task in running:
            task.add_done_callback(_close)
            task.cancel()
    raise max(errors, key=_informativeness)


def _close(task: asyncio.Future[DriverConnection]) -> None:
    """Close the connection of an attempt that succeeded after another one."""
    if not task.cancelled() and task.exception() is None:
        task.result().terminate()


def _informativeness(error: BaseException) -> int:
    """How well an error explains why no connection was made: 2 is best. That a server is not the primary is 0."""
    if isinstance(error, asyncpg.PostgresError) and not isinstance(error, asyncpg.CannotConnectNowError):
        return 2
    return 1 if isinstance(error, (OSError, asyncpg.PostgresError)) else 0

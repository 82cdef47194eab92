"""Connects to the primary. It is one of several servers, each of which may be down or may not answer; or the server to
which the only address leads, which may be another server each time.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import NamedTuple
from weakref import WeakSet

import asyncpg

from persistence.dialects.postgresql.driver import DriverConnection

STAGGER_SECONDS = 0.25
"""Seconds after which the next server is tried while an earlier one has not answered."""

RECENT_SECONDS = 30
"""Seconds after a primary was last seen connected for which no earlier primary of the same cluster is used."""

VERIFIED_SECONDS = 1
"""Seconds after the primary was last seen connected for which it counts as the primary without an open connection."""

TIMELINE_OF_PRIMARY = "('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::bigint"
"""SQL for the number of the timeline to which a primary writes."""

TIMELINE_OR_ZERO = f"CASE WHEN pg_is_in_recovery() THEN 0 ELSE {TIMELINE_OF_PRIMARY} END"
"""SQL that returns the timeline of a primary, and 0 on a standby."""

PROMOTION = f"SELECT system_identifier, {TIMELINE_OR_ZERO} FROM pg_control_system()"
"""Reads the `Promotion` of a server."""

FAILURES = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresError)
"""What an attempt to connect may raise."""

Connect = Callable[[], Awaitable[DriverConnection]]


class Promotion(NamedTuple):
    """Which cluster a primary belongs to, and its timeline: each promotion begins a later one. A standby has 0."""

    cluster: int
    timeline: int

    def is_later_than(self, other: "Promotion") -> bool:
        """Whether it is a later promotion of the same cluster."""
        return self.cluster == other.cluster and self.timeline > other.timeline > 0


UNKNOWN = Promotion(0, 0)
"""That of a server that was not asked, or does not say."""


class ReplacedPrimaryError(OSError):
    """A connection was made to a server that still says that it is the primary, but another one was promoted since."""


class PrimaryFinder:
    """Connects to the primary. Of several servers, the one that was the primary last is tried first.

    When another server has become the primary, all connections to the earlier one are closed: a frozen server would not
    close them itself, and could not confirm the changes that are being made over them.

    An earlier primary that was not stopped, or answers again, still says that it is the primary. Of two, the one that
    was promoted later is used.
    """

    def __init__(self) -> None:
        self._last = 0
        self._open: WeakSet[DriverConnection] = WeakSet()
        """The connections to the last primary."""
        self._lock = Lock()
        """Held while `_open` is read or changed: large changes make their connections in a second thread."""
        self.promotion = UNKNOWN
        """The promotion by which the last primary that was found became the primary."""
        self._connected_at = 0.0
        """When that primary was last seen to be connected, in seconds of `time.monotonic`."""

    async def connect(self, attempts: Sequence[Connect], seconds: float) -> DriverConnection:
        """A connection to the primary, made within so many seconds. Each attempt connects to one server, and fails if
        this server is not the primary.
        """
        order = [self._last, *(index for index in range(len(attempts)) if index != self._last)]
        found: dict[int, Promotion] = {}

        async def attempt(index: int) -> DriverConnection:
            made = await attempts[index]()
            if len(attempts) == 1 or index != self._last or not self._is_connected:
                found[index] = await self._checked(made)
            return made

        place, made = await first_connection([partial(attempt, index) for index in order], seconds)
        index = order[place]
        promotion = found.get(index)
        was_replaced = index != self._last if promotion is None else self._is_earlier(promotion)
        if was_replaced:
            made.terminate()  # another connection has found a later primary meanwhile
            raise ReplacedPrimaryError
        if promotion is not None:
            self._use(index, promotion)
        with self._lock:
            self._open.add(made)
        self._connected_at = time.monotonic()
        return made

    def is_verified(self) -> bool:
        """Whether the last primary is connected, or was within VERIFIED_SECONDS. If it is connected, no earlier one is
        used for RECENT_SECONDS from now on.
        """
        if self._is_connected:
            self._connected_at = time.monotonic()
        return time.monotonic() < self._connected_at + VERIFIED_SECONDS

    async def look_for_later(self, attempts: Sequence[Connect], seconds: float) -> None:
        """Ask the other servers whether one of them was promoted later. If so, use it from now on. Servers that do not
        answer within so many seconds are left out, also if they take a connection.
        """
        others = [index for index in range(len(attempts)) if index != self._last]
        await asyncio.gather(*(self._look(index, attempts[index], seconds) for index in others))

    async def _look(self, index: int, attempt: Connect, seconds: float) -> None:
        with suppress(*FAILURES):
            async with asyncio.timeout(seconds):
                made = await attempt()
                promotion = await self._checked(made)
            made.terminate()
            if promotion.is_later_than(self.promotion):
                self._use(index, promotion)

    @property
    def _is_connected(self) -> bool:
        """Whether a connection to the last primary is open."""
        with self._lock:
            return any(not connection.is_closed() for connection in self._open)

    async def _checked(self, made: DriverConnection) -> Promotion:
        """The promotion of the server of a connection. Raises ReplacedPrimaryError if another server was promoted later
        and was connected within RECENT_SECONDS. The connection is closed if this or anything else is raised.
        """
        try:
            promotion = await _promotion_of(made)
            if self._is_earlier(promotion):
                raise ReplacedPrimaryError
        except BaseException:
            made.terminate()
            raise
        return promotion

    def _is_earlier(self, promotion: Promotion) -> bool:
        """Whether another server was promoted later, and was connected within RECENT_SECONDS."""
        is_recent = time.monotonic() < self._connected_at + RECENT_SECONDS
        return is_recent and self.promotion.is_later_than(promotion)

    def _use(self, index: int, promotion: Promotion) -> None:
        """Use this server from now on, and close the connections to the earlier one if it is another. If the only
        address leads to a standby for a moment while the primary is connected, the primary stays in use.
        """
        if index == self._last and not promotion.timeline and self._is_connected:
            return
        is_other = index != self._last or (self.promotion != UNKNOWN and promotion != self.promotion)
        self._last, self.promotion = index, promotion
        if is_other:
            with self._lock:
                earlier, self._open = self._open, WeakSet()
            for connection in earlier:
                connection.terminate_soon()


async def _promotion_of(primary: DriverConnection) -> Promotion:
    try:
        row = await primary.fetchrow(PROMOTION)
    except (asyncpg.FeatureNotSupportedError, asyncpg.InternalServerError, asyncpg.SyntaxOrAccessError):
        return UNKNOWN  # a server that is not quite PostgreSQL, or does not allow the functions
    assert row is not None
    return Promotion(*row)


async def prefer_standby(
    standbys: Sequence[Connect], any_server: Sequence[Connect], seconds: float
) -> DriverConnection:
    """A connection to a standby, or to the primary if no standby takes one within half of these seconds."""
    with suppress(*FAILURES):
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

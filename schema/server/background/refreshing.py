"""Refreshes what is stored of figures and of contacts, and deletes the words of deleted texts, in the background, while
the server runs.

A refresh does what is to be done when it begins, in short transactions, each followed by a longer rest: on SQLite all
changes wait for such a transaction. What changes meanwhile waits for the next refresh (decision 0072).
"""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar, TypeVarTuple

from sqlmodel import Session

from persistence.database import Database
from persistence.sql_types import Statement
from resolvers.contacts import refreshing as contacts
from resolvers.interactions.unused_texts import ANY_UNUSED_TEXT, delete_some
from resolvers.statistics import refreshing as sums
from schema.server.background.tasks import in_background, log_failures

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

PAUSE = 5
"""Seconds between two refreshes, at least. While nothing changes, a refresh is one small read."""

COMPANY_PAUSE = 30
"""The same for a company of many that a process has open."""

REST = 20
"""A pause is at least this many times as long as all turns of the refresh before it."""

TURN_REST = 4
"""The rest after a turn is this many times as long as the turn."""

DAY_REST = 200
"""A day is refreshed again after this many times the seconds that it took, at the earliest. Refreshing a day that
changes all the time is of no use: it is out of date again at once, and is read from its entries.
"""

TURN_SECONDS = 0.025
"""A turn that takes more seconds is followed by one of fewer days, a shorter turn by one of more."""

TURNS = 20
"""How many turns a refresh takes for marked contacts, and for unused texts, at most: changes may add some all the time.
"""

ANY_DIRTY_DAY: Sequence[Statement] = (sums.ANY_DIRTY_DAY, contacts.ANY_DIRTY_DAY)
ANY_LEFT: Sequence[Statement] = (contacts.ANY_DIRTY_CONTACT, ANY_UNUSED_TEXT)
"""Find what is left when the days are refreshed."""


@asynccontextmanager
async def refreshing(database: Database, *, pause: float | None = None) -> AsyncIterator[None]:
    """Refresh while the block runs. At its end a refresh that is running is stopped; its changes are rolled back."""
    async with in_background(_refresh_regularly(database, PAUSE if pause is None else pause)):
        yield


async def _refresh_regularly(database: Database, pause: float) -> None:
    """Never ends by itself: after an error, it tries again. Figures are right without it, but take longer."""
    refresher, next_pause = _Refresher(database), pause
    while True:
        await asyncio.sleep(next_pause)
        refresher.seconds = 0.0
        await log_failures(refresher.refresh(), "stored sums not refreshed")
        next_pause = max(pause, REST * refresher.seconds)


class _Refresher:
    """Refreshes a database again and again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._resting_sums: dict[dt.date, float] = {}
        self._resting_contacts: dict[dt.date, float] = {}
        """The days that were refreshed, and until when they are not refreshed again, as times of the monotonic clock.
        """
        self.seconds = 0.0
        """How long the turns have taken together."""
        self._is_compiled = False

    async def refresh(self) -> None:
        """Refresh the days that are dirty now, then what is stored of contacts, and delete texts that are unused."""
        if not any(await self._database.reading([*ANY_DIRTY_DAY, *ANY_LEFT])):
            return
        if not self._is_compiled:
            await self._database.querying(sums.compile_statements)
            self._is_compiled = True
        await self._refresh_days(sums.dirty_days, sums.refresh_days, self._resting_sums)
        await self._refresh_days(contacts.days_to_refresh, contacts.refresh_days, self._resting_contacts)
        any_contact, any_text = await self._database.reading(ANY_LEFT)
        if any_contact:
            await self._take_turns(contacts.refresh_marked)
        if any_text:
            await self._take_turns(delete_some)

    async def _refresh_days(
        self,
        find: Callable[[Session], Sequence[dt.date]],
        refresh: Callable[[Session, Sequence[dt.date]], object],
        resting: dict[dt.date, float],
    ) -> None:
        """Refresh each of the days that `find` returns once, except those that were refreshed a short time before."""
        now, found = time.monotonic(), await self._database.querying(find)
        for day in [day for day, until in resting.items() if until <= now]:
            del resting[day]
        days, count = [day for day in found if day not in resting], 1
        while days:
            turn, days = days[:count], days[count:]
            _, seconds = await self._turn(refresh, turn)
            resting.update(dict.fromkeys(turn, time.monotonic() + DAY_REST * seconds / len(turn)))
            count = min(2 * count, sums.DAYS_AT_ONCE) if seconds < TURN_SECONDS else max(count // 2, 1)

    async def _take_turns(self, some: Callable[[Session], object]) -> None:
        """Take turns until `some` returns that nothing is left, or until there were `TURNS` of them."""
        for _ in range(TURNS):
            left, _ = await self._turn(some)
            if not left:
                return

    async def _turn(self, change: Callable[[Session, *Arguments], T], *arguments: *Arguments) -> tuple[T, float]:
        """Make a change, then rest. Returns its result and how many seconds it took after it had begun."""
        result, began = await self._database.writing(partial(_with_beginning, change, arguments), bulk=True)
        seconds = time.monotonic() - began
        self.seconds += seconds
        await asyncio.sleep(TURN_REST * seconds)
        return result, seconds


def _with_beginning(
    change: Callable[[Session, *Arguments], T], arguments: tuple[*Arguments], session: Session
) -> tuple[T, float]:
    """The result of a change, and when it began: it may have waited for others before."""
    began = time.monotonic()
    return change(session, *arguments), began

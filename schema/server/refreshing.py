"""Refreshes the stored sums of figures, and deletes the words of deleted texts, in the background, while the server
runs.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from sqlmodel import Session

from persistence.database import Database
from persistence.sql_types import Statement
from resolvers.contacts.refreshing import ANY_DIRTY_CONTACT_DAY
from resolvers.interactions.unused_texts import ANY_UNUSED_TEXT, continue_ids, delete_some
from resolvers.statistics.refreshing import ANY_DIRTY_DAY, refresh_some, refresh_some_contacts
from schema.server.background import in_background, log_failures

PAUSE = 5
"""Seconds between two refreshes, at least. While nothing changes, a refresh is one small read."""

COMPANY_PAUSE = 30
"""The same for a company of many that a process has open."""

REST = 20
"""A pause is at least this many times as long as the refresh before it, so that refreshing a day with very many entries
again and again takes a small share of the time.
"""

TASKS: Sequence[tuple[Statement, Callable[[Session], object]]] = (
    (ANY_DIRTY_DAY, refresh_some),
    (ANY_DIRTY_CONTACT_DAY, refresh_some_contacts),
    (ANY_UNUSED_TEXT, delete_some),
)
"""For each task the statement that finds whether there is work, and the function that does a part of it and returns
whether some is left.
"""


@asynccontextmanager
async def refreshing(database: Database, *, pause: float | None = None) -> AsyncIterator[None]:
    """Refresh while the block runs. At its end a refresh that is running is stopped; its changes are rolled back."""
    async with in_background(_refresh_regularly(database, PAUSE if pause is None else pause)):
        yield


async def _refresh_regularly(database: Database, pause: float) -> None:
    """Never ends by itself: after an error, it tries again. Figures are right without it, but take longer."""
    await log_failures(database.querying(continue_ids), "ids of texts not checked")
    next_pause = pause
    while True:
        await asyncio.sleep(next_pause)
        began = time.monotonic()
        await log_failures(_refresh(database), "stored sums not refreshed")
        next_pause = max(pause, REST * (time.monotonic() - began))


async def _refresh(database: Database) -> None:
    """Refresh the days that are dirty now, then the dates of contacts, and delete the texts that are unused. After each
    turn, other changes have as much time.
    """
    for any_left, some in TASKS:
        (left,) = await database.reading([any_left])
        while left:
            began = time.monotonic()
            left = await database.writing(some, bulk=True)
            await asyncio.sleep(time.monotonic() - began)

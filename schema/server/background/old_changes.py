"""Deletes the old changes of the change feed in the background, while the server runs."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from persistence.database import Database
from resolvers.old_changes import delete_old
from resolvers.webhooks.delivering import delete_old_deliveries
from schema.server.background.tasks import in_background, log_failures

PAUSE = 3600
"""Seconds between two deletions."""


@asynccontextmanager
async def deleting_old_changes(database: Database, kept_days: int, *, pause: float = PAUSE) -> AsyncIterator[None]:
    """While the block runs, delete changes that are older than this many days, the first time after one pause."""
    async with in_background(_delete_regularly(database, dt.timedelta(days=kept_days), pause)):
        yield


async def _delete_regularly(database: Database, kept: dt.timedelta, pause: float) -> None:
    while True:
        await asyncio.sleep(pause)
        await log_failures(_delete(database, dt.datetime.now(dt.UTC) - kept), "old changes not deleted")


async def _delete(database: Database, before: dt.datetime) -> None:
    while await database.writing(partial(delete_old, before=before), bulk=True):
        await asyncio.sleep(0.1)  # other changes have a turn
    await database.writing(delete_old_deliveries, bulk=True)

"""Work that goes on in the background while the server runs."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

from persistence.concurrency.ending_tasks import end
from persistence.exceptions import OutcomeUnknown, Unavailable
from schema.server.errors import log
from schema.server.logs.outages import outages
from schema.server.logs.stack_traces import describe


@asynccontextmanager
async def in_background(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Do the work while the block runs. At the end of the block it is canceled."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await end(task)


async def log_failures(work: Coroutine[object, object, object], failed: str) -> None:
    """Do work that is done again later. If it fails, log it with this message."""
    try:
        await work
    except Exception as error:
        if (task := asyncio.current_task()) is not None and task.cancelling():  # canceled during COMMIT, for instance
            raise asyncio.CancelledError from error
        if isinstance(error, OutcomeUnknown | Unavailable):
            outages.note(error)
        else:
            log.warning(failed, exception=describe(error))

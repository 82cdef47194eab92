"""`carnet refresh`: refreshes the stored sums of figures, and deletes the words of deleted texts."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer
from sqlmodel import Session

from persistence import versions
from persistence.database import Database
from resolvers.interactions.unused_texts import delete_some
from resolvers.progress import Progress
from resolvers.statistics.refreshing import count_dirty_days, mark_all, refresh_some, refresh_some_contacts
from resolvers.work import Work
from schema.server.cli import running
from schema.server.cli.output import print_message
from schema.server.cli.texts import messages

All = Annotated[
    bool, typer.Option("--all", help="Compute all stored sums and dates anew, not only those that may be out of date.")
]


def refresh(all_days: All = False) -> None:
    """Refresh the stored sums and dates now. `carnet serve` refreshes them by itself a few seconds after a change."""

    async def change() -> int:
        async with running.database() as database:
            await versions.check(database)
            if all_days:
                await running.run_rule(database, lambda work: mark_all(work.session), bulk=True)
            with running.progress_bars() as progress:
                return await _refresh_all(database, progress)

    with running.report_refusals(), running.report_interruption(messages.REFRESH_STOPPED):
        days = running.run(change())
    print_message(messages.REFRESHED(days=messages.DAYS(days)))


async def _refresh_all(database: Database, progress: Progress) -> int:
    """Refresh all days that are dirty, each turn in a transaction of its own, and return how many days that were."""
    done, total = 0, await database.querying(count_dirty_days)
    while days := await running.run_rule(database, lambda work: refresh_some(work.session), bulk=True):
        done += days
        progress("day_sum", done, max(done, total))
    for some in (refresh_some_contacts, delete_some):
        while await running.run_rule(database, partial(_in_session, some), bulk=True):
            pass
    return done


def _in_session(some: Callable[[Session], object], work: Work) -> object:
    return some(work.session)

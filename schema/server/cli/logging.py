"""`carnet log-segment`: a segment is logged, with a bar."""

import asyncio
from typing import Annotated, NoReturn

import typer

from persistence import versions
from persistence.database import Database
from persistence.trouble import ChangeCanceled
from resolvers import segments
from resolvers.errors import Refused
from schema.server.cli import running
from schema.server.cli.running import console, stop

LOOKS_EVERY = 0.1
CANCELED = 130
"""The status of a command that was ended with Ctrl-C."""

No = Annotated[str, typer.Argument(help="The number of an open segment.")]
FollowUp = Annotated[bool, typer.Option("--follow-up", help="Also make a new segment of the same contacts.")]
OnBlocked = Annotated[segments.OnBlocked, typer.Option(
    "--on-blocked", case_sensitive=False, help="When lines cannot be logged: log nothing, skip them, or leave them in the segment."
)]


def log_segment(no: No, follow_up: FollowUp = False, on_blocked: OnBlocked = segments.OnBlocked.FAIL) -> None:
    """Log a segment: one interaction for each line with a contact. Ctrl-C cancels it, with nothing changed."""
    try:
        logged = running.run(_log(no, follow_up, on_blocked))
    except Refused as refused:
        stop(str(refused))
    except (KeyboardInterrupt, asyncio.CancelledError, ChangeCanceled):
        _say_what_became(no)
    console.print(
        f"Segment {no} is logged: {logged.logged} interactions, {logged.skipped} lines without a contact, {logged.blocked} "
        f"blocked. It is logged segment {logged.logged_segment_entry_no}."
    )


async def _log(no: str, follow_up: bool, on_blocked: segments.OnBlocked) -> segments.Logged:
    async with running.database() as database:
        await versions.check(database)
        segment_id = await database.asking(lambda session: segments.still_open(running.work(session), no))
        bar = asyncio.ensure_future(_show(database, segment_id))
        try:
            return await database.writing(lambda session: segments.log(
                running.work(session), no, create_follow_up=follow_up, on_blocked=on_blocked
            ), bulk=True)
        finally:
            bar.cancel()
            await asyncio.wait([bar])


async def _show(database: Database, segment_id: int) -> None:
    with running.bar() as report:
        while True:
            progress = (await database.watching.progress()).get(segment_id)
            if progress is not None:
                report(progress.phase.capitalize().replace("_", "-"), progress.done, progress.total)
            await asyncio.sleep(LOOKS_EVERY)


def _say_what_became(no: str) -> NoReturn:
    """Ctrl-C may come when all is done."""

    async def look() -> None:
        async with running.database() as database:
            await database.asking(lambda session: segments.still_open(running.work(session), no))

    try:
        running.run(look())
    except Refused as refused:
        stop(f"It was too late to cancel. {refused}")
    console.print(f"Canceled. Segment {no} is as it was, nothing was logged.", style="bold red")
    raise typer.Exit(CANCELED)

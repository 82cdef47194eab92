"""`carnet log-segment`: a segment is logged, with a bar."""

import asyncio
from typing import Annotated

import typer

from persistence import versions
from persistence.database import Database
from resolvers import segments
from schema.server.cli import running, sentences
from schema.server.cli.bars import Report
from schema.server.cli.speaking import say

LOOKS_EVERY = 0.1

No = Annotated[str, typer.Argument(help="The number of an open segment.")]
FollowUp = Annotated[bool, typer.Option("--follow-up", help="Also make a new segment of the same contacts.")]
OnBlocked = Annotated[segments.OnBlocked, typer.Option(
    "--on-blocked", case_sensitive=False, help="When lines cannot be logged: log nothing, skip them, or leave them in the segment."
)]


def log_segment(no: No, follow_up: FollowUp = False, on_blocked: OnBlocked = segments.OnBlocked.FAIL) -> None:
    """Log a segment: one interaction for each line with a contact. Ctrl-C cancels it, with nothing changed."""
    with running.refusals_told(), running.interruption_told(lambda: sentences.NOT_LOGGED(no=no)):
        logged = running.run(_log(no, follow_up, on_blocked))
    say(sentences.LOGGED(
        no=no, logged=sentences.INTERACTIONS(logged.logged), skipped=sentences.WITHOUT_CONTACT(logged.skipped),
        blocked=sentences.BLOCKED(logged.blocked), entry_no=str(logged.logged_segment_entry_no),
    ))


async def _log(no: str, follow_up: bool, on_blocked: segments.OnBlocked) -> segments.Logged:
    async with running.database() as database:
        await versions.check(database)
        segment_id = await database.asking(lambda session: segments.still_open(running.work(session), no))
        with running.bar() as report:
            bar = asyncio.ensure_future(_show(database, segment_id, report))
            try:
                return await running.kept(
                    database, lambda work: segments.log(work, no, create_follow_up=follow_up, on_blocked=on_blocked), bulk=True
                )
            finally:
                bar.cancel()
                await asyncio.wait([bar])


async def _show(database: Database, segment_id: int, report: Report) -> None:
    while True:
        progress = (await database.watching.progress()).get(segment_id)
        if progress is not None:
            report(progress.phase, progress.done, progress.total)
        await asyncio.sleep(LOOKS_EVERY)

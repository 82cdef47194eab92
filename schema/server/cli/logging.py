"""`carnet log-segment`: a segment is logged, with a bar."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from persistence import versions
from persistence.database import Database
from persistence.trouble import ChangeCanceled
from resolvers import segments
from resolvers.errors import Refused, UserErrorCode
from resolvers.line_warnings import LineWarningCode
from resolvers.segments.verdict import reason_refusal
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


LeaveOut = Annotated[list[LineWarningCode] | None, typer.Option(
    "--leave-out", case_sensitive=False, help="Skip the lines with this warning. May be given several times."
)]

SUMMARY = (
    "Segment {no} is logged: {logged} interactions, {skipped} lines skipped, {blocked} blocked. It is logged segment {entry_no}."
)
LINE = "  Line {line_no}: {reasons}"
MORE_LINES = "  … and {count} more."
OTHER_WAYS = (
    "To log the other lines all the same, add --on-blocked skip. With --on-blocked leave_in_segment the blocked lines stay in "
    "the segment."
)
"""The sentences of this command."""


def log_segment(
    no: No, follow_up: FollowUp = False, on_blocked: OnBlocked = segments.OnBlocked.FAIL, leave_out: LeaveOut = None
) -> None:
    """Log a segment: one interaction for each line with a contact. Ctrl-C cancels it, with nothing changed."""
    try:
        logged = running.run(_log(no, follow_up, on_blocked, leave_out or ()))
    except Refused as refused:
        console.print(str(refused), style="bold red")
        if isinstance(refused.detail, segments.BlockedLines):
            _list(refused.detail)
        if any(refusal.code == UserErrorCode.LINES_BLOCKED for refusal in refused.refusals):
            console.print(OTHER_WAYS)
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, asyncio.CancelledError, ChangeCanceled):
        _say_what_became(no)
    console.print(SUMMARY.format(
        no=no, logged=logged.logged, skipped=logged.skipped, blocked=logged.blocked, entry_no=logged.logged_segment_entry_no
    ))
    _list(logged)


def _list(found: segments.BlockedLines) -> None:
    """The first blocked lines, with all reasons."""
    for line in found.blocked_lines:
        reasons = " ".join(reason_refusal(code, about).message("EN") for code, about in line.reasons)
        console.print(LINE.format(line_no=line.line_no, reasons=reasons), markup=False)
    if found.blocked > len(found.blocked_lines):
        console.print(MORE_LINES.format(count=found.blocked - len(found.blocked_lines)))


async def _log(
    no: str, follow_up: bool, on_blocked: segments.OnBlocked, leave_out: Sequence[LineWarningCode]
) -> segments.Logged:
    async with running.database() as database:
        await versions.check(database)
        segment_id = await database.asking(lambda session: segments.still_open(running.work(session), no))
        bar = asyncio.ensure_future(_show(database, segment_id))
        try:
            return await database.writing(lambda session: segments.log(
                running.work(session), no, create_follow_up=follow_up, on_blocked=on_blocked, leave_out=leave_out
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

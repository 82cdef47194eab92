"""`carnet log-segment`: logs a segment, with progress bars."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from persistence import versions
from persistence.database import Database
from resolvers.errors import Refused, UserErrorCode
from resolvers.line_warnings import LineWarningCode
from resolvers.progress import Progress
from resolvers.segments import rules as segments
from resolvers.segments.logging.line_status import reason_refusal
from schema.server.cli import running
from schema.server.cli.output import print_message
from schema.server.cli.texts import messages
from schema.server.locales import language

POLL_SECONDS = 0.1
"""Seconds between two queries of the progress."""

No = Annotated[str, typer.Argument(help="The number of an open segment.")]
FollowUp = Annotated[bool, typer.Option("--follow-up", help="Also create a follow-up segment with the same contacts.")]
OnBlocked = Annotated[
    segments.OnBlocked,
    typer.Option(
        "--on-blocked",
        case_sensitive=False,
        show_default=False,  # typer would show it in capitals, unlike the choices
        help="When lines cannot be logged: log nothing (fail), skip them, or leave them in the segment. Default: fail.",
    ),
]
LeaveOut = Annotated[
    list[LineWarningCode] | None,
    typer.Option(
        "--leave-out", case_sensitive=False, help="Skip the lines with this warning. May be given several times."
    ),
]


def log_segment(
    no: No, follow_up: FollowUp = False, on_blocked: OnBlocked = segments.OnBlocked.FAIL, leave_out: LeaveOut = None
) -> None:
    """Log a segment: one interaction for each line with a contact. Ctrl-C cancels it, with nothing changed."""
    with running.report_refusals(also=_list_refused), running.report_interruption(lambda: messages.NOT_LOGGED(no=no)):
        logged = running.run(_log(no, follow_up, on_blocked, leave_out or ()))
    print_message(
        messages.LOGGED(
            no=no,
            logged=messages.INTERACTIONS(logged.logged),
            skipped=messages.SKIPPED(logged.skipped),
            blocked=messages.BLOCKED(logged.blocked),
            entry_no=str(logged.logged_segment_entry_no),
        )
    )
    _list(logged)


def _list_refused(refused: Refused) -> None:
    """Print the blocked lines and how to log the others."""
    if isinstance(refused.detail, segments.BlockedLines):
        _list(refused.detail)
    if any(refusal.code == UserErrorCode.LINES_BLOCKED for refusal in refused.refusals):
        print_message(messages.LOG_OTHER_LINES())


def _list(found: segments.BlockedLines) -> None:
    """Print the first blocked lines with all reasons."""
    for line in found.blocked_lines:
        reasons = " ".join(reason_refusal(code, about).message(language()) for code, about in line.reasons)
        print_message(messages.BLOCKED_LINE(line_no=str(line.line_no), reasons=reasons))
    if found.blocked > len(found.blocked_lines):
        print_message(messages.MORE_LINES(count=found.blocked - len(found.blocked_lines)))


async def _log(
    no: str, follow_up: bool, on_blocked: segments.OnBlocked, leave_out: Sequence[LineWarningCode]
) -> segments.Logged:
    async with running.database() as database:
        await versions.check(database)
        segment_id = await database.querying(lambda session: segments.open_segment_id(running.work(session), no))
        with running.progress_bars() as progress:
            bar = asyncio.ensure_future(_show_progress(database, segment_id, progress))
            try:
                return await running.run_rule(
                    database,
                    lambda work: segments.log(
                        work, no, create_follow_up=follow_up, on_blocked=on_blocked, leave_out=leave_out
                    ),
                    bulk=True,
                )
            finally:
                bar.cancel()
                await asyncio.wait([bar])


async def _show_progress(database: Database, segment_id: int, report: Progress) -> None:
    while True:
        progress = (await database.monitor.progress()).get(segment_id)
        if progress is not None:
            report(progress.phase, progress.done, progress.total)
        await asyncio.sleep(POLL_SECONDS)

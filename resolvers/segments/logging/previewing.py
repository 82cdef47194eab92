"""Previewing what logging a segment would do, in total and line by line. Changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from sqlmodel import col, select

from persistence.segments import Segment, SegmentLine
from resolvers.errors import Refusal
from resolvers.segments.logging.line_status import CheckedLine, LineStatus, check_lines
from resolvers.segments.logging.logging_plan import OnBlocked, logged_segment_exists, plan
from resolvers.segments.logging.warnings import LeaveOut, sorted_warnings
from resolvers.work import Work, key


@dataclass(frozen=True)
class Preview:
    """The number of lines of each status, the totals of the ready lines, and the refusals of logging.

    `segment_id` is null if the segment is no longer open.
    """

    segment_id: int | None
    ready: int
    skipped: int
    blocked: int
    cost: Decimal
    duration: int
    no_of_campaign_entries: int
    plan_token: str
    refusals: list[Refusal]
    leave_out: LeaveOut = ()


@dataclass(frozen=True)
class LinesPage:
    """A page of lines in line order.

    In the direction of reading, `has_more` says whether there are lines after the page, `has_earlier` whether there are
    lines before it.
    """

    lines: list[CheckedLine]
    has_more: bool
    has_earlier: bool


def preview(
    work: Work, segment_no: str, *, create_follow_up: bool, on_blocked: OnBlocked, leave_out: Iterable[str] = ()
) -> Preview | None:
    """What `log` would do now with these arguments. None if there never was a segment with this number.

    For a segment that was logged, the preview has no lines and the refusal that says so (R-LOG-1).
    """
    no = key(segment_no)
    found = select(Segment).where(col(Segment.no) == no, col(Segment.logged_segment_entry_no).is_(None))
    segment = work.session.exec(found).one_or_none()
    if segment is None:
        refusal = logged_segment_exists(work, no)
        return None if refusal is None else Preview(None, 0, 0, 0, Decimal(0), 0, 0, "0" * 64, [refusal])
    left_out = sorted_warnings(leave_out)
    planned = plan(
        work, segment, segment.version, create_follow_up=create_follow_up, on_blocked=on_blocked, leave_out=left_out
    )
    totals = planned.totals
    return Preview(
        segment.id,
        totals.ready,
        totals.skipped,
        totals.blocked,
        totals.cost,
        totals.duration,
        totals.no_of_campaign_entries,
        planned.token,
        planned.refusals,
        left_out,
    )


def lines_page(
    work: Work,
    segment_id: int,
    size: int,
    *,
    status: LineStatus | None = None,
    after: int | None = None,
    before: int | None = None,
    backward: bool = False,
    leave_out: LeaveOut = (),
) -> LinesPage:
    """A page of the segment's lines with their status. `after` and `before` are line numbers, which are not included.

    With `backward` it is the last page of these lines, otherwise the first.
    """
    read = partial(check_lines, work, segment_id, status=status, leave_out=leave_out)
    found = read(limit=size + 1, after=after, before=before, backward=backward)
    lines = found[:size][::-1] if backward else found[:size]
    if backward:
        has_earlier = before is not None and bool(read(limit=1, after=before - 1))
    else:
        has_earlier = after is not None and bool(read(limit=1, before=after + 1, backward=True))
    return LinesPage(lines, len(found) > size, has_earlier)


def existing_lines(work: Work, segment_id: int, line_nos: Sequence[int]) -> set[int]:
    """Those of these line numbers that the segment has. Lines may have been removed or moved since they were read."""
    wanted = select(col(SegmentLine.line_no)).where(
        col(SegmentLine.segment_id) == segment_id, col(SegmentLine.line_no).in_(line_nos)
    )
    return set(work.session.exec(wanted))

"""Seeing what logging a segment would do, line by line, before it is done. Nothing is changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from sqlmodel import col, select

from persistence.segments import Segment, SegmentLine
from resolvers.errors import Refusal
from resolvers.segments.plan import OnBlocked, not_open, plan
from resolvers.segments.verdict import JudgedLine, LineStatus, judged_lines
from resolvers.segments.warnings import LeaveOut, leave_out_of
from resolvers.work import Work, key


@dataclass(frozen=True)
class Preview:
    """Counts by verdict, what the ready lines come to, and what refuses the whole.

    `segment_id` is null when the segment is not open any more.
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
class JudgedPage:
    """Some lines in line order; whether there are more on the side that was read to, and any beyond where it began."""

    lines: list[JudgedLine]
    more: bool
    beyond: bool


def preview(
    work: Work, segment_no: str, *, create_follow_up: bool, on_blocked: OnBlocked, leave_out: Iterable[str] = ()
) -> Preview | None:
    """What `log` would do now with these arguments; nothing where no segment ever had the number.

    Of a segment that was logged there are no lines to judge, only the refusal that says so (R-LOG-1).
    """
    no = key(segment_no)
    found = select(Segment).where(col(Segment.no) == no, col(Segment.logged_segment_entry_no).is_(None))
    segment = work.session.exec(found).one_or_none()
    if segment is None:
        refusal = not_open(work, no)
        return None if refusal is None else Preview(None, 0, 0, 0, Decimal(0), 0, 0, "0" * 64, [refusal])
    left_out = leave_out_of(leave_out)
    made = plan(
        work, segment, segment.version, create_follow_up=create_follow_up, on_blocked=on_blocked, leave_out=left_out
    )
    lines = made.verdict
    return Preview(
        segment.id,
        lines.ready,
        lines.skipped,
        lines.blocked,
        lines.cost,
        lines.duration,
        lines.no_of_campaign_entries,
        made.token,
        made.refusals,
        left_out,
    )


def judged_page(
    work: Work,
    segment_id: int,
    size: int,
    *,
    status: LineStatus | None = None,
    after: int | None = None,
    before: int | None = None,
    backward: bool = False,
    leave_out: LeaveOut = (),
) -> JudgedPage:
    """A page of the lines of a segment with their verdicts, from one line number on or up to another."""
    of = partial(judged_lines, work, segment_id, status=status, leave_out=leave_out)
    found = of(most=size + 1, after=after, before=before, backward=backward)
    lines = found[:size][::-1] if backward else found[:size]
    behind = before if backward else after
    beyond = False
    if behind is not None:
        near: dict[str, Any] = {"after": behind - 1} if backward else {"before": behind + 1}
        beyond = bool(of(most=1, backward=not backward, **near))
    return JudgedPage(lines, len(found) > size, beyond)


def lines_there(work: Work, segment_id: int, line_nos: Sequence[int]) -> set[int]:
    """Those of the lines that are still on the segment: what an outcome named may have gone or moved since."""
    wanted = select(col(SegmentLine.line_no)).where(
        col(SegmentLine.segment_id) == segment_id, col(SegmentLine.line_no).in_(line_nos)
    )
    return set(work.session.exec(wanted))

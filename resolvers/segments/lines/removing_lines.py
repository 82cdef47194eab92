"""Removing single lines from a segment (R-LIN)."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from resolvers import change_feed
from resolvers.errors import Refusal, refuse_any
from resolvers.segments import steps
from resolvers.segments.lines.line_updates import LINE
from resolvers.segments.lines.selecting_lines import select_lines
from resolvers.segments.locking import lock_segment, rolled_back_if
from resolvers.segments.tables import LINES
from resolvers.selections import Matching
from resolvers.work import Work


@dataclass(frozen=True)
class LinesRemoved:
    """How many lines were removed, and their numbers, the first 100."""

    segment_id: int
    removed: int
    line_nos: list[int]


def remove_lines(
    work: Work,
    segment_no: str,
    *,
    line_nos: list[int] | None = None,
    matching: Matching | None = None,
    dry_run: bool = False,
) -> LinesRemoved:
    """Remove lines from the segment. Their numbers are not used again (K20). The removal is recorded as a step if one
    of them has a contact (R-LIN-9).
    """
    with rolled_back_if(work, dry_run):
        segment = lock_segment(work, segment_no, "segment_no")
        refusals: list[Refusal] = []
        lines = select_lines(work, segment, refusals, line_nos=line_nos, matching=matching)
        refuse_any(refusals)
        if lines.count > lines.without_contact:
            steps.remove_lines(work, segment, lines.where)
        else:
            removed = select(LINE.c.line_no).where(LINE.c.segment_id == segment.id, lines.where)
            these = (LINES.c.segment_id == segment.id, LINES.c.line_no.in_(removed))
            recorded = change_feed.record(work, change_feed.DELETED, LINES, *these)
            work.session.execute(delete(LINES).where(*these, recorded))
        assert segment.id is not None
        return LinesRemoved(segment.id, lines.count, lines.first)

"""Deleting a segment with its lines and steps (R-SEG-2)."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy import delete as delete_rows

from resolvers import change_feed
from resolvers.segments import steps
from resolvers.segments.locking import lock_segment
from resolvers.segments.tables import LINES, RETIRED_SEGMENTS, SEGMENTS
from resolvers.work import Work


@dataclass(frozen=True)
class SegmentDeleted:
    """The id that the segment had."""

    deleted_id: int


def delete(work: Work, no: str) -> SegmentDeleted:
    """Delete an open segment with its lines and steps. Only its number is kept; it is not reused (R-SEG-2, K7, K24)."""
    segment = lock_segment(work, no, "no", change=change_feed.DELETED)
    assert segment.id is not None
    delete_segments(work, SEGMENTS.c.id == segment.id)
    return SegmentDeleted(segment.id)


def delete_segments(work: Work, where: ColumnElement[bool]) -> None:
    """Delete these segments, open or logged, with their lines and steps. Their numbers are not used again (K7)."""
    ids = select(SEGMENTS.c.id).where(where)
    steps.delete_steps(work, ids)
    work.session.execute(delete_rows(LINES).where(LINES.c.segment_id.in_(ids)))
    retired = select(SEGMENTS.c.id, SEGMENTS.c.no).where(where)
    work.session.execute(insert(RETIRED_SEGMENTS).from_select(["id", "no"], retired))
    work.session.execute(delete_rows(SEGMENTS).where(where))

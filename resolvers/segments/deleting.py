"""Deleting a segment with all that belongs to it (R-SEG-2)."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, select

from resolvers.segments import steps
from resolvers.segments.opening import claim
from resolvers.segments.tables import LINES, RETIRED_SEGMENTS, SEGMENTS
from resolvers.work import Work


@dataclass(frozen=True)
class SegmentDeleted:
    deleted_id: int


def delete_segment(work: Work, no: str) -> SegmentDeleted:
    """Delete an open segment: its lines, its steps and their history go, only its number stays taken (R-SEG-2, K7,
    K24).
    """
    segment = claim(work, no, "no")
    assert segment.id is not None
    drop(work, SEGMENTS.c.id == segment.id)
    return SegmentDeleted(segment.id)


def drop(work: Work, which: ColumnElement[bool]) -> None:
    """Delete these segments, open or logged, with lines and steps; their numbers are never given again (K7)."""
    ids = select(SEGMENTS.c.id).where(which)
    steps.forget(work, ids)
    work.session.execute(delete(LINES).where(LINES.c.segment_id.in_(ids)))
    retired = select(SEGMENTS.c.id, SEGMENTS.c.no).where(which)
    work.session.execute(insert(RETIRED_SEGMENTS).from_select(["id", "no"], retired))
    work.session.execute(delete(SEGMENTS).where(which))

"""Deleting a segment with all that belongs to it (R-SEG-2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from resolvers.segments import steps
from resolvers.segments.opening import claim
from resolvers.segments.tables import DELETED_SEGMENTS, LINES, SEGMENTS
from resolvers.work import Work


@dataclass(frozen=True)
class SegmentDeleted:
    deleted_id: int


def delete_segment(work: Work, no: str) -> SegmentDeleted:
    """Delete an open segment: its lines, its steps and their history go, only its number stays taken (R-SEG-2, K7, K24)."""
    segment = claim(work, no, "no")
    assert segment.id is not None
    drop(work, [segment.id])
    return SegmentDeleted(segment.id)


def drop(work: Work, segment_ids: Sequence[int]) -> None:
    """Delete these headers, open or logged, with lines and steps, and remember their numbers."""
    meant = SEGMENTS.c.id.in_(segment_ids)
    known = select(DELETED_SEGMENTS.c.no)
    numbers = select(SEGMENTS.c.no).distinct().where(meant, SEGMENTS.c.no.not_in(known))
    steps.forget(work, segment_ids)
    work.session.execute(delete(LINES).where(LINES.c.segment_id.in_(segment_ids)))
    work.session.execute(insert(DELETED_SEGMENTS).from_select(["no"], numbers))
    work.session.execute(delete(SEGMENTS).where(meant))

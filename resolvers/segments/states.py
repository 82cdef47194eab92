"""What has become of the segment with a number."""

from typing import NamedTuple

from sqlalchemy import select

from persistence.columns import table_of
from persistence.segments import Segment
from resolvers.work import Work, key

SEGMENTS = table_of(Segment)


class SegmentState(NamedTuple):
    """The id of the open segment, or the number of the logged segment that the last one was turned into. Both are None
    if it was deleted, or never existed.
    """

    open_id: int | None
    logged_segment_entry_no: int | None


def state_of(work: Work, no: str) -> SegmentState:
    """The state of the segment with this number. Blocked lines of a logged segment may have stayed in an open one."""
    logged = SEGMENTS.c.logged_segment_entry_no
    found = select(SEGMENTS.c.id, logged).where(SEGMENTS.c.no == key(no))
    row = work.session.execute(found.order_by(logged.is_not(None), logged.desc()).limit(1)).one_or_none()
    if row is None:
        return SegmentState(None, None)
    return SegmentState(row.id, None) if row.logged_segment_entry_no is None else SegmentState(None, row[1])

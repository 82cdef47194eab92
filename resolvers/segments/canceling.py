"""Canceling an operation that is running on a segment: whether there is one to cancel."""

from dataclasses import dataclass

from resolvers.errors import Invalid, Refused
from resolvers.refusals import SegmentNotFound
from resolvers.segments.locking import find_open_segment
from resolvers.segments.logging.logging_plan import logged_segment_exists
from resolvers.work import Work, key


@dataclass(frozen=True)
class OperationCanceled:
    """The id of the open segment on which the operation ran."""

    segment_id: int


def open_segment_id(work: Work, segment_no: str) -> int:
    """The id of the open segment. A segment that was logged is refused with LOGGED_SEGMENT_EXISTS."""
    try:
        segment = find_open_segment(work, segment_no, "segment_no")
    except Refused:
        no = key(segment_no)
        raise Refused(logged_segment_exists(work, no) or SegmentNotFound("segment_no", no=no)) from None
    assert segment.id is not None
    return segment.id


def no_running_operation(segment_no: str) -> Refused:
    """The refusal where no operation is running on the segment."""
    no = key(segment_no)
    return Refused(
        Invalid(
            "segment_no",
            english=f"No operation is running on segment {no}, so there is nothing to cancel.",
            french=f"Aucune opération n’est en cours sur le segment {no}\u00a0: il n’y a rien à annuler.",
        )
    )

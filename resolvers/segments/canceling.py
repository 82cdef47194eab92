"""Ending what is being done to a segment: the rule says whether there is something to end."""

from dataclasses import dataclass

from resolvers.errors import Invalid, Refused
from resolvers.refusals import SegmentNotFound
from resolvers.segments.opening import open_one
from resolvers.segments.plan import not_open
from resolvers.work import Work, key


@dataclass(frozen=True)
class OperationCanceled:
    """`segment_id` is the open segment on which the operation ran."""

    segment_id: int


def still_open(work: Work, segment_no: str) -> int:
    """The id of the open segment; one that was logged meanwhile is refused as such (LOGGED_SEGMENT_EXISTS)."""
    try:
        segment = open_one(work, segment_no, "segment_no")
    except Refused:
        raise Refused(not_open(work, key(segment_no)) or SegmentNotFound("segment_no", no=key(segment_no))) from None
    assert segment.id is not None
    return segment.id


def nothing_under_way(segment_no: str) -> Refused:
    """Nobody works on the segment."""
    no = key(segment_no)
    return Refused(
        Invalid(
            "segment_no",
            english=f"Nothing is being done to segment {no}, so there is nothing to cancel. Log it when you want to.",
            french=f"Aucune opération n’est en cours sur le segment {no}\u00a0: il n’y a rien à arrêter. "
            "Journalisez-le quand vous voudrez.",
        )
    )

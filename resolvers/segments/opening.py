"""Taking hold of an open segment. Every change of a segment or its lines begins here, so there is one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import update
from sqlmodel import col

from persistence.segments import Segment
from resolvers.errors import Refused, StaleVersion
from resolvers.refusals import SegmentNotFound
from resolvers.work import Work, key


def claim(work: Work, no: str, *field: str, expected_version: int | None = None) -> Segment:
    """The open segment of this number, locked, its version raised; `field` names the argument that had the number."""
    segment = claim_if_open(work, no, expected_version=expected_version)
    if segment is None:
        raise Refused(SegmentNotFound(*field, no=key(no)))
    return segment


def claim_if_open(work: Work, no: str, *, expected_version: int | None = None) -> Segment | None:
    """Like `claim`, for who knows more about a number without an open segment.

    Who waited while it was logged looks again: lines may have been left under a new header (K8).
    """
    work.session.flush()
    statement = (
        update(Segment)
        .where(col(Segment.no) == key(no), col(Segment.logged_segment_entry_no).is_(None))
        .values(version=Segment.version + 1)
        .returning(Segment)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    segment = work.session.scalars(statement).one_or_none() or work.session.scalars(statement).one_or_none()
    if segment is not None and expected_version not in (None, segment.version - 1):
        raise Refused(
            StaleVersion(
                "expected_version",
                what="segment",
                key=segment.no,
                actual=segment.version - 1,
                expected=expected_version,
            )
        )
    return segment


def open_one(work: Work, no: str, *field: str) -> Segment:
    """The open segment of this number for who only looks: neither locked nor changed. `field` names the argument."""
    segment = work.find(Segment, no=key(no), logged_segment_entry_no=None)
    if segment is None:
        raise Refused(SegmentNotFound(*field, no=key(no)))
    return segment


@contextmanager
def undone(work: Work, only_if: bool) -> Iterator[None]:
    """What happens inside is taken back at the end, if so: how a dry run finds out what would happen."""
    if not only_if:
        yield
        return
    savepoint = work.session.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()

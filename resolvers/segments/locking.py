"""Finding and locking open segments. Every change of a segment or its lines locks the segment first."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import update
from sqlmodel import col

from persistence.change_feed.items import pending_items
from persistence.enums import ChangeKind
from persistence.segments import Segment
from persistence.sql.statements import updated_object
from resolvers import change_feed
from resolvers.errors import Refused, StaleVersion
from resolvers.refusals import SegmentNotFound
from resolvers.segments.tables import SEGMENTS
from resolvers.work import Work, key, record_name


def lock_segment(
    work: Work, no: str, *field: str, expected_version: int | None = None, change: ChangeKind = change_feed.UPDATED
) -> Segment:
    """The open segment with this number, locked until the transaction ends. Its version rises by one, which is recorded
    for the change feed as this change.

    Refused if there is none. `field` is the argument with the number.
    """
    segment = lock_if_open(work, no, expected_version=expected_version)
    if segment is None:
        raise Refused(SegmentNotFound(*field, no=key(no)))
    assert segment.id is not None
    change_feed.record_one(work, change, SEGMENTS, segment.id)
    return segment


def lock_if_open(work: Work, no: str, *, expected_version: int | None = None) -> Segment | None:
    """Like `lock_segment`; None if there is no open segment with this number.

    The second attempt is for a transaction that waited while the segment was logged: lines may have been left in a new
    open segment with the number (K8).
    """
    work.session.flush()
    statement = (
        update(Segment)
        .where(col(Segment.no) == key(no), col(Segment.logged_segment_entry_no).is_(None))
        .values(version=Segment.version + 1)
        .returning(Segment)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    segment = updated_object(work.session, statement) or updated_object(work.session, statement)
    if segment is not None and expected_version not in (None, segment.version - 1):
        raise Refused(
            StaleVersion(
                "expected_version",
                what=record_name(Segment),
                key=segment.no,
                actual=segment.version - 1,
                expected=expected_version,
            )
        )
    return segment


def find_open_segment(work: Work, no: str, *field: str) -> Segment:
    """The open segment with this number, neither locked nor changed. Refused if there is none. `field` is the argument
    with the number.
    """
    segment = work.find(Segment, no=key(no), logged_segment_entry_no=None)
    if segment is None:
        raise Refused(SegmentNotFound(*field, no=key(no)))
    return segment


@contextmanager
def rolled_back_if(work: Work, dry_run: bool) -> Iterator[None]:
    """Rolls back all changes made inside if it is a dry run, which finds out in this way what would happen."""
    if not dry_run:
        yield
        return
    savepoint = work.session.begin_nested()
    pending = pending_items(work.session)
    before = dict(pending)
    try:
        yield
    finally:
        savepoint.rollback()
        pending.clear()
        pending |= before

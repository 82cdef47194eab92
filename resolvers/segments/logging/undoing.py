"""Undoing the logging of a segment: the segment is open again as it was, and its entries are canceled (K18)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, not_, select, update
from sqlmodel import col

from persistence.segments import LoggedSegment, Segment
from resolvers import change_feed
from resolvers.errors import Refusal, Refused, UserErrorCode
from resolvers.interactions.entries.canceled_marks import cancel_with_logged_segment
from resolvers.segments import steps
from resolvers.segments.locking import lock_if_open, rolled_back_if
from resolvers.segments.logging.undone_logged_segments import AlreadyUndone, advice_for_undone
from resolvers.segments.tables import ENTRIES, LINES, LOGGED_SEGMENTS, SEGMENTS
from resolvers.selections import MAX_SHOWN
from resolvers.work import Work


@dataclass(frozen=True)
class TouchedEntries:
    """The numbers of the entries that were evaluated, commented or un-canceled since their logging, the first 100."""

    touched_entry_nos: list[int]


@dataclass(frozen=True)
class SegmentUndone(TouchedEntries):
    """The open segment, how many lines it got back, and how many entries were canceled."""

    segment_id: int
    logged_segment_entry_no: int
    lines_restored: int
    entries_canceled: int


class ChangedSince(Refusal):
    """Entries that undoing would cancel were evaluated, commented or un-canceled since they were logged (K18)."""

    code = UserErrorCode.CHANGED_SINCE
    english = (
        "Interactions of logged segment {entry_no} were evaluated, commented or un-canceled since they were logged "
        "({count}). See touchedEntries; to cancel them anyway, undo with force."
    )
    french = (
        "Des interactions du segment journalisé {entry_no} ont été évaluées ou commentées, ou leur "
        "annulation a été levée, depuis leur journalisation ({count}). Consultez touchedEntries; pour les annuler "
        "malgré tout, recommencez avec l’option force."
    )


def undo(work: Work, entry_no: int, *, force: bool = False, dry_run: bool = False) -> SegmentUndone:
    """Open the segment again under its number, with its lines as they were, and cancel its entries (K18).

    If there is an open segment with the number, which got the lines that were left, the others are moved to it and its
    header stays as it is. Entries that were canceled separately and a follow-up segment stay as they are. Refused if
    entries that would be canceled were evaluated, commented or un-canceled since, unless `force` is set. The segment
    can be changed and logged again (K9).
    """
    with rolled_back_if(work, dry_run):
        logged = work.find(LoggedSegment, "entry_no", entry_no=entry_no, lock=True)
        assert logged is not None
        closed, last_line_no = _closed_segment(work, logged)
        count, touched = _touched_entries(work, logged)
        if count and not force:
            refusal = ChangedSince("entry_no", entry_no=entry_no, count=count)
            raise Refused(refusal, detail=TouchedEntries(touched))
        open_segment = lock_if_open(work, logged.segment_no)
        lines = _reopen(work, closed) if open_segment is None else _move_lines(work, closed, open_segment)
        segment = open_segment or closed
        segment.last_line_no = last_line_no
        if not logged.canceled:
            change_feed.record_one(work, change_feed.UPDATED, LOGGED_SEGMENTS, entry_no)
        logged.canceled = True
        work.session.flush()
        entries = cancel_with_logged_segment(work, entry_no)
        assert segment.id is not None
        if open_segment is None:
            change_feed.record_one(work, change_feed.CREATED, SEGMENTS, segment.id)
            change_feed.record(work, change_feed.CREATED, LINES, LINES.c.segment_id == segment.id)
        else:
            change_feed.record_one(work, change_feed.UPDATED, SEGMENTS, segment.id)
        return SegmentUndone(touched, segment.id, entry_no, lines, entries)


def _closed_segment(work: Work, logged: LoggedSegment) -> tuple[Segment, int]:
    """The closed segment (K7), and the highest line number that any segment with this number has used (K20).

    All segments with the number are locked, so that only one of them is opened at a time.
    """
    statement = (
        select(Segment)
        .where(col(Segment.no) == logged.segment_no)
        .order_by(col(Segment.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    segments: Sequence[Segment] = work.session.scalars(statement).all()
    for segment in segments:
        if segment.logged_segment_entry_no == logged.entry_no:
            return segment, max(segment.last_line_no for segment in segments)
    assert logged.entry_no is not None
    advice = advice_for_undone(work, [logged.entry_no])
    raise Refused(AlreadyUndone("entry_no", entry_no=logged.entry_no, advice=advice[logged.entry_no]))


def _touched_entries(work: Work, logged: LoggedSegment) -> tuple[int, list[int]]:
    """The entries that would be canceled and were changed since they were logged: how many, and the first 100
    numbers.
    """
    not_canceled = (ENTRIES.c.logged_segment_entry_no == logged.entry_no, not_(ENTRIES.c.canceled))
    statement = (
        select(ENTRIES.c.entry_no, func.count().over())
        .where(*not_canceled, ENTRIES.c.changed_at.is_not(None))
        .order_by(ENTRIES.c.entry_no)
        .limit(MAX_SHOWN)
    )
    rows = work.session.execute(statement).all()
    return (rows[0][1] if rows else 0), [row[0] for row in rows]


def _reopen(work: Work, closed: Segment) -> int:
    """Open the closed segment again, and return the number of its lines."""
    closed.logged_segment_entry_no = None
    closed.version += 1
    work.session.flush()
    return work.session.scalar(select(func.count()).where(LINES.c.segment_id == closed.id)) or 0


def _move_lines(work: Work, closed: Segment, open_segment: Segment) -> int:
    """Move the lines to the open segment, in which their numbers are free (K20), and delete the closed one.

    Returns the number of lines.
    """
    moved_lines = select(LINES.c.line_no.label("key"), literal(open_segment.id).label("parent")).where(
        LINES.c.segment_id == closed.id
    )
    change_feed.record_selected(work, change_feed.CREATED, LINES, moved_lines)
    moved = work.write(update(LINES).values(segment_id=open_segment.id).where(LINES.c.segment_id == closed.id))
    assert closed.id is not None
    assert open_segment.id is not None
    steps.join_steps(work, closed.id, open_segment.id)
    work.session.delete(closed)
    work.session.flush()
    return moved

"""Taking a logged segment back: its segment opens again as it was, its entries are struck out (K18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, func, not_, select, update
from sqlmodel import col

from persistence.segments import LoggedSegment, Segment
from resolvers.errors import Refusal, Refused, UserErrorCode
from resolvers.interactions.entries.marking import strike_out_with
from resolvers.segments import steps
from resolvers.segments.opening import claim_if_open, undone
from resolvers.segments.tables import ENTRIES, LINES
from resolvers.segments.undone import UndoneAlready, instead_of_undone
from resolvers.selections import SHOWN
from resolvers.work import Work


@dataclass(frozen=True)
class TouchedEntries:
    """The numbers of entries that somebody evaluated, commented or put back since, the first 100."""

    touched_entry_nos: list[int]


@dataclass(frozen=True)
class SegmentUndone(TouchedEntries):
    """How many lines are on the open segment again, and how many entries were struck out."""

    segment_id: int
    logged_segment_entry_no: int
    lines_restored: int
    entries_canceled: int


class ChangedSince(Refusal):
    """K18."""

    code = UserErrorCode.CHANGED_SINCE
    english = (
        "Interactions of logged segment {entry_no} were evaluated, commented or un-canceled since ({count}). "
        "See touchedEntries; undo with force to cancel them anyway."
    )
    french = (
        "Des interactions du segment journalisé {entry_no} ont été évaluées, commentées ou rétablies depuis ({count}). "
        "Consultez touchedEntries; pour les annuler malgré tout, recommencez avec l’option force."
    )


def undo(work: Work, entry_no: int, *, force: bool = False, dry_run: bool = False) -> SegmentUndone:
    """Open the segment again under its number, with its lines as they were, and strike out what came of it (K18).

    Where lines were left in an open segment of that number the others join them there; its header stays as it is now.
    Entries canceled alone stay as they are, a follow-up stays. Refused when entries that would be struck out were
    evaluated, commented or put back since, unless forced. The segment can be changed and logged again (K9).
    """
    with undone(work, dry_run):
        logged = work.find(LoggedSegment, "entry_no", entry_no=entry_no, lock=True)
        assert logged is not None
        closed, last_line_no = _behind(work, logged)
        count, touched = _touched(work, logged)
        if count and not force:
            refusal = ChangedSince("entry_no", entry_no=entry_no, count=count)
            raise Refused(refusal, detail=TouchedEntries(touched))
        opened = claim_if_open(work, logged.segment_no)
        lines = _reopen(work, closed) if opened is None else _join(work, closed, opened)
        segment = opened or closed
        segment.last_line_no = last_line_no
        logged.canceled = True
        work.session.flush()
        entries = strike_out_with(work, entry_no)
        assert segment.id is not None
        return SegmentUndone(touched, segment.id, entry_no, lines, entries)


def _behind(work: Work, logged: LoggedSegment) -> tuple[Segment, int]:
    """The header that is kept behind (K7), and the last line number that any of this segment number has used (K20).

    All headers of the number are locked, so that only one of them is opened at a time.
    """
    statement = (
        select(Segment)
        .where(col(Segment.no) == logged.segment_no)
        .order_by(col(Segment.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    headers: Sequence[Segment] = work.session.scalars(statement).all()
    for header in headers:
        if header.logged_segment_entry_no == logged.entry_no:
            return header, max(header.last_line_no for header in headers)
    assert logged.entry_no is not None
    instead = instead_of_undone(work, [logged.entry_no])
    raise Refused(UndoneAlready("entry_no", entry_no=logged.entry_no, instead=instead[logged.entry_no]))


def _touched(work: Work, logged: LoggedSegment) -> tuple[int, list[int]]:
    """How many of the entries that would be struck out were changed since they were logged, and which, the first
    100.
    """
    would_go = (ENTRIES.c.logged_segment_entry_no == logged.entry_no, not_(ENTRIES.c.canceled))
    statement = (
        select(ENTRIES.c.entry_no, func.count().over())
        .where(*would_go, ENTRIES.c.changed_at.is_not(None))
        .order_by(ENTRIES.c.entry_no)
        .limit(SHOWN)
    )
    rows = work.session.execute(statement).all()
    return (rows[0][1] if rows else 0), [row[0] for row in rows]


def _reopen(work: Work, closed: Segment) -> int:
    """The header is open again as it was closed; answers how many lines it has."""
    closed.logged_segment_entry_no = None
    closed.version += 1
    work.session.flush()
    return work.session.scalar(select(func.count()).where(LINES.c.segment_id == closed.id)) or 0


def _join(work: Work, closed: Segment, opened: Segment) -> int:
    """The lines join those on the open header; their numbers are free there (K20). The empty header goes."""
    moving = update(LINES).values(segment_id=opened.id).where(LINES.c.segment_id == closed.id)
    moved = cast("CursorResult[Any]", work.session.execute(moving)).rowcount
    assert closed.id is not None
    assert opened.id is not None
    steps.join(work, closed.id, opened.id)
    work.session.delete(closed)
    work.session.flush()
    return moved

"""Undoing the last step of a segment (R-BACK)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, or_, select

from persistence.enums import SegmentStepAction
from persistence.segment_steps import SegmentStep
from persistence.segments import Segment
from resolvers import change_feed
from resolvers.segments import steps
from resolvers.segments.lines.inserting_lines import insert_lines
from resolvers.segments.locking import find_open_segment, lock_segment
from resolvers.segments.tables import CONTACTS, LINES, STEP_LINES, STEPS
from resolvers.work import Work


@dataclass(frozen=True)
class StepUndone:
    """`undone` has the columns of the undone step, with its time as ISO 8601 text; null if there was no step."""

    segment_id: int
    undone: dict[str, Any] | None


def undo_step(work: Work, segment_no: str) -> StepUndone:
    """Undo the last step, if there is one: contacts that it added are removed with all their lines, contacts that it
    removed are added on new lines at the end (R-BACK).

    The new lines have the values of the segment, without the customized fields of the old lines. Contacts that were
    deleted since are left out.
    """
    segment = find_open_segment(work, segment_no, "segment_no")
    assert segment.id is not None
    if not steps.count(work, segment.id):
        return StepUndone(segment.id, None)
    segment = lock_segment(work, segment_no, "segment_no")
    last = select(SegmentStep).where(STEPS.c.segment_id == segment.id).order_by(STEPS.c.step_no.desc()).limit(1)
    step = work.session.scalars(last.execution_options(populate_existing=True)).one_or_none()
    if step is None:
        return StepUndone(segment.id, None)  # type: ignore[arg-type]  # it was read from the database
    undone = step.model_dump() | {"at": step.at.isoformat()}
    if step.action == SegmentStepAction.ADD:
        _remove_added(work, segment, step.step_no)
    else:
        _add_removed(work, segment, step.step_no)
    work.session.expunge(step)
    steps.delete_steps(work, [segment.id], step_no=step.step_no)
    return StepUndone(undone["segment_id"], undone)


def _remove_added(work: Work, segment: Segment, step_no: int) -> None:
    of_step = (STEP_LINES.c.segment_id == segment.id, STEP_LINES.c.step_no == step_no)
    added = select(STEP_LINES.c.contact_no).where(*of_step)
    removed = (LINES.c.segment_id == segment.id, LINES.c.contact_no.in_(added))
    change_feed.record(work, change_feed.DELETED, LINES, *removed)
    work.session.execute(delete(LINES).where(*removed))


def _add_removed(work: Work, segment: Segment, step_no: int) -> None:
    """Insert a line for each that was removed, in the old order, also for those without a contact."""
    joined = STEP_LINES.outerjoin(CONTACTS, CONTACTS.c.no == STEP_LINES.c.contact_no)
    removed = (
        select(STEP_LINES.c.contact_no, STEP_LINES.c.line_no.label("position"))
        .select_from(joined)
        .where(STEP_LINES.c.segment_id == segment.id, STEP_LINES.c.step_no == step_no)
        .where(or_(STEP_LINES.c.contact_no.is_(None), CONTACTS.c.no.is_not(None)))
    )
    insert_lines(work, segment, removed.subquery("removed"))

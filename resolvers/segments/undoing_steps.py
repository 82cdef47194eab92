"""Undoing the last step of a segment, one after the other (R-BACK)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, or_, select

from persistence.enums import SegmentStepAction
from persistence.segment_steps import SegmentStep
from persistence.segments import Segment
from resolvers.segments import steps
from resolvers.segments.filling import fill
from resolvers.segments.opening import claim, open_one
from resolvers.segments.tables import CONTACTS, LINES, STEP_LINES, STEPS
from resolvers.work import Work


@dataclass(frozen=True)
class StepUndone:
    """`undone` has the columns of the step that is gone, its moment as ISO text; nothing where there was none."""

    segment_id: int
    undone: dict[str, Any] | None


def undo_step(work: Work, segment_no: str) -> StepUndone:
    """Take back the last step: whom it put on goes, with all lines; whom it took off comes back, on new lines at the
    end.

    These begin as the segment says: what was given to the old lines is gone. Who was deleted meanwhile stays away.
    Without a step nothing happens.
    """
    segment = open_one(work, segment_no, "segment_no")
    assert segment.id is not None
    if not steps.count(work, segment.id):
        return StepUndone(segment.id, None)
    segment = claim(work, segment_no, "segment_no")
    last = select(SegmentStep).where(STEPS.c.segment_id == segment.id).order_by(STEPS.c.step_no.desc()).limit(1)
    step = work.session.scalars(last.execution_options(populate_existing=True)).one_or_none()
    if step is None:
        return StepUndone(segment.id, None)  # type: ignore[arg-type]  # it was read from the database
    told = step.model_dump() | {"at": step.at.isoformat()}
    if step.action == SegmentStepAction.ADD:
        _take_away(work, segment, step.step_no)
    else:
        _put_back(work, segment, step.step_no)
    work.session.expunge(step)
    steps.forget(work, [segment.id], step_no=step.step_no)
    return StepUndone(told["segment_id"], told)


def _take_away(work: Work, segment: Segment, step_no: int) -> None:
    came = select(STEP_LINES.c.contact_no).where(STEP_LINES.c.segment_id == segment.id, STEP_LINES.c.step_no == step_no)
    work.session.execute(delete(LINES).where(LINES.c.segment_id == segment.id, LINES.c.contact_no.in_(came)))


def _put_back(work: Work, segment: Segment, step_no: int) -> None:
    """A line for each that went, those without a contact too, in their old order."""
    joined = STEP_LINES.outerjoin(CONTACTS, CONTACTS.c.no == STEP_LINES.c.contact_no)
    went = (
        select(STEP_LINES.c.contact_no, STEP_LINES.c.line_no.label("position"))
        .select_from(joined)
        .where(STEP_LINES.c.segment_id == segment.id, STEP_LINES.c.step_no == step_no)
        .where(or_(STEP_LINES.c.contact_no.is_(None), CONTACTS.c.no.is_not(None)))
    )
    fill(work, segment, went.subquery("went"))

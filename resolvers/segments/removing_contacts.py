"""Removing contacts from a segment by filter: those that match (R-RED), or those that do not match (R-REF)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, not_, or_, select, true

from persistence.enums import SegmentStepAction
from persistence.segments import Segment
from resolvers.segments import steps
from resolvers.segments.lines.line_updates import CONTACT, LINE
from resolvers.segments.locking import find_open_segment, lock_segment
from resolvers.segments.steps import Criteria
from resolvers.segments.tables import CONTACTS
from resolvers.selections import MAX_SHOWN, Matching
from resolvers.work import Work


@dataclass(frozen=True)
class RemovingOptions:
    """With `keep_matching`, all lines are removed but those whose contacts match, also lines without a contact (R-REF).
    With `entire_companies`, a matching contact stands for all contacts of its company. With `clear_steps_when_empty`,
    all steps are deleted if the segment has no lines left after several steps (R-SEG-3). A dry run only counts.
    """

    keep_matching: bool = False
    entire_companies: bool = False
    clear_steps_when_empty: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class ContactsRemoved:
    """How many lines were removed, and the numbers of the first of them."""

    segment_id: int
    removed: int
    line_nos: Sequence[int] = ()


def remove_contacts(
    work: Work,
    segment_no: str,
    *,
    matching: Matching | None = None,
    filter: Mapping[str, object] | None = None,
    options: RemovingOptions = RemovingOptions(),
) -> ContactsRemoved:
    """Remove the lines whose contacts match, or all other lines (R-RED, R-REF). The current data of the contacts is
    examined. The removal is recorded as a step, with the condition `matching` stored as `filter`.
    """
    segment = (find_open_segment if options.dry_run else lock_segment)(work, segment_no, "segment_no")
    assert segment.id is not None
    action = SegmentStepAction.KEEP_MATCHING if options.keep_matching else SegmentStepAction.REMOVE_MATCHING
    criteria = Criteria(action, filter, entire_companies=options.entire_companies)
    joined = LINE.outerjoin(CONTACT, CONTACT.c.no == LINE.c.contact_no)
    conditions = (LINE.c.segment_id == segment.id, _is_removed(criteria, matching))
    if options.dry_run:
        count = select(func.count()).select_from(joined).where(*conditions)
        return ContactsRemoved(segment.id, work.session.scalar(count) or 0)
    first = select(LINE.c.line_no).select_from(joined).where(*conditions).order_by(LINE.c.line_no).limit(MAX_SHOWN)
    line_nos = list(work.session.scalars(first))
    removed = remove(work, segment, matching, criteria)
    if options.clear_steps_when_empty and _is_empty(work, segment) and steps.count(work, segment.id) > 1:
        steps.delete_steps(work, [segment.id])
    return ContactsRemoved(segment.id, removed, line_nos)


def remove(work: Work, segment: Segment, matching: Matching | None, criteria: Criteria) -> int:
    """Remove lines with the options of the criteria, record the step, and return the number of lines."""
    return steps.remove_lines(work, segment, _is_removed(criteria, matching), criteria)


def _is_removed(criteria: Criteria, matching: Matching | None) -> ColumnElement[bool]:
    """Whether a `LINE` with its `CONTACT` is removed. All lines of a contact are treated alike. An empty filter matches
    all contacts.
    """
    keeps = criteria.action is SegmentStepAction.KEEP_MATCHING
    if matching is None or criteria.filter == {}:
        return CONTACT.c.no.is_(None) if keeps else true()
    matches = matching(CONTACT)
    if criteria.entire_companies:
        other = CONTACTS.alias("other")
        companies = select(other.c.company_no).where(matching(other), other.c.company_no.is_not(None))
        matches = or_(matches, CONTACT.c.company_no.in_(companies))
    found = func.coalesce(matches, false()) & CONTACT.c.no.is_not(None)
    return not_(found) if keeps else found


def _is_empty(work: Work, segment: Segment) -> bool:
    return work.session.scalar(select(LINE.c.line_no).where(LINE.c.segment_id == segment.id).limit(1)) is None

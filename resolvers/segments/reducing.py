"""Taking contacts off a segment by what they have in common: those that match, or all others (R-RED, R-REF)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, func, not_, or_, select, true

from persistence.enums import SegmentStepAction
from persistence.segments import Segment
from resolvers.segments import steps
from resolvers.segments.opening import claim, open_one
from resolvers.segments.rewriting import CONTACT, LINE
from resolvers.segments.steps import Criteria
from resolvers.segments.tables import CONTACTS
from resolvers.selections import Matching
from resolvers.work import Work


@dataclass(frozen=True)
class ContactsRemoved:
    """How many lines went."""

    segment_id: int
    removed: int


def remove_contacts(
    work: Work,
    segment_no: str,
    *,
    keep_matching: bool = False,
    matching: Matching | None = None,
    filter: Mapping[str, Any] | None = None,
    entire_companies: bool = False,
    clear_steps_when_empty: bool = False,
    dry_run: bool = False,
) -> ContactsRemoved:
    """Take the lines off whose contacts match, or with `keep_matching` all but these, also those without a contact
    (R-REF).

    Contacts are examined as they are now (F2). With `entire_companies` one that matches stands for its whole company.
    It becomes a step; when nobody is left after several, all can be cleared (R-SEG-3). `filter` is the record of the
    condition.
    """
    segment = (open_one if dry_run else claim)(work, segment_no, "segment_no")
    assert segment.id is not None
    action = SegmentStepAction.KEEP_MATCHING if keep_matching else SegmentStepAction.REMOVE_MATCHING
    criteria = Criteria(action, filter, entire_companies=entire_companies)
    if dry_run:
        joined = LINE.outerjoin(CONTACT, CONTACT.c.no == LINE.c.contact_no)
        doomed = LINE.c.segment_id == segment.id, _doomed(criteria, matching)
        return ContactsRemoved(
            segment.id, work.session.scalar(select(func.count()).select_from(joined).where(*doomed)) or 0
        )
    removed = remove(work, segment, matching, criteria)
    if clear_steps_when_empty and _is_empty(work, segment) and steps.count(work, segment.id) > 1:
        steps.forget(work, [segment.id])
    return ContactsRemoved(segment.id, removed)


def remove(work: Work, segment: Segment, matching: Matching | None, criteria: Criteria) -> int:
    """Take lines off in the way of the criteria and record it; answer how many."""
    return steps.take_off(work, segment, _doomed(criteria, matching), criteria)


def _doomed(criteria: Criteria, matching: Matching | None) -> ColumnElement[bool]:
    """Whether a `LINE` with its `CONTACT` goes; all lines of a contact go together. A filter that asks nothing means
    all.
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

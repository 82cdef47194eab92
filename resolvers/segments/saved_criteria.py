"""Saved segment criteria: the steps of a segment saved under a code, and repeated on another segment with today's data
(R-SAV).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, FromClause, Select, insert, literal, select
from sqlmodel import col

from persistence.enums import SegmentStepAction
from persistence.segment_steps import SavedSegmentCriteria
from persistence.sql.inserts import insert_new
from persistence.sql.lists_as_tables import list_as_table
from resolvers.errors import Duplicate, Refusal, Refused, UserErrorCode, refuse_any
from resolvers.master_data import check_new_key, exists, required_text
from resolvers.segments import adding_contacts, finding_contacts, removing_contacts, steps
from resolvers.segments.locking import find_open_segment, lock_segment
from resolvers.segments.steps import Criteria
from resolvers.segments.tables import SAVED_STEPS, STEPS
from resolvers.selections import Matching
from resolvers.work import Work, check_texts, key

COLUMNS = tuple(field.name for field in fields(Criteria))

ConditionOf = Callable[[Mapping[str, object]], Matching]
"""Turns a stored filter into its condition."""


@dataclass(frozen=True)
class CriteriaSaved:
    """The id of the saved criteria."""

    criteria_id: int


@dataclass(frozen=True)
class CriteriaReused:
    """How many lines all steps together added and removed."""

    segment_id: int
    added: int
    removed: int


class NoCriteria(Refusal):
    """The steps of a segment without any are to be saved (R-SAV)."""

    code = UserErrorCode.NO_CRITERIA
    english = "Segment {no} has no steps to save. Add contacts to it first."
    french = "Le segment {no} n’a aucune étape à enregistrer. Ajoutez-y d’abord des contacts."


def save_criteria(work: Work, segment_no: str, code: str, description: str) -> CriteriaSaved:
    """Save the steps of a segment under a new code (R-SAV). The segment does not change."""
    segment = find_open_segment(work, segment_no, "segment_no")
    new_code, refusals = check_new_key(SavedSegmentCriteria, code, "code")
    if not refusals and exists(work, col(SavedSegmentCriteria.code), new_code):
        refusals.append(Duplicate("code", key=new_code))
    stored_description = required_text(description, refusals, "description")
    refusals += check_texts(SavedSegmentCriteria, {"description": stored_description})
    if not steps.count(work, segment.id):
        refusals.append(NoCriteria("segment_no", no=segment.no))
    refuse_any(refusals)
    values: dict[str, object] = {"code": new_code, "description": stored_description, "user_id": work.user.id}
    criteria_id = insert_new(work.session, SavedSegmentCriteria, values, ["code"])
    if criteria_id is None:  # another transaction has just used the code
        raise Refused(Duplicate("code", key=new_code))
    columns = [STEPS.c.step_no, *(STEPS.c[name] for name in COLUMNS)]
    copied = select(literal(criteria_id), *columns).where(STEPS.c.segment_id == segment.id)
    work.session.execute(insert(SAVED_STEPS).from_select(["criteria_id", "step_no", *COLUMNS], copied))
    return CriteriaSaved(criteria_id)


def reuse_criteria(work: Work, segment_no: str, code: str, condition_of: ConditionOf) -> CriteriaReused:
    """Repeat saved steps on a segment, after the steps that it has, with their options and today's data (R-SAV).

    Each becomes a step of this segment. Contacts named by number that no longer exist or are blocked for privacy are
    skipped.
    """
    segment = lock_segment(work, segment_no, "segment_no")
    saved = work.find(SavedSegmentCriteria, "code", code=key(code), lock=True)
    assert segment.id is not None
    assert saved is not None
    added = removed = 0
    for criteria in _steps_of(work, saved):
        if criteria.action is SegmentStepAction.ADD:
            last_line_no = segment.last_line_no
            adding_contacts.add(work, segment, _contacts(work, criteria, condition_of), criteria)
            added += segment.last_line_no - last_line_no
        else:
            condition = _condition(work, criteria, condition_of)
            removed += removing_contacts.remove(work, segment, condition, criteria)
    return CriteriaReused(segment.id, added, removed)


def _steps_of(work: Work, saved: SavedSegmentCriteria) -> Sequence[Criteria]:
    columns = select(*(SAVED_STEPS.c[name] for name in COLUMNS)).where(SAVED_STEPS.c.criteria_id == saved.id)
    rows = work.session.execute(columns.order_by(SAVED_STEPS.c.step_no)).mappings()
    return [Criteria(**{**row, "action": SegmentStepAction(row["action"])}) for row in rows]


def _contacts(work: Work, criteria: Criteria, condition_of: ConditionOf) -> Select[str, int]:
    """The contacts that a step adds."""
    if criteria.by_number:
        return finding_contacts.with_numbers(work, steps.numbers_in(criteria.filter or {}))
    if criteria.logged_segment_entry_no is not None:
        return finding_contacts.of_logged_segment(criteria.logged_segment_entry_no)
    return finding_contacts.matching(_condition(work, criteria, condition_of))


def _condition(work: Work, criteria: Criteria, condition_of: ConditionOf) -> Matching | None:
    """The condition of a step's filter. Any number of contact numbers is one parameter."""
    if criteria.filter is None:
        return None
    if not criteria.by_number:
        return condition_of(criteria.filter)
    numbers = list_as_table(work.session, steps.numbers_in(criteria.filter))

    def has_number(rows: FromClause) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = rows.c.no.in_(select(numbers.c.value))
        return condition

    return has_number

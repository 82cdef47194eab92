"""Criteria kept under a code, and repeated on another segment with today's data (R-SAV)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import FromClause, insert, literal, select
from sqlmodel import col

from persistence.enums import SegmentStepAction
from persistence.inserts import insert_new
from persistence.lists import listed
from persistence.segment_steps import SavedSegmentCriteria
from persistence.segments import Segment
from resolvers.errors import Duplicate, Refusal, Refused, UserErrorCode, refuse_any
from resolvers.master_data import is_there, new_key, required
from resolvers.segments import contacts, finding, reducing, steps
from resolvers.segments.opening import claim, open_one
from resolvers.segments.steps import Criteria
from resolvers.segments.tables import SAVED_STEPS, STEPS
from resolvers.selections import Matching
from resolvers.work import Work, key, unfit_texts

COLUMNS = tuple(field.name for field in fields(Criteria))

Meaning = Callable[[Mapping[str, Any]], Matching]
"""From the record of a filter to the condition that it was."""


@dataclass(frozen=True)
class CriteriaSaved:
    criteria_id: int


@dataclass(frozen=True)
class CriteriaReused:
    """How many lines came and went in all steps together."""

    segment_id: int
    added: int
    removed: int


class NoCriteria(Refusal):
    """R-SAV."""

    code = UserErrorCode.NO_CRITERIA
    english = "Segment {no} has no steps to save. Add contacts to it first."
    french = "Le segment {no} n’a pas de critères à enregistrer. Ajoutez-y d’abord des contacts."


def save(work: Work, segment_no: str, code: str, description: str) -> CriteriaSaved:
    """Keep the steps of a segment under a new code (R-SAV). The segment stays as it is."""
    segment = open_one(work, segment_no, "segment_no")
    kept, refusals = new_key(SavedSegmentCriteria, code, "code")
    if not refusals and is_there(work, col(SavedSegmentCriteria.code), kept):
        refusals.append(Duplicate("code", key=kept))
    values = {"code": kept, "description": required(description, refusals, "description"), "user_id": work.user.id}
    refusals += unfit_texts(SavedSegmentCriteria, {"description": values["description"]})
    if not steps.count(work, segment.id):
        refusals.append(NoCriteria("segment_no", no=segment.no))
    refuse_any(refusals)
    criteria_id = insert_new(work.session, SavedSegmentCriteria, values, ["code"])
    if criteria_id is None:  # somebody takes the code at this moment
        raise Refused(Duplicate("code", key=kept))
    copied = select(literal(criteria_id), STEPS.c.step_no, *(STEPS.c[name] for name in COLUMNS)).where(
        STEPS.c.segment_id == segment.id
    )
    work.session.execute(insert(SAVED_STEPS).from_select(["criteria_id", "step_no", *COLUMNS], copied))
    return CriteriaSaved(criteria_id)


def reuse(work: Work, segment_no: str, code: str, meaning: Meaning) -> CriteriaReused:
    """Repeat saved steps on top of what stands on the segment, in their order and with their options, on today's data.

    Each becomes a step of this segment. Whoever was named by number and is not there any more, or closed for privacy,
    is left out.
    """
    segment = claim(work, segment_no, "segment_no")
    saved = work.find(SavedSegmentCriteria, "code", code=key(code))
    assert segment.id is not None
    assert saved is not None
    added = removed = 0
    for criteria in _steps_of(work, saved):
        before = segment.last_line_no
        if criteria.action is SegmentStepAction.ADD:
            _repeat_adding(work, segment, criteria, meaning)
            added += segment.last_line_no - before
        else:
            removed += reducing.remove(work, segment, _condition(work, criteria, meaning), criteria)
    return CriteriaReused(segment.id, added, removed)


def _steps_of(work: Work, saved: SavedSegmentCriteria) -> Sequence[Criteria]:
    mine = select(*(SAVED_STEPS.c[name] for name in COLUMNS)).where(SAVED_STEPS.c.criteria_id == saved.id)
    rows = work.session.execute(mine.order_by(SAVED_STEPS.c.step_no)).mappings()
    return [Criteria(**{**row, "action": SegmentStepAction(row["action"])}) for row in rows]


def _repeat_adding(work: Work, segment: Segment, criteria: Criteria, meaning: Meaning) -> None:
    if criteria.by_number:
        meant = finding.named(work, steps.numbers_of(criteria.filter or {}))
    elif criteria.logged_segment_entry_no is not None:
        meant = finding.of_logged_segment(criteria.logged_segment_entry_no)
    else:
        meant = finding.matching(_condition(work, criteria, meaning))
    contacts.add(work, segment, meant, criteria)


def _condition(work: Work, criteria: Criteria, meaning: Meaning) -> Matching | None:
    """What the filter of a step asks. Numbers travel as one list, however many."""
    if criteria.filter is None:
        return None
    if not criteria.by_number:
        return meaning(criteria.filter)
    numbers = listed(work.session, steps.numbers_of(criteria.filter))

    def named(rows: FromClause) -> Any:
        return rows.c.no.in_(select(numbers.c.value))

    return named

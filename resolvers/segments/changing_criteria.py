"""Renaming and deleting saved segment criteria. Segments on which they were repeated have steps of their own."""

from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from persistence.columns import table_of
from persistence.segment_steps import SavedSegmentCriteria
from resolvers.errors import Duplicate, Refusal, Refused, refuse_any
from resolvers.master_data import check_new_key, required_text
from resolvers.segments.tables import SAVED_STEPS
from resolvers.work import Work, check_texts, key

CRITERIA = table_of(SavedSegmentCriteria)


@dataclass(frozen=True)
class CriteriaRenamed:
    """The id of the saved criteria."""

    criteria_id: int


@dataclass(frozen=True)
class CriteriaDeleted:
    """The id that the deleted criteria had."""

    criteria_id: int


def rename_criteria(
    work: Work, code: str, *, new_code: str | None = None, description: str | None = None
) -> CriteriaRenamed:
    """Give saved criteria another code or another description; None leaves it as it is. The steps do not change."""
    refusals: list[Refusal] = []
    values: dict[str, object] = {}
    if new_code is not None:
        values["code"], refusals = check_new_key(SavedSegmentCriteria, new_code, "code", at="new_code")
    if description is not None:
        values["description"] = required_text(description, refusals, "description")
        refusals += check_texts(SavedSegmentCriteria, {"description": values["description"]})
    refuse_any(refusals)
    criteria_id = _lock(work, code)
    if values:
        try:
            with work.session.begin_nested():
                work.session.execute(update(CRITERIA).where(CRITERIA.c.id == criteria_id).values(values))
        except IntegrityError:  # other criteria have the code, perhaps since a moment ago
            raise Refused(Duplicate("new_code", key=values["code"])) from None
    return CriteriaRenamed(criteria_id)


def delete_criteria(work: Work, code: str) -> CriteriaDeleted:
    """Delete saved criteria with their steps. The code can be used again."""
    criteria_id = _lock(work, code)
    work.session.execute(delete(SAVED_STEPS).where(SAVED_STEPS.c.criteria_id == criteria_id))
    work.session.execute(delete(CRITERIA).where(CRITERIA.c.id == criteria_id))
    return CriteriaDeleted(criteria_id)


def _lock(work: Work, code: str) -> int:
    saved = work.find(SavedSegmentCriteria, "code", code=key(code), lock=True)
    assert saved is not None
    assert saved.id is not None
    return saved.id

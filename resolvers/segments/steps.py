"""The steps of a segment: which contacts were added and removed one after the other, and with which lines (A.8,
R-ADD-7, R-LIN-9).

A command that inserts lines calls `record_added` afterwards. A command that removes lines of contacts calls
`remove_lines`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, literal, select, update

from persistence.enums import SegmentStepAction
from persistence.segments import Segment
from resolvers import change_feed
from resolvers.queries import SqlExpression
from resolvers.segments.lines.line_updates import CONTACT, LINE
from resolvers.segments.tables import LINES, STEP_LINES, STEPS
from resolvers.work import Work

MAX_NUMBERS_IN_LIST = 1000
"""The maximum length of a list in a filter."""

STEP_NO_OFFSET = 1_000_000_000
"""Added to step numbers for a moment, so that two segments have no number in common while their steps are joined."""


@dataclass(frozen=True)
class Criteria:
    """The contacts that a step added or removed, and its options (A.8). The columns of a step without its outcome."""

    action: SegmentStepAction
    filter: Mapping[str, object] | None = None
    by_number: bool = False
    logged_segment_entry_no: int | None = None
    expand_companies: bool = False
    allow_related_companies: bool = False
    ignore_exclusion: bool = False
    allow_existing_contacts: bool = False
    entire_companies: bool = False


def numbers_filter(numbers: Sequence[str]) -> dict[str, object]:
    """The filter that finds the contacts with these numbers, in lists of at most 1,000."""
    parts: list[dict[str, object]] = [
        {"no": {"in": list(numbers[start : start + MAX_NUMBERS_IN_LIST])}}
        for start in range(0, max(len(numbers), 1), MAX_NUMBERS_IN_LIST)
    ]
    return parts[0] if len(parts) == 1 else {"or": parts}


def numbers_in(filter: Mapping[str, Any]) -> list[str]:
    """The numbers in a filter that `numbers_filter` created."""
    return [no for part in filter.get("or", [filter]) for no in part["no"]["in"]]


def logged_segment_filter(entry_no: int, where: Mapping[str, object] | None = None) -> dict[str, object]:
    """The filter that finds the contacts of a logged segment. `where` is a filter of its entries."""
    logged_with_it: dict[str, object] = {"loggedSegmentEntryNo": {"eq": entry_no}}
    entries = {"and": [logged_with_it, dict(where)]} if where else logged_with_it
    return {"interactions": {"count": {"gte": 1}, "where": entries}}


def follow_up_criteria(entry_no: int, where: Mapping[str, object] | None = None) -> Criteria:
    """The criteria of a follow-up segment: a line for each entry of the logged segment, skipping none (R-LOG-11, K10).

    With `where`, a filter of the entries, the step adds the contacts that have such an entry when it is repeated.
    """
    return Criteria(
        SegmentStepAction.ADD,
        logged_segment_filter(entry_no, where),
        logged_segment_entry_no=None if where else entry_no,
        ignore_exclusion=True,
        allow_existing_contacts=True,
    )


def manual_criteria(action: SegmentStepAction, numbers: Sequence[str]) -> Criteria:
    """The criteria of a change of single lines (R-LIN-9). They skip neither excluded contacts nor those already on the
    segment.
    """
    adds = action is SegmentStepAction.ADD
    return Criteria(
        action, numbers_filter(numbers), by_number=True, ignore_exclusion=adds, allow_existing_contacts=adds
    )


def record_added(work: Work, segment: Segment, criteria: Criteria | None = None, *, after: int = 0) -> None:
    """Record as a step that the lines with numbers above `after` were added, even if there are none (R-ADD-7).

    Without criteria they are recorded as added one by one: by the numbers of their contacts (R-LIN-9).
    """
    work.session.flush()
    is_new = (LINE.c.segment_id == segment.id, LINE.c.line_no > after, LINE.c.contact_no.is_not(None))
    if criteria is None:
        numbers = work.session.scalars(select(LINE.c.contact_no).where(*is_new).order_by(LINE.c.line_no)).all()
        criteria = manual_criteria(SegmentStepAction.ADD, numbers)
    no_of_contacts = select(func.count(LINE.c.contact_no.distinct())).where(*is_new).scalar_subquery()
    step_no = _insert_step(work, segment, criteria, no_of_contacts)
    _insert_step_lines(work, step_no, select(LINE.c.segment_id, LINE.c.line_no, LINE.c.contact_no).where(*is_new))


def remove_lines(work: Work, segment: Segment, where: ColumnElement[bool], criteria: Criteria | None = None) -> int:
    """Remove the lines that meet the condition, which is over `LINE` and `CONTACT`, and record the step.

    Returns the number of lines. Without criteria they are recorded as removed one by one: by the numbers of their
    contacts (R-LIN-9).
    """
    recorded = criteria or manual_criteria(SegmentStepAction.REMOVE_MATCHING, [])
    step_no = _insert_step(work, segment, recorded, literal(0))
    joined = LINE.outerjoin(CONTACT, CONTACT.c.no == LINE.c.contact_no)
    lines = select(LINE.c.segment_id, LINE.c.line_no, LINE.c.contact_no).select_from(joined)
    _insert_step_lines(work, step_no, lines.where(LINE.c.segment_id == segment.id, where))
    of_step = (STEP_LINES.c.segment_id == segment.id, STEP_LINES.c.step_no == step_no)
    line_nos = select(STEP_LINES.c.line_no).where(*of_step)
    removed_lines = (LINES.c.segment_id == segment.id, LINES.c.line_no.in_(line_nos))
    change_feed.record(work, change_feed.DELETED, LINES, *removed_lines)
    removed = work.write(delete(LINES).where(*removed_lines))
    outcome: dict[str, object] = {
        "no_of_contacts": select(func.count(STEP_LINES.c.contact_no.distinct())).where(*of_step).scalar_subquery()
    }
    if criteria is None:
        contact_nos = select(STEP_LINES.c.contact_no).where(*of_step, STEP_LINES.c.contact_no.is_not(None))
        in_line_order = contact_nos.group_by(STEP_LINES.c.contact_no).order_by(func.min(STEP_LINES.c.line_no))
        outcome["filter"] = numbers_filter(work.session.scalars(in_line_order).all())
    work.session.execute(update(STEPS).where(_is_step(segment, step_no)).values(outcome))
    return removed


def record_replaced_contact(work: Work, segment: Segment, line_no: int, old: str | None, new: str | None) -> None:
    """Record that a line was given another contact: as a step that removes one and a step that adds one (R-LIN-9)."""
    for action, contact_no in ((SegmentStepAction.REMOVE_MATCHING, old), (SegmentStepAction.ADD, new)):
        if contact_no is not None and old != new:
            step_no = _insert_step(work, segment, manual_criteria(action, [contact_no]), literal(1))
            values = {"segment_id": segment.id, "step_no": step_no, "line_no": line_no, "contact_no": contact_no}
            work.session.execute(insert(STEP_LINES).values(values))


def count(work: Work, segment_id: int | None) -> int:
    """How many steps a segment has."""
    return work.session.scalar(select(func.count()).select_from(STEPS).where(STEPS.c.segment_id == segment_id)) or 0


def delete_steps(work: Work, segment_ids: Sequence[int | None] | Select[int], *, step_no: int | None = None) -> None:
    """Delete all steps of these segments, or only the step with this number."""
    for rows in (STEP_LINES, STEPS):
        one = () if step_no is None else (rows.c.step_no == step_no,)
        work.session.execute(delete(rows).where(rows.c.segment_id.in_(segment_ids), *one))


def join_steps(work: Work, closed_id: int, open_id: int) -> None:
    """Move the steps of the closed segment to the open one, before its own, whose numbers rise accordingly (K18)."""
    earlier = count(work, closed_id)
    for rows in (STEP_LINES, STEPS):
        of_closed, of_open = (update(rows).where(rows.c.segment_id == id) for id in (closed_id, open_id))
        work.session.execute(of_open.values(step_no=rows.c.step_no + STEP_NO_OFFSET))
        work.session.execute(of_closed.values(segment_id=open_id))
        own = of_open.where(rows.c.step_no > STEP_NO_OFFSET)
        work.session.execute(own.values(step_no=rows.c.step_no - STEP_NO_OFFSET + earlier))


def _insert_step(work: Work, segment: Segment, criteria: Criteria, no_of_contacts: SqlExpression) -> int:
    """Insert a step after all others and return its number."""
    given = {**asdict(criteria), "segment_id": segment.id, "at": work.now, "user_id": work.user.id}
    values: dict[str, SqlExpression] = {name: literal(value, STEPS.c[name].type) for name, value in given.items()}
    next_no = func.coalesce(func.max(STEPS.c.step_no), 0) + 1
    row = select(*values.values(), next_no, no_of_contacts).where(STEPS.c.segment_id == segment.id)
    step = insert(STEPS).from_select([*values, "step_no", "no_of_contacts"], row, include_defaults=False)
    step_no: int = work.session.execute(step.returning(STEPS.c.step_no)).scalar_one()
    return step_no


def _insert_step_lines(work: Work, step_no: int, lines: Select[int, int, str]) -> None:
    columns = lines.add_columns(literal(step_no, STEPS.c.step_no.type))
    work.session.execute(insert(STEP_LINES).from_select(["segment_id", "line_no", "contact_no", "step_no"], columns))


def _is_step(segment: Segment, step_no: int) -> ColumnElement[bool]:
    return (STEPS.c.segment_id == segment.id) & (STEPS.c.step_no == step_no)
